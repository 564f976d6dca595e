package bir

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/desk"
)

// showItems are about getting images on screen at all.
func showItems(o Options) []item {
	return []item{
		{"BIR_MODALITIES", "Grey-scale images of every modality are shown", func(s *session, t *trial) { modalities(o, s, t) }},
		{"BIR_COLOUR", "Colour images are shown in their colours, without a window", colour},
		{"BIR_INITIAL", "The first image comes fitted, windowed and annotated, and the wheel scrolls", initial},
		{"BIR_FRAMESETS", "Every series and every multi-frame image is a set of its own", frameSets},
		{"BIR_THUMBNAILS", "Every set has a thumbnail, from which it is chosen", thumbnails},
		{"BIR_SERIES", "Sets are gone through, none left out", seriesInTurn},
		{"BIR_LAYOUT", "Several sets stand side by side", sideBySide},
		{"BIR_UNREADABLE", "What cannot be read is said, and the rest is shown", unreadable},
	}
}

func modalities(o Options, s *session, t *trial) {
	seen := map[string]bool{}
	for _, st := range o.Studies {
		s.open(st.Order, st.Studies, st.Objects...)
		if st.Modality == "MG" {
			s.wait(time.Second)
		}
		p := s.shown(0)
		lit := s.share(0, func(v uint8) bool { return v > 20 })
		ours := false
		for _, obj := range st.Objects {
			ours = ours || p.Image != nil && p.Key == fmt.Sprintf("%s/%d", obj.SOPUID, s.tile(0).Frame)
		}
		t.want(ours && p.Image.Rows > 0 && lit > 1, "%s %d×%d, %.0f %% of the tile lit", st.Modality, p.Image.Cols, p.Image.Rows, lit)
		seen[st.Modality] = true
	}
	if len(seen) == 0 {
		t.skip("no studies were given")
	}
}

