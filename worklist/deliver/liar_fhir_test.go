package deliver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/fhir"
	"github.com/nocturne/nocturne/worklist/fhir/fhirtest"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/transit"
)

// fhirLiar stands before a FHIR server and lies about what that did.
type fhirLiar struct {
	*liars
	server  fhirtest.Server
	control string // of the transaction under way
	lie     string
}

var bundleLies = []share{{"503 and nothing done", 12}, {"500 after commit", 12}, {"answered, and kept nothing", 14}, {"a portal's page", 10}, {"half an answer after commit", 10}}

func newFHIRLiar(t *testing.T, w *liars) (*fhirLiar, FHIR) {
	t.Helper()
	f := &fhirLiar{liars: w}
	f.server.Fault = f.fault
	srv := httptest.NewServer(&f.server)
	t.Cleanup(srv.Close)
	c, err := NewFHIR(fhir.Config{Name: "HIS", BaseURL: srv.URL, Timeout: 5 * time.Second}, transit.Identity{})
	must(t, err)
	return f, c
}

func (f *fhirLiar) fault(w http.ResponseWriter, r *http.Request, after bool) bool {
	switch {
	case r.Method == http.MethodPost && !after:
		return f.before(w, r)
	case r.Method == http.MethodPost:
		return f.afterwards(w)
	case after:
		return false
	case f.forGood[f.control] == "" && f.tells("read", []share{{"503 to a reading", 15}}) != "":
		w.WriteHeader(http.StatusServiceUnavailable)
		return true
	}
	return false
}

func (f *fhirLiar) tells(op string, shares []share) string { return f.liars.lie(op, f.control, shares) }

// before answers without doing anything, or lets the transaction through.
func (f *fhirLiar) before(w http.ResponseWriter, r *http.Request) bool {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	var b struct {
		Identifier struct{ Value string }
		Entry      []any
	}
	_ = json.Unmarshal(body, &b)
	f.control = b.Identifier.Value
	f.took(f.control, report.Digest(body))
	if f.once("bundle", f.control, "422", 6) {
		w.WriteHeader(http.StatusUnprocessableEntity)
		return true
	}
	switch f.lie = f.tells("bundle", bundleLies); f.lie {
	case "503 and nothing done":
		w.WriteHeader(http.StatusServiceUnavailable)
	case "answered, and kept nothing":
		w.Header().Set("Content-Type", "application/fhir+json")
		entries := strings.TrimSuffix(strings.Repeat(`{"response":{"status":"201 Created","location":"x/1"}},`, len(b.Entry)), ",")
		fmt.Fprintf(w, `{"resourceType":"Bundle","type":"transaction-response","entry":[%s]}`, entries)
	case "a portal's page":
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<html>Please log in</html>")
	default:
		return false
	}
	return true
}

// afterwards spoils what was kept, or the answer.
func (f *fhirLiar) afterwards(w http.ResponseWriter) bool {
	if f.once("bundle", f.control, "kept another text", 6) {
		f.server.Each(func(kind string, b map[string]any) map[string]any {
			if form, ok := b["presentedForm"].([]any); ok {
				form[0].(map[string]any)["data"] = "eA=="
			}
			return b
		})
	}
	switch f.lie {
	case "500 after commit":
		w.WriteHeader(http.StatusInternalServerError)
		return true
	case "half an answer after commit":
		w.Header().Set("Content-Type", "application/fhir+json")
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, `{"resourceType":"Bundle"`)
		return true
	}
	return false
}

// Each round has a server of its own. What is VERIFIED is there once and as signed;
// what is parked was wrong for good; nothing is left between. NOCTURNE_LONG=1 plays
// 1,000 rounds.
func TestAFHIRServerThatLiesGetsEachBundleOnceOrItIsParkedInSight(t *testing.T) {
	rounds := 40
	if os.Getenv("NOCTURNE_LONG") != "" {
		rounds = 1000
	}
	l, _, _ := home(t, nil)
	north := newSite()
	told, verified, parked := map[string]bool{}, 0, 0
	for n := range rounds {
		w := newLiars(uint64(n))
		f, channel := newFHIRLiar(t, w)
		o := fhirRow(t, report.Final, fmt.Sprintf("1.4.%d", n+1))
		id := queue(t, l, o.Report, func(r *ledger.OutboxRow) {
			r.StudyUID, r.Channel, r.Kind, r.Control, r.Site, r.WorkitemUID, r.Address = fmt.Sprintf("1.5.%d", n+1), o.Channel, o.Kind, o.Control, "HIS", "", "http://127.0.0.1/fhir"
			r.Object, r.SHA256 = o.Object, report.Digest(o.Object)
		})
		r, c := runner(l, north)
		r.Dial = func(row ledger.OutboxRow) (Destination, error) {
			if row.Channel == ledger.FHIR {
				return Destination{Channel: channel}, nil
			}
			return Destination{DICOM{north}, north}, nil
		}
		row := stands(t, l, id)
		for tries := 0; row.State != ledger.Verified && row.State != ledger.Parked && tries < 20; tries++ {
			c.add(time.Hour)
			_, err := r.Flush(ctx, true)
			must(t, err)
			row = stands(t, l, id)
		}
		w.beHonest()
		held := 0
		f.server.Each(func(kind string, b map[string]any) map[string]any {
			if kind == "DiagnosticReport" {
				held++
			}
			return b
		})
		switch {
		case row.State == ledger.Verified && held == 1 && w.forGood[o.Control] == "" && channel.Confirm(ctx, row) == nil:
			verified++
		case row.State == ledger.Parked && row.Reason != "" && w.forGood[o.Control] != "":
			parked++
		default:
			t.Errorf("round %d: %s (%s), the server holds %d, for good: %q; %v", n, row.State, row.Reason, held, w.forGood[o.Control], w.tally())
		}
		w.resent(t)
		for _, lie := range w.tally() {
			told[lie[:strings.LastIndex(lie, " ")]] = true
		}
	}
	t.Logf("%d rounds: %d verified, %d parked; lies: %v", rounds, verified, parked, told)
	if len(told) < 6 || verified == 0 || parked == 0 {
		t.Errorf("the world was too kind: %v", told)
	}
}
