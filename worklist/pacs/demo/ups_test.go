package demo

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

const (
	mine   = "2.25.111"
	theirs = "2.25.222"
)

// send makes a request with a data set as its payload.
func send(t testing.TB, method, url string, d *dicom.Dataset) (*http.Response, []byte) {
	t.Helper()
	b, err := json.Marshal([]*dicom.Dataset{d})
	if err != nil {
		t.Fatal(err)
	}
	return call(t, method, url, b, "Content-Type", dicomJSON, "Accept", dicomJSON)
}

func dataset(f ...func(*dicom.Dataset)) *dicom.Dataset {
	d := &dicom.Dataset{}
	for _, f := range f {
		f(d)
	}
	return d
}

func change(t testing.TB, base, transaction string, s pacs.State) *http.Response {
	t.Helper()
	d := dataset(set(dicom.ProcedureStepState, string(s)))
	if transaction != "" {
		d.SetStr(dicom.TransactionUID, transaction)
	}
	resp, _ := send(t, "PUT", base+"/workitems/"+ctStep+"/state", d)
	return resp
}

// performed meets the requirements of COMPLETED.
func performed() *dicom.Dataset {
	p := dataset(set(dicom.PerformedProcedureStepStartDateTime, "20260110031500"), set(dicom.PerformedProcedureStepEndDateTime, "20260110032500"))
	p.SetSeq(dicom.PerformedStationNameCodeSequence, code("HOME", "99TEST", "At home"))
	p.SetSeq(dicom.PerformedWorkitemCodeSequence, code("110005", "DCM", "Interpretation"))
	p.SetSeq(dicom.OutputInformationSequence)
	return dataset(func(d *dicom.Dataset) { d.SetSeq(dicom.UnifiedProcedureStepPerformedProcedureSequence, p) })
}

// givenUp meets the requirements of CANCELED.
func givenUp() *dicom.Dataset {
	p := dataset(set(dicom.ProcedureStepCancellationDateTime, "20260110032500"))
	p.SetSeq(dicom.ProcedureStepDiscontinuationReasonCodeSequence, code("110530", "DCM", "Rejected by assigned resource"))
	return dataset(func(d *dicom.Dataset) { d.SetSeq(dicom.ProcedureStepProgressInformationSequence, p) })
}

// bring takes the step into a state by way of the rules.
func bring(t testing.TB, base string, s pacs.State) {
	t.Helper()
	if s == pacs.Scheduled {
		return
	}
	if resp := change(t, base, mine, pacs.InProgress); resp.StatusCode != 200 {
		t.Fatalf("claim: %d", resp.StatusCode)
	}
	if s == pacs.InProgress {
		return
	}
	final := performed()
	if s == pacs.Canceled {
		final = givenUp()
	}
	if resp, body := send(t, "POST", base+"/workitems/"+ctStep+"?"+mine, final); resp.StatusCode != 200 {
		t.Fatalf("update: %d %s", resp.StatusCode, body)
	}
	if resp := change(t, base, mine, s); resp.StatusCode != 200 {
		t.Fatalf("finish: %d", resp.StatusCode)
	}
}

const (
	completedTwice = "The UPS is already in the requested state of COMPLETED."
	canceledTwice  = "The UPS is already in the requested state of CANCELED."
	inconsistent   = "The submitted request is inconsistent with the state of the UPS Instance."
	incorrect      = "The Transaction UID is incorrect."
	missing        = "The Transaction UID is missing."
)

