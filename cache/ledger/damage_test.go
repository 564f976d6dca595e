package ledger

import (
	"context"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/ledger/ledgertest"
)

func sumOf(b []byte) [32]byte { return sha256.Sum256(b) }

// all reads everything that a ledger of these tests tells.
func all(l *Ledger) (out []any, err error) {
	ctx := context.Background()
	d, ok, err := l.Draft(ctx, "1.2")
	if err != nil {
		return nil, err
	}
	rows, err := l.OutboxOf(ctx, "1.3")
	if err != nil {
		return nil, err
	}
	claims, err := l.Claims(ctx)
	if err != nil {
		return nil, err
	}
	marks, err := l.Marks(ctx, "1.2")
	return []any{string(d.Body), d.Revision, ok, rows, claims, marks}, err
}

// kept is a closed ledger with something of each kind, and what it tells.
func kept(t *testing.T) (home string, tells string) {
	t.Helper()
	ctx := context.Background()
	home = t.TempDir()
	l, err := Open(home, ledgertest.Key)
	must(t, err)
	_, err = l.SaveDraft(ctx, Draft{StudyUID: "1.2", Body: []byte(strings.Repeat("a long draft ", 900))})
	must(t, err)
	queueOne(t, l, "1.3", "stat")
	must(t, l.SaveMarks(ctx, "1.2", []Annotation{{ID: "m", Body: []byte("{}")}}))
	_, _, err = l.PutClaim(ctx, Claim{WorkitemUID: "1.7", TransactionUID: "2.25.7", StudyUID: "1.2", State: Held})
	must(t, err)
	must(t, l.Close())
	l, err = Open(home, ledgertest.Key)
	must(t, err)
	defer l.Close()
	return home, told(t, l)
}

func told(t *testing.T, l *Ledger) string {
	t.Helper()
	out, err := all(l)
	must(t, err)
	return string(mustJSON(t, out))
}

// Every page is spoiled in turn, at a place that differs from page to page.
func TestAByteChangedAnywhereIsNamedOrChangesNothing(t *testing.T) {
	home, want := kept(t)
	path := filepath.Join(home, File)
	sealed, err := os.ReadFile(path)
	must(t, err)
	named := 0
	for at := 0; at < len(sealed); at += 4096 + 37 {
		b := append([]byte{}, sealed...)
		b[at] ^= 1 << (at % 8)
		must(t, os.WriteFile(path, b, 0o600))
		got, err := reread(t, home)
		var damage *DamageError
		switch {
		case errors.As(err, &damage):
			named++
		case err != nil:
			t.Fatalf("byte %d: an error without a name: %v", at, err)
		case got != want:
			t.Fatalf("byte %d of %d: other content, and nobody noticed", at, len(sealed))
		}
	}
	if named < 10 {
		t.Errorf("only %d of %d changes were noticed", named, len(sealed)/4133)
	}
	must(t, os.WriteFile(path, sealed, 0o600))
	if got, err := reread(t, home); err != nil || got != want {
		t.Error("the reading harmed it:", err)
	}
}

func reread(t *testing.T, home string) (string, error) {
	t.Helper()
	l, err := Open(home, ledgertest.Key)
	if err != nil {
		return "", err
	}
	defer l.Close()
	out, err := all(l)
	if err != nil {
		return "", err
	}
	return string(mustJSON(t, out)), nil
}

func TestCheckFindsAPageThatNobodyRead(t *testing.T) {
	home, _ := kept(t)
	path := filepath.Join(home, File)
	b, err := os.ReadFile(path)
	must(t, err)
	named := 0
	for page := 4096; page < len(b); page += 4096 {
		b[page+9] ^= 4
		must(t, os.WriteFile(path, b, 0o600))
		b[page+9] ^= 4
		l, err := Open(home, ledgertest.Key)
		if err == nil {
			err = l.Check(context.Background())
			l.Close()
		}
		var damage *DamageError
		if !errors.As(err, &damage) {
			t.Errorf("page %d: %v", page/4096, err)
			continue
		}
		named++
	}
	if named == 0 {
		t.Error("nothing was found")
	}
}

// What a crash left in the log is taken up whole or named, but for its last two commits.
func TestAByteChangedInTheLogOfACrashIsNamedButForTheLastTwoCommits(t *testing.T) {
	t.Parallel() // it waits, to see whether somebody is writing
	ctx, home := context.Background(), t.TempDir()
	l := open(t, home)
	var ends []int64 // of the log after each commit
	for rev := int64(0); rev < 8; {
		var err error
		rev, err = l.SaveDraft(ctx, Draft{StudyUID: "1.2", Body: []byte{byte('0' + rev + 1)}, Revision: rev})
		must(t, err)
		st, err := os.Stat(filepath.Join(home, File+"-wal"))
		must(t, err)
		ends = append(ends, st.Size())
	}
	for at := ends[0]; at < ends[7]; at += 1511 {
		left := copyOf(t, home, -1)
		path := filepath.Join(left, File+"-wal")
		b, err := os.ReadFile(path)
		must(t, err)
		b[at] ^= 64
		must(t, os.WriteFile(path, b, 0o600))
		l, err := Open(left, ledgertest.Key)
		var d Draft
		if err == nil {
			d, _, err = l.Draft(ctx, "1.2")
			l.Close()
		}
		var damage *DamageError
		if errors.As(err, &damage) {
			continue
		}
		if err != nil || d.Revision < 6 || at < ends[5] || string(d.Body) != string(rune('0'+d.Revision)) {
			t.Errorf("byte %d: revision %d, body %q, %v", at, d.Revision, d.Body, err)
		}
	}
}
