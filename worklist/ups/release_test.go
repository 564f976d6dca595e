package ups

import (
	"errors"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// held is a home that holds the case.
func held(t *testing.T) (*server, *Performer, ledger.Claim) {
	t.Helper()
	s := newServer()
	p := reader(home(t), s, "READER^ONE")
	r, err := p.Claim(ctx, offered())
	must(t, err)
	s.calls = 0
	return s, p, r.Claim
}

// replacement is the one workitem beside the original.
func replacement(t *testing.T, s *server) *item {
	t.Helper()
	var found *item
	for uid, it := range s.items {
		if uid != "1.7" {
			if found != nil {
				t.Fatal("two replacements")
			}
			found = it
		}
	}
	return found
}

func TestReleaseCancelsWithAReasonAndReplaces(t *testing.T) {
	s, p, c := held(t)
	must(t, p.Release(ctx, c, Reason{Code: "110532", Text: "needs a neuroradiologist"}))
	old, now := s.items["1.7"], replacement(t, s)
	if old.state != pacs.Canceled || now == nil || now.state != pacs.Scheduled {
		t.Fatalf("original %s, replacement %+v", old.state, now)
	}
	info := old.ds.Item(dicom.ProcedureStepProgressInformationSequence)
	reason := info.Item(dicom.ProcedureStepDiscontinuationReasonCodeSequence)
	if reason.Str(dicom.CodeValue) != "110532" || reason.Str(dicom.CodingSchemeDesignator) != "DCM" || info.Str(dicom.ReasonForCancellation) != "needs a neuroradiologist" {
		t.Fatalf("reason %s %s", reason.Str(dicom.CodeValue), info.Str(dicom.ReasonForCancellation))
	}
	w := now.workitem("x")
	if w.Replaces != "1.7" || w.StudyUID != "1.2" || w.Accession != "A1" || w.Patient.ID != "P1" || w.Label != "CT chest" || w.Readiness != "READY" {
		t.Fatalf("replacement %+v", w)
	}
	if len(w.Assigned) != 1 || w.Assigned[0] != "READER^TWO" || w.Performer != "" {
		t.Fatalf("assigned to %v, performed by %q: who gave it back is not asked again, a colleague is", w.Assigned, w.Performer)
	}
	if c, _, _ := p.Ledger.Claim(ctx, "1.7"); c.State != ledger.Released {
		t.Fatalf("the ledger says %s", c.State)
	}
	if err := p.Release(ctx, ledger.Claim{State: ledger.Released}, Reason{}); !errors.Is(err, ErrNotHeld) {
		t.Fatalf("giving back what is not held: %v", err)
	}
}

// A crash or a lost link at any request never leaves the case without a workitem,
// and the next start finishes what was begun.
func TestAReleaseInterruptedAnywhereIsFinished(t *testing.T) {
	s, p, c := held(t)
	must(t, p.Release(ctx, c, Reason{Code: "110530"}))
	total := s.calls
	if total < 4 {
		t.Fatalf("a release takes %d calls", total)
	}
	for _, kill := range []bool{true, false} {
		for n := 1; n <= total; n++ {
			for _, after := range []bool{false, true} {
				s, p, c := held(t)
				s.check = func() {
					if s.in(pacs.Scheduled, pacs.InProgress) == 0 {
						t.Errorf("call %d: no workitem for the case", s.calls)
					}
				}
				s.fault = func(k int, late bool) error {
					switch {
					case k < n || k == n && late != after:
						return nil
					case kill:
						panic(crash{})
					}
					return errLink
				}
				untilCrash(func() { _ = p.Release(ctx, c, Reason{Code: "110530"}) })
				s.fault = nil
				_, err := p.Resolve(ctx)
				must(t, err)
				now, _, _ := p.Ledger.Claim(ctx, "1.7")
				switch now.State {
				case ledger.Held:
					if n > 1 || s.items["1.7"].state != pacs.InProgress || len(s.items) != 1 {
						t.Errorf("call %d after %v kill %v: still held, items %d", n, after, kill, len(s.items))
					}
				case ledger.Released:
					if r := replacement(t, s); s.items["1.7"].state != pacs.Canceled || r == nil || r.state != pacs.Scheduled {
						t.Errorf("call %d after %v kill %v: original %s, replacement %+v", n, after, kill, s.items["1.7"].state, r)
					}
				default:
					t.Errorf("call %d after %v kill %v: the ledger says %s", n, after, kill, now.State)
				}
			}
		}
	}
}

func TestASiteThatRefusesAReplacementLeavesTheCaseOurs(t *testing.T) {
	s, p, c := held(t)
	s.fault = func(n int, after bool) error {
		if n == 2 && !after { // create
			return refuse(403, "")
		}
		return nil
	}
	if err := p.Release(ctx, c, Reason{}); err == nil {
		t.Fatal("released")
	}
	now, _, _ := p.Ledger.Claim(ctx, "1.7")
	if now.State != ledger.Held || s.items["1.7"].state != pacs.InProgress || len(s.items) != 1 {
		t.Fatalf("%s, original %s, %d workitems", now.State, s.items["1.7"].state, len(s.items))
	}
}

// What became of the original while our release was on its way.
func TestAReleaseThatComesTooLateTakesItsReplacementBack(t *testing.T) {
	for state, want := range map[pacs.State]ledger.ClaimState{
		pacs.Completed: ledger.Completed, pacs.Scheduled: ledger.Released, pacs.InProgress: ledger.Lost,
	} {
		s, p, c := held(t)
		s.fault = func(n int, after bool) error {
			if n == 2 && after {
				s.items["1.7"].state, s.items["1.7"].txn = state, "2.25.999"
			}
			return nil
		}
		err := p.Release(ctx, c, Reason{})
		var lost *LostError
		if (state == pacs.Scheduled) != (err == nil) || err != nil && !errors.As(err, &lost) {
			t.Errorf("%s: %v", state, err)
		}
		now, _, _ := p.Ledger.Claim(ctx, "1.7")
		if r := replacement(t, s); now.State != want || r.state != pacs.Canceled {
			t.Errorf("%s: ledger %s, replacement %s", state, now.State, r.state)
		}
	}
}

func TestARefusedCancellationOfOurOwnStaysHeldWithOneWorkitem(t *testing.T) {
	s, p, c := held(t)
	s.fault = func(n int, after bool) error {
		if n == 4 && !after { // change state
			return refuse(409, "not here")
		}
		return nil
	}
	if err := p.Release(ctx, c, Reason{}); err == nil {
		t.Fatal("released")
	}
	now, _, _ := p.Ledger.Claim(ctx, "1.7")
	if now.State != ledger.Held || s.in(pacs.Scheduled, pacs.InProgress) != 1 {
		t.Fatalf("%s with %d live workitems", now.State, s.in(pacs.Scheduled, pacs.InProgress))
	}
}

func performed() Performed {
	return Performed{Reader: Reader{Name: "READER^ONE"}, Start: t0, End: t0.Add(time.Minute), StudyUID: "1.2", SeriesUID: "1.2.3",
		SOPClassUID: dicom.BasicTextSRStorage, SOPUID: "1.2.3.4", RetrieveURL: "http://127.0.0.1/studies/1.2"}
}

func TestCompleteNamesItsOutputAndMayBeRepeated(t *testing.T) {
	s, _, c := held(t)
	for range 2 {
		must(t, Complete(ctx, s, "1.7", dicom.UID(c.TransactionUID), performed()))
	}
	it := s.items["1.7"]
	out := it.ds.Item(dicom.UnifiedProcedureStepPerformedProcedureSequence).Item(dicom.OutputInformationSequence)
	sop := out.Item(dicom.ReferencedSOPSequence)
	if it.state != pacs.Completed || out.Str(dicom.StudyInstanceUID) != "1.2" || out.Str(dicom.SeriesInstanceUID) != "1.2.3" ||
		sop.Str(dicom.ReferencedSOPInstanceUID) != "1.2.3.4" || sop.Str(dicom.ReferencedSOPClassUID) != string(dicom.BasicTextSRStorage) {
		t.Fatalf("%s, output %v", it.state, out)
	}
}

func TestCompleteInterruptedAnywhereSucceedsTheNextTime(t *testing.T) {
	for n := 1; n <= 2; n++ {
		for _, after := range []bool{false, true} {
			s, _, c := held(t)
			s.fault = func(k int, late bool) error {
				if k == n && late == after {
					return errLink
				}
				return nil
			}
			err := Complete(ctx, s, "1.7", dicom.UID(c.TransactionUID), performed())
			var asking *AskingError
			if !errors.As(err, &asking) {
				t.Errorf("call %d: %v", n, err)
			}
			must(t, Complete(ctx, s, "1.7", dicom.UID(c.TransactionUID), performed()))
			if s.items["1.7"].state != pacs.Completed {
				t.Errorf("call %d: %s", n, s.items["1.7"].state)
			}
		}
	}
}

func TestCompleteWithoutTheLockIsLost(t *testing.T) {
	var lost *LostError
	for _, state := range []pacs.State{pacs.InProgress, pacs.Canceled, pacs.Scheduled, ""} {
		s, _, c := held(t)
		s.items["1.7"].state, s.items["1.7"].txn = state, "2.25.999"
		if state == "" {
			delete(s.items, "1.7")
		}
		err := Complete(ctx, s, "1.7", dicom.UID(c.TransactionUID), performed())
		if !errors.As(err, &lost) || lost.State != state {
			t.Errorf("%q: %v", state, err)
		}
	}
}
