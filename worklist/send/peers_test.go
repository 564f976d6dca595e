package send

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/demo"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/dimse"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// child makes this program send a plan and end: what the test kills.
const child = "NOCTURNE_TEST_SEND"

func TestMain(m *testing.M) {
	if plan, ok := os.LookupEnv(child); ok {
		os.Exit(sendPlan(plan))
	}
	os.Exit(m.Run())
}

// plan is what a child sends where.
type plan struct {
	URL, Journal string
	Studies      []Study
}

func sendPlan(path string) int {
	var p plan
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, &p)
	}
	if err != nil {
		return 3
	}
	r, err := p.send(10 * time.Second)
	if err != nil || !r.Done() {
		fmt.Fprintln(os.Stderr, err, r.Others)
		return 1
	}
	return 0
}

func (p plan) send(idle time.Duration) (Report, error) {
	c, err := dicomweb.New(dicomweb.Config{Name: "NORTH", BaseURL: p.URL, Quirks: dicomweb.Quirks{Idle: idle}})
	if err != nil {
		return Report{}, err
	}
	defer c.Close()
	j, err := OpenJournal(p.Journal, p.URL, testKey, p.Studies)
	if err != nil {
		return Report{}, err
	}
	defer j.Close()
	return Sender{Archive: c, Site: "NORTH", Journal: j, Batch: 20 << 10, Patience: 10 * time.Millisecond}.Send(context.Background(), p.Studies, nil)
}

// big is a study of n objects of 8 kB.
func big(t testing.TB, n int) pacstest.Study {
	st := pacstest.Study{UID: dicom.NewUID()}
	series := dicom.NewUID()
	for i := range n {
		o := pacstest.Object{Series: series, SOP: dicom.NewUID()}
		ds := new(dicom.Dataset)
		for tag, v := range map[dicom.Tag]string{dicom.SOPClassUID: string(dicom.CTImageStorage), dicom.SOPInstanceUID: string(o.SOP), dicom.SeriesInstanceUID: string(series),
			dicom.StudyInstanceUID: string(st.UID), dicom.PatientName: "SEND^TEST", dicom.PatientID: "S1", dicom.Modality: "CT", dicom.PhotometricInterpretation: "MONOCHROME2"} {
			ds.SetStr(tag, v)
		}
		for tag, v := range map[dicom.Tag]int{dicom.Rows: 64, dicom.Columns: 64, dicom.SamplesPerPixel: 1, dicom.BitsAllocated: 16, dicom.BitsStored: 16, dicom.HighBit: 15, dicom.PixelRepresentation: 0} {
			ds.SetInt(tag, v)
		}
		o.Bytes = pacstest.File(t, ds, 64*64*2, byte(i))
		st.Objects = append(st.Objects, o)
	}
	return st
}

// served is an embedded archive behind a handler of the test's.
func served(t testing.TB, around func(http.Handler) http.Handler) string {
	t.Helper()
	a, err := demo.New(demo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	h := a.Handler()
	if around != nil {
		h = around(h)
	}
	s := httptest.NewServer(h)
	t.Cleanup(func() { a.Close(); s.CloseClientConnections(); s.Close() })
	return s.URL + "/dicom-web"
}

// holds wants the archive to list each object of a study once and to give its bytes.
func holds(t testing.TB, a pacs.Archive, st pacstest.Study) {
	t.Helper()
	listed := map[string]int{}
	list, err := pacs.Find(context.Background(), a, pacs.Query{Level: pacs.InstanceLevel, Study: st.UID})
	for _, ds := range list {
		listed[ds.Str(dicom.SOPInstanceUID)]++
	}
	if err != nil || len(list) != len(st.Objects) || len(listed) != len(st.Objects) {
		t.Fatalf("%d listed of %d: %v", len(list), len(st.Objects), err)
	}
	for _, o := range st.Objects {
		ref := pacs.Ref{Study: st.UID, Series: o.Series, Instance: o.SOP}
		if err := pacs.ReadBack(context.Background(), a, ref, o.Bytes, nil); err != nil {
			t.Errorf("an object: %v", err)
		}
	}
}

func web(t testing.TB, base string) *dicomweb.Client {
	t.Helper()
	c, err := dicomweb.New(dicomweb.Config{Name: "NORTH", BaseURL: base, Quirks: dicomweb.Quirks{Idle: 2 * time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// The program is killed at moments that a seed chooses, until it is through: nothing
// is lost, and the archive holds each object once.
func TestASenderThatIsKilledLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	var posts atomic.Int32
	url := served(t, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				posts.Add(1)
				time.Sleep(8 * time.Millisecond)
			}
			h.ServeHTTP(w, r)
			if r.Method == http.MethodPost {
				time.Sleep(8 * time.Millisecond) // stored, and not answered yet
			}
		})
	})
	st := big(t, 60)
	dir := t.TempDir()
	p := plan{URL: url, Journal: filepath.Join(dir, "sent"), Studies: []Study{files(t, st)}}
	b, _ := json.Marshal(p)
	path := filepath.Join(dir, "plan.json")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	rng, kills := rand.New(rand.NewPCG(6, 2026)), 0
	for kills < 6 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), child+"="+path)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		before := posts.Load()
		for deadline := time.Now().Add(3 * time.Second); posts.Load() == before && time.Now().Before(deadline); {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Duration(rng.IntN(40)) * time.Millisecond)
		cmd.Process.Kill()
		cmd.Wait()
		kills++
	}
	r, err := p.send(2 * time.Second)
	if err != nil || !r.Done() {
		t.Fatalf("the last run: %v, %+v", err, r)
	}
	holds(t, web(t, url), st)
	if r, err = p.send(2 * time.Second); err != nil || r.Already != 60 || r.Compared != 0 || r.Bytes != 0 {
		t.Errorf("one more run: %v, %+v", err, r)
	}
}

