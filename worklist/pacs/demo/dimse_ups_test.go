package demo

import (
	"context"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/dimse"
	"github.com/nocturne/nocturne/worklist/pacs/ul"
)

// listener is an SCU of reports that an archive calls.
type listener struct {
	address string
	heard   chan heard
}

type heard struct {
	c dimse.Command
	d *dicom.Dataset
}

// listenFor takes reports of one SOP class, as SCU with the archive as SCP.
func listenFor(t testing.TB, class dicom.UID) *listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	out := &listener{l.Addr().String(), make(chan heard, 16)}
	srv := dimse.Server{AE: "TESTER", Accept: func(r *ul.Request) (ul.Answer, *ul.RejectError) {
		var ans ul.Answer
		for _, c := range r.Contexts {
			if c.Abstract == class && c.SCP {
				ans.Contexts = append(ans.Contexts, ul.Accepted{ID: c.ID, Abstract: c.Abstract, Transfer: c.Transfers[0], SCP: true})
			}
		}
		return ans, nil
	}, Serve: func(ctx context.Context, a *ul.Association, c *dimse.Conn, m dimse.Message) error {
		d, err := m.Dataset(a.Accepted()[0].Transfer, dicom.Options{})
		if err != nil {
			return err
		}
		out.heard <- heard{m.Command, d}
		return c.Send(ctx, dimse.Message{Context: m.Context, Command: m.Command.NewResponse(0)})
	}}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { srv.Listen(ctx, l); close(done) }()
	t.Cleanup(func() { cancel(); <-done })
	return out
}

func (l *listener) next(t testing.TB) (dimse.Command, *dicom.Dataset) {
	t.Helper()
	select {
	case h := <-l.heard:
		return h.c, h.d
	case <-time.After(10 * time.Second):
		t.Fatal("no report came")
		return dimse.Command{}, nil
	}
}

// on is a request about a UPS instance: all name UPS Push (PS3.4 CC.3.1).
func on(f dimse.Field, uid dicom.UID, action uint16) dimse.Command {
	return dimse.Command{Field: f, Class: dicom.UPSPushSOPClass, Instance: uid, ActionType: action}
}

func stateChange(transaction string, s pacs.State) *dicom.Dataset {
	return dataset(set(dicom.TransactionUID, transaction), set(dicom.ProcedureStepState, string(s)))
}

func TestStepsObeyTheRulesByDIMSE(t *testing.T) {
	t.Parallel()
	a, address := serveDIMSE(t, Options{Sources: []Source{hospital()}})
	s := associate(t, address, asking(plain(upsPull, upsWatch, dicom.UPSPushSOPClass)...))
	changes := func(want uint16, transaction string, state pacs.State) {
		t.Helper()
		s.status(want, upsPull, on(dimse.NAction, ctStep, 1), stateChange(transaction, state))
	}
	changes(0xC301, "", pacs.InProgress)
	changes(0xC310, mine, pacs.Completed)
	changes(0xC303, mine, pacs.Scheduled)
	changes(0x0115, mine, "DONE")
	s.status(0xC310, upsPull, on(dimse.NSet, ctStep, 0), dataset(set(dicom.TransactionUID, mine), set(dicom.ProcedureStepLabel, "X")))
	s.status(0x0106, upsPull, on(dimse.NSet, ctStep, 0), dataset(set(dicom.PatientID, "X")))
	changes(0, mine, pacs.InProgress)
	changes(0xC302, mine, pacs.InProgress)
	changes(0xC301, theirs, pacs.Completed)
	changes(0xC304, mine, pacs.Completed)
	s.status(0xC301, upsPull, on(dimse.NSet, ctStep, 0), performed())
	set := performed()
	set.SetStr(dicom.TransactionUID, mine)
	s.status(0, upsPull, on(dimse.NSet, ctStep, 0), set)
	s.status(0, upsWatch, on(dimse.NAction, ctStep, 2), &dicom.Dataset{}) // its performer is asked
	changes(0, mine, pacs.Completed)
	changes(0xB306, mine, pacs.Completed)
	changes(0xC300, mine, pacs.Canceled)
	s.status(0xC311, dicom.UPSPushSOPClass, on(dimse.NAction, ctStep, 2), &dicom.Dataset{})
	s.status(0xC307, upsPull, on(dimse.NAction, "1.2.3.4", 1), stateChange(mine, pacs.InProgress))
	s.status(0x0123, dicom.UPSPushSOPClass, on(dimse.NAction, ctStep, 1), stateChange(mine, pacs.InProgress))
	s.status(0x0211, upsWatch, on(dimse.NSet, ctStep, 0), performed())
	if st, _ := a.steps.get(ctStep); st.state != pacs.Completed || st.transaction != mine {
		t.Errorf("by HTTP it is %s", st.state)
	}
}

