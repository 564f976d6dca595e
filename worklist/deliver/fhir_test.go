package deliver

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/fhir"
	"github.com/nocturne/nocturne/worklist/fhir/fhirtest"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/report"
)

func fhirRow(t *testing.T, k report.Kind, sop string) ledger.OutboxRow {
	t.Helper()
	r := report.Release{Kind: k, Signed: report.Signed{StudyUID: "1.2", SOPUID: sop, At: t0}, Site: "HIS", Accession: "A1",
		Patient: report.Patient{ID: "P1", Name: "PHANTOM^ANNA"}, Reader: report.Reader{Name: "READER^DEMO"},
		Parts: []report.Part{{Section: report.Impression, Title: "Impression", Text: "No fracture."}}}
	if k == report.Withdrawn {
		r.Before, r.BeforeKind = &report.Document{SOPUID: "1.2.9.1"}, report.Final
	}
	d, err := fhir.Report(r, fhir.Options{})
	must(t, err)
	row := row(t, sop)
	row.Channel, row.Kind, row.Site, row.Control, row.Object = ledger.FHIR, ledger.KindFHIR, "HIS", d.Control, d.Bytes
	return row
}

func fhirSite(t *testing.T) (*fhirtest.Server, *httptest.Server, FHIR) {
	t.Helper()
	s := &fhirtest.Server{}
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	c, err := fhir.New(fhir.Config{Name: "HIS", BaseURL: srv.URL, Timeout: 2 * time.Second})
	must(t, err)
	return s, srv, FHIR{Client: c}
}

func openFHIR(t *testing.T) destination {
	s, srv, c := fhirSite(t)
	reports := func() (n int) {
		s.Each(func(kind string, b map[string]any) map[string]any {
			if kind == "DiagnosticReport" {
				n++
			}
			return b
		})
		return n
	}
	return destination{Channel: c, row: fhirRow(t, report.Final, "1.2.9.1"),
		loseNext: func() {
			s.Fault = func(w http.ResponseWriter, _ *http.Request, after bool) bool {
				if after {
					s.Fault = nil
					w.WriteHeader(http.StatusBadGateway)
				}
				return after
			}
		},
		alter: func() {
			s.Each(func(kind string, b map[string]any) map[string]any {
				if kind == "DiagnosticReport" {
					b["status"] = "amended"
				}
				return b
			})
		},
		forget: func() { s.Each(func(string, map[string]any) map[string]any { return nil }) },
		away:   srv.Close,
		refuse: func() {
			s.Fault = func(w http.ResponseWriter, _ *http.Request, _ bool) bool {
				w.WriteHeader(http.StatusUnprocessableEntity)
				return true
			}
		},
		holds: reports,
	}
}

func TestHowAFHIRServersAnswersAreSorted(t *testing.T) {
	const parked, again = "parked", "again"
	for code, want := range map[int]string{400: parked, 422: parked, 413: parked, 415: parked, 405: parked, 412: parked,
		401: again, 403: again, 404: again, 409: again, 429: again, 500: again, 503: again} {
		s, _, c := fhirSite(t)
		s.Fault = func(w http.ResponseWriter, _ *http.Request, _ bool) bool { w.WriteHeader(code); return true }
		_, err := c.Send(ctx, fhirRow(t, report.Final, "1.2.9.1"))
		var park *ParkError
		var status *pacs.StatusError
		if errors.As(err, &park) != (want == parked) || want == again && !errors.As(err, &status) {
			t.Errorf("%d: %v", code, err)
		}
	}
}

// A withdrawal has arrived only when the report that it takes back is marked, too.
func TestAWithdrawalIsVerifiedOnlyWithTheOldReportMarked(t *testing.T) {
	s, _, c := fhirSite(t)
	old, gone := fhirRow(t, report.Final, "1.2.9.1"), fhirRow(t, report.Withdrawn, "1.2.9.2")
	_, err := c.Send(ctx, old)
	must(t, err)
	s.Fault = func(w http.ResponseWriter, r *http.Request, _ bool) bool {
		if r.Method == http.MethodPut {
			w.WriteHeader(http.StatusServiceUnavailable)
			return true
		}
		return false
	}
	if _, err := c.Send(ctx, gone); err == nil {
		t.Error("the old report was not marked, and nothing said so")
	}
	if err := c.Confirm(ctx, gone); !errors.Is(err, ErrAbsent) {
		t.Errorf("%v", err)
	}
	s.Fault = nil
	_, err = c.Send(ctx, gone)
	must(t, err)
	must(t, c.Confirm(ctx, gone))
	wrong := 0
	s.Each(func(kind string, b map[string]any) map[string]any {
		if kind == "DiagnosticReport" && b["status"] == "entered-in-error" {
			wrong++
		}
		return b
	})
	if wrong != 2 {
		t.Errorf("%d marked", wrong)
	}
}

func TestWhyABundleWaitsNamesNobody(t *testing.T) {
	_, srv, c := fhirSite(t)
	srv.Close()
	r := fhirRow(t, report.Final, "1.2.9.1")
	_, err := c.Send(ctx, r)
	if why := reason(r, err); !strings.HasPrefix(why, "HIS not answering (") || strings.Contains(why, "1.2.9") {
		t.Errorf("%q", why)
	}
}
