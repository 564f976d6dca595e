package deliver

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
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

// The delivering program, as a process of its own, so that it can be killed.
const childHome = "DELIVER_TEST_CHILD_HOME"

func TestMain(m *testing.M) {
	main, dir := childMain, os.Getenv(childHome)
	if night := os.Getenv(nightHome); night != "" {
		main, dir = nightChild, night
	}
	if dir == "" {
		os.Exit(m.Run())
	}
	if err := main(dir); err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	fmt.Println("done")
}

// childMain delivers what is in the outbox, as `outbox flush` does: the rows hold
// all that is needed.
func childMain(dir string) error {
	l, err := ledger.Open(dir, ledgertest.Key)
	if err != nil {
		return err
	}
	defer l.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	left, err := (&Runner{Ledger: l, Dial: dial}).Flush(ctx, true)
	if err == nil && len(left) > 0 {
		err = fmt.Errorf("left: %s %s", left[0].State, left[0].Reason)
	}
	return err
}

func dial(row ledger.OutboxRow) (Destination, error) {
	c, err := dicomweb.New(dicomweb.Config{Name: row.Site, BaseURL: row.Address, UPSURL: row.UPSURL})
	if err != nil {
		return Destination{}, err
	}
	return Destination{DICOM{c}, c.Workitems()}, nil
}

// counted serves the embedded archive and tells seen of each request, by number,
// before and after its effect.
func counted(t *testing.T, seen *atomic.Pointer[func(n int, after bool)]) string {
	t.Helper()
	a, err := demo.New(demo.Options{})
	must(t, err)
	var n atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, k := seen.Load(), 0
		if f == nil {
			n.Store(0)
		} else {
			k = int(n.Add(1))
			(*f)(k, false)
		}
		rec := httptest.NewRecorder()
		a.Handler().ServeHTTP(rec, r)
		if f != nil {
			(*f)(k, true)
		}
		for key, v := range rec.Header() {
			w.Header()[key] = v
		}
		w.WriteHeader(rec.Code)
		_, _ = w.Write(rec.Body.Bytes())
	}))
	t.Cleanup(func() { a.Close(); srv.Close() })
	return srv.URL + "/dicom-web"
}

// Killing the delivering program at any request, before or after its effect: the
// next one delivers, the archive holds one report with the signed content, and
// the workitem is COMPLETED only with the report there.
func TestKillingTheProgramAnywhereDeliversOnce(t *testing.T) {
	var seen atomic.Pointer[func(n int, after bool)]
	url := counted(t, &seen)
	c, err := dicomweb.New(dicomweb.Config{Name: "NORTH", BaseURL: url, UPSURL: url})
	must(t, err)
	killed := 0
	for n := 1; n <= 5; n++ {
		for _, after := range []bool{false, true} {
			where := fmt.Sprintf("killed at request %d, after %v", n, after)
			dir, r := atArchive(t, c, url)
			out := child(t, dir, &seen, func(k int, late bool) bool { return k == n && late == after })
			if out != "done" {
				killed++
			}
			step, err := c.RetrieveWorkitem(ctx, dicom.UID(r.WorkitemUID))
			must(t, err)
			if held := copies(t, c, r); step.State == pacs.Completed && held != 1 {
				t.Errorf("%s: COMPLETED with %d reports", where, held)
			}
			if out := child(t, dir, &seen, nil); out != "done" {
				t.Errorf("%s: the next program: %s", where, out)
			}
			step, err = c.RetrieveWorkitem(ctx, dicom.UID(r.WorkitemUID))
			if held := copies(t, c, r); err != nil || step.State != pacs.Completed || held != 1 {
				t.Errorf("%s: workitem %s, %d reports, %v", where, step.State, held, err)
			}
			must(t, DICOM{Archive: c}.Confirm(ctx, r))
		}
	}
	if killed < 8 {
		t.Errorf("only %d programs were killed", killed)
	}
}

