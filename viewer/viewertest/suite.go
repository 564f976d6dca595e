package viewertest

import (
	"context"
	"image"
	"sort"
	"testing"
	"time"

	"github.com/nocturne/nocturne/viewer"
)

// Run is the suite that every viewer.Viewer passes. start gives a fresh one; the
// suite closes it. Pictures of a viewer.Painter are fetched as they are announced.
func Run(t *testing.T, start func(testing.TB) viewer.Viewer) {
	for _, one := range []struct {
		name string
		run  func(*session)
	}{
		{"IsReadyBeforeAnyCase", isReady},
		{"ShowsTheFirstOwnPixelOnce", showsOnce},
		{"KeysMoveTheSliceAndTheStateSaysSo", keysMove},
		{"WhatIsOfAnotherEpochDoesNothing", dropsOtherEpochs},
		{"AnEditIsToldWithin100ms", tellsEdits},
		{"ADeletedMarkIsTold", tellsDeletions},
		{"ActionsOfTheTerminalComeBackAfterTheirState", handsBackActions},
		{"AReadOnlyCaseTakesNoMark", refusesMarks},
		{"ACaseIsTakenUpWhereItWasLeft", takesUp},
		{"NothingCarriesToAnotherCase", carriesNothing},
		{"StraySpeechIsHeldNotExecuted", holdsSpeech},
		{"BlankCoversAllUntilTheNextCase", blanks},
		{"CloseClosesEvents", closes},
	} {
		t.Run(one.name, func(t *testing.T) { one.run(begin(t, start)) })
	}
}

func theStudy() viewer.Study {
	return viewer.Study{UID: "1.2.3", Date: "20260301", Modality: "CT", Description: "CT chest"}
}

func isReady(s *session) {
	s.await("ready", 0, kind(viewer.Ready))
	if _, _, ok := s.find(0, kind(viewer.Shown)); ok {
		s.Error("a pixel of no case was shown")
	}
}

func showsOnce(s *session) {
	s.open(Case(1, theStudy()), Series{Slices: 5})
	s.press("down", "up")
	e, _ := s.await("shown", 0, kind(viewer.Shown))
	if e.Epoch != 1 || e.StudyUID != "1.2.3" {
		s.Errorf("%+v", e)
	}
	first := s.mark()
	s.never("shown again", first, 200*time.Millisecond, kind(viewer.Shown))
}

func atSlice(epoch uint64, n int) func(viewer.Event) bool {
	return state(epoch, func(st viewer.State) bool { return len(st.Tiles) > 0 && st.Tiles[0].Slice == n })
}

func keysMove(s *session) {
	series := Series{Slices: 20}
	s.open(Case(1, theStudy()), series)
	from := s.mark()
	s.press("down", "down", "pgdown", "up")
	e, _ := s.await("slice 11", from, atSlice(1, 11))
	t := e.State.Tiles[0]
	if t.SOPUID != series.SOP(11) || t.Slices != 20 || t.StudyUID != "1.2.3" {
		s.Errorf("%+v", t)
	}
	if err := s.v.Do(1, viewer.SliceSet(3)); err != nil {
		s.Error(err)
	}
	s.await("slice 3 by name", from, atSlice(1, 2))
}

func dropsOtherEpochs(s *session) {
	s.open(Case(5, theStudy()), Series{Slices: 5})
	s.await("slice 0", 0, atSlice(5, 0))
	from := s.mark()
	for _, late := range []uint64{4, 6} {
		s.v.Press(late, "down")
		s.v.Do(late, viewer.SliceLast)
		s.v.Add(late, Series{Number: 2, Slices: 2}.Write(s, s.TempDir()))
		s.v.Update(late, viewer.SiteLine{Name: "other"}, []viewer.Study{{UID: "1.2.3", Expected: 99}})
	}
	s.press("down")
	e, _ := s.await("slice 1", from, atSlice(5, 1))
	if c := e.State.Counts; len(c) != 1 || c[0].Have != 5 || c[0].Expected != 0 {
		s.Errorf("counts %+v", c)
	}
}

// drawLength draws a ruler by keys: ten columns from the cursor.
func (s *session) drawLength() (viewer.Mark, time.Duration) {
	s.Helper()
	s.press("r", "enter", "shift+right")
	from, pressed := s.mark(), time.Now()
	s.press("enter")
	e, at := s.await("the edit", from, func(e viewer.Event) bool { return e.Kind == viewer.Edited && len(e.Marks) == 1 })
	return e.Marks[0], at.Sub(pressed)
}

func tellsEdits(s *session) {
	series := Series{Slices: 3, ColMM: 0.5, RowMM: 2}
	s.open(Case(1, theStudy()), series)
	var took []time.Duration
	for range 5 {
		m, d := s.drawLength()
		took = append(took, d)
		v, _ := m.Value("length")
		if m.Kind != viewer.Length || v.Unit != "mm" || v.Number < 4.999 || v.Number > 5.001 {
			s.Fatalf("ten columns of 0.5 mm are %+v", v)
		}
		if m.ID == "" || m.SOPUID != series.SOP(0) || m.StudyUID != "1.2.3" || m.Prior || m.Slice != 1 || len(m.Points) != 2 {
			s.Fatalf("%+v", m)
		}
	}
	sort.Slice(took, func(a, b int) bool { return took[a] < took[b] })
	if took[2] > 100*time.Millisecond {
		s.Errorf("told after %v", took)
	}
}

