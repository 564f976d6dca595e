package demo

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

func TestEventsAreReadStrictly(t *testing.T) {
	l, err := ReadEvents(strings.NewReader(`
{"after":"3s","event":"stat","study":"A1"}
{"after":"1m","event":"away","for":"30s","how":"hang"}
{"event":"claim","reader":"OTHER^READER"}
`))
	if err != nil || len(l) != 3 || l[0].After != 3*time.Second || l[1].For != 30*time.Second || l[2].Reader != "OTHER^READER" {
		t.Fatalf("%+v %v", l, err)
	}
	for _, bad := range []string{"{", `{"event":"party"}`, `{"event":"stat","after":"soon"}`, `{"event":"stat","after":"-3s"}`,
		`{"event":"away","how":"softly"}`, `{"event":"stat","colour":"red"}`, `{"event":"late","count":-1}`} {
		if _, err := ReadEvents(strings.NewReader("\n" + bad)); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if _, err := New(Options{Sources: []Source{hospital()}, Events: []Event{{Kind: "claim", Study: "nobody's"}}}); err == nil {
		t.Error("an event about nothing was taken")
	}
}

// eventually waits for something that happens by itself.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatal("never happened:", what)
}

func found(t *testing.T, url string) int {
	t.Helper()
	resp, body := call(t, "GET", url, nil)
	if resp.StatusCode != 200 && resp.StatusCode != 204 {
		t.Fatalf("%s: %s", url, resp.Status)
	}
	return len(sets(t, body))
}

// hour is when events of a test happen: the test fires them itself.
const hour = time.Hour

func TestAStatIsUnknownUntilItArrives(t *testing.T) {
	a, base := serve(t, Options{Sources: []Source{hospital()}, Events: []Event{{After: hour, Kind: "stat", Study: "A2"}}})
	if n := found(t, base+"/workitems"); n != 1 {
		t.Errorf("%d workitems before, want 1", n)
	}
	if n := found(t, base+"/studies"); n != 2 {
		t.Errorf("%d studies before, want 2", n)
	}
	if resp, _ := call(t, "GET", base+"/studies/"+crStudy, nil); resp.StatusCode != 404 {
		t.Error("its images can be had before")
	}
	before := time.Now()
	fire(t, a, Event{Kind: "stat", Study: "A2"})
	resp, body := call(t, "GET", base+"/workitems?WorklistLabel=STAT&ReferencedRequestSequence.AccessionNumber=A2", nil)
	want(t, resp, body, 200)
	d := sets(t, body)[0]
	due, _ := dicom.ParseDT(d.Str(dicom.ExpectedCompletionDateTime))
	if left := due.Sub(before); d.Str(dicom.ScheduledProcedureStepPriority) != "HIGH" || left < time.Hour || left > 3*time.Hour {
		t.Errorf("priority %s, due in %v", d.Str(dicom.ScheduledProcedureStepPriority), left)
	}
	if n := found(t, base+"/studies"); n != 3 {
		t.Errorf("%d studies after, want 3", n)
	}
}