func TestEveryHTTPFaultIsOutlastedAndNothingIsTakenForStoredThatIsNot(t *testing.T) {
	t.Parallel()
	for _, f := range []pacstest.Fault{{Kind: pacstest.EmptyStored}, {Kind: pacstest.Refuse, N: 503}, {Kind: pacstest.Refuse, N: 429, After: "0"},
		{Kind: pacstest.Refuse, N: 500}, {Kind: pacstest.Refuse, N: 507}, {Kind: pacstest.CutAfter, N: 40}, {Kind: pacstest.Reset, N: 10},
		{Kind: pacstest.ShortLength, N: 3}, {Kind: pacstest.Portal}, {Kind: pacstest.Elsewhere}} {
		t.Run(fmt.Sprint(f.Kind, f.N), func(t *testing.T) {
			t.Parallel()
			pacstest.NoGoroutinesLeft(t)
			bad := &pacstest.BadPeer{}
			url := served(t, func(h http.Handler) http.Handler { bad.Good = h; return bad })
			bad.Then(pacstest.Fault{}, f, f, pacstest.Fault{}, f, f) // a query, two batches, a query, …
			st := big(t, 12)
			c := web(t, url)
			s := to(c)
			s.Batch = 30 << 10
			r := run1(t, s, files(t, st))
			if !r.Done() {
				t.Fatalf("%+v", r.Others)
			}
			holds(t, c, st)
		})
	}
}

