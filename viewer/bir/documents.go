package bir

import (
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/evidence"
)

// documentItems are about objects without pixels. What the presentation state, the
// key objects and the report say is known from how the marks were drawn.
func documentItems() []item {
	return []item{
		{"BIR_PRESENTATION_STATE", "A presentation state is found and applied", presentationState},
		{"BIR_KOS", "Key objects are found and gone to", keyObjects},
		{"BIR_MEASUREMENT_REPORT", "Measurements of a structured report stand on their image", measurementReport},
		{"BIR_REPORT", "A structured report is shown as text", reportText},
	}
}

// author writes the objects of the session.
func (s *session) author() evidence.Author {
	return evidence.Author{Observer: sr.Observer{Name: "READER^OTHER"}, Now: s.now}
}

// images are the headers of a stack.
func (k stack) images() evidence.Images {
	out := evidence.Images{}
	for i := range k.filled().n {
		out[k.sop(i)] = k.filled().dataset(i)
	}
	return out
}

// with opens a stack together with an object without pixels.
func (s *session) with(t *trial, k stack, d *dataset, err error) bool {
	if err != nil || d == nil {
		t.want(false, "the object was not made: %v", err)
		return false
	}
	b, err := dicom.Bytes(d, nil)
	if err != nil {
		t.want(false, "the object was not written: %v", err)
		return false
	}
	o := viewer.Object{StudyUID: current.UID, SeriesUID: d.Str(dicom.SeriesInstanceUID), SOPUID: d.Str(dicom.SOPInstanceUID)}
	o.Path = filepath.Join(s.dir, o.SOPUID)
	if err := os.WriteFile(o.Path, b, 0o600); err != nil {
		t.want(false, "the object was not written: %v", err)
		return false
	}
	s.open(order, []viewer.Study{current}, append(k.write(s.dir), o)...)
	return true
}

// drawn draws 40 columns of 0.5 mm on the second of three slices, in the bone window.
func (s *session) drawn() (k stack, m viewer.Mark) {
	k = grid()
	k.n = 3
	s.show(k)
	s.press("down", "3", "r")
	s.click([2]float64{30.5, 60.5}, [2]float64{70.5, 60.5})
	s.press("esc", "esc")
	return k, s.mark()
}

func presentationState(s *session, t *trial) {
	k, m := s.drawn()
	look := s.d.State()
	states, err := evidence.States(current.UID, []viewer.Mark{m}, k.images(), &look, s.author())
	if len(states) != 1 {
		t.want(false, "%d states: %v", len(states), err)
		return
	}
	if !s.with(t, k, states[0], err) {
		return
	}
	t.want(strings.Contains(s.told(), "presentation state"), "%q", s.told())
	s.press("down")
	own := s.grey(0, 30, 30)
	s.d.Do(viewer.StateNext)
	s.wait(second / 5)
	t.near("grey of 90 HU in the state's window W 2000 L 400", s.grey(0, 30, 30), linear(90, 400, 2000), 1)
	t.want(own != s.grey(0, 30, 30), "in the image's own it was %.0f", own)
	x, y := s.at(0, 30.5, 60.5)
	best := math.Inf(1)
	for _, l := range s.scene().Over.Lines {
		best = min(best, math.Hypot(l.X0-x, l.Y0-y), math.Hypot(l.X1-x, l.Y1-y))
	}
	t.near("its line begins at the point drawn, screen pixels off", best, 0, 1)
}

func keyObjects(s *session, t *trial) {
	k := stack{n: 6}
	var marks []viewer.Mark
	for _, slice := range []int{1, 4} {
		marks = append(marks, viewer.Mark{ID: "2.25.8" + k.sop(slice), Kind: viewer.KeyImageMark, StudyUID: current.UID, SeriesUID: k.series(), SOPUID: k.sop(slice)})
	}
	d, err := evidence.Selection(current.UID, marks, k.images(), s.author())
	if !s.with(t, k, d, err) {
		return
	}
	t.want(strings.Contains(s.told(), "key image"), "%q", s.told())
	var at []int
	for range 2 {
		s.d.Do(viewer.KeyNext)
		s.wait(second / 10)
		at = append(at, s.slice())
	}
	t.want(at[0] == 2 && at[1] == 5, "images 2 and 5 of 6 are chosen: %v", at)
}

func measurementReport(s *session, t *trial) {
	k, m := s.drawn()
	d, _, err := evidence.Report(current.UID, []viewer.Mark{m}, k.images(), s.author())
	if !s.with(t, k, d, err) {
		return
	}
	t.want(strings.Contains(s.told(), "measurement"), "%q", s.told())
	before := s.says("20.0")
	s.press("down")
	t.want(!before && s.says("20.0"), "20.0 mm on its image, and on no other")
}

func reportText(s *session, t *trial) {
	d, err := sr.BasicText(sr.Document{
		Study: stack{}.filled().dataset(0), SeriesUID: "2.25.5", SOPUID: "2.25.5.1", Title: sr.Title("CT", "CHEST"),
		Observer: sr.Observer{Name: "READER^TEST"}, Content: s.now,
		Sections: []sr.Section{{Key: "findings", Text: "A nodule of 8.0 mm."}, {Key: "impression", Text: "Nodule, right upper lobe."}},
	})
	if err != nil {
		t.want(false, "a report was refused: %v", err)
		return
	}
	text := sr.Text(d)
	for _, words := range []string{"A nodule of 8.0 mm.", "Nodule, right upper lobe."} {
		t.want(strings.Contains(text, words), "%q", words)
	}
}
