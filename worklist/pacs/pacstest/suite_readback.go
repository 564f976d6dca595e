package pacstest

import (
	"errors"
	"testing"

	"github.com/nocturne/nocturne/worklist/pacs"
)

// readBack wants the archive to give back what it was sent, and another object not
// to be taken for it.
func (s suite) readBack(t *testing.T) {
	decoders()
	st := s.seed.Studies[0]
	one, other := st.Objects[0], st.Objects[1]
	ref := pacs.Ref{Study: st.UID, Series: one.Series, Instance: one.SOP}
	if err := pacs.ReadBack(call(t), s.Archive, ref, one.Bytes, nil); err != nil {
		t.Errorf("what was stored: %v", err)
	}
	var different *pacs.DifferentError
	if err := pacs.ReadBack(call(t), s.Archive, ref, other.Bytes, nil); !errors.As(err, &different) {
		t.Errorf("another object: %v", err)
	}
	gone := pacs.Ref{Study: st.UID, Series: one.Series, Instance: s.seed.Stranger.SOP}
	if err := pacs.ReadBack(call(t), s.Archive, gone, s.seed.Stranger.Bytes, nil); err == nil {
		t.Error("an object that was never stored was read back")
	}
}
