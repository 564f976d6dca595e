package send

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/seal"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// memory is an archive in memory whose faults are the test's.
type memory struct {
	mu     sync.Mutex
	held   map[dicom.UID][]byte                                                 // guarded by mu
	stores int                                                                  // guarded by mu: objects that were sent
	store  func(n int, objects map[dicom.UID][]byte) (pacs.Stored, error, bool) // nil or false: honest
	show   func(dicom.UID) bool                                                 // nil: all
	give   func([]byte) []byte                                                  // nil: as it is
	search error
}

func newMemory() *memory { return &memory{held: map[dicom.UID][]byte{}} }

func parse(b []byte) *dicom.Dataset {
	f, err := dicom.Parse(b)
	if err != nil {
		panic(err)
	}
	return f.Dataset
}

func (m *memory) Search(_ context.Context, q pacs.Query, each func(*dicom.Dataset) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.search != nil {
		return m.search
	}
	for uid, b := range m.held {
		if ds := parse(b); ds.Str(dicom.StudyInstanceUID) == cmp.Or(string(q.Study), q.Match[dicom.StudyInstanceUID]) && (m.show == nil || m.show(uid)) {
			if err := each(ds); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *memory) Retrieve(_ context.Context, ref pacs.Ref, each func(pacs.Object) error) error {
	m.mu.Lock()
	b, ok := m.held[ref.Instance]
	m.mu.Unlock()
	if !ok {
		return &pacs.StatusError{Code: 404, Op: "retrieve"}
	}
	if m.give != nil {
		b = m.give(b)
	}
	return each(pacs.Object{Bytes: b})
}

func (m *memory) Store(_ context.Context, _ dicom.UID, objects ...[]byte) (pacs.Stored, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	byUID := map[dicom.UID][]byte{}
	for _, b := range objects {
		byUID[dicom.UID(parse(b).Str(dicom.SOPInstanceUID))] = b
	}
	m.stores += len(objects)
	if m.store != nil {
		if s, err, ok := m.store(m.stores, byUID); ok {
			return s, err
		}
	}
	var s pacs.Stored
	for u, b := range byUID {
		m.held[u] = b
		s.OK = append(s.OK, u)
	}
	return s, nil
}

func (m *memory) Verify(context.Context) error { return nil }

// files writes a study to disk as somebody would bring it.
func files(t testing.TB, st pacstest.Study) Study {
	t.Helper()
	dir, out := t.TempDir(), Study{UID: st.UID}
	for i, o := range st.Objects {
		path := filepath.Join(dir, fmt.Sprintf("IM%04d", i))
		if err := os.WriteFile(path, o.Bytes, 0o600); err != nil {
			t.Fatal(err)
		}
		out.Objects = append(out.Objects, Object{Series: o.Series, SOP: o.SOP, Path: path})
	}
	return out
}

// one is one study of the seed on disk.
func one(t testing.TB) (pacstest.Study, Study) {
	t.Helper()
	st := pacstest.NewSeed(t).Studies[0]
	return st, files(t, st)
}

func to(a pacs.Archive) Sender {
	return Sender{Archive: a, Site: "NORTH", Patience: time.Millisecond, Rounds: 5, CommitWait: time.Second}
}

func run1(t testing.TB, s Sender, studies ...Study) Report {
	t.Helper()
	r, err := s.Send(context.Background(), studies, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.Confirmed+len(r.Others) != r.Objects {
		t.Errorf("%d confirmed and %d others of %d", r.Confirmed, len(r.Others), r.Objects)
	}
	return r
}

// all wants every object of a study confirmed, and the archive to hold its very bytes.
func all(t testing.TB, r Report, m *memory, st pacstest.Study) {
	t.Helper()
	if !r.Done() || r.Objects != len(st.Objects) {
		t.Fatalf("confirmed %d of %d: %+v", r.Confirmed, r.Objects, r.Others)
	}
	for _, o := range st.Objects {
		if string(m.held[o.SOP]) != string(o.Bytes) {
			t.Error("the archive holds other bytes")
		}
	}
}

var testKey = seal.Key{5}

func journal(t testing.TB, folder string, studies ...Study) *Journal {
	t.Helper()
	j, err := OpenJournal(folder, "NORTH http://north/dicom-web", testKey, studies)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}
