package dicomweb_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// recorder keeps the requests and answers with h.
type recorder struct {
	h    http.HandlerFunc
	mu   sync.Mutex
	seen []*http.Request // guarded by mu
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	r.seen = append(r.seen, req.Clone(context.Background()))
	r.mu.Unlock()
	r.h(w, req)
}

func (r *recorder) queries() (out []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, q := range r.seen {
		out = append(out, q.URL.RawQuery)
	}
	return out
}

func TestQueriesAreReadBySameServersThatNeverDecode(t *testing.T) {
	r := &recorder{h: body("application/dicom+json", "[]")}
	arch := client(t, dicomweb.Config{BaseURL: serve(t, r)})
	for _, c := range []struct {
		tag         dicom.Tag
		value, want string
	}{
		{dicom.PatientName, "O'HARA^ANN MAY*", "PatientName=O?HARA^ANN?MAY*"},
		{dicom.PatientName, "MÜLLER^", "PatientName=M*LLER^"},
		{dicom.StudyDate, "20250101-20250131", "StudyDate=20250101-20250131"},
		{dicom.StudyInstanceUID, `1.2\1.3`, "StudyInstanceUID=1.2,1.3"},
		{dicom.PatientID, "A&B=C#D%E+F", "PatientID=A?B?C?D?E?F"},
		{dicom.StudyTime, "0800-0900", "StudyTime=0800-0900"},
	} {
		if _, err := pacs.Find(context.Background(), arch, pacs.Query{Level: pacs.StudyLevel, Match: map[dicom.Tag]string{c.tag: c.value}}); err != nil {
			t.Fatal(err)
		}
		q := r.queries()
		if got, _, _ := strings.Cut(q[len(q)-1], "&limit"); got != c.want {
			t.Errorf("%q is asked as %q, want %q", c.value, got, c.want)
		}
	}
}

func TestAServerThatWantsEscapesIsFoundOutOnce(t *testing.T) {
	r := &recorder{h: func(w http.ResponseWriter, q *http.Request) {
		if strings.ContainsAny(q.URL.RawQuery, "^") {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		body("application/dicom+json", "[]")(w, q)
	}}
	arch := client(t, dicomweb.Config{BaseURL: serve(t, r)})
	for range 2 {
		if _, err := pacs.Find(context.Background(), arch, pacs.Query{Level: pacs.StudyLevel, Match: map[dicom.Tag]string{dicom.PatientName: "A B^C"}}); err != nil {
			t.Fatal(err)
		}
	}
	q := r.queries()
	if len(q) != 3 || !strings.HasPrefix(q[1], "PatientName=A%20B%5EC&") || q[1] != q[2] {
		t.Errorf("asked %q", q)
	}
	if arch.Found().Rows["query style"] != "escaped" {
		t.Errorf("what use taught is not kept: %v", arch.Found().Rows)
	}
}

func TestPagesAreReadToTheEndWithoutDuplicates(t *testing.T) {
	seed := pacstest.NewSeed(t)
	st := seed.Studies[0]
	for name, h := range map[string]*honest{
		"pages": {seed: seed}, "all at once": {seed: seed, chunk: true}, "the first page for ever": {seed: seed, cycle: true},
	} {
		for _, size := range []int{1, 3, len(st.Objects), 100} {
			arch := client(t, dicomweb.Config{BaseURL: serve(t, h), Quirks: dicomweb.Quirks{PageSize: size}})
			list, err := pacs.Find(context.Background(), arch, pacs.Query{Level: pacs.InstanceLevel, Study: st.UID})
			seen := map[string]bool{}
			for _, ds := range list {
				seen[ds.Str(dicom.SOPInstanceUID)] = true
			}
			if err != nil || len(list) != len(st.Objects) || len(seen) != len(list) {
				t.Errorf("%s, %d at a time: %d entries, %d different, %v", name, size, len(list), len(seen), err)
			}
		}
	}
}

func TestAPartialPageIsFollowed(t *testing.T) {
	n := 0
	h := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if n++; n < 4 {
			w.WriteHeader(http.StatusPartialContent)
		}
		fmt.Fprintf(w, `[{"0020000D":{"vr":"UI","Value":["1.2.%d"]}}]`, n)
	}
	list, err := pacs.Find(context.Background(), client(t, dicomweb.Config{BaseURL: serve(t, http.HandlerFunc(h))}), pacs.Query{Level: pacs.StudyLevel})
	if err != nil || len(list) != 4 {
		t.Errorf("%d entries, %v", len(list), err)
	}
}

