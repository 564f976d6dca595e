package fhir

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/fhir/fhirtest"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/report"
)

var ctx = context.Background()

func client(t *testing.T, h http.Handler) *Client {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	c, err := New(Config{Name: "HIS", BaseURL: srv.URL + "/", Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func counts(s *fhirtest.Server) map[string]int {
	n := map[string]int{}
	s.Each(func(kind string, b map[string]any) map[string]any { n[kind]++; return b })
	return n
}

func TestWhatIsPostedTwiceIsThereOnce(t *testing.T) {
	s := &fhirtest.Server{}
	c := client(t, s)
	events, _, err := Events(release(report.Final), options)
	must(t, err)
	for _, d := range []Document{report1(t, report.Final), events} {
		if err := c.Check(ctx, d); !errors.Is(err, ErrAbsent) {
			t.Errorf("before it was posted: %v", err)
		}
		for range 2 {
			must(t, c.Post(ctx, d))
			must(t, c.Check(ctx, d))
		}
	}
	for kind, n := range counts(s) {
		if n != 1 {
			t.Errorf("%d of %s", n, kind)
		}
	}
	if len(counts(s)) != 5 {
		t.Errorf("%v", counts(s))
	}
}

func TestWhatTheServerChangedIsSeen(t *testing.T) {
	for name, c := range map[string]struct {
		change func(dr map[string]any)
		want   string // "" nothing
	}{
		"status":  {func(dr map[string]any) { dr["status"] = "preliminary" }, "status"},
		"time":    {func(dr map[string]any) { dr["issued"] = "2026-03-01T03:12:01+01:00" }, "time"},
		"patient": {func(dr map[string]any) { at(dr, "subject", "identifier").(map[string]any)["value"] = "P2" }, "patient"},
		"text":    {func(dr map[string]any) { at(dr, "presentedForm", 0).(map[string]any)["data"] = "eA==" }, "text"},
		"hash":    {func(dr map[string]any) { at(dr, "presentedForm", 0).(map[string]any)["hash"] = "eA==" }, "text"},
		"no PDF": {func(dr map[string]any) {
			dr["presentedForm"] = dr["presentedForm"].([]any)[:1]
		}, "forms"},
		"zone":      {func(dr map[string]any) { dr["issued"] = "2026-03-01T02:12:00.000Z" }, ""},
		"elsewhere": {func(dr map[string]any) { delete(at(dr, "presentedForm", 0).(map[string]any), "data") }, ""},
		"resolved":  {func(dr map[string]any) { dr["subject"] = map[string]any{"reference": "Patient/7"} }, ""},
	} {
		s := &fhirtest.Server{}
		cl, d := client(t, s), report1(t, report.Final)
		must(t, cl.Post(ctx, d))
		s.Each(func(kind string, b map[string]any) map[string]any {
			if kind == "DiagnosticReport" {
				c.change(b)
			}
			return b
		})
		err := cl.Check(ctx, d)
		var other *DiffersError
		if c.want == "" && err != nil || c.want != "" && (!errors.As(err, &other) || !strings.Contains(other.What, c.want)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAReportThatIsWithdrawnOrCorrectedIsMarkedWhereItStands(t *testing.T) {
	for _, k := range []report.Kind{report.Withdrawn, report.Corrected} {
		s := &fhirtest.Server{}
		c := client(t, s)
		final, next := report1(t, report.Final), report1(t, k)
		must(t, c.Post(ctx, final))
		if done, err := c.Withdrawn(ctx, next); done || err != nil {
			t.Errorf("%s, before: %v, %v", k, done, err)
		}
		must(t, c.Post(ctx, next))
		for range 2 {
			must(t, c.Withdraw(ctx, next))
		}
		got := map[string]any{}
		s.Each(func(kind string, b map[string]any) map[string]any {
			if kind == "DiagnosticReport" {
				got[at(b, "identifier", 0, "value").(string)] = b["status"]
				if len(b["presentedForm"].([]any)) != 2 {
					t.Errorf("%s: its forms are gone", k)
				}
			}
			return b
		})
		if len(got) != 2 || got["urn:oid:2.25.55"] != "entered-in-error" || got["urn:oid:2.25.510"] != status(k) {
			t.Errorf("%s: %v", k, got)
		}
		if done, err := c.Withdrawn(ctx, next); !done || err != nil {
			t.Errorf("%s, after: %v, %v", k, done, err)
		}
		must(t, c.Check(ctx, next))
		must(t, c.Withdraw(ctx, final)) // replaces nothing
		if done, err := client(t, &fhirtest.Server{}).Withdrawn(ctx, next); !done || err != nil {
			t.Errorf("%s, where it never was: %v, %v", k, done, err)
		}
	}
	s := &fhirtest.Server{}
	c := client(t, s)
	must(t, c.Post(ctx, report1(t, report.Final)))
	must(t, c.Post(ctx, report1(t, report.Added)))
	must(t, c.Withdraw(ctx, report1(t, report.Added)))
	must(t, c.Check(ctx, report1(t, report.Final))) // an addendum leaves it as it is
}

func TestTwoOfOneReportAreSeen(t *testing.T) {
	s := &fhirtest.Server{}
	c, d := client(t, s), report1(t, report.Final)
	double := strings.ReplaceAll(string(d.Bytes), "ifNoneExist", "ifSomethingElse")
	must(t, c.Post(ctx, Document{d.Control, []byte(double)}))
	must(t, c.Post(ctx, Document{d.Control, []byte(double)}))
	var other *DiffersError
	if err := c.Check(ctx, d); !errors.As(err, &other) {
		t.Errorf("%v", err)
	}
}

func TestAnswersThatAreNoneAreNotTaken(t *testing.T) {
	long := strings.Repeat(" ", 1000)
	for name, c := range map[string]struct {
		kind, body string
		code       int
	}{
		"a portal":            {"text/html", "<html>log in</html>", 200},
		"nothing":             {mediaType, "", 200},
		"no answer":           {mediaType, `{"resourceType":"Bundle","type":"transaction"}`, 200},
		"too few":             {mediaType, `{"resourceType":"Bundle","type":"transaction-response","entry":[{"response":{"status":"201"}}]}`, 200},
		"one refused":         {mediaType, `{"resourceType":"Bundle","type":"transaction-response","entry":[{"response":{"status":"201"}},{"response":{"status":"422 no"}},{"response":{"status":"201"}}]}`, 200},
		"a refusal":           {mediaType, `{"resourceType":"OperationOutcome","issue":[{"diagnostics":"Anna Müller"}]}`, 422},
		"words of the server": {"text/plain", "Anna Müller" + long, 500},
	} {
		cl := client(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", c.kind)
			w.WriteHeader(c.code)
			_, _ = w.Write([]byte(c.body))
		}))
		err := cl.Post(ctx, report1(t, report.Final))
		var status *pacs.StatusError
		var other *pacs.NotArchiveError
		if !errors.As(err, &status) && !errors.As(err, &other) || strings.Contains(err.Error(), "Müller") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestACredentialGoesToItsServerOnly(t *testing.T) {
	var got []string
	thief := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Error("a redirect was followed")
	}))
	defer thief.Close()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Header.Get("Authorization"))
		http.Redirect(w, r, thief.URL, http.StatusTemporaryRedirect)
	}))
	defer srv.Close()
	c, err := New(Config{BaseURL: srv.URL, Login: func(context.Context) (dicomweb.Login, error) { return dicomweb.Login{Bearer: "secret"}, nil }})
	must(t, err)
	var other *pacs.NotArchiveError
	if err := c.Post(ctx, report1(t, report.Final)); !errors.As(err, &other) || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v", err)
	}
	if len(got) != 1 || got[0] != "Bearer secret" {
		t.Errorf("%q", got)
	}
}

