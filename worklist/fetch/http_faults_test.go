package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/store"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// instanceGet is a request for one whole instance.
var instanceGet = regexp.MustCompile(`/instances/[0-9.]+$`)

func isInstance(r *http.Request) bool {
	return r.Method == http.MethodGet && instanceGet.MatchString(r.URL.Path)
}

// counted counts the requests for each instance.
type counted struct {
	good http.Handler
	mu   sync.Mutex
	n    map[string]int // guarded by mu: by SOP Instance UID
}

func (c *counted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if isInstance(r) {
		c.mu.Lock()
		if c.n == nil {
			c.n = map[string]int{}
		}
		c.n[r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]]++
		c.mu.Unlock()
	}
	c.good.ServeHTTP(w, r)
}

func (c *counted) total() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range c.n {
		n += k
	}
	return n
}

func (c *counted) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n = nil
}

// fault is a misbehaviour of one answer, and what it costs.
type fault struct {
	name string
	pacstest.Fault
	harmless bool // the object came whole all the same: nothing is fetched again
	final    bool // the run gives up at once: the reader is told, and asks again
}

// faults is section 5 of what real servers and lines do.
func faults() []fault {
	all := []fault{
		{name: "no closing boundary, matching length", Fault: pacstest.Fault{Kind: pacstest.Unclosed}},
		{name: "length too short", Fault: pacstest.Fault{Kind: pacstest.ShortLength, N: 5}},
		{name: "length too short by most", Fault: pacstest.Fault{Kind: pacstest.ShortLength, N: 500}},
		{name: "length too long", Fault: pacstest.Fault{Kind: pacstest.LongLength, N: 5000}, harmless: true},
		{name: "stall before the body", Fault: pacstest.Fault{Kind: pacstest.Stall}},
		{name: "stall in the part", Fault: pacstest.Fault{Kind: pacstest.Stall, N: 600}},
		{name: "drip", Fault: pacstest.Fault{Kind: pacstest.Drip, N: 200}},
		{name: "captive portal", Fault: pacstest.Fault{Kind: pacstest.Portal}},
		{name: "redirect to another host", Fault: pacstest.Fault{Kind: pacstest.Elsewhere}},
		{name: "401", Fault: pacstest.Fault{Kind: pacstest.Refuse, N: 401}, final: true},
		{name: "429 with Retry-After", Fault: pacstest.Fault{Kind: pacstest.Refuse, N: 429, After: "1"}},
		{name: "503", Fault: pacstest.Fault{Kind: pacstest.Refuse, N: 503}},
	}
	for _, p := range pacstest.Places() {
		all = append(all,
			fault{name: "cut " + p.String(), Fault: pacstest.Fault{Kind: pacstest.CutAt, At: p}, harmless: p.Whole()},
			fault{name: "cut with a length that fits, " + p.String(), Fault: pacstest.Fault{Kind: pacstest.CutAt, N: 1, At: p}, harmless: p.Whole()},
			fault{name: "reset " + p.String(), Fault: pacstest.Fault{Kind: pacstest.ResetAt, At: p}, harmless: p.Whole()})
	}
	return all
}

func TestAfterEveryHTTPFaultOnlyWhatIsMissingIsFetchedAgain(t *testing.T) {
	good := embedded(t)
	for _, f := range faults() {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			pacstest.NoGoroutinesLeft(t)
			s, st := newSite(t), newStore(t)
			asked := &counted{good: good}
			peer := &pacstest.BadPeer{Good: asked, Only: isInstance}
			c := filled(t, dicomweb.Config{BaseURL: serve(t, peer), Quirks: dicomweb.Quirks{Idle: 250 * time.Millisecond}}, s.Study)
			peer.Then(pacstest.Fault{}, f.Fault, pacstest.Fault{}, f.Fault)
			e := &Engine{Store: st, Workers: 3}
			err := e.Study(ctxFor(t), c, s.UID, nil, nil)
			if err != nil {
				told(t, err, s)
				if !f.final {
					t.Errorf("the first run did not mend it: %v", err)
				}
				err = again(t, e, c, s)
			}
			if err != nil || held(t, st, s) != 8 {
				t.Fatalf("%v, %d held", err, held(t, st, s))
			}
			most := 8 + 2
			if f.final {
				most += 2 * 2 // what two other workers were reading
			}
			if peer.Asked() > most || f.harmless && peer.Asked() != 8 {
				t.Errorf("%d requests for 8 instances and two faults", peer.Asked())
			}
		})
	}
}

