package demo

import (
	"slices"
	"strconv"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs/dimse"
)

func TestEachLevelFindsItsEntities(t *testing.T) {
	t.Parallel()
	_, address := serveDIMSE(t, Options{Sources: []Source{hospital()}})
	s := associate(t, address, asking(plain(studyRootFind, patientRootFind)...))
	in := func(level string, keys ...func(*dicom.Dataset)) []func(*dicom.Dataset) {
		return append(keys, at(level))
	}
	for name, c := range map[string]struct {
		root dicom.UID
		keys []func(*dicom.Dataset)
		tag  dicom.Tag
		want []string
	}{
		"all studies":          {studyRootFind, in("STUDY"), dicom.StudyInstanceUID, []string{ctStudy, priorStudy, crStudy}},
		"by name, any case":    {studyRootFind, in("STUDY", set(dicom.PatientName, "phantom*")), dicom.StudyInstanceUID, []string{ctStudy, priorStudy}},
		"beyond ASCII":         {studyRootFind, in("STUDY", set(dicom.SpecificCharacterSet, "ISO_IR 192"), set(dicom.PatientName, "MÜLLER^*")), dicom.StudyInstanceUID, []string{crStudy}},
		"a date range":         {studyRootFind, in("STUDY", set(dicom.StudyDate, "20260101-20260110")), dicom.StudyInstanceUID, []string{ctStudy}},
		"dates from":           {studyRootFind, in("STUDY", set(dicom.StudyDate, "20260110-")), dicom.StudyInstanceUID, []string{ctStudy, crStudy}},
		"a list of UIDs":       {studyRootFind, in("STUDY", set(dicom.StudyInstanceUID, crStudy, ctStudy)), dicom.StudyInstanceUID, []string{ctStudy, crStudy}},
		"a modality within":    {studyRootFind, in("STUDY", set(dicom.ModalitiesInStudy, "SR")), dicom.StudyInstanceUID, []string{ctStudy}},
		"only a star":          {studyRootFind, in("STUDY", set(dicom.AccessionNumber, "*")), dicom.StudyInstanceUID, []string{ctStudy, priorStudy, crStudy}},
		"nothing":              {studyRootFind, in("STUDY", set(dicom.AccessionNumber, "NONE")), dicom.StudyInstanceUID, nil},
		"patients":             {patientRootFind, in("PATIENT"), dicom.PatientID, []string{"P1", "P2"}},
		"one patient":          {patientRootFind, in("PATIENT", set(dicom.PatientName, "M*")), dicom.PatientID, []string{"P2"}},
		"a patient's studies":  {patientRootFind, in("STUDY", set(dicom.PatientID, "P1")), dicom.StudyInstanceUID, []string{ctStudy, priorStudy}},
		"series":               {studyRootFind, in("SERIES", set(dicom.StudyInstanceUID, ctStudy)), dicom.SeriesInstanceUID, []string{ctStudy + ".1", ctStudy + ".2"}},
		"series of a modality": {studyRootFind, in("SERIES", set(dicom.StudyInstanceUID, ctStudy), set(dicom.Modality, "SR")), dicom.SeriesInstanceUID, []string{ctStudy + ".2"}},
		"instances by number": {studyRootFind, in("IMAGE", set(dicom.StudyInstanceUID, ctStudy), set(dicom.SeriesInstanceUID, ctStudy+".1"),
			set(dicom.InstanceNumber, "3")), dicom.SOPInstanceUID, []string{ctStudy + ".1.3"}},
	} {
		if got := uids(s.finds(c.root, c.keys...), c.tag); !slices.Equal(got, c.want) {
			t.Errorf("%s: found %v, want %v", name, got, c.want)
		}
	}
}