// TestStepsObeyTheRules holds every transition to workflow rules E1b: the code
// by table CC.1.1-2, the HTTP status and Warning by PS3.18 11.7 and 11.8.
func TestStepsObeyTheRules(t *testing.T) {
	for _, c := range []struct {
		name    string
		from    pacs.State
		uid     string
		to      pacs.State // "" asks for cancellation
		ready   *dicom.Dataset
		status  int
		warning string
		after   pacs.State
	}{
		{"claim a free case", pacs.Scheduled, mine, pacs.InProgress, nil, 200, "", pacs.InProgress},
		{"claim without a Transaction UID", pacs.Scheduled, "", pacs.InProgress, nil, 400, missing, pacs.Scheduled},
		{"claim what another holds", pacs.InProgress, theirs, pacs.InProgress, nil, 400, incorrect, pacs.InProgress},
		{"claim again what one holds", pacs.InProgress, mine, pacs.InProgress, nil, 409, inconsistent, pacs.InProgress},
		{"claim what is completed", pacs.Completed, mine, pacs.InProgress, nil, 409, inconsistent, pacs.Completed},
		{"claim what is canceled", pacs.Canceled, mine, pacs.InProgress, nil, 409, inconsistent, pacs.Canceled},
		{"schedule by hand", pacs.InProgress, mine, pacs.Scheduled, nil, 409, inconsistent, pacs.InProgress},
		{"complete what nobody claimed", pacs.Scheduled, mine, pacs.Completed, nil, 409, inconsistent, pacs.Scheduled},
		{"complete without the facts", pacs.InProgress, mine, pacs.Completed, nil, 409, inconsistent, pacs.InProgress},
		{"complete with the facts", pacs.InProgress, mine, pacs.Completed, performed(), 200, "", pacs.Completed},
		{"complete another's", pacs.InProgress, theirs, pacs.Completed, performed(), 400, incorrect, pacs.InProgress},
		{"complete without a Transaction UID", pacs.InProgress, "", pacs.Completed, performed(), 400, missing, pacs.InProgress},
		{"complete twice", pacs.Completed, mine, pacs.Completed, nil, 200, completedTwice, pacs.Completed},
		{"complete what is canceled", pacs.Canceled, mine, pacs.Completed, nil, 409, inconsistent, pacs.Canceled},
		{"cancel what nobody claimed", pacs.Scheduled, mine, pacs.Canceled, nil, 409, inconsistent, pacs.Scheduled},
		{"cancel without a reason", pacs.InProgress, mine, pacs.Canceled, nil, 409, inconsistent, pacs.InProgress},
		{"cancel with a reason", pacs.InProgress, mine, pacs.Canceled, givenUp(), 200, "", pacs.Canceled},
		{"cancel twice", pacs.Canceled, mine, pacs.Canceled, nil, 200, canceledTwice, pacs.Canceled},
		{"cancel what is completed", pacs.Completed, mine, pacs.Canceled, nil, 409, inconsistent, pacs.Completed},
		{"ask to cancel a free case", pacs.Scheduled, "", "", nil, 202, "", pacs.Canceled},
		{"ask to cancel what is held", pacs.InProgress, "", "", nil, 202, "", pacs.InProgress},
		{"ask to cancel what is completed", pacs.Completed, "", "", nil, 409, inconsistent, pacs.Completed},
		{"ask to cancel what is canceled", pacs.Canceled, "", "", nil, 409, canceledTwice, pacs.Canceled},
		{"an unheard-of state", pacs.Scheduled, mine, "ABANDONED", nil, 400, "", pacs.Scheduled},
		{"a Transaction UID that is none", pacs.Scheduled, "me", pacs.InProgress, nil, 400, incorrect, pacs.Scheduled},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, base := serve(t, Options{Sources: []Source{hospital()}})
			bring(t, base, c.from)
			if c.ready != nil {
				if resp, body := send(t, "POST", base+"/workitems/"+ctStep+"?"+mine, c.ready); resp.StatusCode != 200 {
					t.Fatalf("update: %d %s", resp.StatusCode, body)
				}
			}
			var resp *http.Response
			if c.to == "" {
				resp, _ = send(t, "POST", base+"/workitems/"+ctStep+"/cancelrequest", dataset(set(dicom.ReasonForCancellation, "wrong patient")))
			} else {
				resp = change(t, base, c.uid, c.to)
			}
			w := strings.TrimPrefix(resp.Header.Get("Warning"), "299 nocturne-archive: ")
			if resp.StatusCode != c.status || w != c.warning {
				t.Errorf("answer %d, Warning %q; want %d, %q", resp.StatusCode, w, c.status, c.warning)
			}
			if d := step1(t, base); d.Str(dicom.ProcedureStepState) != string(c.after) {
				t.Errorf("the state is then %s, want %s", d.Str(dicom.ProcedureStepState), c.after)
			}
		})
	}
}

