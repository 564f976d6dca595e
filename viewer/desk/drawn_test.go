package desk

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"
	"time"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/overlay"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// drawn is a picture as a server draws it, of the case that newReader opens.
func drawn(t testing.TB, study string) viewer.Preview {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 256, 128))
	for i := range m.Pix {
		m.Pix[i] = 200
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return viewer.Preview{StudyUID: study, SeriesUID: study + ".1", SOPUID: "9.9", MediaType: "image/jpeg", Bytes: b.Bytes()}
}

func marked(s Scene) int {
	n := 0
	for _, t := range s.Over.Texts {
		if t.S == "PREVIEW · NOT FOR DIAGNOSIS" {
			n++
		}
	}
	return n
}

// N8: a preview is seen at once, marked, and is nothing that could be measured,
// windowed or counted; the first image of the study takes its place for good.
func TestAPreviewIsMarkedAndGoesWithTheFirstImage(t *testing.T) {
	r := newReader(t)
	s := vt.Series{Slices: 3}
	objects := s.Write(t, t.TempDir())
	r.d.Open(vt.Case(1, current()))
	r.d.Tick(r.now)
	r.d.Scene()
	r.d.Preview(1, drawn(t, "1.2.3"))
	if !r.d.Tick(r.now) {
		t.Fatal("the preview changes nothing on screen")
	}
	sc := r.d.Scene()
	if len(sc.Tiles) != 1 || marked(sc) != 2 || sc.Tiles[0].Image.RGB == nil {
		t.Fatalf("%d tiles, marked %d times", len(sc.Tiles), marked(sc))
	}
	corner := sc.Tiles[0].Place
	if x, _ := corner.Apply(0, 0); x < 0 || x > 1 { // 2:1 in 800 pixels' width: as wide as the tile
		t.Errorf("begins at %v", x)
	}
	frame := false
	for _, f := range sc.Over.Fills {
		frame = frame || f.Color == overlay.Amber && f.Rect.Dx() == sc.Tiles[0].Rect.Dx()
	}
	if !frame {
		t.Error("no amber frame")
	}
	before := len(r.events)
	r.press("2", "r", "enter", "enter", "g", "i")
	r.wait(2 * time.Second)
	for _, e := range r.events[before:] {
		if e.Kind == viewer.Shown || e.Kind == viewer.Viewed || e.Kind == viewer.Edited {
			t.Errorf("a preview brings %s", e.Kind)
		}
	}
	if st := r.d.State(); len(r.d.seen) != 0 || len(st.Tiles) > 0 && st.Tiles[0].SOPUID != "" {
		t.Errorf("a preview is counted: %+v", st)
	}
	r.d.Add(1, objects)
	r.wait(gather + 100*time.Millisecond)
	if sc = r.d.Scene(); marked(sc) != 0 || len(sc.Tiles) != 1 || sc.Tiles[0].Key != s.SOP(0)+"/0" {
		t.Fatalf("with images: marked %d times, %d tiles", marked(sc), len(sc.Tiles))
	}
	r.d.Preview(1, drawn(t, "1.2.3"))
	r.d.Tick(r.now)
	if sc = r.d.Scene(); marked(sc) != 0 || len(sc.Tiles) != 1 {
		t.Error("a late preview covers an image")
	}
	r.d.Open(vt.Case(2, current()))
	r.d.Preview(2, drawn(t, "1.2.3"))
	r.d.Open(vt.Case(3, current()))
	if marked(r.d.Scene()) != 0 {
		t.Error("the preview of the case before is still there")
	}
}

func TestAPreviewOfAnotherCaseOrOfAnythingElseIsDropped(t *testing.T) {
	r := newReader(t)
	r.d.Open(vt.Case(7, current()))
	good := drawn(t, "1.2.3")
	huge := good
	huge.Bytes = append(bytes.Clone(good.Bytes), make([]byte, viewer.MaxPreview)...)
	cut := good
	cut.Bytes = good.Bytes[:len(good.Bytes)/8]
	wrong := good
	wrong.MediaType = "image/gif"
	var wide bytes.Buffer
	if err := png.Encode(&wide, image.NewPaletted(image.Rect(0, 0, 60000, 2), color.Palette{color.Black})); err != nil {
		t.Fatal(err)
	}
	bomb := viewer.Preview{StudyUID: "1.2.3", SOPUID: "9.9", MediaType: "image/png", Bytes: wide.Bytes()}
	for name, c := range map[string]struct {
		epoch uint64
		p     viewer.Preview
	}{"another epoch": {6, good}, "another study": {7, drawn(t, "1.2.4")}, "too long": {7, huge}, "cut off": {7, cut}, "another kind": {7, wrong}, "60,000 pixels wide": {7, bomb}, "nothing": {7, viewer.Preview{StudyUID: "1.2.3"}}} {
		r.d.Preview(c.epoch, c.p)
		r.d.Tick(r.now)
		if sc := r.d.Scene(); len(sc.Tiles) != 0 || marked(sc) != 0 {
			t.Errorf("%s is shown", name)
		}
	}
	r.d.Preview(7, good)
	r.d.Blank()
	if sc := r.d.Scene(); !sc.Blank || len(sc.Tiles) != 0 {
		t.Error("a preview outlives the lock")
	}
	r.d.Open(vt.Case(8, current()))
	r.d.Preview(8, good)
	r.d.Resize(60, 40, 1) // no room for its words: no picture
	r.d.Tick(r.now)
	if sc := r.d.Scene(); len(sc.Tiles) != 0 {
		t.Error("a preview without its words")
	}
}