func TestAnAnswerHasWhatWasAskedAndCounts(t *testing.T) {
	t.Parallel()
	_, address := serveDIMSE(t, Options{Sources: []Source{hospital()}})
	s := associate(t, address, asking(plain(studyRootFind, patientRootFind)...))
	d := s.finds(studyRootFind, at("STUDY"), set(dicom.StudyInstanceUID, ctStudy), set(dicom.PatientName), set(dicom.StudyID), set(dicom.ModalitiesInStudy),
		set(dicom.NumberOfStudyRelatedSeries), set(dicom.NumberOfStudyRelatedInstances), set(dicom.InstanceAvailability))[0]
	for tag, want := range map[dicom.Tag]string{
		dicom.SpecificCharacterSet: "ISO_IR 192", queryRetrieveLevel: "STUDY", dicom.RetrieveAETitle: DefaultAE, dicom.InstanceAvailability: "ONLINE",
		dicom.StudyInstanceUID: ctStudy, dicom.PatientName: "PHANTOM^ANNA", dicom.NumberOfStudyRelatedSeries: "2", dicom.NumberOfStudyRelatedInstances: "10",
	} {
		if got := d.Str(tag); got != want {
			t.Errorf("%s is %q, want %q", tag, got, want)
		}
	}
	if got := d.Strs(dicom.ModalitiesInStudy); !slices.Equal(got, []string{"CT", "SR"}) {
		t.Errorf("modalities %v", got)
	}
	if !d.Has(dicom.StudyID) || d.Str(dicom.StudyID) != "" || d.Has(dicom.PatientID) {
		t.Error("what is not known must come empty, what was not asked must not come")
	}
	p := s.finds(patientRootFind, at("PATIENT"), set(dicom.PatientID, "P1"), set(patientStudies), set(patientInstances))[0]
	if p.Str(patientStudies) != "2" || p.Str(patientInstances) != "11" {
		t.Errorf("a patient of %s studies, %s instances", p.Str(patientStudies), p.Str(patientInstances))
	}
}

func TestHierarchyIsKeptUnlessRelationalQueriesWereNegotiated(t *testing.T) {
	t.Parallel()
	_, address := serveDIMSE(t, Options{Sources: []Source{hospital()}})
	strict := associate(t, address, asking(plain(studyRootFind, patientRootFind)...))
	find := dimse.Command{Field: dimse.CFind}
	strict.status(0xA900, studyRootFind, find, dataset(at("SERIES"), set(dicom.Modality, "CT")))
	strict.status(0xA900, studyRootFind, find, dataset(at("SERIES"), set(dicom.StudyInstanceUID, ctStudy, crStudy)))
	strict.status(0xA900, studyRootFind, find, dataset(at("PATIENT")))
	strict.status(0xA900, studyRootFind, find, dataset(at("FRAME")))
	strict.status(0xA900, patientRootFind, find, dataset(at("STUDY"), set(dicom.PatientID, "P*")))
	strict.status(0xC000, studyRootFind, find, dataset(at("STUDY"), set(dicom.StudyDate, "today")))

	r := asking(plain(studyRootFind)...)
	r.Extended = map[dicom.UID][]byte{studyRootFind: {1, 1, 1}}
	s := associate(t, address, r)
	if got := s.assoc.Peer().Extended[studyRootFind]; !slices.Equal(got, []byte{1, 0, 0}) {
		t.Errorf("extended negotiation answered % x, want 01 00 00", got)
	}
	if got := uids(s.finds(studyRootFind, at("SERIES"), set(dicom.Modality, "CT")), dicom.SeriesInstanceUID); !slices.Equal(got, []string{ctStudy + ".1", priorStudy + ".1"}) {
		t.Errorf("series anywhere: %v", got)
	}
	if got := uids(s.finds(studyRootFind, at("STUDY"), set(dicom.SOPInstanceUID, ctStudy+".1.4", ctStudy+".1.5")), dicom.StudyInstanceUID); !slices.Equal(got, []string{ctStudy}) {
		t.Errorf("the study of two instances: %v", got)
	}
}

func TestKeysThatAreNotSupportedAreSaidSo(t *testing.T) {
	t.Parallel()
	_, address := serveDIMSE(t, Options{Sources: []Source{hospital()}})
	s := associate(t, address, asking(plain(studyRootFind)...))
	for want, key := range map[uint16]dicom.Tag{0xFF00: dicom.StudyDescription, 0xFF01: dicom.Modality} {
		s.sends(studyRootFind, dimse.Command{Field: dimse.CFind}, dataset(at("STUDY"), set(key)))
		n := 0
		for {
			rsp, d := s.hears()
			if !dimse.IsPending(rsp.Status) {
				break
			}
			n++
			if rsp.Status != want || d.Has(key) != (want == 0xFF00) {
				t.Errorf("%s: %s, in the answer %v", key, rsp, d.Has(key))
			}
		}
		if n != 3 {
			t.Errorf("%s: %d answers", key, n)
		}
	}
}