func tellsDeletions(s *session) {
	s.open(Case(1, theStudy()), Series{Slices: 3})
	m, _ := s.drawLength()
	from := s.mark()
	s.press("delete")
	e, _ := s.await("the deletion", from, kind(viewer.Edited))
	if len(e.Deleted) != 1 || e.Deleted[0] != m.ID {
		s.Errorf("%+v", e)
	}
	from = s.mark()
	s.press("u")
	e, _ = s.await("the undo", from, kind(viewer.Edited))
	if len(e.Marks) != 1 || e.Marks[0].ID != m.ID {
		s.Errorf("%+v", e)
	}
}

func handsBackActions(s *session) {
	s.open(Case(1, theStudy()), Series{Slices: 3})
	m, _ := s.drawLength()
	from := s.mark()
	s.press("f4")
	acted, _ := s.await("f4", from, kind(viewer.Acted))
	if acted.Action != viewer.ReportInsert || acted.Epoch != 1 || acted.StudyUID != "1.2.3" {
		s.Errorf("%+v", acted)
	}
	told := false
	s.mu.Lock()
	for _, e := range s.told {
		if e.Kind == viewer.Acted {
			break
		}
		if e.Kind == viewer.Stated {
			told = e.State.Selected == m.ID && e.State.Last == m.ID
		}
	}
	s.mu.Unlock()
	if !told {
		s.Error("the state before the action does not name the mark it is about")
	}
}

func refusesMarks(s *session) {
	c := Case(1, theStudy())
	c.ReadOnly = "held by READER^OTHER since 03:12"
	s.open(c, Series{Slices: 3})
	from := s.mark()
	s.press("r", "enter", "right", "enter")
	s.await("the reason", from, kind(viewer.Noticed))
	s.never("an edit", from, 200*time.Millisecond, kind(viewer.Edited))
}

func takesUp(s *session) {
	series := Series{Slices: 9}
	s.open(Case(1, theStudy()), series)
	m, _ := s.drawLength()
	from := s.mark()
	s.press("esc", "esc", "esc", "2", "+", "i")
	s.press("down", "down", "down")
	left, _ := s.await("slice 3 as left", from, state(1, func(st viewer.State) bool {
		return st.Tiles[0].Slice == 3 && st.Tiles[0].Width == 1500 && st.Tiles[0].Invert && st.Tiles[0].Zoom > 0
	}))
	c := Case(2, theStudy())
	c.State, c.Marks = left.State, []viewer.Mark{m}
	s.open(c, series)
	want := left.State.Tiles[0]
	s.await("the same tile", from, state(2, func(st viewer.State) bool { return len(st.Tiles) == 1 && st.Tiles[0] == want }))
	at := s.mark()
	s.press("n")
	s.await("the mark selected", at, state(2, func(st viewer.State) bool { return st.Selected == m.ID && st.Tiles[0].Slice == 0 }))
}

func carriesNothing(s *session) {
	s.open(Case(1, theStudy()), Series{Slices: 3})
	s.press("2", "i", "r")
	s.await("the window", 0, state(1, func(st viewer.State) bool { return st.Tiles[0].Width == 1500 && st.Tool == string(viewer.ToolLength) }))
	other := viewer.Study{UID: "4.5.6", Date: "20260302", Modality: "CT"}
	s.open(Case(2, other), Series{StudyUID: "4.5.6"})
	s.await("its own window", 0, state(2, func(st viewer.State) bool { return len(st.Tiles) > 0 && st.Tiles[0].Width > 0 }))
	if e, _, bad := s.find(0, state(2, func(st viewer.State) bool {
		return st.Tool != "" || len(st.Tiles) > 0 && (st.Tiles[0].Width == 1500 || st.Tiles[0].Invert)
	})); bad {
		s.Errorf("carried over: %+v", e.State)
	}
}

func holdsSpeech(s *session) {
	s.open(Case(1, theStudy()), Series{Slices: 5})
	from := s.mark()
	const said = "no fracture, jjjj"
	for _, r := range said {
		s.v.Press(1, viewer.Key(string(r)))
	}
	e, _ := s.await("the text", from, kind(viewer.Held))
	if e.Text != said {
		s.Errorf("held %q", e.Text)
	}
	s.never("a key was executed", from, 300*time.Millisecond, state(1, func(st viewer.State) bool {
		return st.Tool != "" || st.Tiles[0].Slice != 0 || st.Tiles[0].FlipH || st.Tiles[0].Turn != 0 || st.Layout != "1x1"
	}))
}

func blanks(s *session) {
	s.open(Case(1, theStudy()), Series{Slices: 5})
	if err := s.v.Blank(); err != nil {
		s.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond)
	from := s.mark()
	s.press("down", "r")
	s.never("a locked viewer spoke", from, 300*time.Millisecond, func(e viewer.Event) bool {
		return e.Kind == viewer.Stated || e.Kind == viewer.Edited || e.Kind == viewer.Shown
	})
	if p, ok := s.v.(viewer.Painter); ok && !black(p.Paint(image.Pt(64, 48))) {
		s.Error("the picture of a locked viewer is not black")
	}
	s.open(Case(2, theStudy()), Series{Slices: 5})
}

func black(m image.Image) bool {
	b := m.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if r, g, bl, _ := m.At(x, y).RGBA(); r|g|bl != 0 {
				return false
			}
		}
	}
	return true
}

func closes(s *session) {
	s.open(Case(1, theStudy()), Series{Slices: 3})
	if err := s.v.Close(); err != nil {
		s.Error(err)
	}
	select {
	case <-s.ended:
	case <-time.After(patience):
		s.Fatal("Events stays open")
	}
	if err := s.v.Open(context.Background(), Case(2, theStudy())); err == nil {
		s.Error("a closed viewer takes a case")
	}
}
