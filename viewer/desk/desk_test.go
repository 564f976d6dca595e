package desk

import (
	"fmt"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/load"
	"github.com/nocturne/nocturne/viewer/tool"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

var start = time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)

// reader drives a Desk by a clock of its own.
type reader struct {
	testing.TB
	d      *Desk
	now    time.Time
	events []viewer.Event
	ids    int
}

func newReader(tb testing.TB) *reader {
	r := &reader{TB: tb, now: start}
	r.d = New(Options{
		Now: func() time.Time { return r.now }, Load: load.NewFileLoader(0, 64<<20, nil),
		Emit:  func(e viewer.Event) { r.events = append(r.events, e) },
		NewID: func() string { r.ids++; return fmt.Sprintf("2.25.%d", r.ids) },
	})
	r.d.Resize(800, 600, 1)
	tb.Cleanup(r.d.Close)
	return r
}

// open shows a case and waits until it hangs.
func (r *reader) open(c viewer.Case, objects ...[]viewer.Object) {
	r.d.Open(c)
	for _, o := range objects {
		r.d.Add(c.Epoch, o)
	}
	r.wait(50 * time.Millisecond)
	r.wait(gather)
}

// wait lets time pass in ticks of a 100th of a second, drawing each.
func (r *reader) wait(d time.Duration) {
	for end := r.now.Add(d); r.now.Before(end); {
		r.now = r.now.Add(min(10*time.Millisecond, end.Sub(r.now)))
		if r.d.Tick(r.now) {
			r.d.Scene()
		}
	}
}

// press presses keys one after the other, slowly enough to be a hand.
func (r *reader) press(keys ...viewer.Key) {
	for _, k := range keys {
		r.d.Key(k)
		r.now = r.now.Add(30 * time.Millisecond)
		r.d.KeyUp(k)
		r.wait(tool.Patience + 10*time.Millisecond)
	}
}

func (r *reader) tile(i int) viewer.Tile {
	r.Helper()
	s := r.d.State()
	if i >= len(s.Tiles) {
		r.Fatalf("tile %d of %d", i, len(s.Tiles))
	}
	return s.Tiles[i]
}

func (r *reader) slice(want int) {
	r.Helper()
	if got := r.tile(r.d.active).Slice; got != want {
		r.Errorf("slice %d, want %d", got, want)
	}
}

// last is the latest event of a kind.
func (r *reader) last(k viewer.EventKind) viewer.Event {
	for i := len(r.events) - 1; i >= 0; i-- {
		if r.events[i].Kind == k {
			return r.events[i]
		}
	}
	return viewer.Event{}
}

func (r *reader) count(k viewer.EventKind) int {
	n := 0
	for _, e := range r.events {
		if e.Kind == k {
			n++
		}
	}
	return n
}

// screen is the scene point of an image point in a tile.
func (r *reader) screen(tile int, col, row float64) (x, y float64) {
	r.Helper()
	r.d.arrange()
	t := r.d.tiles[tile]
	g, ok := t.geometry()
	if !ok {
		r.Fatal("no image in the tile")
	}
	return t.look.view.ToScene(g, t.rect).Apply(col, row)
}

// click presses and lifts the left button at an image point.
func (r *reader) click(tile int, col, row float64) {
	r.Helper()
	x, y := r.screen(tile, col, row)
	r.d.Mouse(MouseMove, NoButton, x, y)
	r.d.Mouse(MouseDown, LeftButton, x, y)
	r.d.Mouse(MouseUp, LeftButton, x, y)
	r.wait(10 * time.Millisecond)
}

// drag drags the left button from one image point to another.
func (r *reader) drag(tile int, from, to [2]float64) {
	r.Helper()
	x0, y0 := r.screen(tile, from[0], from[1])
	x1, y1 := r.screen(tile, to[0], to[1])
	r.d.Mouse(MouseMove, NoButton, x0, y0)
	r.d.Mouse(MouseDown, LeftButton, x0, y0)
	for i := 1; i <= 10; i++ {
		f := float64(i) / 10
		r.d.Mouse(MouseMove, NoButton, x0+(x1-x0)*f, y0+(y1-y0)*f)
		r.wait(10 * time.Millisecond)
	}
	r.d.Mouse(MouseUp, LeftButton, x1, y1)
	r.wait(10 * time.Millisecond)
}

func (r *reader) marks() []viewer.Mark { return r.d.log.Marks() }

func (r *reader) mark() viewer.Mark {
	r.Helper()
	if len(r.marks()) == 0 {
		r.Fatalf("no mark; last notice: %q", r.last(viewer.Noticed).Text)
	}
	return r.marks()[len(r.marks())-1]
}

// study of a series, as a case lists it.
func study(uid, date string, prior bool) viewer.Study {
	return viewer.Study{UID: uid, Date: date, Modality: "CT", Description: "CT chest", Prior: prior}
}

func current() viewer.Study { return study("1.2.3", "20260301", false) }

func (r *reader) openCT(slices int) vt.Series {
	s := vt.Series{Slices: slices}
	r.open(vt.Case(1, current()), s.Write(r, r.TempDir()))
	return s
}