func TestAnUnreadableEntryCostsOnlyItself(t *testing.T) {
	h := body("application/dicom+json", `[{"0020000D":{"vr":"UI","Value":["1.2"]}}, 7, {"0020000D":{"vr":"UI","Value":["1.3"]}}]`)
	list, err := pacs.Find(context.Background(), client(t, dicomweb.Config{BaseURL: serve(t, h)}), pacs.Query{Level: pacs.StudyLevel})
	if len(list) != 2 || !errors.Is(err, pacs.ErrPartial) {
		t.Errorf("%d entries, %v", len(list), err)
	}
}

func TestWhatDoesNotMatchIsLeftOut(t *testing.T) {
	h := body("application/dicom+json", `[{"00080061":{"vr":"CS","Value":["CT","SR"]},"0020000D":{"vr":"UI","Value":["1.2"]}},
		{"00080061":{"vr":"CS","Value":["MR"]},"0020000D":{"vr":"UI","Value":["1.3"]}},{"0020000D":{"vr":"UI","Value":["1.4"]}}]`)
	list, err := pacs.Find(context.Background(), client(t, dicomweb.Config{BaseURL: serve(t, h)}),
		pacs.Query{Level: pacs.StudyLevel, Match: map[dicom.Tag]string{dicom.ModalitiesInStudy: "CT"}})
	if err != nil || len(list) != 2 || list[1].Str(dicom.StudyInstanceUID) != "1.4" {
		t.Errorf("%d entries, %v", len(list), err)
	}
}

func TestCutOrMalformedListsAreErrors(t *testing.T) {
	for text, want := range map[string]error{
		`[{"0020000D":{"vr":"UI","Value":["1.2"]}}`: pacs.ErrTruncated,
		`[{"0020000D":{"vr":"UI"`:                   pacs.ErrTruncated,
		`[`:                                         pacs.ErrTruncated,
		`[{}}`:                                      nil,
		`{"patient": "MILLER`:                       nil,
	} {
		h := body("application/dicom+json", text)
		_, err := pacs.Find(context.Background(), client(t, dicomweb.Config{BaseURL: serve(t, h)}), pacs.Query{Level: pacs.StudyLevel})
		if err == nil || want != nil && !errors.Is(err, want) || strings.Contains(err.Error(), "MILLER") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestJSONIsCompressedAndPixelsAreNot(t *testing.T) {
	r := &recorder{h: func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNotFound) }}
	url := serve(t, r)
	for name, own := range map[string]*http.Client{"own": nil, "given": {}, "given with a transport": {Transport: http.DefaultTransport}} {
		r.seen = nil
		arch := client(t, dicomweb.Config{BaseURL: url, HTTP: own})
		arch.Verify(context.Background())
		arch.Retrieve(context.Background(), pacs.Ref{Study: "1.2"}, nil)
		if r.seen[0].Header.Get("Accept-Encoding") != "gzip" {
			t.Errorf("%s: JSON is not asked for compressed", name)
		}
		if e := r.seen[1].Header.Get("Accept-Encoding"); e != "" && e != "identity" {
			t.Errorf("%s: pixels are asked for with %q", name, e)
		}
	}
}

