package dimse_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/demo"
	"github.com/nocturne/nocturne/worklist/pacs/dimse"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// entry is a worklist item (PS3.4 table K.6-1) as a file.
func entry(t *testing.T, i int, name, modality, date string) []byte {
	t.Helper()
	ds, step := new(dicom.Dataset), new(dicom.Dataset)
	ds.SetStr(dicom.SOPClassUID, "1.2.276.0.7230010.3.1.0.1")
	ds.SetStr(dicom.SOPInstanceUID, fmt.Sprintf("2.25.77%d", i))
	ds.SetStr(dicom.SpecificCharacterSet, "ISO_IR 192")
	ds.SetStr(dicom.AccessionNumber, fmt.Sprintf("ACC%d", i))
	ds.SetStr(dicom.PatientName, name)
	ds.SetStr(dicom.PatientID, fmt.Sprintf("P%d", i))
	ds.SetStr(dicom.PatientBirthDate, "19600229")
	ds.SetStr(dicom.PatientSex, "F")
	ds.SetStr(dicom.RequestingPhysician, "FRÄGT^WER")
	ds.SetStr(dicom.StudyInstanceUID, fmt.Sprintf("2.25.88%d", i))
	ds.SetStr(dicom.RequestedProcedureDescription, "CT head")
	ds.SetStr(dicom.RequestedProcedureID, fmt.Sprintf("RP%d", i))
	ds.SetStr(dicom.RequestedProcedurePriority, "STAT")
	ds.SetStr(dicom.ReasonForTheRequestedProcedure, "fall, ? bleed")
	step.SetStr(dicom.Modality, modality)
	step.SetStr(dicom.ScheduledStationAETitle, "SCANNER")
	step.SetStr(dicom.ScheduledProcedureStepStartDate, date)
	step.SetStr(dicom.ScheduledProcedureStepStartTime, "081500")
	step.SetStr(dicom.ScheduledProcedureStepDescription, "head native")
	step.SetStr(dicom.ScheduledProcedureStepID, "SPS1")
	step.SetStr(dicom.ScheduledPerformingPhysicianName)
	step.SetStr(dicom.ScheduledStationName, "CT1")
	ds.SetSeq(dicom.ScheduledProcedureStepSequence, step)
	b, err := dicom.Bytes(ds, nil)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func orders(t *testing.T, c *dimse.Client, q pacs.OrderQuery) (all []pacs.Order) {
	t.Helper()
	if err := c.SearchOrders(soon(t), q, func(o pacs.Order) error { all = append(all, o); return nil }); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAWorklistTellsWhyAnExaminationWasAskedFor(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	p := pacstest.StartWLMSCPFS(t, entry(t, 0, "MÜLLER^EVA", "CT", "20250102"), entry(t, 1, "OTHER^ONE", "MR", "20250103"))
	c := client(t, p)
	for q, want := range map[pacs.OrderQuery]int{
		{}: 2, {Accession: "ACC1"}: 1, {Accession: "ACC9"}: 0, {PatientID: "P0"}: 1, {Modality: "MR"}: 1, {Date: "20250101-20250102"}: 1,
		{PatientName: "OTHER*"}: 1, {Station: "SCANNER"}: 2,
	} {
		if got := orders(t, c, q); len(got) != want {
			t.Errorf("%+v found %d orders, want %d", q, len(got), want)
		}
	}
	got := orders(t, c, pacs.OrderQuery{Accession: "ACC0"})
	if len(got) != 1 {
		t.Fatal("not found by its accession number")
	}
	// wlmscpfs sends UTF-8 without Specific Character Set.
	o := got[0]
	if o.Patient.Name != "MÜLLER^EVA" || o.Requester != "FRÄGT^WER" || o.Indication != "fall, ? bleed" || o.Priority != pacs.Stat ||
		o.Label != "CT head" || o.Modality != "CT" || o.Study != "2.25.880" || o.Start.Format("20060102 1504") != "20250102 0815" {
		o.Dataset = nil
		t.Errorf("%+v", o)
	}
	stop := errors.New("enough")
	if err := c.SearchOrders(soon(t), pacs.OrderQuery{}, func(pacs.Order) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("stopped: %v", err)
	}
}

func TestTheEmbeddedWorklistTellsTheOrderOfAStep(t *testing.T) {
	seed := pacstest.NewSeed(t)
	c := client(t, embedded(t, demo.Options{}))
	if _, err := c.CreateWorkitem(soon(t), dicom.NewUID(), pacstest.NewWorkitem(seed.Studies[0], "P1", "")); err != nil {
		t.Fatal(err)
	}
	got := orders(t, c, pacs.OrderQuery{Accession: seed.Studies[0].Accession})
	if len(got) != 1 || got[0].Indication != "fall, ? bleed" || got[0].Requester != "ASKS^WHO" || got[0].Study != seed.Studies[0].UID {
		t.Errorf("%d orders", len(got))
	}
}

func TestAnArchiveWithoutAWorklistSaysSo(t *testing.T) {
	c := client(t, pacstest.StartDCMQRSCP(t))
	err := c.SearchOrders(context.Background(), pacs.OrderQuery{}, func(pacs.Order) error { return nil })
	var refused *pacs.StatusError
	if !errors.As(err, &refused) || refused.Code != 0x0122 {
		t.Error(err)
	}
	if _, err := c.SearchWorkitems(soon(t), pacs.WorkitemQuery{}); !errors.Is(err, pacs.ErrNoWorkitems) {
		t.Error(err)
	}
}