func TestTilesAreBlankUntilTheFirstOwnPixelWhichIsTold(t *testing.T) {
	r := newReader(t)
	s := vt.Series{Slices: 3}
	objects := s.Write(t, t.TempDir())
	r.d.Open(vt.Case(1, current()))
	r.wait(100 * time.Millisecond)
	if sc := r.d.Scene(); len(sc.Tiles) != 0 || r.count(viewer.Shown) != 0 {
		t.Fatalf("%d tiles with pixels before any came, %d shown", len(sc.Tiles), r.count(viewer.Shown))
	}
	r.d.Add(1, objects)
	r.wait(gather + 100*time.Millisecond)
	sc := r.d.Scene()
	if len(sc.Tiles) != 1 || r.count(viewer.Shown) != 1 {
		t.Fatalf("%d tiles, %d shown", len(sc.Tiles), r.count(viewer.Shown))
	}
	if got := sc.Tiles[0].Key; got != s.SOP(0)+"/0" {
		t.Errorf("shows %s", got)
	}
	if e := r.last(viewer.Shown); e.Epoch != 1 || e.StudyUID != "1.2.3" {
		t.Errorf("%+v", e)
	}
}

func TestWhatIsOfAnotherEpochIsDroppedAndSaid(t *testing.T) {
	r := newReader(t)
	r.d.Open(vt.Case(7, current()))
	r.d.Add(6, vt.Series{}.Write(t, t.TempDir()))
	r.d.Update(8, viewer.SiteLine{Stale: "late"}, nil)
	r.wait(time.Second)
	if len(r.d.objects) != 0 || r.d.c.Site.Stale != "" || r.count(viewer.Noticed) != 2 {
		t.Errorf("%d objects, site %+v, %d notices", len(r.d.objects), r.d.c.Site, r.count(viewer.Noticed))
	}
	r.d.Add(7, vt.Series{StudyUID: "9.9"}.Write(t, t.TempDir()))
	if len(r.d.objects) != 0 {
		t.Error("an image of a study that is not in the case was taken")
	}
}

func TestNothingOfAViewCarriesToAnotherStudy(t *testing.T) {
	r := newReader(t)
	r.openCT(3)
	r.press("2", "i", "h", "o", "+", "+", "r", "j")
	if s := r.tile(0); s.Width != 1500 || !s.Invert || !s.FlipH || s.Zoom == 0 || r.d.State().Tool != string(viewer.ToolLength) {
		t.Fatalf("the keys did nothing: %+v", s)
	}
	other := vt.Series{StudyUID: "4.5.6"}
	r.open(vt.Case(2, study("4.5.6", "20260302", false)), other.Write(t, t.TempDir()))
	s := r.tile(0)
	if s.Width != 400 || s.Center != 40 || s.Invert || s.FlipH || s.Turn != 0 || s.Zoom != 0 || s.Slice != 0 || r.d.State().Tool != "" {
		t.Errorf("carried over: %+v tool %q", s, r.d.State().Tool)
	}
}

func TestTypeAheadDiesWithTheCase(t *testing.T) {
	r := newReader(t)
	r.openCT(3)
	r.d.Key("j") // waits 60 ms
	r.open(vt.Case(2, current()), vt.Series{}.Write(t, t.TempDir()))
	r.slice(0)
}

func TestBlankShowsNothingAndForgets(t *testing.T) {
	r := newReader(t)
	r.openCT(3)
	r.d.Blank()
	if sc := r.d.Scene(); !sc.Blank || len(sc.Tiles) != 0 || len(sc.Over.Texts) != 0 {
		t.Errorf("%+v", sc)
	}
	told := len(r.events)
	r.press("j", "r", "f6", "f12")
	for range 9 {
		r.d.Key("a")
	}
	r.d.Paste("dictated")
	r.d.Do(viewer.CaseNext)
	r.wait(time.Second)
	if sc := r.d.Scene(); !sc.Blank || len(r.events) != told {
		t.Errorf("uncovered or told: %+v", r.events[told:])
	}
	r.openCT(3)
	if r.press("j"); r.tile(0).Slice != 1 {
		t.Error("the next case takes no keys")
	}
}

func TestSlicesAreInViewingOrderWhateverTheirNumbers(t *testing.T) {
	r := newReader(t)
	s := r.openCT(5)
	for i := range 5 {
		r.slice(i)
		if got := r.tile(0).SOPUID; got != s.SOP(i) {
			t.Errorf("slice %d is %s", i, got)
		}
		r.press("down")
	}
	r.slice(4)
}

func TestTheSceneShowsThePixelsOfTheSliceItNames(t *testing.T) {
	r := newReader(t)
	r.openCT(5)
	r.press("j", "j")
	im := r.d.Scene().Tiles[0].Image
	if v, ok := im.At(3, 3); !ok || v != 2 {
		t.Errorf("slice 2 has value %v", v)
	}
}

