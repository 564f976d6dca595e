package feed

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

var errDown = errors.New("connection refused")

// fake is a site in memory.
type fake struct {
	mu      sync.Mutex
	studies []*dicom.Dataset
	items   []pacs.Workitem
	err     error // of every call
	block   bool  // until ctx ends
	noLists bool  // finds one UID, never a list
	asked   []pacs.Query
	times   int    // the worklist was searched
	during  func() // while it is; may be nil
}

func (f *fake) wait(ctx context.Context) error {
	if f.block {
		<-ctx.Done()
		return ctx.Err()
	}
	return f.err
}

func (f *fake) find(ctx context.Context, q pacs.Query) ([]*dicom.Dataset, error) {
	if err := f.wait(ctx); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, q)
	if f.noLists && strings.Contains(q.Match[dicom.StudyInstanceUID], `\`) {
		return nil, nil
	}
	var out []*dicom.Dataset
	for _, ds := range f.studies {
		if pacs.Matches(ds, q.Match) {
			out = append(out, ds)
		}
	}
	return out, nil
}

func (f *fake) Search(ctx context.Context, q pacs.Query, each func(*dicom.Dataset) error) error {
	all, err := f.find(ctx, q)
	for _, ds := range all {
		if e := each(ds); e != nil {
			return e
		}
	}
	return err
}

func (f *fake) Retrieve(context.Context, pacs.Ref, func(pacs.Object) error) error { return errDown }
func (f *fake) Store(context.Context, dicom.UID, ...[]byte) (pacs.Stored, error) {
	return pacs.Stored{}, errDown
}
func (f *fake) Verify(ctx context.Context) error { return f.wait(ctx) }

func (f *fake) SearchWorkitems(ctx context.Context, q pacs.WorkitemQuery) ([]pacs.Workitem, error) {
	if err := f.wait(ctx); err != nil && !errors.Is(err, pacs.ErrPartial) {
		return nil, err
	}
	if f.during != nil {
		f.during()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.times++
	var out []pacs.Workitem
	for _, w := range f.items {
		if q.Matches(w) {
			out = append(out, w)
		}
	}
	return out, f.err
}

func (f *fake) RetrieveWorkitem(_ context.Context, uid dicom.UID) (pacs.Workitem, error) {
	i := slices.IndexFunc(f.items, func(w pacs.Workitem) bool { return w.UID == uid })
	if i < 0 {
		return pacs.Workitem{}, &pacs.StatusError{Code: 404}
	}
	return f.items[i], nil
}

func (f *fake) CreateWorkitem(context.Context, dicom.UID, *dicom.Dataset) (dicom.UID, error) {
	return "", errDown
}
func (f *fake) UpdateWorkitem(context.Context, dicom.UID, dicom.UID, *dicom.Dataset) error {
	return errDown
}
func (f *fake) ChangeState(context.Context, dicom.UID, dicom.UID, pacs.State) error { return errDown }
func (f *fake) RequestCancel(context.Context, dicom.UID, string) error              { return errDown }

var night = time.Date(2025, 3, 30, 1, 0, 0, 0, time.UTC)

// task is a SCHEDULED, READY workitem.
func task(uid, study, patient string, p pacs.Priority, due time.Duration) pacs.Workitem {
	return pacs.Workitem{UID: dicom.UID(uid), StudyUID: dicom.UID(study), Accession: "A" + uid, State: pacs.Scheduled, Priority: p,
		Readiness: "READY", Start: night.Add(-time.Hour), Due: night.Add(due), Label: "CT head", Assigned: []string{"READER^DEMO"},
		Patient: pacs.Patient{Name: patient, ID: "P" + uid, Birth: "19530401", Sex: "F"}, Dataset: new(dicom.Dataset)}
}

// studyOf is what QIDO says of a study.
func studyOf(uid, id, patient, birth, date, modality, description string) *dicom.Dataset {
	ds := new(dicom.Dataset)
	ds.SetStr(dicom.StudyInstanceUID, uid)
	ds.SetStr(dicom.PatientID, id)
	ds.SetStr(dicom.PatientName, patient)
	ds.SetStr(dicom.PatientBirthDate, birth)
	ds.SetStr(dicom.StudyDate, date)
	ds.SetStr(dicom.StudyTime, "101500")
	ds.SetStr(dicom.ModalitiesInStudy, modality, "SR")
	ds.SetStr(dicom.StudyDescription, description)
	ds.SetInt(dicom.NumberOfStudyRelatedInstances, 120)
	return ds
}