func TestStepsAreCreatedFoundAndRead(t *testing.T) {
	t.Parallel()
	_, address := serveDIMSE(t, Options{Sources: []Source{hospital()}})
	s := associate(t, address, asking(plain(upsPull, upsWatch, upsQuery, dicom.UPSPushSOPClass)...))
	s.status(0, dicom.UPSPushSOPClass, on(dimse.NCreate, "1.2.3.950", 0), order())
	s.status(0x0111, dicom.UPSPushSOPClass, on(dimse.NCreate, "1.2.3.950", 0), order())
	s.status(0xC309, dicom.UPSPushSOPClass, on(dimse.NCreate, "1.2.3.951", 0), order(set(dicom.ProcedureStepState, "IN PROGRESS")))
	s.status(0x0121, dicom.UPSPushSOPClass, on(dimse.NCreate, "1.2.3.951", 0), order(set(dicom.ProcedureStepLabel)))
	less := order()
	less.Delete(dicom.AdmissionID)
	rsp, _ := s.asks(dicom.UPSPushSOPClass, on(dimse.NCreate, "", 0), less)
	if rsp.Status != 0xB300 || !dicom.ValidUID(string(rsp.Instance)) {
		t.Errorf("created without a UID and less than all: %s, %q", rsp, rsp.Instance)
	}
	for _, class := range []dicom.UID{upsPull, upsWatch, upsQuery} {
		found := s.finds(class, set(dicom.ProcedureStepState, "SCHEDULED"), set(dicom.ProcedureStepLabel), set(dicom.TransactionUID),
			func(d *dicom.Dataset) {
				d.SetSeq(dicom.ReferencedRequestSequence, dataset(set(dicom.AccessionNumber, ctAcc), set(dicom.RequestingPhysician)))
			})
		if len(found) != 1 || found[0].Str(dicom.SOPInstanceUID) != ctStep || found[0].Str(dicom.ProcedureStepLabel) != "CT chest" ||
			found[0].Has(dicom.TransactionUID) || found[0].Item(dicom.ReferencedRequestSequence).Str(dicom.RequestingPhysician) != "HOUSE^GREG" {
			t.Errorf("%d found in %s", len(found), class)
		}
	}
	get := on(dimse.NGet, ctStep, 0)
	get.Attributes = []dicom.Tag{dicom.PatientName, dicom.TransactionUID}
	rsp, all := s.asks(upsWatch, get, nil)
	if d := all[0]; rsp.Status != 0x0001 || d.Str(dicom.PatientName) != "PHANTOM^ANNA" || d.Has(dicom.TransactionUID) || d.Has(dicom.ProcedureStepLabel) {
		t.Errorf("%s with %d attributes", rsp, d.Len())
	}
	get.Attributes = nil
	rsp, all = s.asks(upsWatch, get, nil)
	if in := all[0].Item(dicom.InputInformationSequence); rsp.Status != 0 || in.Item(dicomRetrieval).Str(dicom.RetrieveAETitle) != DefaultAE {
		t.Errorf("%s, to be retrieved from %q", rsp, in.Item(dicomRetrieval).Str(dicom.RetrieveAETitle))
	}
	s.status(0xC307, upsWatch, on(dimse.NGet, "1.2.3.4", 0), nil)
}