func TestAnAddressIsCheckedBeforeAnythingIsSent(t *testing.T) {
	for _, a := range []string{"", "ftp://h/x", "http://u:p@h/x", "http://h/x?q", "::"} {
		if _, err := New(Config{BaseURL: a}); err == nil || a != "" && strings.Contains(err.Error(), a) {
			t.Errorf("%q: %v", a, err)
		}
	}
}

func TestAnErrorNamesNoReport(t *testing.T) {
	c, err := New(Config{BaseURL: "http://127.0.0.1:1/fhir"})
	must(t, err)
	if err := c.Check(ctx, report1(t, report.Final)); err == nil || strings.Contains(err.Error(), "2.25") {
		t.Errorf("%v", err)
	}
}

// What a server sends back is foreign.
func FuzzCheck(f *testing.F) {
	d, err := Report(release(report.Final), options)
	if err != nil {
		f.Fatal(err)
	}
	var b struct {
		Entry []struct{ Resource json.RawMessage }
	}
	_ = json.Unmarshal(d.Bytes, &b)
	f.Add([]byte(`{"resourceType":"Bundle","entry":[{"resource":` + string(b.Entry[0].Resource) + `}]}`))
	f.Add([]byte(`{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"DiagnosticReport","identifier":[{"system":"urn:dicom:uid","value":"urn:oid:2.25.55"}],"presentedForm":[{}]}}]}`))
	ours, err := made(d)
	if err != nil || len(ours) != 1 {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		h, raw, err := one(body, "DiagnosticReport", ours[0].Identifier[0])
		if err != nil {
			return
		}
		if h.ResourceType != "DiagnosticReport" || len(raw) > len(body) {
			t.Fatalf("%+v", h)
		}
		if ours[0].differs(h) == "" && h.Status != "final" {
			t.Fatalf("%q is taken for the report", body)
		}
	})
}
