package ups

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/cache/ledger/ledgertest"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/demo"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// archive is the embedded archive behind HTTP, with one reading task. seen, if
// set, is asked before and after each request to the worklist that changes it.
type archive struct {
	url   string
	seen  atomic.Pointer[func(r *http.Request, after bool)]
	study pacstest.Study
}

func startArchive(t *testing.T) *archive {
	t.Helper()
	a, err := demo.New(demo.Options{})
	must(t, err)
	x := &archive{study: pacstest.NewSeed(t).Studies[0]}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen := x.seen.Load()
		if seen != nil && r.Method != http.MethodGet {
			(*seen)(r, false)
		}
		rec := httptest.NewRecorder()
		a.Handler().ServeHTTP(rec, r)
		if seen != nil && r.Method != http.MethodGet {
			(*seen)(r, true)
		}
		for k, v := range rec.Header() {
			w.Header()[k] = v
		}
		w.WriteHeader(rec.Code)
		_, _ = w.Write(rec.Body.Bytes())
	}))
	t.Cleanup(func() { a.Close(); srv.Close() })
	x.url = srv.URL + "/dicom-web"
	return x
}

func (a *archive) client(t testing.TB) *dicomweb.Client {
	t.Helper()
	c, err := dicomweb.New(dicomweb.Config{Name: "NORTH", BaseURL: a.url, UPSURL: a.url})
	must(t, err)
	t.Cleanup(c.Close)
	return c
}

// offer creates a reading task and gives it as a list shows it.
func (a *archive) offer(t *testing.T) pacs.Workitem {
	t.Helper()
	c := a.client(t)
	uid, err := c.CreateWorkitem(ctx, dicom.NewUID(), pacstest.NewWorkitem(a.study, "P1", "READER^ONE"))
	must(t, err)
	w, err := c.RetrieveWorkitem(ctx, uid)
	must(t, err)
	return w
}

func (a *archive) performer(t testing.TB, l *ledger.Ledger, name string) *Performer {
	p := reader(l, nil, name)
	p.Workitems, p.UPSURL, p.Now = a.client(t), a.url, nil
	return p
}

func TestTheWholeWayAtTheEmbeddedArchive(t *testing.T) {
	a := startArchive(t)
	w := a.offer(t)
	one, two := a.performer(t, home(t), "READER^ONE"), a.performer(t, home(t), "READER^TWO")
	r, err := one.Claim(ctx, w)
	if err != nil || r.Lock != Taken {
		t.Fatalf("claim: %+v, %v", r, err)
	}
	var held *HeldError
	if _, err := two.Claim(ctx, w); !errors.As(err, &held) || held.Performer != "READER^ONE" || time.Since(held.Since) > time.Minute {
		t.Fatalf("the second: %v (%+v)", err, held)
	}
	must(t, one.Aside(ctx, r.Claim, true))
	must(t, one.Release(ctx, r.Claim, Reason{Code: "110526", Text: "stroke call"}))
	c := a.client(t)
	list, err := c.SearchWorkitems(ctx, pacs.WorkitemQuery{Study: a.study.UID, States: []pacs.State{pacs.Scheduled, pacs.InProgress}})
	if err != nil || len(list) != 1 || list[0].Replaces != w.UID || list[0].Accession != w.Accession || list[0].Due.IsZero() || len(list[0].Assigned) != 0 {
		t.Fatalf("after release: %+v, %v", list, err)
	}
	if old, err := c.RetrieveWorkitem(ctx, w.UID); err != nil || old.State != pacs.Canceled {
		t.Fatalf("the original: %s, %v", old.State, err)
	}
	r, err = two.Claim(ctx, list[0])
	must(t, err)
	for range 2 {
		must(t, Complete(ctx, two.Workitems, dicom.UID(r.Claim.WorkitemUID), dicom.UID(r.Claim.TransactionUID), performed()))
	}
	var ended *EndedError
	if _, err := one.Claim(ctx, list[0]); !errors.As(err, &ended) || ended.State != pacs.Completed {
		t.Fatalf("claiming what is done: %v", err)
	}
}

func TestFiftyRacesAtTheEmbeddedArchive(t *testing.T) {
	a := startArchive(t)
	one, two := a.performer(t, home(t), "READER^ONE"), a.performer(t, home(t), "READER^TWO")
	for round := range 50 {
		w := a.offer(t)
		var all sync.WaitGroup
		var errs [2]error
		for i, p := range []*Performer{one, two} {
			all.Go(func() { _, errs[i] = p.Claim(ctx, w) })
		}
		all.Wait()
		winner, loser := "READER^ONE", errs[1]
		if errs[0] != nil {
			winner, loser = "READER^TWO", errs[0]
		}
		var held *HeldError
		if (errs[0] == nil) == (errs[1] == nil) || !errors.As(loser, &held) || held.Performer != winner || held.Since.IsZero() {
			t.Fatalf("round %d: %v / %v (%+v)", round, errs[0], errs[1], held)
		}
	}
}

// The claiming program, as a process of its own, so that it can be killed.
const (
	childHome = "UPS_TEST_CHILD_HOME"
	childURL  = "UPS_TEST_CHILD_URL"
	childItem = "UPS_TEST_CHILD_WORKITEM"
	childWhat = "UPS_TEST_CHILD_WHAT"
)