func TestAfterEveryFaultOfAListTheStudyIsWhole(t *testing.T) {
	good := embedded(t)
	for _, f := range []fault{
		{name: "cut before its first byte", Fault: pacstest.Fault{Kind: pacstest.CutAfter}},
		{name: "cut behind the bracket", Fault: pacstest.Fault{Kind: pacstest.CutAfter, N: 1}},
		{name: "cut in an entry", Fault: pacstest.Fault{Kind: pacstest.CutAfter, N: 150}},
		{name: "cut before the last bracket", Fault: pacstest.Fault{Kind: pacstest.ShortLength, N: 1}},
		{name: "length too long", Fault: pacstest.Fault{Kind: pacstest.LongLength, N: 300}},
		{name: "reset", Fault: pacstest.Fault{Kind: pacstest.Reset, N: 100}},
		{name: "stall", Fault: pacstest.Fault{Kind: pacstest.Stall, N: 100}},
		{name: "drip", Fault: pacstest.Fault{Kind: pacstest.Drip, N: 200}},
		{name: "captive portal", Fault: pacstest.Fault{Kind: pacstest.Portal}},
		{name: "429", Fault: pacstest.Fault{Kind: pacstest.Refuse, N: 429, After: "1"}},
		{name: "503", Fault: pacstest.Fault{Kind: pacstest.Refuse, N: 503}},
		{name: "500", Fault: pacstest.Fault{Kind: pacstest.Refuse, N: 500}},
		{name: "401", Fault: pacstest.Fault{Kind: pacstest.Refuse, N: 401}},
	} {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			pacstest.NoGoroutinesLeft(t)
			s, st := newSite(t), newStore(t)
			asked := &counted{good: good}
			peer := &pacstest.BadPeer{Good: asked, Only: isList}
			c := filled(t, dicomweb.Config{BaseURL: serve(t, peer), Quirks: dicomweb.Quirks{Idle: 250 * time.Millisecond}}, s.Study)
			peer.Then(f.Fault, pacstest.Fault{}, f.Fault)
			e := &Engine{Store: st, Workers: 3}
			err := e.Study(ctxFor(t), c, s.UID, nil, nil)
			if err != nil {
				err = again(t, e, c, s)
			}
			if err != nil || held(t, st, s) != 8 || asked.total() != 8 {
				t.Errorf("%v, %d held, %d instances asked for", err, held(t, st, s), asked.total())
			}
		})
	}
}

// isList is a query of studies, series or instances.
func isList(r *http.Request) bool {
	return r.Method == http.MethodGet && (strings.HasSuffix(r.URL.Path, "/studies") || strings.HasSuffix(r.URL.Path, "/series") || strings.HasSuffix(r.URL.Path, "/instances"))
}

// again asks until the study is whole, as a reader would: at most three times.
func again(t *testing.T, e *Engine, c pacs.Archive, s *site) (err error) {
	t.Helper()
	for range 3 {
		if err = e.Study(ctxFor(t), c, s.UID, nil, nil); err == nil {
			return nil
		}
		told(t, err, s)
	}
	return err
}

// told wants an error that can be shown: it says what is missing, and names nobody.
func told(t *testing.T, err error, s *site) {
	t.Helper()
	var inc *IncompleteError
	if !errors.As(err, &inc) && !errors.Is(err, pacs.ErrTruncated) {
		t.Errorf("not a sentence about the study: %v", err)
	}
	for _, secret := range []string{string(s.UID), string(s.Objects[0].SOP), s.Name, "http://"} {
		if secret != "" && strings.Contains(err.Error(), secret) {
			t.Errorf("the error names the study, a patient or an address: %v", err)
		}
	}
}

// fullDisk is a store whose disk is full after so many objects.
type fullDisk struct {
	*store.Store
	mu   sync.Mutex
	room int // guarded by mu
}

func (f *fullDisk) Put(b []byte) (store.Entry, bool, error) {
	f.mu.Lock()
	f.room--
	left := f.room
	f.mu.Unlock()
	if left < 0 {
		return store.Entry{}, false, fmt.Errorf("write object: %w", syscall.ENOSPC)
	}
	return f.Store.Put(b)
}

func TestAFullDiskEndsTheFetchAndRoomGoesOnWhereItEnded(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	s, st := newSite(t), newStore(t)
	asked := &counted{good: embedded(t)}
	c := filled(t, dicomweb.Config{BaseURL: serve(t, asked)}, s.Study)
	disk := &fullDisk{Store: st, room: 3}
	e := &Engine{Store: disk, Workers: 2}
	err := e.Study(ctxFor(t), c, s.UID, nil, nil)
	var inc *IncompleteError
	if !errors.As(err, &inc) || !errors.Is(err, syscall.ENOSPC) || inc.Missing != 5 || held(t, st, s) != 3 {
		t.Fatalf("%v, %d held", err, held(t, st, s))
	}
	told(t, err, s)
	if n := asked.total(); n > 3+2 { // one a worker found the disk full
		t.Errorf("%d instances asked for with room for 3", n)
	}
	asked.forget()
	disk.room = 100
	if err := e.Study(ctxFor(t), c, s.UID, nil, nil); err != nil || held(t, st, s) != 8 || asked.total() != 5 {
		t.Errorf("with room: %v, %d held, %d asked for", err, held(t, st, s), asked.total())
	}
}

func TestALyingStoreAnswerStoresNothing(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	s := newSite(t)
	peer := (&pacstest.BadPeer{Good: embedded(t)}).Then(pacstest.Fault{Kind: pacstest.EmptyStored})
	c, err := dicomweb.New(dicomweb.Config{Name: "NORTH", BaseURL: serve(t, peer)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	got, err := c.Store(context.Background(), s.UID, s.Bytes()...)
	if err != nil || len(got.OK) != 0 {
		t.Errorf("a full disk's 200 counts for %d objects, %v", len(got.OK), err)
	}
	o := s.Objects[0]
	if err := pacs.ReadBack(context.Background(), c, pacs.Ref{Study: s.UID, Series: o.Series, Instance: o.SOP}, o.Bytes, nil); err == nil {
		t.Error("what was not stored was read back")
	}
	if list, err := pacs.Find(context.Background(), c, pacs.Query{Level: pacs.StudyLevel,
		Match: map[dicom.Tag]string{dicom.StudyInstanceUID: string(s.UID)}}); err != nil || len(list) != 0 {
		t.Errorf("%d studies, %v", len(list), err)
	}
}
