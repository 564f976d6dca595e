package pacstest

import (
	"errors"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// streams wants a search to hand on entity by entity, and to end where it is told.
func (s suite) streams(t *testing.T) {
	q := pacs.Query{Level: pacs.StudyLevel, Match: map[dicom.Tag]string{dicom.PatientID: s.seed.Token + "P*"}}
	for enough := 1; enough <= len(s.seed.Studies); enough++ {
		stop, came := errors.New("enough"), 0
		err := s.Archive.Search(call(t), q, func(ds *dicom.Dataset) error {
			if came++; ds.Str(dicom.StudyInstanceUID) == "" {
				t.Error("a study without its UID")
			}
			if came == enough {
				return stop
			}
			return nil
		})
		if !errors.Is(err, stop) || came != enough {
			t.Errorf("told to end after %d studies: %d came, %v", enough, came, err)
		}
	}
	// What was handed on stays as it was while the search goes on.
	var all []*dicom.Dataset
	uids := map[string]bool{}
	err := s.Archive.Search(call(t), q, func(ds *dicom.Dataset) error {
		all = append(all, ds)
		uids[ds.Str(dicom.StudyInstanceUID)] = true
		return nil
	})
	for _, ds := range all {
		delete(uids, ds.Str(dicom.StudyInstanceUID))
	}
	if err != nil || len(all) != len(s.seed.Studies) || len(uids) != 0 {
		t.Errorf("%d studies, %v; %d changed after they were handed on", len(all), err, len(uids))
	}
}
