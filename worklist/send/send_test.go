package send

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/seal"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

func TestEveryObjectIsStoredNamedListedAndReadBack(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	st, f := one(t)
	m := newMemory()
	s := to(m)
	s.CompareAll = true
	r := run1(t, s, f)
	all(t, r, m, st)
	if r.Compared != len(st.Objects) || r.Already != 0 || r.Bytes == 0 || m.stores != len(st.Objects) {
		t.Errorf("%+v, %d sent", r, m.stores)
	}
}

func TestOfASampleFirstAndLastAreReadBackAndAllAreListed(t *testing.T) {
	st, f := one(t) // 8 objects: steps of 3 and the last
	m := newMemory()
	r := run1(t, to(m), f)
	all(t, r, m, st)
	if r.Compared != 4 {
		t.Errorf("%d of %d read back, want 4", r.Compared, len(st.Objects))
	}
}

func TestASecondRunSendsOnlyWhatIsMissing(t *testing.T) {
	st, f := one(t)
	m, folder := newMemory(), t.TempDir()
	s := to(m)
	s.Journal = journal(t, folder, f)
	all(t, run1(t, s, f), m, st)
	delete(m.held, st.Objects[3].SOP)
	sent := m.stores
	s.Journal = journal(t, folder, f)
	r := run1(t, s, f)
	all(t, r, m, st)
	if m.stores != sent+1 || r.Already != len(st.Objects)-1 || r.Compared != 1 {
		t.Errorf("%d sent again, %+v", m.stores-sent, r)
	}
}

func TestTheJournalsPathNamesNobodyAndATornLineIsNone(t *testing.T) {
	st, f := one(t)
	m, folder := newMemory(), t.TempDir()
	s := to(m)
	s.Journal = journal(t, folder, f)
	run1(t, s, f)
	names, _ := filepath.Glob(filepath.Join(folder, "*"))
	if len(names) != 1 || strings.Contains(names[0], st.Name) || strings.Contains(names[0], string(st.UID)) {
		t.Fatalf("journals: %v", names)
	}
	b, err := os.ReadFile(names[0])
	if err != nil || strings.Count(string(b), "\n") != len(st.Objects) {
		t.Fatalf("%v, %q", err, b)
	}
	torn := b[:len(b)-30]
	if err := os.WriteFile(names[0], torn, 0o600); err != nil {
		t.Fatal(err)
	}
	j := journal(t, folder, f)
	if len(j.seen) != len(st.Objects)-1 {
		t.Errorf("%d lines are whole, want %d", len(j.seen), len(st.Objects)-1)
	}
	s.Journal = j
	all(t, run1(t, s, f), m, st)
	if again := journal(t, folder, f); len(again.seen) != len(st.Objects) {
		t.Errorf("after the torn line %d are read", len(again.seen))
	}
}

func TestAJournalTellsNothingWithoutItsKey(t *testing.T) {
	st, f := one(t)
	m, folder := newMemory(), t.TempDir()
	s := to(m)
	s.Journal = journal(t, folder, f)
	all(t, run1(t, s, f), m, st)
	names, _ := filepath.Glob(filepath.Join(folder, "*"))
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range st.Objects {
			if h := sha256.Sum256(o.Bytes); strings.Contains(string(b), string(o.SOP)) || strings.Contains(string(b), hex.EncodeToString(h[:])) {
				t.Fatalf("%s names an object", b)
			}
		}
	}
	foreign, err := OpenJournal(folder, "NORTH http://north/dicom-web", seal.NewKey(), []Study{f})
	if err != nil {
		t.Fatal(err)
	}
	defer foreign.Close()
	if len(foreign.seen) > 0 {
		t.Error("another key reads it")
	}
}