func TestNextSyntaxIsTriedAndRemembered(t *testing.T) {
	h := &honest{seed: pacstest.NewSeed(t)}
	st := h.seed.Studies[0]
	r := &recorder{h: func(w http.ResponseWriter, q *http.Request) {
		if strings.Contains(q.Header.Get("Accept"), "transfer-syntax=*") {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		h.ServeHTTP(w, q)
	}}
	arch := client(t, dicomweb.Config{BaseURL: serve(t, r)})
	for _, o := range st.Objects {
		n := 0
		if err := arch.Retrieve(context.Background(), pacs.Ref{Study: st.UID, Series: o.Series, Instance: o.SOP}, got(t, st, &n)); err != nil || n != 1 {
			t.Errorf("%d objects, %v", n, err)
		}
	}
	if want := len(st.Objects) + 1; len(r.seen) != want {
		t.Errorf("%d requests for %d instances of two series, want %d", len(r.seen), len(st.Objects), want)
	}
}

func TestNoSecretReachesAnError(t *testing.T) {
	const secret = "2.25.1234567890123"
	h := func(control string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Warning", `299 ups "The Transaction UID `+secret+` is not uid=2.25.99.88.77.66 `+control+`"`)
			w.WriteHeader(http.StatusBadRequest)
		}
	}
	url := serve(t, h("\u202e"))
	gone := strings.Replace(url, "http://127.0.0.1", "http://127.0.0.2", 1)
	for _, base := range []string{url, gone, serve(t, h("\x1b[31m"))} {
		arch := client(t, dicomweb.Config{BaseURL: base, UPSURL: base, Login: func(context.Context) (dicomweb.Login, error) {
			return dicomweb.Login{User: "reader", Password: "hunter2"}, nil
		}})
		var ds dicom.Dataset
		ds.SetStr(dicom.ProcedureStepLabel, "MILLER")
		for _, err := range []error{
			arch.UpdateWorkitem(context.Background(), "1.2.3.4", secret, &ds),
			arch.ChangeState(context.Background(), "1.2.3.4", secret, pacs.InProgress),
			arch.Retrieve(context.Background(), pacs.Ref{Study: "1.2.3.4"}, nil),
		} {
			for _, leak := range []string{secret, "1.2.3.4", "2.25.99", "hunter2", "MILLER", "http:", "\x1b", "\u202e"} {
				if err == nil || strings.Contains(err.Error(), leak) {
					t.Errorf("%q in %v", leak, err)
				}
			}
		}
	}
	if s := fmt.Sprintf("%v %+v %#v", dicomweb.Login{Password: "hunter2"}, dicomweb.Login{Password: "hunter2"}, dicomweb.Login{Password: "hunter2"}); strings.Contains(s, "hunter2") {
		t.Error(s)
	}
}