// step1 retrieves the CT's workitem and holds it to never telling who may.
func step1(t testing.TB, base string) *dicom.Dataset {
	t.Helper()
	resp, body := call(t, "GET", base+"/workitems/"+ctStep, nil)
	want(t, resp, body, 200)
	if strings.Contains(string(body), "00081195") || strings.Contains(string(body), mine) {
		t.Error("the Transaction UID was told")
	}
	return sets(t, body)[0]
}

func TestUnknownStepsAreNotFound(t *testing.T) {
	_, base := serve(t, Options{Sources: []Source{hospital()}})
	d := dataset(set(dicom.ProcedureStepState, "IN PROGRESS"), set(dicom.TransactionUID, mine))
	for _, c := range [][2]string{{"GET", ""}, {"POST", ""}, {"PUT", "/state"}, {"POST", "/cancelrequest"}} {
		resp, body := send(t, c[0], base+"/workitems/1.2.3.404"+c[1], d)
		if c[0] == "POST" && c[1] == "" {
			resp, body = send(t, "POST", base+"/workitems/1.2.3.404", dataset(set(dicom.WorklistLabel, "x")))
		}
		want(t, resp, body, 404)
	}
}

func TestOneOfManyClaimsWins(t *testing.T) {
	_, base := serve(t, Options{Sources: []Source{hospital()}, StoreDir: t.TempDir()})
	var won atomic.Int32
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if resp := change(t, base, string(dicom.NewUID()), pacs.InProgress); resp.StatusCode == 200 {
				won.Add(1)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("%d claims won", won.Load())
	}
}

func TestUpdatesNeedTheLock(t *testing.T) {
	progress := dataset(func(d *dicom.Dataset) {
		d.SetSeq(dicom.ProcedureStepProgressInformationSequence, dataset(set(dicom.ProcedureStepProgressDescription, "aside")))
	})
	for _, c := range []struct {
		name    string
		state   pacs.State
		query   string
		change  *dicom.Dataset
		status  int
		warning string
	}{
		{"scheduled", pacs.Scheduled, "", progress, 200, ""},
		{"scheduled with a UID", pacs.Scheduled, "?" + mine, progress, 409, "The target URI did not reference a claimed Workitem."},
		{"held, bare UID", pacs.InProgress, "?" + mine, progress, 200, ""},
		{"held, named UID", pacs.InProgress, "?Transaction-uid=" + mine, progress, 200, ""},
		{"held, UID in the payload", pacs.InProgress, "", dataset(set(dicom.TransactionUID, mine), set(dicom.WorklistLabel, "x")), 200, ""},
		{"held, no UID", pacs.InProgress, "", progress, 400, missing},
		{"held by another", pacs.InProgress, "?" + theirs, progress, 400, incorrect},
		{"completed", pacs.Completed, "?" + mine, progress, 400, "The submitted request is inconsistent with the current state of the Workitem."},
		{"canceled", pacs.Canceled, "?" + mine, progress, 400, "The submitted request is inconsistent with the current state of the Workitem."},
		{"the state", pacs.InProgress, "?" + mine, dataset(set(dicom.ProcedureStepState, "COMPLETED")), 400, ""},
		{"the patient", pacs.InProgress, "?" + mine, dataset(set(dicom.PatientID, "P9")), 400, ""},
		{"no UID at all", pacs.InProgress, "?transaction-uid=me", progress, 400, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, base := serve(t, Options{Sources: []Source{hospital()}})
			bring(t, base, c.state)
			resp, body := send(t, "POST", base+"/workitems/"+ctStep+c.query, c.change)
			w := strings.TrimPrefix(resp.Header.Get("Warning"), "299 nocturne-archive: ")
			if resp.StatusCode != c.status || w != c.warning {
				t.Errorf("answer %d, Warning %q; want %d, %q: %s", resp.StatusCode, w, c.status, c.warning, body)
			}
			if d := step1(t, base); c.status != 200 && d.Item(dicom.ProcedureStepProgressInformationSequence).Str(dicom.ProcedureStepProgressDescription) == "aside" {
				t.Error("it was changed all the same")
			}
		})
	}
}