func colour(s *session, t *trial) {
	want := [][3]byte{{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {200, 120, 40}}
	s.show(stack{n: 1, modality: "US", colour: func(col, _ int) [3]byte { return want[col/16] }})
	off := 0
	for i, w := range want {
		r, g, b := s.rgb(0, float64(16*i+8), 32)
		off = max(off, apart(r, w[0]), apart(g, w[1]), apart(b, w[2]))
	}
	t.want(off <= 1, "4 colours of an RGB image within %d of 255", off)
	s.press("1")
	t.want(strings.Contains(s.told(), "colour"), "a preset key says %q", s.told())
	r, g, b := s.rgb(0, 56, 32)
	t.want(apart(r, 200) <= 1 && apart(g, 120) <= 1 && apart(b, 40) <= 1, "after it the colour is the same")
}

func apart(a, b uint8) int { return int(math.Abs(float64(a) - float64(b))) }

func initial(s *session, t *trial) {
	k := stack{n: 9, cols: 96}
	s.open(order, []viewer.Study{current}, append(stack{number: 2}.write(s.dir), k.write(s.dir)...)...)
	p := s.shown(0)
	x0, y0 := p.Place.Apply(0, 0)
	x1, y1 := p.Place.Apply(96, 64)
	t.want(p.Key == k.sop(0)+"/0", "the first image of the first series")
	t.near("image width on a tile of "+fmt.Sprint(p.Rect.Dx()), x1-x0, math.Min(float64(p.Rect.Dx()), 1.5*float64(p.Rect.Dy())), 1)
	t.want(x0 >= -0.5 && y0 >= -0.5 && x1 <= float64(p.Rect.Dx())+0.5 && y1 <= float64(p.Rect.Dy())+0.5, "all of it within the tile")
	w := s.tile(0)
	t.want(w.Width == 400 && w.Center == 40, "its own window: W %g L %g", w.Width, w.Center)
	t.want(s.says("Im 1/9") && s.says("Se 1: axial") && s.says("PHANTOM, BASIC"), "patient, series and image number written")
	x, y := s.middle(0)
	s.d.Wheel(x, y, 1)
	s.wait(50 * time.Millisecond)
	t.want(s.slice() == 2, "a notch of the wheel with no tool chosen shows image %d", s.slice())
}

// several are three series, one of them a multi-frame image beside a single one.
func (s *session) several() []viewer.Object {
	cine := stack{number: 3, n: 1, modality: "US", frames: 6, colour: func(int, int) [3]byte { return [3]byte{90, 90, 90} }}
	still := stack{number: 4, n: 2, modality: "CR", edit: func(d *dataset, _ int) { projection(d) }}
	out := append(stack{n: 4}.write(s.dir), stack{number: 2, n: 3, description: "thick"}.write(s.dir)...)
	return append(append(out, cine.write(s.dir)...), still.write(s.dir)...)
}

func frameSets(s *session, t *trial) {
	objects := s.several()
	s.open(order, []viewer.Study{current}, objects...)
	sets := map[string]int{}
	for range 6 {
		tile := s.tile(0)
		sets[tile.SeriesUID] = max(sets[tile.SeriesUID], tile.Slices)
		s.press("f")
	}
	t.want(len(sets) == 4, "4 series make %d sets", len(sets))
	t.want(sets[stack{number: 3}.series()] == 6, "the multi-frame image has %d frames", sets[stack{number: 3}.series()])
	two := stack{n: 1, frames: 3, number: 5, modality: "XA", edit: func(d *dataset, _ int) { projection(d) }}
	other := two
	other.n, other.leave = 2, map[int]bool{0: true} // another object of the same series
	s.open(order, []viewer.Study{current}, append(two.write(s.dir), other.write(s.dir)...)...)
	t.want(s.tile(0).Slices == 3, "two multi-frame images of one series: %d frames each", s.tile(0).Slices)
}

func thumbnails(s *session, t *trial) {
	s.open(order, []viewer.Study{current}, s.several()...)
	s.press("/")
	s.wait(200 * time.Millisecond)
	n, large := 0, 0
	for _, p := range s.scene().Tiles {
		if strings.HasSuffix(p.Key, "#thumbnail") {
			n++
			large = max(large, p.Rect.Dx(), p.Rect.Dy())
		}
	}
	t.want(n == 4, "4 sets, %d thumbnails of %d pixels beside the image", n, large)
	t.want(s.says("Se 2: thick") && s.says("3 images") && s.says("6 frames"), "each with its series and how many images it has")
	s.press("2", "enter")
	t.want(s.tile(0).SeriesUID == stack{number: 2}.series(), "2 and Enter show series 2")
	s.press("/")
	x := float64(s.scene().Tiles[1].Rect.Min.X + 5)
	y := float64(s.scene().Tiles[1].Rect.Min.Y + 5)
	s.d.Mouse(desk.MouseDown, desk.LeftButton, x, y)
	s.wait(50 * time.Millisecond)
	t.want(s.tile(0).SeriesUID == stack{}.series(), "a click on the first thumbnail shows series 1")
}

func seriesInTurn(s *session, t *trial) {
	s.open(order, []viewer.Study{current}, s.several()...)
	seen := map[string]bool{}
	for range 4 {
		seen[s.tile(0).SeriesUID] = true
		s.press("f")
	}
	t.want(len(seen) == 4, "f four times: %d of 4 series", len(seen))
	at := s.tile(0).SeriesUID
	s.press("f", "a")
	t.want(s.tile(0).SeriesUID == at, "f and a come back")
}

func sideBySide(s *session, t *trial) {
	s.open(order, []viewer.Study{current}, s.several()...)
	s.press("l")
	sc := s.scene()
	t.want(len(sc.Tiles) == 2, "l: %d pictures", len(sc.Tiles))
	if len(sc.Tiles) == 2 {
		t.want(!sc.Tiles[0].Rect.Overlaps(sc.Tiles[1].Rect) && sc.Tiles[0].Key != sc.Tiles[1].Key, "two sets beside each other")
	}
	s.press("space")
	t.want(len(s.scene().Tiles) == 1, "space shows one alone")
	s.press("space")
	t.want(len(s.scene().Tiles) == 2, "and both again")
}

func unreadable(s *session, t *trial) {
	objects := stack{n: 3}.write(s.dir)
	objects = append(objects, viewer.Object{StudyUID: current.UID, SeriesUID: "2.25.9", SOPUID: "2.25.9.1", Path: s.dir + "/nowhere"})
	s.open(order, []viewer.Study{current}, objects...)
	t.want(strings.Contains(s.told(), "cannot be read"), "%q", s.told())
	t.want(s.tile(0).Slices == 3, "%d of 3 readable images shown", s.tile(0).Slices)
}
