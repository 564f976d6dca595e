package app

import (
	"slices"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/fetch"
)

// Preview implements viewer.Previewer.
func (w *window) Preview(epoch uint64, p viewer.Preview) error {
	return w.call("preview", epoch, func() { w.drawn = append(w.drawn, p.SOPUID) })
}

func (w *window) previews() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.drawn)
}

// A preview reaches the window at once, again when the window is given the case anew,
// and never once an image of the study is on screen or the case is another.
func TestAPreviewReachesTheWindowUntilAnImageIsOnScreen(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	c := n.m.open
	come := func(epoch uint64, study, sop string) {
		n.send(loadedMsg{epoch, 0, reading.Progress{Expected: 9, Preview: &fetch.Preview{Study: dicom.UID(study), SOP: dicom.UID(sop), MediaType: "image/jpeg", Bytes: []byte{1}}}})
	}
	c.shown = false
	come(c.epoch, c.row.StudyUID, "1.1")
	come(c.epoch, "9.9.9", "1.2")
	come(c.epoch-1, c.row.StudyUID, "1.3")
	n.do(n.m.reshow())
	n.send(viewerMsg{viewer.Event{Kind: viewer.Shown, Epoch: c.epoch, StudyUID: c.row.StudyUID}})
	come(c.epoch, c.row.StudyUID, "1.4")
	n.do(n.m.reshow())
	got := slices.DeleteFunc(n.view.previews(), func(sop string) bool { return strings.HasPrefix(sop, "2.25.") }) // the archive's own, where it was quicker than the images
	if !slices.Equal(got, []string{"1.1", "1.1"}) {
		t.Errorf("the window was given %v", got)
	}
}