// atArchive claims a new reading task and queues a report for it.
func atArchive(t *testing.T, c *dicomweb.Client, url string) (dir string, r ledger.OutboxRow) {
	t.Helper()
	uid, err := c.CreateWorkitem(ctx, dicom.NewUID(), pacstest.NewWorkitem(pacstest.NewSeed(t).Studies[0], "P1", ""))
	must(t, err)
	txn := dicom.NewUID()
	must(t, c.ChangeState(ctx, uid, txn, pacs.InProgress))
	dir = t.TempDir()
	l, err := ledger.Open(dir, ledgertest.Key)
	must(t, err)
	defer l.Close()
	sop := string(dicom.NewUID())
	id := queue(t, l, sop, func(r *ledger.OutboxRow) {
		r.WorkitemUID, r.TransactionUID, r.Address, r.UPSURL = string(uid), string(txn), url, url
	})
	return dir, stands(t, l, id)
}

// copies counts what the archive finds under the report's UID.
func copies(t *testing.T, c *dicomweb.Client, r ledger.OutboxRow) int {
	t.Helper()
	found, err := pacs.Find(ctx, c, pacs.Query{Level: pacs.InstanceLevel, Study: dicom.UID(r.StudyUID),
		Match: map[dicom.Tag]string{dicom.SOPInstanceUID: r.Control}})
	must(t, err)
	return len(found)
}

// child runs the delivering program; it is killed when kill says so.
func child(t *testing.T, dir string, seen *atomic.Pointer[func(int, bool)], kill func(n int, after bool) bool) (out string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childHome+"="+dir)
	pipe, err := cmd.StdoutPipe()
	must(t, err)
	if kill != nil {
		f := func(n int, after bool) {
			if kill(n, after) {
				_ = cmd.Process.Kill()
			}
		}
		seen.Store(&f)
		defer seen.Store(nil)
	}
	must(t, cmd.Start())
	lines := bufio.NewScanner(pipe)
	for lines.Scan() {
		out += lines.Text()
	}
	_ = cmd.Wait()
	return out
}

func TestTheSuiteAtTheEmbeddedArchive(t *testing.T) {
	var none atomic.Pointer[func(int, bool)]
	url := counted(t, &none)
	c, err := dicomweb.New(dicomweb.Config{Name: "NORTH", BaseURL: url})
	must(t, err)
	sendTwiceAndConfirm(t, c)
}

// A real archive that transcodes, keeps the first of two objects with one UID and
// answers 200 to the second: only reading back tells.
func TestARealOrthancHoldsWhatWasSigned(t *testing.T) {
	url, user, password := pacstest.StartOrthanc(t)
	c, err := dicomweb.New(dicomweb.Config{Name: "ORTHANC", BaseURL: url,
		Login: func(context.Context) (dicomweb.Login, error) {
			return dicomweb.Login{User: user, Password: password}, nil
		}})
	must(t, err)
	sendTwiceAndConfirm(t, c)

	l, id, _ := home(t, func(r *ledger.OutboxRow) { r.WorkitemUID, r.Site = "", "ORTHANC" })
	r := &Runner{Ledger: l, Dial: func(ledger.OutboxRow) (Destination, error) { return Destination{Channel: DICOM{c}}, nil }}
	row, err := r.Deliver(ctx, id, 10*time.Second)
	if err != nil || !row.Done() {
		t.Errorf("%+v, %v", row, err)
	}
}

func sendTwiceAndConfirm(t *testing.T, c *dicomweb.Client) {
	t.Helper()
	ch, r := DICOM{Archive: c}, row(t, string(dicom.NewUID()))
	if err := ch.Confirm(ctx, r); err == nil {
		t.Error("confirmed before it was sent")
	}
	for range 2 {
		_, err := ch.Send(ctx, r)
		must(t, err)
		must(t, ch.Confirm(ctx, r))
	}
	other := r
	other.Object = object(t, r.Control, "Something else.")
	_, _ = ch.Send(ctx, other)
	var first, second error = ch.Confirm(ctx, r), ch.Confirm(ctx, other)
	if (first == nil) == (second == nil) {
		t.Errorf("one UID, two contents: %v and %v", first, second)
	}
}