func TestACancelStopsTheAnswers(t *testing.T) {
	t.Parallel()
	var many made
	for i := range 3000 {
		uid := "1.2.9." + strconv.Itoa(i)
		many = append(many, Study{Instances: []Instance{{header(uid, uid+".1", 1), nil}}})
	}
	_, address := serveDIMSE(t, Options{Sources: []Source{many}})
	s := associate(t, address, asking(plain(studyRootFind)...))
	id := s.sends(studyRootFind, dimse.Command{Field: dimse.CFind}, dataset(at("STUDY"), set(dicom.PatientName)))
	s.hears()
	s.sends(studyRootFind, dimse.Command{Field: dimse.CCancel, Responded: id}, nil)
	for n := 1; ; n++ {
		rsp, _ := s.hears()
		if dimse.IsPending(rsp.Status) {
			continue
		}
		if rsp.Status != 0xFE00 || n >= len(many) {
			t.Errorf("%s after %d of %d answers", rsp, n, len(many))
		}
		break
	}
	if got := s.finds(studyRootFind, at("STUDY"), set(dicom.StudyInstanceUID, "1.2.9.7")); len(got) != 1 {
		t.Errorf("after a cancel %d answers, want 1", len(got))
	}
}

// TestASequencesKeysAreMetByOneItem is PS3.4 C.2.2.2.6, for both services.
func TestASequencesKeysAreMetByOneItem(t *testing.T) {
	t.Parallel()
	d := dataset(func(d *dicom.Dataset) {
		d.SetSeq(scheduledStep, dataset(set(dicom.Modality, "CT"), set(stationAETitle, "A")), dataset(set(dicom.Modality, "MR"), set(stationAETitle, "B")))
	})
	for want, raw := range map[bool]string{
		true:  "00400100.00080060=MR&00400100.00400001=B",
		false: "00400100.00080060=CT&00400100.00400001=B",
	} {
		q, err := parseQuery(raw)
		if err != nil || q.match(d) != want {
			t.Errorf("%s: %v, %v", raw, q.match(d), err)
		}
	}
}

func TestTheWorklistHasEveryOpenOrder(t *testing.T) {
	t.Parallel()
	a, address := serveDIMSE(t, Options{Sources: []Source{hospital()}})
	s := associate(t, address, asking(plain(modalityWorklist)...))
	step := func(f ...func(*dicom.Dataset)) func(*dicom.Dataset) {
		return func(d *dicom.Dataset) { d.SetSeq(scheduledStep, dataset(f...)) }
	}
	all := s.finds(modalityWorklist, set(dicom.AccessionNumber), set(requestedPriority), set(dicom.RequestingPhysician), set(dicom.PatientName),
		set(dicom.ReasonForTheRequestedProcedure), set(dicom.StudyInstanceUID), step(set(dicom.Modality), set(stationAETitle), set(stepStartDate), set(stepID)))
	if got := uids(all, dicom.AccessionNumber); !slices.Equal(got, []string{"A1", "A2"}) {
		t.Fatalf("orders %v", got)
	}
	for tag, want := range map[dicom.Tag]string{requestedPriority: "STAT", dicom.RequestingPhysician: "HOUSE^GREG", dicom.PatientName: "PHANTOM^ANNA",
		dicom.ReasonForTheRequestedProcedure: "72 f, cough", dicom.StudyInstanceUID: ctStudy} {
		if got := all[0].Str(tag); got != want {
			t.Errorf("%s is %q, want %q", tag, got, want)
		}
	}
	it := all[0].Item(scheduledStep)
	if it.Str(dicom.Modality) != "CT" || it.Str(stepStartDate) != "20260110" || it.Str(stationAETitle) == "" || it.Str(stepID) == "" {
		t.Error("a scheduled step without what it must have")
	}
	for name, c := range map[string]struct {
		key  func(*dicom.Dataset)
		want int
	}{
		"modality":          {step(set(dicom.Modality, "CR")), 1},
		"both keys of one":  {step(set(dicom.Modality, "CR"), set(stepStartDate, "20260110")), 0},
		"dates":             {step(set(stepStartDate, "20260110-20260111")), 2},
		"station":           {step(set(stationAETitle, it.Str(stationAETitle)), set(dicom.Modality, "CT")), 1},
		"another station":   {step(set(stationAETitle, "NOWHERE")), 0},
		"priority":          {set(requestedPriority, "LOW"), 1},
		"a patient":         {set(dicom.PatientID, "P2"), 1},
		"an empty sequence": {func(d *dicom.Dataset) { d.SetSeq(scheduledStep) }, 2},
	} {
		if got := s.finds(modalityWorklist, c.key); len(got) != c.want {
			t.Errorf("by %s: %d items, want %d", name, len(got), c.want)
		}
	}
	if _, err := a.steps.requestCancel(ctStep, &dicom.Dataset{}); err != nil {
		t.Fatal(err)
	}
	if got := s.finds(modalityWorklist, set(dicom.AccessionNumber)); len(got) != 1 {
		t.Errorf("with one order canceled %d items, want 1", len(got))
	}
}