func TestAddressesAndIdentifiersAreChecked(t *testing.T) {
	for _, bad := range []string{"", "localhost:8042", "ftp://host/x", "http://user:hunter2@host/x", "http://host/x?y=z", "http://\x7f"} {
		if _, err := dicomweb.New(dicomweb.Config{Name: "NORTH", BaseURL: bad}); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	r := &recorder{h: body("application/dicom+json", "[]")}
	url := serve(t, r)
	arch := client(t, dicomweb.Config{BaseURL: url + "/", UPSURL: url})
	for _, bad := range []dicom.UID{"", "..", "1/2", "1.2?x", "1.2%2F", "1.2\r\n"} {
		if err := arch.Retrieve(context.Background(), pacs.Ref{Study: bad}, nil); err == nil {
			t.Errorf("%q was asked for", bad)
		}
		if err := arch.ChangeState(context.Background(), bad, "1.2", pacs.InProgress); err == nil {
			t.Errorf("workitem %q was asked for", bad)
		}
	}
	if len(r.seen) != 0 {
		t.Error("a request was sent")
	}
}

func TestWithoutWorklistWorkitemsSayNo(t *testing.T) {
	arch := client(t, dicomweb.Config{BaseURL: "http://127.0.0.1:1"})
	if arch.Workitems() != nil {
		t.Error("a worklist from nowhere")
	}
	_, err1 := arch.SearchWorkitems(context.Background(), pacs.WorkitemQuery{})
	_, err2 := arch.CreateWorkitem(context.Background(), "", new(dicom.Dataset))
	for _, err := range []error{err1, err2, arch.ChangeState(context.Background(), "1.2", "1.3", pacs.InProgress)} {
		if !errors.Is(err, pacs.ErrNoWorkitems) {
			t.Error(err)
		}
	}
}

func TestWorkitemRequestsAreTheStandards(t *testing.T) {
	var last struct {
		method, path, query, body string
	}
	h := func(w http.ResponseWriter, r *http.Request) {
		var m map[string]json.RawMessage
		json.NewDecoder(r.Body).Decode(&m)
		b, _ := json.Marshal(m)
		last.method, last.path, last.query, last.body = r.Method, r.URL.Path, r.URL.RawQuery, string(b)
		w.Header().Set("Location", "http://elsewhere/ups/workitems/2.25.7")
		w.WriteHeader(http.StatusOK)
	}
	url := serve(t, http.HandlerFunc(h))
	c, ctx := client(t, dicomweb.Config{BaseURL: url, UPSURL: url + "/ups"}), context.Background()
	var ds dicom.Dataset
	ds.SetStr(dicom.WorklistLabel, "STAT")
	for _, step := range []struct {
		do   func() error
		want [4]string
	}{
		{func() error { _, err := c.CreateWorkitem(ctx, "1.2.3", &ds); return err },
			[4]string{"POST", "/ups/workitems", "1.2.3", `{"00741202":{"vr":"LO","Value":["STAT"]}}`}},
		{func() error { return c.UpdateWorkitem(ctx, "1.2.3", "9.8.7", &ds) },
			[4]string{"POST", "/ups/workitems/1.2.3", "9.8.7", `{"00741202":{"vr":"LO","Value":["STAT"]}}`}},
		{func() error { return c.ChangeState(ctx, "1.2.3", "9.8.7", pacs.InProgress) },
			[4]string{"PUT", "/ups/workitems/1.2.3/state", "", `{"00081195":{"vr":"UI","Value":["9.8.7"]},"00741000":{"vr":"CS","Value":["IN PROGRESS"]}}`}},
		{func() error { return c.RequestCancel(ctx, "1.2.3", "twice") },
			[4]string{"POST", "/ups/workitems/1.2.3/cancelrequest", "", `{"00741238":{"vr":"LT","Value":["twice"]}}`}},
	} {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		if got := [4]string{last.method, last.path, last.query, last.body}; got != step.want {
			t.Errorf("sent %q, want %q", got, step.want)
		}
	}
	if uid, err := c.CreateWorkitem(ctx, "", &ds); uid != "2.25.7" || err != nil {
		t.Errorf("created %q, %v", uid, err)
	}
}

func TestAServerThatCannotProveItsNameIsNotTalkedTo(t *testing.T) {
	reached := false
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	login := func(context.Context) (dicomweb.Login, error) {
		return dicomweb.Login{User: "reader", Password: "hunter2"}, nil
	}
	err := client(t, dicomweb.Config{BaseURL: s.URL, Login: login}).Verify(context.Background())
	var cert *tls.CertificateVerificationError
	if !errors.As(err, &cert) || reached {
		t.Errorf("%v, reached %v", err, reached)
	}
	trusting := s.Client()
	if err := client(t, dicomweb.Config{BaseURL: s.URL, HTTP: trusting, Login: login}).Verify(context.Background()); err != nil || !reached {
		t.Errorf("with its CA: %v", err)
	}
}

func TestAFailingCredentialSendsNothing(t *testing.T) {
	r := &recorder{h: body("application/dicom+json", "[]")}
	locked := errors.New("keyring is locked")
	arch := client(t, dicomweb.Config{BaseURL: serve(t, r), Login: func(context.Context) (dicomweb.Login, error) {
		return dicomweb.Login{}, locked
	}})
	if err := arch.Verify(context.Background()); !errors.Is(err, locked) || len(r.seen) != 0 {
		t.Errorf("%v, %d requests", err, len(r.seen))
	}
}
