package ledger

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/ledger/ledgertest"
)

func open(t *testing.T, dir string) *Ledger {
	t.Helper()
	l, err := Open(dir, ledgertest.Key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func TestWhatIsSavedIsReadBackByAnotherHandle(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	a, b := open(t, dir), open(t, dir)
	rev, err := a.SaveDraft(ctx, Draft{StudyUID: "1.2", Body: []byte(`{"x":1}`)})
	if err != nil || rev != 1 {
		t.Fatalf("SaveDraft = %d, %v", rev, err)
	}
	d, ok, err := b.Draft(ctx, "1.2")
	if err != nil || !ok || string(d.Body) != `{"x":1}` || d.Revision != 1 || time.Since(d.Saved) > time.Minute {
		t.Fatalf("Draft = %+v, %v, %v", d, ok, err)
	}
	if _, ok, err := b.Draft(ctx, "9.9"); ok || err != nil {
		t.Fatalf("a draft that is not there: %v, %v", ok, err)
	}
	list, err := b.Drafts(ctx)
	if err != nil || len(list) != 1 {
		t.Fatalf("Drafts = %v, %v", list, err)
	}
}

func TestASecondWriterNeverOverwritesADraftItDidNotRead(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	a, b := open(t, dir), open(t, dir)
	if _, err := a.SaveDraft(ctx, Draft{StudyUID: "1.2", Body: []byte("first")}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.SaveDraft(ctx, Draft{StudyUID: "1.2", Body: []byte("blind")}); !errors.Is(err, ErrStale) {
		t.Fatalf("blind save: %v", err)
	}
	if rev, err := b.SaveDraft(ctx, Draft{StudyUID: "1.2", Body: []byte("second"), Revision: 1}); err != nil || rev != 2 {
		t.Fatalf("informed save: %d, %v", rev, err)
	}
	if _, err := a.SaveDraft(ctx, Draft{StudyUID: "1.2", Body: []byte("third"), Revision: 1}); !errors.Is(err, ErrStale) {
		t.Fatalf("save on an old revision: %v", err)
	}
}

func TestMarksComeBackWhenSavedAgain(t *testing.T) {
	ctx := context.Background()
	l := open(t, t.TempDir())
	marks := []Annotation{{ID: "a", Body: []byte("1")}, {ID: "b", Body: []byte("2")}}
	must(t, l.SaveMarks(ctx, "1.2", marks))
	must(t, l.DeleteMarks(ctx, "1.2", "a"))
	got, err := l.Marks(ctx, "1.2")
	if err != nil || len(got) != 1 || got[0].ID != "b" {
		t.Fatalf("after deletion: %+v, %v", got, err)
	}
	must(t, l.SaveMarks(ctx, "1.2", marks[:1]))
	if got, _ = l.Marks(ctx, "1.2"); len(got) != 2 {
		t.Fatalf("after undo: %+v", got)
	}
	if other, _ := l.Marks(ctx, "1.3"); len(other) != 0 {
		t.Fatalf("marks of another study: %+v", other)
	}
}

func TestCapsuleAndSeenFramesAreKept(t *testing.T) {
	ctx := context.Background()
	l := open(t, t.TempDir())
	must(t, l.SaveCapsule(ctx, Capsule{StudyUID: "1", Body: []byte("x")}))
	must(t, l.SaveCapsule(ctx, Capsule{StudyUID: "1", Body: []byte("y")}))
	c, ok, err := l.Capsule(ctx, "1")
	if err != nil || !ok || !bytes.Equal(c.Body, []byte("y")) {
		t.Fatalf("Capsule = %+v, %v, %v", c, ok, err)
	}
	must(t, l.MarkSeen(ctx, "1", Seen{"1.1", 0, 40}, Seen{"1.1", 7, 90}, Seen{"1.1", 0, 30}))
	seen, err := l.SeenFrames(ctx, "1")
	if err != nil || !slices.Equal(seen, []Seen{{"1.1", 0, 40}, {"1.1", 7, 90}}) { // the longest time told
		t.Fatalf("SeenFrames = %v, %v", seen, err)
	}
}

func TestFilesAreReadableByTheirOwnerOnly(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows keeps other rights than mode bits")
	}
	ctx, home := context.Background(), filepath.Join(t.TempDir(), "home")
	l := open(t, home)
	_, err := l.SaveDraft(ctx, Draft{StudyUID: "1", Body: []byte("x")})
	must(t, err)
	for name, want := range map[string]os.FileMode{"": 0o700, File: 0o600, File + "-wal": 0o600} {
		st, err := os.Stat(filepath.Join(home, name))
		must(t, err)
		if st.Mode().Perm() != want {
			t.Errorf("%q has mode %v, want %v", name, st.Mode().Perm(), want)
		}
	}
}

func TestHomesWithOddNamesOpen(t *testing.T) {
	ctx, home := context.Background(), filepath.Join(t.TempDir(), "my home?#%41 ü")
	l := open(t, home)
	_, err := l.SaveDraft(ctx, Draft{StudyUID: "1", Body: []byte("x")})
	must(t, err)
	if _, err := os.Stat(filepath.Join(home, File)); err != nil {
		t.Fatal(err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	must(t, err)
	return b
}
