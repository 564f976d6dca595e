package dicomweb_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/demo"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// methods notes how a server was asked.
type methods struct {
	http.RoundTripper
	mu   sync.Mutex
	seen []string // guarded by mu
}

func (m *methods) RoundTrip(r *http.Request) (*http.Response, error) {
	m.mu.Lock()
	m.seen = append(m.seen, r.Method)
	m.mu.Unlock()
	return m.RoundTripper.RoundTrip(r)
}

// probed is what a probe finds, checked row by row. Rows that nobody wants may be
// anything that their table names.
func probed(t *testing.T, cfg dicomweb.Config, want map[string]string) dicomweb.Found {
	t.Helper()
	plain := &http.Transport{}
	t.Cleanup(plain.CloseIdleConnections)
	log := &methods{RoundTripper: plain}
	cfg.HTTP = &http.Client{Transport: log}
	found, err := client(t, cfg).Probe(context.Background())
	if err != nil || time.Since(found.At) > time.Minute {
		t.Fatalf("probe: %v, at %v", err, found.At)
	}
	for row, value := range want {
		if found.Rows[row] != value {
			t.Errorf("%s: found %q, want %q", row, found.Rows[row], value)
		}
	}
	for row, value := range found.Rows {
		i := slices.IndexFunc(dicomweb.Rows(), func(r dicomweb.Row) bool { return r.Name == row })
		if i < 0 || !slices.Contains(dicomweb.Rows()[i].Values, value) && !strings.HasPrefix(value, "status ") && value != "no" {
			t.Errorf("%s: %q is not in the table", row, value)
		}
	}
	for _, m := range log.seen {
		if m != http.MethodGet && m != http.MethodOptions {
			t.Errorf("a probe sent %s", m)
		}
	}
	t.Logf("%d requests: %v", len(log.seen), found.Rows)
	return found
}

func TestAProbeFindsOrthancAsItWasMeasured(t *testing.T) {
	url, user, password := pacstest.StartOrthanc(t)
	cfg := dicomweb.Config{BaseURL: url, Login: func(context.Context) (dicomweb.Login, error) {
		return dicomweb.Login{User: user, Password: password}, nil
	}}
	storeSeed(t, client(t, cfg))
	probed(t, cfg, map[string]string{
		"query style": "raw", "limit and offset": "yes", "includefield": "yes", "as stored": "yes", "single part": "status 400",
		"accept lists": "last", "gzip of JSON": "yes", "gzip of pixels": "yes", "metadata": "yes", "frames": "yes", "rendered": "yes", "rendered frames": "yes",
		"viewport": "yes", "workitems": "status 404", "capabilities": "status 404", "changes": "yes",
	})
}

func TestAProbeFindsTheEmbeddedArchive(t *testing.T) {
	a, err := demo.New(demo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	cfg := dicomweb.Config{BaseURL: serve(t, a.Handler()) + "/dicom-web"}
	storeSeed(t, client(t, cfg))
	probed(t, cfg, map[string]string{
		"limit and offset": "yes", "as stored": "yes", "single part": "yes", "accept lists": "yes", "gzip of pixels": "no", "metadata": "yes",
		"frames": "yes", "rendered": "yes", "rendered frames": "yes", "viewport": "yes", "workitems": "yes", "related counts": "yes",
	})
}

func storeSeed(t *testing.T, c *dicomweb.Client) {
	t.Helper()
	for _, st := range pacstest.NewSeed(t).Studies {
		if got, err := c.Store(context.Background(), st.UID, st.Bytes()...); err != nil || len(got.OK) != len(st.Objects) {
			t.Fatalf("store: %v", err)
		}
	}
}

func TestAProbeOfAnOddServerFindsItOdd(t *testing.T) {
	h := &honest{seed: pacstest.NewSeed(t), cycle: true}
	odd := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		accept := r.Header.Get("Accept")
		switch {
		case strings.Contains(r.URL.RawQuery, "^"): // no caret may stand in a URL
			w.WriteHeader(http.StatusBadRequest)
		case strings.HasSuffix(r.URL.Path, "/rendered") && strings.Contains(r.URL.Path, "/frames/"), strings.Contains(r.URL.Path, "workitems"),
			strings.Contains(r.URL.Path, "changes"), r.Method == http.MethodOptions:
			http.NotFound(w, r)
		case strings.HasSuffix(r.URL.Path, "/rendered"):
			w.Header().Set("Content-Type", "text/html")
			w.Write([]byte("<html>no pictures here"))
		case strings.Contains(accept, "transfer-syntax=*"):
			w.WriteHeader(http.StatusNotAcceptable)
		default:
			h.ServeHTTP(w, r)
		}
	})
	cfg := dicomweb.Config{BaseURL: serve(t, odd)}
	found := probed(t, cfg, map[string]string{
		"query style": "escaped", "limit and offset": "limit only", "as stored": "status 406", "rendered": "no", "workitems": "status 404",
		"capabilities": "status 404", "accept lists": "",
	})
	// What was found is kept, and used by the next client from its first request on.
	b, err := json.Marshal(found)
	if err != nil || strings.Contains(string(b), string(h.seed.Studies[0].UID)) {
		t.Fatalf("%s: %v", b, err)
	}
	var kept dicomweb.Found
	if err := json.Unmarshal(b, &kept); err != nil {
		t.Fatal(err)
	}
	r := &recorder{h: odd.ServeHTTP}
	again := client(t, dicomweb.Config{BaseURL: serve(t, r), Found: kept})
	if _, err := pacs.Find(context.Background(), again, pacs.Query{Level: pacs.StudyLevel, Match: map[dicom.Tag]string{dicom.PatientName: "A^B*"}}); err != nil {
		t.Error(err)
	}
	st, n := h.seed.Studies[0], 0
	if err := again.Retrieve(context.Background(), pacs.Ref{Study: st.UID}, got(t, st, &n)); err != nil || n != len(st.Objects) {
		t.Errorf("%d objects, %v", n, err)
	}
	if len(r.seen) != 2 {
		t.Errorf("%d requests by a client that was told what was found, want 2", len(r.seen))
	}
}

func TestAProbeOfNoArchiveSaysSo(t *testing.T) {
	_, url := script(t, &honest{}, pacstest.Fault{Kind: pacstest.Portal})
	if _, err := client(t, dicomweb.Config{BaseURL: url}).Probe(context.Background()); err == nil {
		t.Error("a portal was probed")
	}
	_, url = script(t, &honest{}, pacstest.Fault{Kind: pacstest.Refuse, N: 401})
	if _, err := client(t, dicomweb.Config{BaseURL: url}).Probe(context.Background()); err == nil {
		t.Error("a server that knows nobody was probed")
	}
}
