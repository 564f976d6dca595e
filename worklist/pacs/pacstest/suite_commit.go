package pacstest

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// CanCommit is what a Target may promise in Must.
const CanCommit = "storage commitment"

// noService is the status by which DIMSE refuses a whole SOP class (PS3.7 C.5.6).
const noService = 0x0122

// commit wants the archive's word for what it holds, and for nothing else.
func (s suite) commit(t *testing.T) {
	c, ok := pacs.As[pacs.Committer](s.Archive)
	if !ok {
		s.undeclared(t, CanCommit)
	}
	st, ask := s.seed.Studies[0], []pacs.SOP(nil)
	for _, o := range st.Objects {
		ask = append(ask, pacs.SOP{Class: dicom.CTImageStorage, Instance: o.SOP})
	}
	never := pacs.SOP{Class: dicom.CTImageStorage, Instance: dicom.NewUID()}
	got, err := c.Commit(call(t), append(ask, never))
	var refused *pacs.StatusError
	if errors.As(err, &refused) && refused.Code == noService && !slices.Contains(s.Must, CanCommit) {
		s.can(CanCommit, fmt.Sprintf("no (status %04X)", refused.Code))
		t.Skip("this archive does not offer " + CanCommit)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range ask {
		if !slices.Contains(got.OK, o.Instance) {
			t.Error("an object that is there was not promised")
		}
	}
	if len(got.OK) != len(ask) || got.Failed[never.Instance] == 0 {
		t.Errorf("an object that was never sent: %d promised of %d, failure reason %04X", len(got.OK), len(ask), got.Failed[never.Instance])
	}
	s.can(CanCommit, "yes")
}
