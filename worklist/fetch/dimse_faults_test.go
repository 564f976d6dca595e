package fetch

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/store"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/demo"
	"github.com/nocturne/nocturne/worklist/pacs/dimse"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
	"github.com/nocturne/nocturne/worklist/pacs/ul"
)

// studyRootGet is in the request of every association that retrieves (PS3.4 C.4.3).
const studyRootGet = "1.2.840.10008.5.1.4.1.2.2.3"

const slices8 = 8 // of half a megabyte: five P-DATA-TFs each

// dimseArchive is an embedded archive that holds the study, until stop.
func dimseArchive(t testing.TB, study pacstest.Study) (peer pacstest.DICOMPeer, stop func()) {
	t.Helper()
	a, err := demo.New(demo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	stop = sync.OnceFunc(func() { cancel(); a.Close() })
	t.Cleanup(stop)
	at, err := a.ServeDIMSE(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	peer = pacstest.DICOMPeer{Address: at.DIMSE, AE: at.AE}
	c := dimseClient(t, peer.Address, peer.AE, ul.Timeouts{})
	got, err := c.Store(context.Background(), study.UID, study.Bytes()...)
	if err != nil || len(got.OK) != len(study.Objects) {
		t.Fatalf("stored %d of %d: %v", len(got.OK), len(study.Objects), err)
	}
	return peer, stop
}

func dimseClient(t testing.TB, address, ae string, limits ul.Timeouts) *dimse.Client {
	t.Helper()
	c, err := dimse.New(dimse.Config{Name: "NORTH", Address: address, CalledAE: ae, Timeouts: limits, Associations: 3})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// watchful is an archive of which nothing may be asked that is in the store.
type watchful struct {
	pacs.Archive
	t     *testing.T
	st    *store.Store
	study dicom.UID

	mu    sync.Mutex
	asked int // guarded by mu: instances
}

func (w *watchful) Retrieve(ctx context.Context, ref pacs.Ref, each func(pacs.Object) error) error {
	w.mu.Lock()
	w.asked++
	w.mu.Unlock()
	if ref.Instance == "" || w.st.Has(w.study, ref.Instance) {
		w.t.Errorf("more is asked for than what is missing")
	}
	return w.Archive.Retrieve(ctx, ref, each)
}

// whole counts the objects of the study in the store and holds their pixels to those sent.
func whole(t *testing.T, st *store.Store, study pacstest.Study) (n int) {
	t.Helper()
	entries, err := st.Study(study.UID)
	if err != nil {
		t.Error(err)
	}
	for _, e := range entries {
		b, err := st.Read(e)
		sent := study.Under(pacs.Ref{Instance: e.SOP})[e.SOP]
		if err != nil || !bytes.HasSuffix(b, sent[len(sent)-512*512*2:]) {
			t.Errorf("a stored object is not what the site has: %v", err)
		}
		n++
	}
	return n
}

// TestAfterEveryDIMSEFaultOnlyWhatIsMissingIsFetchedAgain lets the second and the fourth
// association that retrieves fail, each in the same way.
func TestAfterEveryDIMSEFaultOnlyWhatIsMissingIsFetchedAgain(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	study := ct(t, slices8)
	peer, _ := dimseArchive(t, study)
	var all sync.WaitGroup
	room := make(chan struct{}, 10) // they wait more than they work
	for _, f := range pacstest.RetrieveFaults() {
		bad := pacstest.StartBadAssociation(t, peer.Address, f.AssociationFault, pacstest.AssociationFault{}, f.AssociationFault)
		bad.Only = studyRootGet
		st := newStore(t)
		limits := ul.Timeouts{} // a busy machine is no silent peer
		if f.Do == pacstest.Hang || f.Do == pacstest.Trickle {
			limits = ul.Timeouts{Negotiate: 300 * time.Millisecond, Idle: 100 * time.Millisecond, Release: 300 * time.Millisecond}
		}
		c := &watchful{Archive: dimseClient(t, bad.Address(), peer.AE, limits), t: t, st: st, study: study.UID}
		ctx := ctxFor(t)
		all.Go(func() {
			room <- struct{}{}
			defer func() { <-room }()
			mends(ctx, t, f.Name, c, bad)
			c.Archive.(*dimse.Client).Close() // an archive has room for so many
			if n := whole(t, st, study); n != slices8 {
				t.Errorf("%s: %d held", f.Name, n)
			}
		})
	}
	all.Wait()
}

// mends fetches the study, at most four times over, past the fault of that name.
func mends(ctx context.Context, t *testing.T, name string, c *watchful, bad *pacstest.BadAssociation) {
	e := &Engine{Store: c.st, Workers: 3}
	s := &site{Study: pacstest.Study{UID: c.study, Objects: []pacstest.Object{{SOP: c.study}}}}
	var err error
	for range 4 {
		if err = e.Study(ctx, c, c.study, nil, nil); err == nil {
			break
		}
		told(t, err, s)
		titled(t, err)
	}
	if err != nil || bad.Asked() < 2 {
		t.Errorf("%s: %v after %d associations", name, err, bad.Asked())
	}
}

// titled wants an error without AE titles or UIDs.
func titled(t *testing.T, err error) {
	t.Helper()
	if s := err.Error(); strings.Contains(s, "NOCTURNE") || strings.Contains(s, "2.25.") || strings.Contains(s, "1.2.840") {
		t.Errorf("the error names a title or a UID: %v", err)
	}
}

// TestAnArchiveThatDiesMidStudyIsResumedOverDIMSE ends the archive with half of the study
// sent, and starts another that holds the same.
func TestAnArchiveThatDiesMidStudyIsResumedOverDIMSE(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	study := ct(t, slices8)
	peer, stop := dimseArchive(t, study)
	other, _ := dimseArchive(t, study)
	proxy := pacstest.StartBadAssociation(t, peer.Address)
	st := newStore(t)
	c := &watchful{Archive: dimseClient(t, proxy.Address(), peer.AE, ul.Timeouts{Idle: time.Second}), t: t, st: st, study: study.UID}
	e := &Engine{Store: slowed{st}, Workers: 1}
	s := &site{Study: study}
	err := e.Study(ctxFor(t), c, study.UID, nil, func(p Progress) {
		if p.Have >= 3 {
			stop()
		}
	})
	had := whole(t, st, study)
	if err == nil || had < 3 || had == slices8 {
		t.Fatalf("it died: %v, %d held", err, had)
	}
	told(t, err, s)
	titled(t, err)
	proxy.Before(other.Address)
	c.asked = 0
	if err := again(t, e, c, s); err != nil || whole(t, st, study) != slices8 || c.asked != slices8-had {
		t.Errorf("when it is back: %v, %d asked for with %d there before", err, c.asked, had)
	}
}

// slowed is a store on a slow disk.
type slowed struct{ *store.Store }

func (s slowed) Put(b []byte) (store.Entry, bool, error) {
	time.Sleep(30 * time.Millisecond)
	return s.Store.Put(b)
}

func TestAFullDiskEndsTheFetchOverDIMSEAndRoomGoesOn(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	study := ct(t, slices8)
	peer, _ := dimseArchive(t, study)
	st := newStore(t)
	c := &watchful{Archive: dimseClient(t, peer.Address, peer.AE, ul.Timeouts{}), t: t, st: st, study: study.UID}
	disk := &fullDisk{Store: st, room: 3}
	e := &Engine{Store: disk, Workers: 2}
	err := e.Study(ctxFor(t), c, study.UID, nil, nil)
	if !errors.Is(err, syscall.ENOSPC) || whole(t, st, study) != 3 {
		t.Fatalf("%v, %d held", err, whole(t, st, study))
	}
	titled(t, err)
	disk.room = 100
	if err := e.Study(ctxFor(t), c, study.UID, nil, nil); err != nil || whole(t, st, study) != slices8 {
		t.Errorf("with room: %v", err)
	}
}

// TestStorescpsFaultsStoreNothing are the faults of a DCMTK receiver: whatever it does,
// nothing counts as stored, the sender knows soon and in words, and asking again on a
// good one stores all.
func TestStorescpsFaultsStoreNothing(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	path, err := exec.LookPath("storescp")
	if err != nil {
		pacstest.Missing(t, "storescp (DCMTK) is not installed")
	}
	study := ct(t, 2)
	for _, flags := range [][]string{{"--refuse"}, {"--abort-after"}, {"--abort-during"}, {"--sleep-during", "3"}} {
		t.Run(flags[0], func(t *testing.T) {
			t.Parallel()
			address := receiver(t, path, flags...)
			c := dimseClient(t, address, "STORESCP", ul.Timeouts{Idle: 100 * time.Millisecond})
			start := time.Now()
			got, err := c.Store(context.Background(), study.UID, study.Bytes()...)
			if len(got.OK) != 0 || err == nil {
				t.Errorf("%d objects count as stored, %v", len(got.OK), err)
			}
			if d := time.Since(start); d > 2800*time.Millisecond {
				t.Errorf("it took %v to know", d)
			}
			titled(t, err)
			good := dimseClient(t, receiver(t, path), "STORESCP", ul.Timeouts{})
			if got, err := good.Store(context.Background(), study.UID, study.Bytes()...); err != nil || len(got.OK) != 2 {
				t.Errorf("to one that behaves: %d stored, %v", len(got.OK), err)
			}
		})
	}
}

// receiver is a storescp with flags until the test ends.
func receiver(t *testing.T, path string, flags ...string) (address string) {
	t.Helper()
	port := pacstest.FreePort(t)
	cmd := exec.Command(path, append(append([]string{"-od", t.TempDir()}, flags...), strconv.Itoa(port))...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	address = "127.0.0.1:" + strconv.Itoa(port)
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		probe, err := net.Dial("tcp", address)
		if err == nil {
			probe.Close()
			return address
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}