// order is a workitem that meets every requirement of N-CREATE.
func order(extra ...func(*dicom.Dataset)) *dicom.Dataset {
	d := dataset(append([]func(*dicom.Dataset){
		set(dicom.ProcedureStepState, "SCHEDULED"), set(dicom.ScheduledProcedureStepPriority, "MEDIUM"), set(dicom.InputReadinessState, "READY"),
		set(dicom.ProcedureStepLabel, "MR knee"), set(dicom.ScheduledProcedureStepStartDateTime, "20300101080000"),
		set(dicom.PatientName, "PHANTOM^BEN"), set(dicom.PatientID, "P9"), set(dicom.PatientBirthDate), set(dicom.PatientSex), set(dicom.AdmissionID),
		func(d *dicom.Dataset) {
			for _, t := range createEmpty {
				if t.VR() == "SQ" {
					d.SetSeq(t)
				}
			}
		},
	}, extra...)...)
	return d
}

func TestCreatingSteps(t *testing.T) {
	_, base := serve(t, Options{Sources: []Source{hospital()}})
	resp, body := send(t, "POST", base+"/workitems?1.2.9.1", order())
	want(t, resp, body, 201)
	if loc := resp.Header.Get("Location"); loc != base+"/workitems/1.2.9.1" || resp.Header.Get("Warning") != "" {
		t.Errorf("Location %q, Warning %q", loc, resp.Header.Get("Warning"))
	}
	resp, body = call(t, "GET", resp.Header.Get("Location"), nil)
	want(t, resp, body, 200)
	if d := sets(t, body)[0]; d.Str(dicom.SOPClassUID) != string(dicom.UPSPushSOPClass) || d.Str(dicom.SOPInstanceUID) != "1.2.9.1" || d.Str(dicom.ScheduledProcedureStepModificationDateTime) == "" {
		t.Error("the server did not set what it must")
	}
	resp, body = send(t, "POST", base+"/workitems?1.2.9.1", order())
	want(t, resp, body, 409)
	resp, body = send(t, "POST", base+"/workitems?AffectedSOPInstanceUID=1.2.9.2", order(func(d *dicom.Dataset) { d.Delete(dicom.PatientSex) }))
	want(t, resp, body, 201)
	if w := resp.Header.Get("Warning"); !strings.HasSuffix(w, "The Workitem was created with modifications.") {
		t.Errorf("Warning %q", w)
	}
	resp, body = send(t, "POST", base+"/workitems?1.2.9.3", order(set(dicom.TransactionUID)))
	want(t, resp, body, 201)
	if _, body = call(t, "GET", base+"/workitems/1.2.9.3", nil); strings.Contains(string(body), "00081195") {
		t.Error("an empty Transaction UID is sent")
	}
	resp, body = send(t, "POST", base+"/workitems", order())
	want(t, resp, body, 201)
	for name, d := range map[string]*dicom.Dataset{
		"not scheduled":      order(set(dicom.ProcedureStepState, "IN PROGRESS")),
		"a transaction":      order(set(dicom.TransactionUID, mine)),
		"no priority":        order(set(dicom.ScheduledProcedureStepPriority)),
		"a made-up priority": order(set(dicom.ScheduledProcedureStepPriority, "STAT")),
		"no label":           order(func(d *dicom.Dataset) { d.Delete(dicom.ProcedureStepLabel) }),
		"another UID":        order(set(dicom.SOPInstanceUID, "1.2.9.8")),
	} {
		resp, body := send(t, "POST", base+"/workitems?1.2.9.9", d)
		if resp.StatusCode != 400 {
			t.Errorf("%s: %d %s", name, resp.StatusCode, body)
		}
	}
	resp, body = call(t, "POST", base+"/workitems?1.2.9.9", []byte("{}"), "Content-Type", "text/plain")
	want(t, resp, body, 415)
	for _, junk := range []string{"", "[]", "[{},{}]", "{", `"x"`, "null x"} {
		resp, body = call(t, "POST", base+"/workitems?1.2.9.9", []byte(junk), "Content-Type", dicomJSON)
		want(t, resp, body, 400)
	}
}

