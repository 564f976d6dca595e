package demo

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
)

// FuzzQuery: any query is either refused with 400 or can be matched; neither
// panics.
func FuzzQuery(f *testing.F) {
	for _, s := range []string{"PatientName=A*&limit=3", "StudyDate=2025-", "00404034.00404037=x", "ExpectedCompletionDateTime=20250101-0500-20250202", "includefield=all,00080020", "a=b;c", "%", "StudyTime=-"} {
		f.Add(s)
	}
	d := header(ctStudy, ctStudy+".1", 1)
	d.SetStr(dicom.ExpectedCompletionDateTime, "20250101-0500")
	f.Fuzz(func(t *testing.T, s string) {
		q, err := parseQuery(s)
		var re *refusal
		if err != nil {
			if !errors.As(err, &re) || re.status != http.StatusBadRequest {
				t.Fatalf("%v", err)
			}
			return
		}
		q.match(d)
		from, to, _ := q.page(12, maxResults)
		if from < 0 || to < from || to > 12 {
			t.Fatalf("page [%d, %d)", from, to)
		}
		for _, l := range []level{studyLevel, seriesLevel, instanceLevel} {
			q.wanted(l)(dicom.PatientName)
			q.confine(l)
		}
	})
}

// FuzzStore: any body is answered with one of the standard's statuses, and an
// object counts as stored only when it is held.
func FuzzStore(f *testing.F) {
	good, err := part10(header(ctStudy, ctStudy+".1", 1), pixels(1))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(form(good), formType)
	f.Add(form(good, []byte("x")), formType)
	f.Add([]byte("--b\r\n\r\n--b--"), formType)
	f.Add(form(good)[:100], "multipart/related; type=application/dicom; boundary=b")
	f.Fuzz(func(t *testing.T, body []byte, kind string) {
		a, err := New(Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		r := httptest.NewRequest("POST", "http://127.0.0.1"+basePath+"/studies", bytes.NewReader(body))
		r.Header.Set("Content-Type", kind)
		w := httptest.NewRecorder()
		a.Handler().ServeHTTP(w, r)
		switch w.Code {
		case 200, 202:
			if a.Studies() == 0 {
				t.Error("stored, but not held")
			}
		case 400, 409, 415:
		default:
			t.Errorf("status %d", w.Code)
		}
	})
}

// FuzzAccept: any Accept header is read without panic, and only by splitting.
func FuzzAccept(f *testing.F) {
	f.Add(files)
	f.Add(`multipart/related; type="application/octet-stream; transfer-syntax=*";q=0.5, */*;q=0`)
	f.Fuzz(func(t *testing.T, s string) {
		if strings.ContainsAny(s, "\r\n") {
			return
		}
		r := httptest.NewRequest("GET", "http://127.0.0.1/", nil)
		r.Header["Accept"] = []string{s}
		for _, m := range acceptable(r) {
			m.inner()
			m.covers(dicomJSON)
		}
	})
}

// FuzzEvents: a line is an event or an error.
func FuzzEvents(f *testing.F) {
	f.Add(`{"after":"3s","event":"stat"}`)
	f.Fuzz(func(t *testing.T, s string) {
		l, err := ReadEvents(strings.NewReader(s))
		for _, e := range l {
			if e.After < 0 || e.For < 0 || e.Count < 0 {
				t.Errorf("%+v, %v", e, err)
			}
		}
	})
}