// fire makes an event happen now.
func fire(t *testing.T, a *Archive, e Event) {
	t.Helper()
	l, err := a.prepare(e)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range l {
		if err := h.do(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLateImagesAreAnnouncedAndMissing(t *testing.T) {
	late := Event{After: hour, Kind: "late", Study: ctAcc, Count: 3}
	a, base := serve(t, Options{Sources: []Source{hospital()}, Events: []Event{late}})
	study := base + "/studies/" + ctStudy
	resp, body := call(t, "GET", base+"/studies?StudyInstanceUID="+ctStudy, nil)
	want(t, resp, body, 200)
	if n := sets(t, body)[0].Str(dicom.NumberOfStudyRelatedInstances); n != "10" {
		t.Errorf("%s are announced, want 10", n)
	}
	if n := found(t, study+"/instances"); n != 7 {
		t.Errorf("%d are here, want 7", n)
	}
	resp, body = call(t, "GET", study+"/series/"+ctStudy+".1/instances/"+ctStudy+".1.5", nil)
	want(t, resp, body, 404)
	if refs := step1(t, base).Item(dicom.InputInformationSequence).Seq(dicom.ReferencedSOPSequence); len(refs) != 9 {
		t.Errorf("the workitem names %d, want all 9", len(refs))
	}
	fire(t, a, late)
	resp, body = call(t, "GET", study, nil, "Accept", files)
	want(t, resp, body, 200)
	if parts, _ := bodyParts(t, resp, body); len(parts) != 10 {
		t.Errorf("%d came, want 10", len(parts))
	}
}

func TestLateInstancesOfASourceWaitForTheirEvent(t *testing.T) {
	h := hospital()
	h[0].LateInstances = 2
	a, base := serve(t, Options{Sources: []Source{h}})
	if n := found(t, base+"/studies/"+ctStudy+"/instances"); n != 8 {
		t.Errorf("%d are here, want 8", n)
	}
	fire(t, a, Event{Kind: "late"})
	if n := found(t, base+"/studies/"+ctStudy+"/instances"); n != 10 {
		t.Errorf("%d are here afterwards, want 10", n)
	}
}

func TestASecondReaderClaims(t *testing.T) {
	a, base := serve(t, Options{Sources: []Source{hospital()}})
	fire(t, a, Event{Kind: "claim", Study: ctAcc, Reader: "NIGHT^OWL"})
	d := step1(t, base)
	p := d.Item(dicom.UnifiedProcedureStepPerformedProcedureSequence)
	if d.Str(dicom.ProcedureStepState) != "IN PROGRESS" || p.Item(dicom.ActualHumanPerformersSequence).Str(dicom.HumanPerformerName) != "NIGHT^OWL" {
		t.Errorf("state %s", d.Str(dicom.ProcedureStepState))
	}
	if resp := change(t, base, mine, pacs.InProgress); resp.StatusCode != 400 {
		t.Errorf("it was claimed twice: %s", resp.Status)
	}
}

func TestAwayAndBack(t *testing.T) {
	a, err := New(Options{Sources: []Source{hospital()}})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	urls, err := a.Serve(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	quick := &http.Client{Timeout: 300 * time.Millisecond}
	try := func() (int, error) {
		resp, err := quick.Get(urls.DICOMweb + "/studies")
		if err != nil {
			return 0, err
		}
		defer resp.Body.Close()
		return resp.StatusCode, nil
	}
	if code, err := try(); code != 200 {
		t.Fatal(code, err)
	}
	var timeout interface{ Timeout() bool }
	a.leave(awayRefuse)
	for range 2 {
		if code, err := try(); err == nil || errors.As(err, &timeout) && timeout.Timeout() {
			t.Errorf("refusing: %d %v", code, err)
		}
	}
	a.leave(awayHang)
	if _, err := try(); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("hanging: %v", err)
	}
	a.leave(awayBusy)
	if code, err := try(); code != 503 {
		t.Error(code, err)
	}
	a.leave(awayHang)
	answered := make(chan int)
	go func() {
		resp, err := http.Get(urls.DICOMweb + "/studies")
		if err != nil {
			answered <- 0
			return
		}
		resp.Body.Close()
		answered <- resp.StatusCode
	}()
	fire(t, a, Event{Kind: "back"})
	if code := <-answered; code != 200 {
		t.Errorf("the waiting request got %d", code)
	}
}

func TestEventsHappenInTime(t *testing.T) {
	_, base := serve(t, Options{Sources: []Source{hospital()}, Events: []Event{
		{After: 30 * time.Millisecond, Kind: "claim", Study: ctAcc},
		{After: 10 * time.Millisecond, Kind: "stat", Study: "A2"},
		{After: hour, Kind: "away"}, // Close does not wait for it
	}})
	eventually(t, "the STAT", func() bool { return found(t, base+"/workitems?WorklistLabel=STAT") == 2 })
	eventually(t, "the claim", func() bool { return found(t, base+"/workitems?ProcedureStepState=IN+PROGRESS") == 1 })
}

// listen opens a notification connection and gives the reports as they come.
func listen(t *testing.T, url string) func() *dicom.Dataset {
	t.Helper()
	ws, _, err := websocket.Dial(t.Context(), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ws.CloseNow() })
	return func() *dicom.Dataset {
		t.Helper()
		_, b, err := ws.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		d := &dicom.Dataset{}
		if err := json.Unmarshal(b, d); err != nil {
			t.Fatal(err)
		}
		return d
	}
}

const eventType dicom.Tag = 0x00001002

func TestSubscribersAreTold(t *testing.T) {
	_, base := serve(t, Options{Sources: []Source{hospital()}})
	resp, body := call(t, "POST", base+"/workitems/"+string(globalSubscription)+"/subscribers/NIGHT", nil)
	want(t, resp, body, 201)
	ws := resp.Header.Get("Content-Location")
	if !strings.HasPrefix(ws, "ws://127.0.0.1:") {
		t.Fatalf("Content-Location %q", ws)
	}
	next := listen(t, ws)
	resp, body = send(t, "POST", base+"/workitems?1.2.9.1", order(func(d *dicom.Dataset) { d.SetSeq(dicom.ScheduledHumanPerformersSequence, performer(Reader)) }))
	want(t, resp, body, 201)
	expect := func(kind string, uid string, state string) *dicom.Dataset {
		t.Helper()
		d := next()
		if d.Str(eventType) != kind || d.Str(0x00001000) != uid || d.Str(dicom.ProcedureStepState) != state {
			t.Fatalf("told type %s of %s, state %q; want %s, %s, %q", d.Str(eventType), d.Str(0x00001000), d.Str(dicom.ProcedureStepState), kind, uid, state)
		}
		return d
	}
	expect("1", "1.2.9.1", "SCHEDULED")
	if d := expect("5", "1.2.9.1", ""); d.Item(dicom.ScheduledHumanPerformersSequence).Str(dicom.HumanPerformerName) != Reader {
		t.Error("not told to whom it is assigned")
	}
	change(t, base, mine, pacs.InProgress)
	expect("1", ctStep, "IN PROGRESS")
	send(t, "POST", base+"/workitems/"+ctStep+"?"+mine, dataset(func(d *dicom.Dataset) {
		d.SetSeq(dicom.ProcedureStepProgressInformationSequence, dataset(set(dicom.ProcedureStepProgressDescription, "aside")))
	}))
	expect("3", ctStep, "")
	send(t, "POST", base+"/workitems/"+ctStep+"/cancelrequest", dataset(set(dicom.ReasonForCancellation, "wrong patient")))
	if d := expect("2", ctStep, ""); d.Str(dicom.ReasonForCancellation) != "wrong patient" {
		t.Error("not told why")
	}
	send(t, "POST", base+"/workitems/1.2.9.1/cancelrequest", dataset())
	expect("1", "1.2.9.1", "IN PROGRESS")
	expect("1", "1.2.9.1", "CANCELED")
}

func TestSubscriptionsEnd(t *testing.T) {
	_, base := serve(t, Options{Sources: []Source{hospital()}})
	one, all := base+"/workitems/"+ctStep+"/subscribers/NIGHT", base+"/workitems/"+string(globalSubscription)+"/subscribers/NIGHT"
	for _, c := range []struct {
		method, url string
		status      int
	}{
		{"DELETE", one, 404}, {"POST", one, 201}, {"DELETE", one, 200}, {"DELETE", one, 404},
		{"POST", all + "/suspend", 404}, {"POST", all + "?deletionlock=true", 201}, {"POST", all + "/suspend", 200}, {"POST", all + "/suspend", 404},
		{"DELETE", one, 200}, {"DELETE", all, 200}, {"DELETE", all, 404},
		{"POST", base + "/workitems/" + string(filteredSubscription) + "/subscribers/NIGHT?filter=00741000=SCHEDULED", 403},
		{"POST", base + "/workitems/1.2.404/subscribers/NIGHT", 404},
		{"POST", base + "/workitems/" + ctStep + "/subscribers/A-TITLE-THAT-IS-TOO-LONG", 400},
		{"POST", all + "?deletionlock=perhaps", 400},
		{"GET", base + "/subscribers/NIGHT", 426},
	} {
		resp, body := call(t, c.method, c.url, nil)
		if resp.StatusCode != c.status {
			t.Errorf("%s %s: %d, want %d: %s", c.method, c.url[len(base):], resp.StatusCode, c.status, body)
		}
	}
}

func TestALaggingSubscriberIsCutOff(t *testing.T) {
	h := newHub()
	cut := false
	h.of("SLOW").steps[ctStep] = true
	h.of("SLOW").conns = []*connection{{queue: make(chan report, 1), cut: func() { cut = true }}}
	st := &step{uid: ctStep, state: pacs.Scheduled, data: &dicom.Dataset{}}
	h.stateChanged(st)
	if cut {
		t.Fatal("cut off while there was room")
	}
	h.stateChanged(st)
	if !cut {
		t.Error("a full queue blocks or is forgotten")
	}
}

func TestAnEventWithACueWaitsForItAndForNothingElse(t *testing.T) {
	cues := make(chan string)
	a, err := New(Options{Sources: []Source{hospital()}, Cues: cues, Events: []Event{{Kind: "away", How: awayBusy, On: "leave"}, {Kind: "back", On: "return"}}})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	srv := httptest.NewServer(a.Handler())
	defer srv.Close()
	status := func() int {
		resp, _ := call(t, "GET", srv.URL+basePath+"/studies", nil)
		return resp.StatusCode
	}
	cues <- "nothing waits for this"
	if got := status(); got != 200 {
		t.Errorf("before its cue: %d", got)
	}
	cues <- "leave"
	eventually(t, "the archive is away", func() bool { return status() == 503 })
	cues <- "return"
	eventually(t, "the archive is back", func() bool { return status() == 200 })
}