func TestEveryFactOfTheFinalStateIsNeeded(t *testing.T) {
	check := func(d *dicom.Dataset, seq dicom.Tag, s pacs.State) {
		t.Helper()
		if !finalStateMet(d, s) {
			t.Fatalf("%s with everything is refused", s)
		}
		for el := range d.Item(seq).All() {
			less := d.Clone()
			less.Item(seq).Delete(el.Tag)
			if finalStateMet(less, s) {
				t.Errorf("%s without %s is accepted", s, el.Tag.Keyword())
			}
		}
	}
	check(performed(), dicom.UnifiedProcedureStepPerformedProcedureSequence, pacs.Completed)
	check(givenUp(), dicom.ProcedureStepProgressInformationSequence, pacs.Canceled)
	if finalStateMet(&dicom.Dataset{}, pacs.Completed) {
		t.Error("COMPLETED with nothing is accepted")
	}
}

func TestHandOverIsCancelAndReplace(t *testing.T) {
	_, base := serve(t, Options{Sources: []Source{hospital()}})
	bring(t, base, pacs.Canceled)
	next := order(func(d *dicom.Dataset) {
		d.SetSeq(dicom.ReplacedProcedureStepSequence, reference(dicom.UPSPushSOPClass, ctStep))
	})
	resp, body := send(t, "POST", base+"/workitems?1.2.9.1", next)
	want(t, resp, body, 201)
	resp, body = call(t, "GET", base+"/workitems?ReplacedProcedureStepSequence.ReferencedSOPInstanceUID="+ctStep, nil)
	want(t, resp, body, 200)
	if l := sets(t, body); len(l) != 1 || l[0].Str(dicom.SOPInstanceUID) != "1.2.9.1" {
		t.Errorf("found %d replacements", len(l))
	}
}

func TestSearchingSteps(t *testing.T) {
	_, base := serve(t, Options{Sources: []Source{hospital()}})
	bring(t, base, pacs.InProgress)
	for q, n := range map[string]int{
		"": 2, "ScheduledHumanPerformersSequence.HumanPerformerName=reader^demo": 2, "00404034.00404037=OTHER*": 0,
		"ProcedureStepState=SCHEDULED": 1, "00741000=IN%20PROGRESS": 1, "00741000=IN+PROGRESS": 1, "00741000=COMPLETED": 0,
		"ReferencedRequestSequence.AccessionNumber=A1": 1, "0040A370.00080050=A2": 1,
		"InputInformationSequence.StudyInstanceUID=" + ctStudy: 1, "00404021.0020000D=1.9": 0,
		"PatientName=PHANTOM*": 1, "WorklistLabel=STAT": 1, "ScheduledProcedureStepPriority=LOW": 1,
		"ExpectedCompletionDateTime=20000101-": 2, "ExpectedCompletionDateTime=-20000101": 0, "ScheduledWorkitemCodeSequence.CodeValue=110005": 2,
	} {
		resp, body := call(t, "GET", base+"/workitems?"+q, nil)
		status := 200
		if n == 0 {
			status = 204
		}
		want(t, resp, body, status)
		if got := len(sets(t, body)); got != n {
			t.Errorf("%q found %d, want %d", q, got, n)
		}
		if strings.Contains(string(body), mine) {
			t.Error("a search told the Transaction UID")
		}
	}
	resp, body := call(t, "GET", base+"/workitems?limit=1", nil)
	want(t, resp, body, http.StatusPartialContent)
	resp, body = call(t, "GET", base+"/workitems?limit=1&offset=1", nil)
	want(t, resp, body, 200)
	resp, body = call(t, "GET", base+"/workitems?Bogus=1", nil)
	want(t, resp, body, 400)
}

