package main

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/worklist/feed"
)

// storedBy puts another reader's final report of a case into the archive (PS3.18 10.5).
func (a *archiveProcess) storedBy(t *testing.T, c tinyCase, name, impression string) {
	t.Helper()
	f, err := dicom.Parse(tinySlice(t, c, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	d, err := sr.BasicText(sr.Document{Study: f.Dataset, SOPUID: dicom.UID(c.uid + ".8.1"), SeriesUID: dicom.UID(c.uid + ".8"), Content: time.Now(), Verified: true, VerifiedAt: time.Now(),
		Observer: sr.Observer{Name: name, Organization: "Test"}, Sections: []sr.Section{{Key: "impression", Name: "Impression", Text: impression}}})
	if err != nil {
		t.Fatal(err)
	}
	var object, body bytes.Buffer
	if err := dicom.Write(&object, d, nil); err != nil {
		t.Fatal(err)
	}
	w := multipart.NewWriter(&body)
	part, err := w.CreatePart(textproto.MIMEHeader{"Content-Type": {"application/dicom"}})
	if err != nil {
		t.Fatal(err)
	}
	part.Write(object.Bytes())
	w.Close()
	resp, err := http.Post(a.DICOMweb+"/studies/"+c.uid, `multipart/related; type="application/dicom"; boundary=`+w.Boundary(), &body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("store: %v %v", resp, err)
	}
	resp.Body.Close()
}

// The archive is away from the program's start on: the list of before stands with its
// age, what is claimed is read, reported and signed, nothing new is given; on its
// return another's report is found before ours is sent, and ours follows it.
func TestANightWithoutTheArchiveByCommandLine(t *testing.T) {
	t.Parallel()
	a, cases := spawnNight(t, 2)
	w := newCrossing(t, a)
	var away atomic.Bool
	w.before = func(*http.Request) bool { return !away.Load() }
	home := nightHome(t, "READER^DEMO", w.base(a.DICOMweb), w.base(a.UPS))
	must := func(want int, args ...string) string {
		t.Helper()
		cmd := program(t, home, args...)
		var out, errs strings.Builder
		cmd.Stdout, cmd.Stderr = &out, &errs
		if err := cmd.Run(); cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != want {
			t.Fatalf("nocturne %v: %v, want exit %d\n%s%s", args, err, want, out.String(), errs.String())
		}
		return out.String() + errs.String()
	}
	must(exitOK, "pull", "--assigned")
	must(exitOK, "claim", "T01")
	away.Store(true)

	var rows []feed.Row
	said := must(exitFailed, "worklist", "--json")
	if err := json.NewDecoder(strings.NewReader(said)).Decode(&rows); err != nil || len(rows) != 2 || !rows[0].Stale || rows[0].Cached != 3 {
		t.Fatalf("%v: the list of before: %s", err, said)
	}
	if !strings.Contains(said, "NORTH's list is of") {
		t.Errorf("its age is not said: %s", said)
	}
	if said := must(exitFailed, "claim", "T02"); !strings.Contains(said, "NORTH is silent: only the server can give it; v looks without claim") {
		t.Errorf("a new claim: %s", said)
	}
	must(exitOK, "report", "draft", "T01", "--set", "findings=None.", "--set", "impression=Normal abdomen.")
	if said := must(exitOK, "report", "sign", "T01", "--yes"); !strings.Contains(said, "queued") {
		t.Errorf("signed in silence: %s", said)
	}
	a.storedBy(t, cases[0], "REED^RITA", "Free air.")
	away.Store(false)

	must(exitFailed, "outbox", "flush")
	if got := a.stored(t, cases[0].uid); len(got) != 1 {
		t.Fatalf("the archive holds %v", got)
	}
	var open []reading.Conflict
	if err := json.NewDecoder(strings.NewReader(must(exitOK, "outbox", "conflicts", "--json"))).Decode(&open); err != nil || len(open) != 1 || len(open[0].Rivals) != 1 || open[0].Rivals[0].Parts[0].Text != "Free air." {
		t.Fatalf("%v: %+v", err, open)
	}
	must(exitFailed, "outbox", "decide", "T01", "--send")
	must(exitOK, "outbox", "decide", "T01", "--addendum")
	if said := must(exitOK, "report", "sign", "T01", "--yes"); !strings.Contains(said, "verified") {
		t.Errorf("the addendum: %s", said)
	}
	if got := a.stored(t, cases[0].uid); len(got) != 2 {
		t.Errorf("the archive holds %v", got)
	}
	if said := must(exitOK, "outbox", "conflicts", "--kept"); !strings.Contains(said, "Normal abdomen.") {
		t.Errorf("what was signed first is not kept: %s", said)
	}
}