func TestAPlainJournalIsTakenOverAndWiped(t *testing.T) {
	st, f := one(t)
	m, folder := newMemory(), t.TempDir()
	for _, o := range st.Objects {
		m.held[o.SOP] = o.Bytes
	}
	h := sha256.Sum256([]byte("NORTH http://north/dicom-web"))
	plain, lines := filepath.Join(folder, hex.EncodeToString(h[:8])+".journal"), ""
	for _, o := range f.Objects {
		b, err := os.ReadFile(o.Path)
		if err != nil {
			t.Fatal(err)
		}
		lines += fmt.Sprintf("%s %x\n", o.SOP, sha256.Sum256(b))
	}
	if err := os.WriteFile(plain, []byte(lines+"1.2.3 "), 0o600); err != nil {
		t.Fatal(err)
	}
	j := journal(t, folder, f)
	if _, err := os.Stat(plain); !os.IsNotExist(err) {
		t.Error("the plain one stands:", err)
	}
	for _, o := range f.Objects {
		b, _ := os.ReadFile(o.Path)
		if !j.confirmed(o.SOP, sha256.Sum256(b)) {
			t.Errorf("an object was forgotten: %d of %d known", len(j.seen), len(f.Objects))
		}
	}
}

func TestOtherBytesUnderOneUIDAreParkedAndNeverOverwritten(t *testing.T) {
	st, f := one(t)
	m := newMemory()
	theirs := append([]byte(nil), st.Objects[2].Bytes...)
	theirs[len(theirs)-1] ^= 1 // a pixel
	m.held[st.Objects[2].SOP] = theirs
	m.held[st.Objects[4].SOP] = st.Objects[4].Bytes
	r := run1(t, to(m), f)
	if r.Confirmed != len(st.Objects)-1 || r.Already != 1 || len(r.Others) != 1 || r.Others[0].State != Parked || !strings.Contains(r.Others[0].Why, "pixels differ") {
		t.Fatalf("%+v", r)
	}
	if string(m.held[st.Objects[2].SOP]) != string(theirs) || m.stores != len(st.Objects)-2 {
		t.Errorf("it was overwritten, or %d were sent", m.stores)
	}
}

func TestEmptyListsAreNotSuccess(t *testing.T) {
	st, f := one(t)
	m := newMemory()
	m.store = func(int, map[dicom.UID][]byte) (pacs.Stored, error, bool) { return pacs.Stored{}, nil, true }
	r := run1(t, to(m), f)
	if r.Confirmed != 0 || len(r.Others) != len(st.Objects) || r.Others[0].State != Unconfirmed || !strings.Contains(r.Others[0].Why, "disk may be full") {
		t.Errorf("%+v", r)
	}
	m.store = func(n int, _ map[dicom.UID][]byte) (pacs.Stored, error, bool) { return pacs.Stored{}, nil, n < 30 }
	m.stores = 0
	all(t, run1(t, to(m), f), m, st) // room was made meanwhile
}

// What was taken and is not named by a query is not stored.
func TestANamedObjectThatIsNotShownIsNotConfirmed(t *testing.T) {
	st, f := one(t)
	m := newMemory()
	lost := st.Objects[1].SOP
	m.show = func(u dicom.UID) bool { return u != lost }
	r := run1(t, to(m), f)
	if r.Confirmed != len(st.Objects)-1 || r.Others[0].SOP != lost || !strings.Contains(r.Others[0].Why, "does not show it") {
		t.Errorf("%+v", r)
	}
}

