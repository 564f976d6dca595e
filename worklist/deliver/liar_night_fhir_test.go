package deliver

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/nocturne/nocturne/worklist/fhir/fhirtest"
	"github.com/nocturne/nocturne/worklist/report"
)

// bundleLiar is one FHIR server for a whole night, behind a liar. It answers one
// request after another.
type bundleLiar struct {
	*liars
	mu     sync.Mutex
	server fhirtest.Server
}

func newBundleLiar(t *testing.T, w *liars) (*bundleLiar, string) {
	t.Helper()
	f := &bundleLiar{liars: w}
	srv := httptest.NewServer(f)
	t.Cleanup(srv.Close)
	return f, srv.URL
}

func (f *bundleLiar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.event(false)
	defer f.event(true)
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the sender was killed
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if r.Method == http.MethodPost {
		f.post(w, r, body)
		return
	}
	if f.lie("bundle read", r.URL.RawQuery, []share{{"503", 8}, {"dropped", 6}}) != "" {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	f.server.ServeHTTP(w, r)
}

// text is what a bundle says of the report in bytes of its own.
var text = regexp.MustCompile(`"data":"[^"]+"`)

func (f *bundleLiar) post(w http.ResponseWriter, r *http.Request, body []byte) {
	var b struct {
		Identifier struct{ Value string }
		Entry      []any
	}
	if json.Unmarshal(body, &b) != nil {
		return // torn
	}
	id := b.Identifier.Value
	f.took(id, report.Digest(body))
	if f.once("bundle", id, "422", 3) {
		w.WriteHeader(http.StatusUnprocessableEntity)
		return
	}
	if f.once("bundle", id, "kept another text", 3) {
		r.Body = io.NopCloser(bytes.NewReader(text.ReplaceAll(body, []byte(`"data":"eA=="`))))
	}
	switch lie := f.lie("bundle", id, bundleLies); lie {
	case "503 and nothing done":
		w.WriteHeader(http.StatusServiceUnavailable)
	case "answered, and kept nothing":
		w.Header().Set("Content-Type", "application/fhir+json")
		entries := strings.TrimSuffix(strings.Repeat(`{"response":{"status":"201 Created","location":"x/1"}},`, len(b.Entry)), ",")
		_, _ = io.WriteString(w, `{"resourceType":"Bundle","type":"transaction-response","entry":[`+entries+`]}`)
	case "a portal's page":
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<html>Please log in</html>")
	case "":
		f.server.ServeHTTP(w, r)
	default: // after commit
		f.server.ServeHTTP(httptest.NewRecorder(), r)
		f.event(true)
		drop()
	}
}

// reports counts the DiagnosticReports that the server holds.
func (f *bundleLiar) reports() (n int) {
	f.server.Each(func(kind string, b map[string]any) map[string]any {
		if kind == "DiagnosticReport" {
			n++
		}
		return b
	})
	return n
}
