package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/seal"
)

// shelf keeps heads in memory, as the ledger does on disk.
type shelf struct {
	mu    sync.Mutex
	notes map[string]string
	sizes map[string]int64
}

func (s *shelf) Heads(context.Context) (out []string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range s.notes {
		out = append(out, n)
	}
	return out, nil
}

func (s *shelf) KeepHead(_ context.Context, log, note string, size int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.notes == nil {
		s.notes, s.sizes = map[string]string{}, map[string]int64{}
	}
	if size >= s.sizes[log] {
		s.notes[log], s.sizes[log] = note, size
	}
	return nil
}

var testKey = seal.NewKey()

func opened(t testing.TB, dir string, heads Heads, d disk.FS) *Log {
	t.Helper()
	l, err := Open(dir, testKey, Options{Whose: whose, Heads: heads, FS: d})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func record(t testing.TB, l *Log, e ...Event) {
	t.Helper()
	for _, e := range e {
		if err := l.Record(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
}

// told is what stands in the log, in order.
func told(t testing.TB, l *Log) (out []Entry, heads []Head) {
	t.Helper()
	err := l.Entries(t.Context(), Cursor{}, func(of []Entry, h Head, _ Cursor) error {
		out, heads = append(out, of...), append(heads, h)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out, heads
}

func TestWhatWasRecordedIsReadBackInOrderAfterReopening(t *testing.T) {
	dir := t.TempDir()
	l := opened(t, dir, nil, nil)
	for _, c := range every {
		record(t, l, c.e)
	}
	l.Close()
	got, heads := told(t, opened(t, dir, nil, nil))
	if len(got) != len(every) || len(heads) != len(every) {
		t.Fatalf("%d records, %d heads of %d", len(got), len(heads), len(every))
	}
	for i, e := range got {
		if want := whose.Complete(every[i].e).XML(); e.N != int64(i) || !bytes.Equal(e.XML, want) {
			t.Errorf("record %d: %s", i, e.XML)
		}
	}
	if err := l.Record(t.Context(), Started()); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}

// The tree is tlog's own, computed anew over the stored hashes, with its proofs.
func TestHeadsAreThoseOfTheMerkleTreeAndProofsHoldAfterKeysAreErased(t *testing.T) {
	dir, now := t.TempDir(), whose.Now()
	w := whose
	w.Now = func() time.Time { return now }
	l, err := Open(dir, testKey, Options{Whose: w})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	record(t, l, Started(), Opened(study), Signed(study, "1.2.3"))
	now = now.AddDate(0, 1, 0)
	record(t, l, Opened(other), Stopped())
	if err := l.Shred(t.Context(), whose.Now()); err != nil {
		t.Fatal(err)
	}
	entries, heads := told(t, l)
	if len(entries) != 6 || entries[1].XML != nil || entries[3].XML == nil {
		t.Fatalf("%d records; the month's are erased: %t, another's not: %t", len(entries), entries[1].XML == nil, entries[3].XML != nil)
	}
	var stored []tlog.Hash
	read := tlog.HashReaderFunc(func(at []int64) (out []tlog.Hash, err error) {
		for _, i := range at {
			out = append(out, stored[i])
		}
		return out, nil
	})
	for i, e := range entries {
		h, err := tlog.StoredHashesForRecordHash(int64(i), e.Hash, read)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, h...)
		if root, err := tlog.TreeHash(int64(i+1), read); err != nil || heads[i].Hash != root || heads[i].Size != int64(i+1) {
			t.Errorf("head %d is not the tree's: %v", i, err)
		}
	}
	last := heads[len(heads)-1]
	proof, err := tlog.ProveRecord(last.Size, 1, read)
	if err != nil || tlog.CheckRecord(proof, last.Size, last.Hash, 1, entries[1].Hash) != nil {
		t.Error("an erased record is no longer proved to be in the tree:", err)
	}
	older, err := tlog.ProveTree(last.Size, 2, read)
	if err != nil || tlog.CheckTree(older, last.Size, last.Hash, 2, heads[1].Hash) != nil {
		t.Error("the older tree is no longer proved to be part of the newer:", err)
	}
	if v, err := l.Verify(t.Context()); err != nil || v.Erased != 3 || v.Records != 6 {
		t.Errorf("%+v, %v", v, err)
	}
	if err := l.Shred(t.Context(), now); err == nil {
		t.Error("the month that runs was erased")
	}
}

func TestNothingInTheFolderCanBeReadWithoutTheKey(t *testing.T) {
	dir := t.TempDir()
	l := opened(t, dir, nil, nil)
	record(t, l, Opened(study), Searched(node, "PatientName=MÜLLER*"))
	filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		b, _ := os.ReadFile(path)
		for _, s := range []string{study.PatientID, "MÜLLER", "ANNA", study.UID, study.Accession, "READER", "PRIVATE", "AuditMessage"} {
			if bytes.Contains(b, []byte(s)) || strings.Contains(path, s) {
				t.Errorf("%s holds %q", filepath.Base(path), s)
			}
		}
		return nil
	})
	if _, err := Open(dir, seal.NewKey(), Options{Whose: whose}); err != nil {
		t.Fatal("with another key a new log begins:", err)
	}
	if left, err := os.ReadDir(filepath.Join(dir, "broken-1")); err != nil || len(left) != 3 {
		t.Errorf("and the old one stands aside whole: %v, %v", left, err)
	}
}

// slow takes a while to sync, as disks do, and counts.
type slow struct {
	disk.FS
	syncs *atomic.Int64
}

type slowFile struct {
	disk.File
	s slow
}

func (s slow) Append(path string) (disk.File, error) {
	f, err := s.FS.Append(path)
	return slowFile{f, s}, err
}

func (f slowFile) Sync() error {
	f.s.syncs.Add(1)
	time.Sleep(2 * time.Millisecond)
	return f.File.Sync()
}

func TestEventsThatWaitTogetherShareOneSync(t *testing.T) {
	t.Parallel()
	d := slow{disk.OS, new(atomic.Int64)}
	l := opened(t, t.TempDir(), nil, d)
	var all sync.WaitGroup
	const n = 200
	for range n {
		all.Go(func() {
			if err := l.Record(context.Background(), Opened(study)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := d.syncs.Load(); got == 0 || got > n/4 {
		t.Errorf("%d syncs for %d records at once", got, n)
	}
	if v, err := l.Verify(t.Context()); err != nil || v.Records != n {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestSeveralProgramsWriteOneLog(t *testing.T) {
	t.Parallel()
	dir, heads := t.TempDir(), &shelf{}
	var all sync.WaitGroup
	for p := range 3 {
		l := opened(t, dir, heads, nil)
		all.Go(func() {
			for i := range 20 {
				if err := l.Record(context.Background(), Configured(fmt.Sprintf("program %d, step %d", p, i))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	l := opened(t, dir, heads, nil)
	if v, err := l.Verify(t.Context()); err != nil || v.Records != 60 || v.Aside != 0 {
		t.Fatalf("%+v, %v", v, err)
	}
	got, _ := told(t, l)
	next := map[int]int{}
	for _, e := range got {
		var p, i int
		x, err := e.Event()
		if err == nil {
			_, err = fmt.Sscanf(x.Objects[0].Detail[0].Value, "program %d, step %d", &p, &i)
		}
		if err != nil || next[p] != i {
			t.Fatalf("program %d: step %d after %d: %v", p, i, next[p], err)
		}
		next[p]++
	}
}

func TestACursorGoesOnWhereItWas(t *testing.T) {
	l := opened(t, t.TempDir(), nil, nil)
	record(t, l, Started(), Opened(study), Stopped())
	var at Cursor
	stop := errors.New("stop")
	err := l.Entries(t.Context(), at, func(of []Entry, _ Head, next Cursor) error {
		at = next
		if of[0].N == 1 {
			return stop
		}
		return nil
	})
	if err != stop || at.N != 2 {
		t.Fatal(at, err)
	}
	for _, c := range []struct {
		at   Cursor
		want int64
	}{{at, 2}, {Cursor{}, 0}, {Cursor{"another", at.N, at.Off}, 0}, {Cursor{at.Log, at.N, at.Off + 1}, 0}, {Cursor{at.Log, 1, at.Off}, 0}} {
		first := int64(-1)
		err := l.Entries(t.Context(), c.at, func(of []Entry, _ Head, _ Cursor) error {
			if first < 0 {
				first = of[0].N
			}
			return nil
		})
		if err != nil || first != c.want {
			t.Errorf("%+v: begins at %d, want %d: %v", c.at, first, c.want, err)
		}
	}
}

// BenchmarkRecord is what one durable record costs: a seal, a signature, a write and a
// sync. With -cpu 8 it shows what waiting together saves.
//
//	go test ./cache/audit -run '^$' -bench Record -cpu 1,8
func BenchmarkRecord(b *testing.B) {
	for name, d := range map[string]disk.FS{"disk": disk.OS, "unsynced": unsynced{disk.OS}} {
		b.Run(name, func(b *testing.B) {
			l := opened(b, b.TempDir(), nil, d)
			b.ResetTimer()
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					if err := l.Record(context.Background(), Opened(study)); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

// unsynced does everything but the sync.
type unsynced struct{ disk.FS }

func (u unsynced) Append(path string) (disk.File, error) {
	f, err := u.FS.Append(path)
	return unsyncedFile{f}, err
}

type unsyncedFile struct{ disk.File }

func (unsyncedFile) Sync() error { return nil }