func TestSubscribersAreToldOnTheirAssociation(t *testing.T) {
	t.Parallel()
	a, address := serveDIMSE(t, Options{Sources: []Source{hospital()}})
	told := associate(t, address, asking(plain(upsEvent)...))
	s := associate(t, address, asking(plain(upsWatch, upsPull)...))
	subscribe := func(f ...func(*dicom.Dataset)) *dicom.Dataset {
		return dataset(append([]func(*dicom.Dataset){set(receivingAE, "TESTER"), set(deletionLock, "FALSE")}, f...)...)
	}
	s.status(0, upsWatch, on(dimse.NAction, ctStep, 3), subscribe())
	s.status(0xC307, upsWatch, on(dimse.NAction, "1.2.3.4", 3), subscribe())
	s.status(0xC308, upsWatch, on(dimse.NAction, ctStep, 3), subscribe(set(receivingAE, "STRANGER")))
	s.status(0xC314, upsWatch, on(dimse.NAction, filteredSubscription, 3), subscribe())
	s.status(0xC314, upsWatch, on(dimse.NAction, ctStep, 5), subscribe())
	s.status(0x0115, upsWatch, on(dimse.NAction, ctStep, 3), &dicom.Dataset{})
	s.status(0, upsPull, on(dimse.NAction, ctStep, 1), stateChange(mine, pacs.InProgress))
	var states []string
	for range 2 { // the initial state, then the change
		c, d := told.hears()
		if c.Field != dimse.NEventReport || c.EventType != stateReport || c.Instance != ctStep || c.Class != dicom.UPSPushSOPClass {
			t.Errorf("%s of type %d", c, c.EventType)
		}
		states = append(states, d.Str(dicom.ProcedureStepState))
		on, _ := told.assoc.Find(upsEvent)
		if err := told.conn.Send(told.ctx, dimse.Message{Context: on.ID, Command: c.NewResponse(0)}); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(states, []string{"SCHEDULED", "IN PROGRESS"}) {
		t.Errorf("told %v", states)
	}
	s.status(0, upsWatch, on(dimse.NAction, ctStep, 4), subscribe())
	s.status(0xC307, upsWatch, on(dimse.NAction, ctStep, 4), subscribe())
	if err := told.assoc.Release(told.ctx); err != nil {
		t.Error(err)
	}
	for end := time.Now().Add(5 * time.Second); a.hub.listens("TESTER"); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("still listening after its release")
		}
	}
}

func TestASubscriberElsewhereIsCalled(t *testing.T) {
	t.Parallel()
	l := listenFor(t, upsEvent)
	a, address := serveDIMSE(t, Options{Sources: []Source{hospital()}, Destinations: map[string]string{"TESTER": l.address}})
	s := associate(t, address, asking(plain(upsWatch)...))
	s.status(0, upsWatch, on(dimse.NAction, globalSubscription, 3), dataset(set(receivingAE, "TESTER"), set(deletionLock, "TRUE")))
	for range 2 {
		if c, d := l.next(t); c.EventType != stateReport || d.Str(dicom.ProcedureStepState) != "SCHEDULED" {
			t.Errorf("%s: %q", c, d.Str(dicom.ProcedureStepState))
		}
	}
	if _, err := a.steps.change(ctStep, mine, pacs.InProgress); err != nil {
		t.Fatal(err)
	}
	if c, d := l.next(t); c.Instance != ctStep || d.Str(dicom.ProcedureStepState) != "IN PROGRESS" {
		t.Errorf("%s: %q", c, d.Str(dicom.ProcedureStepState))
	}
}