func TestMissingSlicesAreBlackAndCounted(t *testing.T) {
	r := newReader(t)
	c := vt.Case(1, current())
	c.Studies[0].Expected = 10
	r.open(c, vt.Series{Slices: 10, Leave: []int{3, 4, 8}}.Write(t, t.TempDir()))
	if s := r.tile(0); s.Slices != 10 {
		t.Fatalf("%d slices", s.Slices)
	}
	if l := r.d.State().Counts[0]; l.Have != 7 || l.Expected != 10 {
		t.Errorf("counts %+v", l)
	}
	r.press("j", "j", "j")
	sc := r.d.Scene()
	if len(sc.Tiles) != 0 || !hasText(sc, "this slice is not here") {
		t.Error("a missing slice has pixels or says nothing")
	}
	if s := r.tile(0); s.SOPUID != "" || s.Slice != 3 {
		t.Errorf("%+v", s)
	}
	if !hasText(sc, "7/10 here") {
		t.Error("the tile does not count")
	}
	if r.press("j", "j"); r.tile(0).Slice != 5 || len(r.d.Scene().Tiles) != 1 {
		t.Error("the slice after the gap is not shown")
	}
}

func TestLateSlicesDoNotMoveTheReader(t *testing.T) {
	r := newReader(t)
	s := vt.Series{Slices: 9}
	dir := t.TempDir()
	all := s.Write(t, dir)
	var early, late []viewer.Object
	for _, o := range all {
		if o.SOPUID == s.SOP(1) || o.SOPUID == s.SOP(2) || o.SOPUID == s.SOP(8) {
			late = append(late, o)
		} else {
			early = append(early, o)
		}
	}
	r.open(vt.Case(1, current()), early)
	r.press("end", "k")
	at := r.tile(0).SOPUID
	if at != s.SOP(6) {
		t.Fatalf("at %s", at)
	}
	r.d.Add(1, late)
	r.wait(100 * time.Millisecond)
	if got := r.tile(0); got.SOPUID != at || got.Slice != 6 || got.Slices != 9 {
		t.Errorf("moved to %+v", got)
	}
}

func TestAMismatchIsSaidInWordsWithoutValues(t *testing.T) {
	r := newReader(t)
	s := vt.Series{Slices: 4, Edit: editOne(2)}
	r.open(vt.Case(1, current()), s.Write(t, t.TempDir()))
	m := r.d.State().Mismatch
	if len(m) != 1 || m[0] != "patient ID (1 of 4 instances)" {
		t.Fatalf("%q", m)
	}
	sc := r.d.Scene()
	if !hasText(sc, "NOT THE ORDERED PATIENT") {
		t.Error("no red bar")
	}
	for _, e := range r.events {
		if e.State != nil && fmt.Sprint(e.State.Mismatch, e.Text) != "" && contains(fmt.Sprint(e.State.Mismatch), "WRONG-ID") {
			t.Error("the value is in an event")
		}
	}
}

func TestAnUnreadableFileIsSaidAndTheRestShown(t *testing.T) {
	r := newReader(t)
	objects := vt.Series{Slices: 3}.Write(t, t.TempDir())
	objects = append(objects, viewer.Object{StudyUID: "1.2.3", SeriesUID: "1.2.3.1", SOPUID: "1.2.3.1.77", Path: "/nowhere"})
	r.open(vt.Case(1, current()), objects)
	if !contains(r.last(viewer.Noticed).Text, "1 objects") || len(r.d.Scene().Tiles) != 1 {
		t.Errorf("notice %q, %d tiles", r.last(viewer.Noticed).Text, len(r.d.Scene().Tiles))
	}
}

func TestAFileThatVanishedIsBlackAndSaysWhy(t *testing.T) {
	r := newReader(t)
	objects := vt.Series{Slices: 1}.Write(t, t.TempDir())
	r.d.Open(vt.Case(1, current()))
	r.d.Add(1, objects)
	headers, _ := r.d.opt.Load.Arrived()
	remove(t, objects[0].Path)
	r.d.arrive(headers)
	r.wait(gather + 200*time.Millisecond)
	if sc := r.d.Scene(); len(sc.Tiles) != 0 || !hasText(sc, "the file of this image is gone") {
		t.Errorf("%d tiles, %v", len(sc.Tiles), texts(sc))
	}
}

func TestTheStateIsToldAtMost30TimesASecond(t *testing.T) {
	r := newReader(t)
	r.openCT(100)
	before := r.count(viewer.Stated)
	for range 100 {
		r.d.Wheel(400, 300, 1)
		r.wait(10 * time.Millisecond)
	}
	if n := r.count(viewer.Stated) - before; n < 20 || n > 31 {
		t.Errorf("%d states in a second", n)
	}
	r.wait(50 * time.Millisecond)
	if s := r.last(viewer.Stated).State; s.Tiles[0].Slice != 99 {
		t.Errorf("the last state told is of slice %d", s.Tiles[0].Slice)
	}
}

func TestOwnWindowOfAnImageIsUsedFirst(t *testing.T) {
	r := newReader(t)
	r.openCT(2)
	if w := r.d.Scene().Tiles[0].Window; w.Center != 40 || w.Width != 400 || w.Function != pixel.Linear {
		t.Errorf("%+v", w)
	}
}
