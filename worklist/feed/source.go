package feed

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// shift is how long an ended case stays in the list.
const shift = 12 * time.Hour

// studyLimit bounds the list of a site without worklist.
const studyLimit = 1000

func partial(err error) bool { return errors.Is(err, pacs.ErrPartial) }

// rows is what one site has to read. With a partial error the rows are usable.
func (f *Feed) rows(ctx context.Context, s *source) ([]Row, error) {
	if s.Workitems == nil {
		return f.studyRows(ctx, s)
	}
	items, err := f.workitems(ctx, s)
	if err != nil && !partial(err) {
		return nil, err
	}
	uids := make([]dicom.UID, 0, len(items))
	for _, w := range items {
		if w.StudyUID != "" {
			uids = append(uids, w.StudyUID)
		}
	}
	if e := s.learnStudies(ctx, uids); err == nil && e != nil {
		err = errors.Join(pacs.ErrPartial, e) // the tasks are here, their images' count is not
	}
	rows := make([]Row, 0, len(items))
	for _, w := range items {
		rows = append(rows, f.workitemRow(s, w))
	}
	return rows, err
}

// workitems is the open tasks and those ended within a shift. The server is not
// asked for the reader's name: no key finds what is assigned to nobody, such as a
// case that was given back.
func (f *Feed) workitems(ctx context.Context, s *source) ([]pacs.Workitem, error) {
	q := pacs.WorkitemQuery{States: []pacs.State{pacs.Scheduled, pacs.InProgress, pacs.Completed}}
	found, err := s.Workitems.SearchWorkitems(ctx, q)
	if err != nil && !partial(err) {
		return nil, err
	}
	now, asked := f.opt.Now(), pacs.WorkitemQuery{Assigned: f.opt.Reader}
	items := found[:0]
	seen := map[string]bool{}
	for _, w := range found {
		if w.UID == "" || !asked.Matches(w) || w.State == pacs.Completed && ended(w).Before(now.Add(-shift)) {
			continue
		}
		seen[string(w.UID)] = true
		items = append(items, w)
	}
	if f.opt.Held == nil {
		return items, err
	}
	for _, uid := range f.opt.Held(s.Name) {
		if seen[uid] {
			continue
		}
		w, e := s.Workitems.RetrieveWorkitem(ctx, dicom.UID(uid))
		if e == nil && w.State != pacs.Canceled {
			items = append(items, w)
		} else if r, refused := pacs.ReasonOf(e); err == nil && e != nil && !(refused && r == pacs.NotFound) {
			err = errors.Join(pacs.ErrPartial, e)
		}
	}
	return items, err
}

// ended is when a completed step ended, as far as it says.
func ended(w pacs.Workitem) time.Time {
	p := w.Dataset.Item(dicom.UnifiedProcedureStepPerformedProcedureSequence)
	if t, ok := dicom.ParseDT(p.Str(dicom.PerformedProcedureStepEndDateTime)); ok && t.After(w.Modified) {
		return t
	}
	return w.Modified
}

// studyRows lists the studies of a site without worklist.
func (f *Feed) studyRows(ctx context.Context, s *source) ([]Row, error) {
	q := pacs.Query{Level: pacs.StudyLevel, Include: append(studyTags[:len(studyTags):len(studyTags)], dicom.NameOfPhysiciansReadingStudy), Limit: studyLimit}
	if !s.AllStudies && f.opt.Reader != "" {
		q.Match = map[dicom.Tag]string{dicom.NameOfPhysiciansReadingStudy: f.opt.Reader}
	}
	list, err := pacs.Find(ctx, s.Archive, q)
	if err != nil && !partial(err) {
		return nil, err
	}
	if len(list) == studyLimit && err == nil {
		err = pacs.ErrPartial
	}
	var rows []Row
	for _, ds := range list {
		st := readStudy(ds)
		if st.UID == "" {
			continue
		}
		s.studies[st.UID] = st
		state := Available
		if ds.Str(dicom.NameOfPhysiciansReadingStudy) != "" {
			state = Assigned
		}
		rows = append(rows, Row{
			Site: s.Name, StudyUID: string(st.UID), Priority: pacs.NotStated, State: state,
		}.with(st))
	}
	return rows, err
}

// workitemRow joins a task and its study.
func (f *Feed) workitemRow(s *source, w pacs.Workitem) Row {
	st := s.studies[w.StudyUID]
	r := Row{
		Site: s.Name, WorkitemUID: string(w.UID), StudyUID: string(w.StudyUID), Accession: w.Accession,
		Study: w.Label, Priority: w.Priority, Due: w.Due, Arrived: w.Start, State: stateOf(w),
		Readiness: w.Readiness, Lockable: !s.NotLocked, Indication: w.Indication, Requester: w.Requester,
		Callback: w.Callback, Class: w.Patient.Class, Bed: w.Patient.Bed, Expected: inputs(w),
		PatientName: w.Patient.Name, PatientID: w.Patient.ID, BirthDate: w.Patient.Birth, Sex: w.Patient.Sex,
	}
	if w.State == pacs.InProgress {
		r.Mine = f.opt.Mine(string(w.UID))
		name := cmp.Or(w.Performer, holderUnknown)
		if r.Mine {
			name = cmp.Or(w.Performer, f.opt.Reader)
		}
		r.ClaimedBy, r.Since = &name, w.Since
	}
	r = r.with(st)
	if r.Age == "" {
		r.Age = age(w.Patient.Birth, w.Start)
	}
	return r
}

// holderUnknown stands for a holder whose name the worklist does not tell.
const holderUnknown = "name not stated"

// stateOf is workflow.md E2.
func stateOf(w pacs.Workitem) State {
	progress := strings.ToLower(w.Progress)
	switch w.State {
	case pacs.InProgress:
		switch progress {
		case "aside":
			return Aside
		case "drafted":
			return Drafted
		}
		return Claimed
	case pacs.Completed:
		if progress == "preliminary" {
			return Preliminary
		}
		return Final
	case pacs.Canceled:
		return Returned
	}
	switch {
	case w.Readiness == "UNAVAILABLE":
		return Ordered
	case w.Readiness == "INCOMPLETE":
		return Acquiring
	case len(w.Assigned) > 0:
		return Assigned
	}
	return Available
}

// inputs counts the instances that the task names as its input.
func inputs(w pacs.Workitem) int {
	n := 0
	for _, it := range w.Dataset.Seq(dicom.InputInformationSequence) {
		if dicom.UID(it.Str(dicom.StudyInstanceUID)) == w.StudyUID {
			n += len(it.Seq(dicom.ReferencedSOPSequence))
		}
	}
	return n
}
