package ups

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/cache/ledger/ledgertest"
	"github.com/nocturne/nocturne/worklist/pacs"
)

var errLink = errors.New("connection reset")

// crash is panicked where a test kills the program.
type crash struct{}

// server is a worklist by PS3.4 CC.1.1, strict about Transaction UIDs.
type server struct {
	mu    sync.Mutex
	items map[dicom.UID]*item
	calls int
	// fault, when set, is asked before and after the n-th call's effect (from 1).
	fault func(n int, after bool) error
	// check is run after each call with the lock held.
	check func()
}

type item struct {
	state pacs.State
	txn   dicom.UID
	ds    *dicom.Dataset
}

func newServer() *server {
	s := &server{items: map[dicom.UID]*item{}}
	s.items["1.7"] = &item{state: pacs.Scheduled, ds: reading()}
	return s
}

// reading is a scheduled workitem of one reader and a colleague.
func reading() *dicom.Dataset {
	d, in, req := &dicom.Dataset{}, &dicom.Dataset{}, &dicom.Dataset{}
	in.SetStr(dicom.StudyInstanceUID, "1.2")
	req.SetStr(dicom.AccessionNumber, "A1")
	d.SetSeq(dicom.InputInformationSequence, in)
	d.SetSeq(dicom.ReferencedRequestSequence, req)
	d.SetSeq(dicom.ScheduledHumanPerformersSequence, Reader{Name: "READER^ONE"}.humanPerformer(), Reader{Name: "READER^TWO"}.humanPerformer())
	d.SetStr(dicom.PatientID, "P1")
	d.SetStr(dicom.ProcedureStepLabel, "CT chest")
	d.SetStr(dicom.InputReadinessState, "READY")
	return d
}

func refuse(code int, text string) error {
	return &pacs.StatusError{Code: code, Warning: text, Op: "test"}
}

// call runs one request with the faults around it.
func (s *server) call(do func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	n := s.calls
	if s.fault != nil {
		if err := s.fault(n, false); err != nil {
			return err
		}
	}
	err := do()
	if s.check != nil {
		s.check()
	}
	if s.fault != nil {
		if ferr := s.fault(n, true); ferr != nil {
			return ferr
		}
	}
	return err
}

func (s *server) SearchWorkitems(context.Context, pacs.WorkitemQuery) ([]pacs.Workitem, error) {
	return nil, errors.New("not asked for in these tests")
}

func (s *server) RetrieveWorkitem(_ context.Context, uid dicom.UID) (w pacs.Workitem, err error) {
	err = s.call(func() error {
		it, ok := s.items[uid]
		if !ok {
			return refuse(404, "")
		}
		w = it.workitem(uid)
		return nil
	})
	return w, err
}

func (it *item) workitem(uid dicom.UID) pacs.Workitem {
	d := it.ds.Clone()
	d.SetStr(dicom.SOPInstanceUID, string(uid))
	d.SetStr(dicom.ProcedureStepState, string(it.state))
	return pacs.WorkitemFromDataset(d)
}

func (s *server) CreateWorkitem(_ context.Context, uid dicom.UID, d *dicom.Dataset) (dicom.UID, error) {
	return uid, s.call(func() error {
		if s.items[uid] != nil {
			return refuse(409, "")
		}
		for _, t := range []dicom.Tag{dicom.TransactionUID, dicom.UnifiedProcedureStepPerformedProcedureSequence, dicom.ProcedureStepProgressInformationSequence} {
			if !d.Has(t) || d.Str(t) != "" || len(d.Seq(t)) > 0 { // type 2, empty
				return refuse(400, "not a step to be scheduled")
			}
		}
		if d.Str(dicom.ProcedureStepState) != "SCHEDULED" {
			return refuse(400, "C309")
		}
		s.items[uid] = &item{state: pacs.Scheduled, ds: d.Clone()}
		return nil
	})
}