func TestACopyOfAnotherPatientOrWithOtherPixelsIsNotConfirmed(t *testing.T) {
	st, f := one(t)
	for name, c := range map[string]struct {
		give func([]byte) []byte
		want State
	}{
		"another patient": {func(b []byte) []byte { return edited(t, b, dicom.PatientID, "SOMEBODY") }, Parked},
		"another pixel":   {func(b []byte) []byte { c := append([]byte(nil), b...); c[len(c)-1] ^= 1; return c }, Parked},
		"another comment": {func(b []byte) []byte { return edited(t, b, dicom.StudyDescription, "changed") }, Confirmed},
		"no object":       {func([]byte) []byte { return []byte("<html>") }, Unconfirmed},
	} {
		m := newMemory()
		m.give = c.give
		s := to(m)
		s.CompareAll = true
		r := run1(t, s, f)
		if c.want == Confirmed {
			if r.Changed != len(st.Objects) || !r.Done() {
				t.Errorf("%s: %+v", name, r)
			}
			continue
		}
		if r.Confirmed != 0 || r.Others[0].State != c.want || strings.Contains(r.Others[0].Why, "SOMEBODY") {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// edited is an object with one attribute changed.
func edited(t testing.TB, b []byte, tag dicom.Tag, value string) []byte {
	t.Helper()
	f, err := dicom.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	ds := f.Dataset.Clone()
	ds.SetStr(tag, value)
	out, err := dicom.Bytes(ds, f.Pixel.Native)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAFileThatIsNotWhatWasLookedAtIsNotSent(t *testing.T) {
	st, f := one(t)
	other := pacstest.NewSeed(t)
	for i, b := range [][]byte{st.Objects[0].Bytes[:len(st.Objects[0].Bytes)-9], other.Stranger.Bytes, []byte("no DICOM")} {
		if err := os.WriteFile(f.Objects[i].Path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	os.Remove(f.Objects[3].Path)
	m := newMemory()
	r := run1(t, to(m), f)
	if r.Confirmed != len(st.Objects)-4 || len(m.held) != len(st.Objects)-4 {
		t.Fatalf("%+v", r)
	}
	for _, o := range r.Others {
		if o.State != Unreadable {
			t.Errorf("%s: %s", o.State, o.Why)
		}
	}
}

func TestARequestThatIsRefusedWholeIsSentInParts(t *testing.T) {
	for code, objects := range map[int]int{409: 1, 400: 1, 413: 2} {
		st, f := one(t)
		m := newMemory()
		m.store = func(_ int, o map[dicom.UID][]byte) (pacs.Stored, error, bool) {
			return pacs.Stored{}, &pacs.StatusError{Code: code, Op: "store"}, len(o) > objects
		}
		s := to(m)
		s.Batch = 2200 // two of the seed's objects
		if code == 413 {
			s.Batch = 1 << 20
		}
		all(t, run1(t, s, f), m, st)
	}
}

func TestOneObjectThatIsRefusedHoldsUpNoOther(t *testing.T) {
	st, f := one(t)
	m := newMemory()
	bad := st.Objects[5].SOP
	m.store = func(_ int, o map[dicom.UID][]byte) (pacs.Stored, error, bool) {
		if o[bad] == nil {
			return pacs.Stored{}, nil, false
		}
		s := pacs.Stored{Failed: map[dicom.UID]uint16{bad: 0xA900}}
		for u, b := range o {
			if u != bad {
				m.held[u] = b
				s.OK = append(s.OK, u)
			}
		}
		return s, &pacs.StatusError{Code: 409, Op: "store"}, true
	}
	r := run1(t, to(m), f)
	if r.Confirmed != len(st.Objects)-1 || r.Others[0].State != Refused || !strings.Contains(r.Others[0].Why, "A900") {
		t.Errorf("%+v", r)
	}
}

func TestALinkThatFailsTimeAndAgainIsOutlasted(t *testing.T) {
	st, f := one(t)
	m, n := newMemory(), 0
	m.store = func(_ int, o map[dicom.UID][]byte) (pacs.Stored, error, bool) {
		if n++; n%3 == 0 {
			return pacs.Stored{}, nil, false
		}
		for u, b := range o { // half of it arrived, and nobody was told
			m.held[u] = b
			break
		}
		return pacs.Stored{}, []error{pacs.ErrTruncated, &pacs.StatusError{Code: 503}, pacs.ErrStalled}[n%2], true
	}
	s := to(m)
	s.Batch = 2200
	all(t, run1(t, s, f), m, st)
}

func TestRefusedCredentialsEndTheRun(t *testing.T) {
	_, f := one(t)
	m := newMemory()
	m.search = &pacs.StatusError{Code: 401, Op: "find"}
	r, err := to(m).Send(context.Background(), []Study{f}, nil)
	if reason, ok := pacs.ReasonOf(err); !ok || reason != pacs.Unauthorized || r.Confirmed != 0 || len(r.Others) != r.Objects {
		t.Errorf("%v, %+v", err, r)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := to(newMemory()).Send(ctx, []Study{f}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("ended: %v", err)
	}
}

// When nobody answers, the first study is waited for; the others are not, each anew.
func TestADeadArchiveIsGivenUpOnce(t *testing.T) {
	seed := pacstest.NewSeed(t)
	var f []Study
	for _, st := range seed.Studies {
		f = append(f, files(t, st))
	}
	m := newMemory()
	m.search = pacs.ErrStalled
	r := run1(t, to(m), f...)
	if r.Confirmed != 0 || !strings.Contains(r.Others[0].Why, "stopped answering") {
		t.Errorf("%+v", r)
	}
}

// promising is an archive with storage commitment.
type promising struct {
	*memory
	say func([]pacs.SOP) (pacs.Stored, error)
}

func (p promising) Commit(_ context.Context, o []pacs.SOP) (pacs.Stored, error) { return p.say(o) }

func TestTheArchivesWordToKeepIsReported(t *testing.T) {
	st, f := one(t)
	n := len(st.Objects)
	r := run1(t, to(promising{newMemory(), func(o []pacs.SOP) (pacs.Stored, error) {
		s := pacs.Stored{Failed: map[dicom.UID]uint16{o[0].Instance: 0x0112}}
		for _, x := range o[1:4] {
			if x.Class != dicom.CTImageStorage {
				t.Errorf("asked for class %q", x.Class)
			}
			s.OK = append(s.OK, x.Instance)
		}
		return s, context.DeadlineExceeded
	}}), f)
	if r.Promised != 3 || r.Waiting != n-4 || r.Confirmed != n-1 || !strings.Contains(r.Others[0].Why, "promise") {
		t.Errorf("%+v", r)
	}
}

func TestAStudyHeldUnderAnotherPatientIsLeftAlone(t *testing.T) {
	st, f := one(t)
	m := newMemory()
	m.held[st.Objects[0].SOP] = edited(t, st.Objects[0].Bytes, dicom.PatientID, "SOMEBODY")
	f.Patient = dicom.Identity{Name: st.Name, ID: parse(st.Objects[0].Bytes).Str(dicom.PatientID), Birth: "19600229", Sex: "F", Accession: "our own"}
	r := run1(t, to(m), f)
	if m.stores != 0 || r.Confirmed != 0 || r.Others[7].State != Parked || !strings.Contains(r.Others[7].Why, "another patient: the patient ID differs") {
		t.Errorf("%d sent, %+v", m.stores, r.Others)
	}
	m.held[st.Objects[0].SOP] = edited(t, st.Objects[0].Bytes, dicom.AccessionNumber, "THEIRS")
	if r := run1(t, to(m), f); r.Confirmed != len(st.Objects)-1 {
		t.Errorf("with the archive's own accession number: %+v", r)
	}
}

func TestRequestsHoldNoMoreMemoryThanAllowed(t *testing.T) {
	g := newGate(4)
	g.limit = 4
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if g.enter(ctx, 3*mostBytes) != nil { // alone: it has to go some day
		t.Fatal("an object larger than all is never sent")
	}
	if g.enter(ctx, 1) == nil {
		t.Error("another request runs beside it")
	}
	g.leave(3*mostBytes, nil)
	for range 2 {
		if err := g.enter(t.Context(), mostBytes/2); err != nil {
			t.Fatal(err)
		}
	}
	if len(g.changed) != 0 || g.bytes != mostBytes || g.busy != 2 {
		t.Errorf("%d bytes by %d", g.bytes, g.busy)
	}
}

func TestFailuresHalveTheRequestsAndSuccessesAddOne(t *testing.T) {
	g := newGate(4)
	for _, c := range []struct {
		err  error
		n    int
		want int
	}{{nil, 2, 3}, {nil, 3, 4}, {nil, 9, 4}, {pacs.ErrStalled, 1, 2}, {&pacs.StatusError{Code: 503}, 1, 1}, {pacs.ErrTruncated, 1, 1},
		{nil, 1, 2}, {&pacs.StatusError{Code: 409}, 3, 2}, {&pacs.DifferentError{}, 1, 2}} {
		for range c.n {
			g.busy++
			g.leave(0, c.err)
		}
		if g.limit != c.want {
			t.Errorf("after %d times %v there are %d, want %d", c.n, c.err, g.limit, c.want)
		}
	}
	g.busy++
	g.leave(0, &pacs.StatusError{Code: 429, RetryAfter: 5 * time.Second})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if g.enter(ctx, 0) == nil {
		t.Error("a server that asked for five seconds is asked at once")
	}
}