func TestAWorkitemReadsLikeAnOrder(t *testing.T) {
	_, base := serve(t, Options{Sources: []Source{hospital()}})
	d := step1(t, base)
	req, in := d.Item(dicom.ReferencedRequestSequence), d.Seq(dicom.InputInformationSequence)
	for what, got := range map[string]string{
		"HIGH": d.Str(dicom.ScheduledProcedureStepPriority), "STAT": d.Str(dicom.WorklistLabel), "READY": d.Str(dicom.InputReadinessState),
		"CT chest": d.Str(dicom.ProcedureStepLabel), "PHANTOM^ANNA": d.Str(dicom.PatientName), "P1": d.Str(dicom.PatientID),
		"EMERGENCY": d.Str(dicom.PatientState), "ED 4": d.Str(dicom.CurrentPatientLocation), "72 f, cough": req.Str(dicom.ReasonForTheRequestedProcedure),
		"HOUSE^GREG": req.Str(dicom.RequestingPhysician), "+442079460958": req.Str(dicom.OrderCallbackPhoneNumber), ctAcc: req.Str(dicom.AccessionNumber),
		Reader: d.Item(dicom.ScheduledHumanPerformersSequence).Str(dicom.HumanPerformerName),
	} {
		if got != what {
			t.Errorf("%q stands where %q should", got, what)
		}
	}
	if len(in) != 2 || len(in[0].Seq(dicom.ReferencedSOPSequence)) != 9 {
		t.Fatalf("%d series are named", len(in))
	}
	url := in[0].Item(dicom.WADORSRetrievalSequence).Str(dicom.RetrieveURL)
	resp, body := call(t, "GET", url, nil, "Accept", files)
	want(t, resp, body, 200)
	start, _ := dicom.ParseDT(d.Str(dicom.ScheduledProcedureStepStartDateTime))
	due, ok := dicom.ParseDT(d.Str(dicom.ExpectedCompletionDateTime))
	if !ok || due.Sub(start).Minutes() != 60 {
		t.Errorf("due %v after the start", due.Sub(start))
	}
}

func TestAStepIsNamedInTheQueryInEveryForm(t *testing.T) {
	_, base := serve(t, Options{})
	for query, status := range map[string]int{
		"1.2.9.21": 201, "1.2.9.22=": 201, "workitem=1.2.9.23": 201, "AffectedSOPInstanceUID=1.2.9.24": 201, "affectedSopInstanceUid=1.2.9.25": 201,
		"workitem=": 400, "workitem=1.2.x": 400, "workitem=1.2.9.26&1.2.9.27": 400, "workitem=1.2.9.28&workitem=1.2.9.29": 400,
	} {
		resp, body := send(t, "POST", base+"/workitems?"+query, order())
		if resp.StatusCode != status {
			t.Errorf("?%s: %d, want %d: %s", query, resp.StatusCode, status, body)
		}
		if status != 201 {
			continue
		}
		if uid := strings.Trim(query[strings.Index(query, "1.2."):], "="); resp.Header.Get("Location") != base+"/workitems/"+uid {
			t.Errorf("?%s: created as %s", query, resp.Header.Get("Location"))
		}
	}
}