func TestOrthancKilledInTheMiddleAndBegunAgainHoldsEverything(t *testing.T) {
	t.Parallel()
	o := pacstest.NewOrthanc(t)
	c, err := dicomweb.New(dicomweb.Config{Name: "NORTH", BaseURL: "http://" + o.Host + "/dicom-web", Quirks: dicomweb.Quirks{Idle: 5 * time.Second},
		Login: func(context.Context) (dicomweb.Login, error) {
			return dicomweb.Login{User: o.User, Password: o.Password}, nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	st := big(t, 40)
	s := to(c)
	s.Batch, s.Patience, s.Rounds = 20<<10, 50*time.Millisecond, 12
	var once atomic.Bool
	restarted := make(chan struct{})
	r, err := s.Send(context.Background(), []Study{files(t, st)}, func(p Progress) {
		if p.Bytes > 0 && p.Confirmed < p.Objects && once.CompareAndSwap(false, true) {
			o.Kill()
			o.Start()
			close(restarted)
		}
	})
	if once.Load() {
		<-restarted
	}
	if err != nil || !r.Done() {
		t.Fatalf("%v %+v", err, r)
	}
	holds(t, c, st)
}

func overDIMSE(t testing.TB, p pacstest.DICOMPeer) *dimse.Client {
	t.Helper()
	c, err := dimse.New(dimse.Config{Name: "NORTH", Address: p.Address, CalledAE: p.AE, CallingAE: "SENDER"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestCStoreIsConfirmedAtOrthancAndDCMQRSCP(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(*testing.T) pacstest.DICOMPeer{
		"Orthanc":  func(t *testing.T) pacstest.DICOMPeer { return pacstest.StartOrthancDICOM(t, nil) },
		"dcmqrscp": func(t *testing.T) pacstest.DICOMPeer { return pacstest.StartDCMQRSCP(t) },
	} {
		t.Run(name, func(t *testing.T) {
			c, st := overDIMSE(t, start(t)), pacstest.NewSeed(t).Studies[1]
			s := to(c)
			s.CompareAll, s.Workers, s.CommitWait = true, 1, 100*time.Millisecond
			r := run1(t, s, files(t, st))
			if !r.Done() || r.Compared != len(st.Objects) {
				t.Errorf("%+v", r)
			}
			if name == "dcmqrscp" && r.Waiting+r.Promised != 0 { // it knows no storage commitment
				t.Errorf("%d promised, %d waited for", r.Promised, r.Waiting)
			}
			holds(t, c, st)
		})
	}
}

func TestTheArchivesPromiseComesOnAnAssociationOfItsOwn(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	l, err := dimse.NewListener("127.0.0.1:0", "SENDER", nil)
	if err != nil {
		t.Fatal(err)
	}
	at, err := l.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	a, err := demo.New(demo.Options{Destinations: map[string]string{"SENDER": at.String()}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(func() { cancel(); a.Close() })
	p, err := a.ServeDIMSE(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c, err := dimse.New(dimse.Config{Name: "NORTH", Address: p.DIMSE, CalledAE: p.AE, CallingAE: "SENDER", Listener: l})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	st, f := one(t)
	s := to(c)
	s.CommitWait = 5 * time.Second
	if r := run1(t, s, f); !r.Done() || r.Promised != len(st.Objects) || r.Waiting != 0 {
		t.Errorf("%+v", r)
	}
	holds(t, c, st)
}

// storescp takes everything and shows nothing: nobody can say that it is there.
func TestAPeerThatCannotBeAskedIsSentNothingAndSaid(t *testing.T) {
	t.Parallel()
	binary, err := exec.LookPath("storescp")
	if err != nil {
		pacstest.Missing(t, "DCMTK's storescp is not installed")
	}
	port, dir := pacstest.FreePort(t), t.TempDir()
	cmd := exec.Command(binary, "-od", dir, fmt.Sprint(port))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	c := overDIMSE(t, pacstest.DICOMPeer{Address: fmt.Sprintf("127.0.0.1:%d", port), AE: "STORESCP"})
	for deadline := time.Now().Add(5 * time.Second); c.Verify(t.Context()) != nil && time.Now().Before(deadline); {
		time.Sleep(20 * time.Millisecond)
	}
	_, f := one(t)
	r := run1(t, to(c), f)
	if r.Confirmed != 0 || !strings.Contains(r.Others[0].Why, "cannot be asked") {
		t.Errorf("%+v", r.Others[0])
	}
	if kept, _ := os.ReadDir(dir); len(kept) > 0 {
		t.Errorf("%d objects were sent", len(kept))
	}
}

func FuzzJournal(f *testing.F) {
	f.Add([]byte("1.2.3 " + strings.Repeat("ab", 32) + "\n1.2.4 "))
	f.Add([]byte("\n\n 12"))
	f.Fuzz(func(t *testing.T, b []byte) {
		folder := t.TempDir()
		j := journal(t, folder)
		j.Close()
		names, _ := filepath.Glob(filepath.Join(folder, "*"))
		if err := os.WriteFile(names[0], b, 0o600); err != nil {
			t.Fatal(err)
		}
		st := []Study{{Objects: []Object{{SOP: "1.2.3"}, {SOP: "1.2.4"}}}}
		j = journal(t, folder, st...)
		it := &item{Object: Object{SOP: "1.2.4"}}
		it.take(b)
		if err := j.add([]*item{it}); err != nil {
			t.Fatal(err)
		}
		if again := journal(t, folder, st...); !again.confirmed("1.2.4", it.sum) || again.has("1.2.3") != j.has("1.2.3") {
			t.Errorf("a line after %q is lost, or one more is read", bytes.TrimSpace(b))
		}
	})
}