func (s *server) UpdateWorkitem(_ context.Context, uid, txn dicom.UID, change *dicom.Dataset) error {
	return s.call(func() error {
		it, ok := s.items[uid]
		switch {
		case !ok:
			return refuse(404, "")
		case it.state == pacs.Completed || it.state == pacs.Canceled:
			return refuse(400, "The submitted request is inconsistent with the state of the UPS Instance")
		case it.state == pacs.InProgress && it.txn != txn:
			return refuse(400, "The Transaction UID is incorrect")
		}
		for e := range change.All() {
			it.ds.Set(e)
		}
		return nil
	})
}

func (s *server) ChangeState(_ context.Context, uid, txn dicom.UID, to pacs.State) error {
	return s.call(func() error {
		it, ok := s.items[uid]
		if !ok {
			return refuse(404, "")
		}
		switch {
		case it.state == to && it.state != pacs.InProgress:
			return refuse(409, "The UPS is already in the requested state of "+string(to))
		case to == pacs.InProgress && it.state == pacs.Scheduled:
			it.state, it.txn = to, txn
			return nil
		case to == pacs.InProgress:
			return refuse(409, "The submitted request is inconsistent with the state of the UPS Instance")
		case it.state != pacs.InProgress:
			return refuse(409, "The target URI did not reference a claimed Workitem")
		case it.txn != txn:
			return refuse(400, "The Transaction UID is incorrect")
		case !it.ready(to):
			return refuse(409, "final state requirements")
		}
		it.state = to
		return nil
	})
}

// ready holds the final state requirements of PS3.4 Table CC.2.5-3.
func (it *item) ready(to pacs.State) bool {
	if to == pacs.Canceled {
		p := it.ds.Item(dicom.ProcedureStepProgressInformationSequence)
		return p.Has(dicom.ProcedureStepCancellationDateTime) && p.Has(dicom.ProcedureStepDiscontinuationReasonCodeSequence)
	}
	p := it.ds.Item(dicom.UnifiedProcedureStepPerformedProcedureSequence)
	for _, t := range []dicom.Tag{dicom.PerformedProcedureStepStartDateTime, dicom.PerformedProcedureStepEndDateTime,
		dicom.PerformedStationNameCodeSequence, dicom.PerformedWorkitemCodeSequence, dicom.OutputInformationSequence} {
		if !p.Has(t) {
			return false
		}
	}
	return true
}

func (s *server) RequestCancel(_ context.Context, uid dicom.UID, _ string) error {
	return s.call(func() error {
		it, ok := s.items[uid]
		switch {
		case !ok:
			return refuse(404, "")
		case it.state == pacs.Completed:
			return refuse(409, "")
		case it.state == pacs.Scheduled:
			it.state = pacs.Canceled
		}
		return nil
	})
}

// in counts the workitems in a state. The caller holds the lock, or is alone.
func (s *server) in(states ...pacs.State) (n int) {
	for _, it := range s.items {
		for _, st := range states {
			if it.state == st {
				n++
			}
		}
	}
	return n
}

func home(t *testing.T) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.TempDir(), ledgertest.Key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

var t0 = time.Date(2026, 3, 1, 3, 12, 0, 0, time.UTC)

func reader(l *ledger.Ledger, s *server, name string) *Performer {
	return &Performer{Ledger: l, Workitems: s, Site: "NORTH", UPSURL: "http://127.0.0.1/ups",
		Reader: Reader{Name: name, ID: "r1", Organization: "Night"}, Now: func() time.Time { return t0 }}
}

// offered is the workitem as a list shows it.
func offered() pacs.Workitem {
	d := reading()
	d.SetStr(dicom.SOPInstanceUID, "1.7")
	d.SetStr(dicom.ProcedureStepState, "SCHEDULED")
	return pacs.WorkitemFromDataset(d)
}

// untilCrash runs do and tells whether it was killed.
func untilCrash(do func()) (killed bool) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(crash); !ok {
				panic(r)
			}
			killed = true
		}
	}()
	do()
	return false
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