func TestMain(m *testing.M) {
	if os.Getenv(childHome) == "" {
		os.Exit(m.Run())
	}
	if err := childMain(); err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	fmt.Println("done")
}

func childMain() error {
	l, err := ledger.Open(os.Getenv(childHome), ledgertest.Key)
	if err != nil {
		return err
	}
	defer l.Close()
	url := os.Getenv(childURL)
	c, err := dicomweb.New(dicomweb.Config{Name: "NORTH", BaseURL: url, UPSURL: url})
	if err != nil {
		return err
	}
	p := &Performer{Ledger: l, Workitems: c, Site: "NORTH", UPSURL: url, Reader: Reader{Name: "READER^ONE", ID: "r1", Organization: "Night"}}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if os.Getenv(childWhat) == "resolve" {
		_, err := p.Resolve(ctx)
		return err
	}
	w, err := c.RetrieveWorkitem(ctx, dicom.UID(os.Getenv(childItem)))
	if err != nil {
		return err
	}
	r, err := p.Claim(ctx, w)
	if err != nil || os.Getenv(childWhat) == "claim" {
		return err
	}
	return p.Release(ctx, r.Claim, Reason{Code: "110530"})
}

// child runs the program; killed when kill says so.
func child(t *testing.T, a *archive, dir string, w dicom.UID, what string, kill func(n int, after bool) bool) (out string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childHome+"="+dir, childURL+"="+a.url, childItem+"="+string(w), childWhat+"="+what)
	pipe, err := cmd.StdoutPipe()
	must(t, err)
	var n atomic.Int32
	if kill != nil {
		seen := func(_ *http.Request, after bool) {
			k := n.Load()
			if !after {
				k = n.Add(1)
			}
			if kill(int(k), after) {
				_ = cmd.Process.Kill()
			}
		}
		a.seen.Store(&seen)
		defer a.seen.Store(nil)
	}
	must(t, cmd.Start())
	lines := bufio.NewScanner(pipe)
	for lines.Scan() {
		out += lines.Text()
	}
	_ = cmd.Wait()
	return out
}

// Killing the claiming program at any request, before or after its effect, never
// leaves a case that is claimed by nobody we can name.
func TestKillingTheProgramNeverLeavesACaseToNobody(t *testing.T) {
	a := startArchive(t)
	c := a.client(t)
	for n := 1; n <= 2; n++ {
		for _, after := range []bool{false, true} {
			where := fmt.Sprintf("killed at request %d, after %v", n, after)
			w, dir := a.offer(t), t.TempDir()
			if out := child(t, a, dir, w.UID, "claim", func(k int, late bool) bool { return k == n && late == after }); out != "" {
				t.Fatalf("%s: it said %q", where, out)
			}
			if out := child(t, a, dir, w.UID, "resolve", nil); out != "done" {
				t.Fatalf("%s: %s", where, out)
			}
			l, err := ledger.Open(dir, ledgertest.Key)
			must(t, err)
			row, ok, err := l.Claim(ctx, string(w.UID))
			l.Close()
			if err != nil || !ok || row.State != ledger.Held {
				t.Fatalf("%s: the ledger says %+v, %v", where, row, err)
			}
			now, err := c.RetrieveWorkitem(ctx, w.UID)
			if err != nil || now.State != pacs.InProgress || now.Performer != "READER^ONE" {
				t.Errorf("%s: %s by %q, %v", where, now.State, now.Performer, err)
			}
			if err := c.UpdateWorkitem(ctx, w.UID, dicom.UID(row.TransactionUID), progress("")); err != nil {
				t.Errorf("%s: the ledger's Transaction UID is not the server's: %v", where, err)
			}
		}
	}
}

func TestKillingTheProgramWhileItGivesBackLosesNoCase(t *testing.T) {
	a := startArchive(t)
	c := a.client(t)
	for n := 3; n <= 5; n++ { // after the claim's two: create, explain, cancel
		for _, after := range []bool{false, true} {
			where := fmt.Sprintf("killed at request %d, after %v", n, after)
			w, dir := a.offer(t), t.TempDir()
			live := func() []pacs.Workitem {
				list, err := c.SearchWorkitems(ctx, pacs.WorkitemQuery{Study: a.study.UID, States: []pacs.State{pacs.Scheduled, pacs.InProgress}})
				must(t, err)
				var ours []pacs.Workitem
				for _, x := range list {
					if x.UID == w.UID || x.Replaces == w.UID {
						ours = append(ours, x)
					}
				}
				return ours
			}
			if out := child(t, a, dir, w.UID, "release", func(k int, late bool) bool { return k == n && late == after }); strings.Contains(out, "done") {
				t.Fatalf("%s: it said %q", where, out)
			}
			if len(live()) == 0 {
				t.Errorf("%s: no workitem for the case", where)
			}
			if out := child(t, a, dir, w.UID, "resolve", nil); out != "done" {
				t.Fatalf("%s: %s", where, out)
			}
			if list := live(); len(list) != 1 || list[0].State != pacs.Scheduled || list[0].Replaces != w.UID {
				t.Errorf("%s: %d workitems: %+v", where, len(list), list)
			}
		}
	}
}
