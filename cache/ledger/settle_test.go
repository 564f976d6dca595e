package ledger

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3/driver"

	"github.com/nocturne/nocturne/cache/database"
	"github.com/nocturne/nocturne/cache/database/databasetest"
	"github.com/nocturne/nocturne/cache/disk/disktest"
	"github.com/nocturne/nocturne/cache/ledger/ledgertest"
	"github.com/nocturne/nocturne/cache/seal"
)

const secret = "Abendroth, Konstanze: intracerebral bleed"

// plainHome makes a home as a program of format 1 left it: tables at an older version,
// rows in the file and in its log. The file stays open.
func plainHome(dir, vfsName string) (*sql.DB, error) {
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {"journal_mode(wal)", "synchronous(full)"}}
	if vfsName != "" {
		q.Set("vfs", vfsName)
	}
	db, err := driver.Open(database.URI(filepath.Join(dir, File), q))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	h := sumOf([]byte("DIC4"))
	for _, stmt := range append(append([]string{}, schema[:5]...), "PRAGMA user_version=5",
		`INSERT INTO draft VALUES ('1.2', CAST('`+secret+`' AS BLOB), 7, 5, '')`,
		`INSERT INTO past_draft (rowid, study, body, revision, saved, signed_as) VALUES (11, '1.2', x'00ff', 2, 3, '')`,
		`INSERT INTO record (id, kind, study, at, due, closed, body) VALUES ('r', 'call', '1.2', 1, 0, 0, x'7b7d')`,
		"PRAGMA wal_checkpoint(TRUNCATE)",
		`INSERT INTO outbox (id, study, accession, sop, site, dicomweb, ups, workitem, txn, object, sha256, state, workitem_done, tries, next_at,
			reason, signed, not_before, verified, without_claim, priority)
			VALUES (41, '1.2', 'A', '1.9', 'N', 'u', 'v', 'w', 't', x'44494334', '`+hex.EncodeToString(h[:])+`', 'queued', 0, 0, 0, '', 1, 2, 0, 0, 'stat')`,
		`INSERT INTO seen VALUES ('1.2', '1.2.3', 4, 90)`,
	) {
		if _, err := db.Exec(stmt); err != nil {
			db.Close()
			return nil, err
		}
	}
	return db, nil
}

// holds makes sure that a ledger has the rows of plainHome.
func holds(l *Ledger) error {
	ctx := context.Background()
	d, ok, err := l.Draft(ctx, "1.2")
	if err != nil || !ok || string(d.Body) != secret || d.Revision != 7 {
		return fmt.Errorf("draft %+v, %v, %w", d, ok, err)
	}
	parted, err := l.PartedDrafts(ctx, "1.2")
	if err != nil || len(parted) != 1 || parted[0].ID != 11 || !bytes.Equal(parted[0].Body, []byte{0, 255}) {
		return fmt.Errorf("drafts kept apart %+v, %w", parted, err)
	}
	rows, err := l.OutboxOf(ctx, "1.2")
	if err != nil || len(rows) != 1 || rows[0].ID != 41 || string(rows[0].Object) != "DIC4" || rows[0].Report != "1.9" {
		return fmt.Errorf("outbox %+v, %w", rows, err)
	}
	seen, err := l.SeenFrames(ctx, "1.2")
	if err != nil || len(seen) != 1 || seen[0] != (Seen{"1.2.3", 4, 90}) {
		return fmt.Errorf("frames seen %+v, %w", seen, err)
	}
	records, err := l.Records(ctx, "call", "")
	if err != nil || len(records) != 1 || string(records[0].Body) != "{}" {
		return fmt.Errorf("records %+v, %w", records, err)
	}
	return nil
}

func TestAPlainLedgerIsSealedWithoutLosingARowHoweverItIsBrokenOff(t *testing.T) {
	disktest.Every(t, disktest.Story{
		Most: 3,
		Before: func(d *disktest.Disk) error {
			name, forget := databasetest.Register(d)
			defer forget()
			f, err := d.Append(d.Path(versionName))
			if err != nil {
				return err
			}
			fmt.Fprintln(f, 1)
			if err := errors.Join(f.Sync(), f.Close()); err != nil {
				return err
			}
			db, err := plainHome(d.Dir(), name)
			if err != nil {
				return err
			}
			return errors.Join(db.Close(), d.SyncDir(d.Dir()))
		},
		Play: func() (run, check func(*disktest.Disk) error) {
			run = func(d *disktest.Disk) error {
				name, forget := databasetest.Register(d)
				defer forget()
				l, err := OpenOn(database.Disk{FS: d, VFS: name}, d.Dir(), ledgertest.Key)
				if err != nil {
					return err
				}
				return l.Close()
			}
			return run, func(d *disktest.Disk) error {
				name, forget := databasetest.Register(d)
				defer forget()
				l, err := OpenOn(database.Disk{FS: d, VFS: name}, d.Dir(), ledgertest.Key)
				if err != nil {
					return err
				}
				return errors.Join(holds(l), l.Check(context.Background()), l.Close())
			}
		},
	})
}

// A killed program leaves rows in the log only: they are sealed too, and neither file
// keeps a word.
func TestRowsThatAreOnlyInThePlainLogAreSealedAndTheLogOverwritten(t *testing.T) {
	made, home := t.TempDir(), t.TempDir()
	db, err := plainHome(made, "")
	must(t, err)
	defer db.Close()
	links := t.TempDir() // a second name shows what becomes of the bytes
	for _, name := range []string{File, File + "-wal"} {
		b, err := os.ReadFile(filepath.Join(made, name))
		must(t, err)
		must(t, os.WriteFile(filepath.Join(home, name), b, 0o600))
		must(t, os.Link(filepath.Join(home, name), filepath.Join(links, name)))
	}
	must(t, os.WriteFile(filepath.Join(home, versionName), []byte("1\n"), 0o600))
	l := open(t, home)
	must(t, holds(l))
	if !l.Sealed() || open(t, home).Sealed() {
		t.Error("that it was sealed is said once")
	}
	for _, name := range []string{File, File + "-wal"} {
		b, err := os.ReadFile(filepath.Join(links, name))
		must(t, err)
		if len(b) == 0 || len(bytes.Trim(b, "\x00")) > 0 {
			t.Errorf("%s was not overwritten: %d bytes", name, len(b))
		}
	}
	if b, err := os.ReadFile(filepath.Join(home, versionName)); err != nil || string(b) != "2\n" {
		t.Errorf("VERSION %q, %v: an older program would take this home", b, err)
	}
	tellsNothing(t, home, secret, "DIC4", "SQLite format", "CREATE TABLE", "past_draft")
}

// tellsNothing makes sure that no file of a folder holds any of the words.
func tellsNothing(t *testing.T, home string, words ...string) {
	t.Helper()
	files, err := os.ReadDir(home)
	must(t, err)
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(home, f.Name()))
		must(t, err)
		for _, w := range words {
			if bytes.Contains(b, []byte(w)) || strings.Contains(f.Name(), w) {
				t.Errorf("%s tells %q", f.Name(), w)
			}
		}
	}
}

func TestAPlainLedgerThatIsOpenInAnOlderProgramIsLeftToIt(t *testing.T) {
	home := t.TempDir()
	db, err := plainHome(home, "")
	must(t, err)
	if _, err := (at{dir: home, key: ledgertest.Key, wait: 30 * time.Millisecond}).build(); !errors.Is(err, database.ErrInUse) {
		t.Fatal("sealed under the other's hands:", err)
	}
	var n int
	must(t, db.QueryRow("SELECT count(*) FROM draft").Scan(&n))
	must(t, db.Close())
	must(t, holds(open(t, home)))
}

func TestNothingIsOnTheDiskInPlainWhileTheLedgerIsOpen(t *testing.T) {
	ctx, home := context.Background(), t.TempDir()
	l := open(t, home)
	for rev := int64(0); rev < 20; {
		var err error
		rev, err = l.SaveDraft(ctx, Draft{StudyUID: "1.2.840.99", Body: bytes.Repeat([]byte(secret), 2000), Revision: rev})
		must(t, err)
	}
	tellsNothing(t, home, secret, "1.2.840.99", "SQLite format", "CREATE TABLE")
	must(t, l.Close())
	tellsNothing(t, home, secret, "1.2.840.99", "SQLite format", "CREATE TABLE")
}

// A log that another key cannot read must not be taken for an empty one.
func TestAForeignKeyOpensNothingAndChangesNothing(t *testing.T) {
	ctx, home := context.Background(), t.TempDir()
	l := open(t, home)
	_, err := l.SaveDraft(ctx, Draft{StudyUID: "1.2", Body: []byte("x")})
	must(t, err)
	left := copyOf(t, home, -1)
	before := contents(t, left)
	var damage *DamageError
	if _, err := Open(left, seal.NewKey()); !errors.As(err, &damage) {
		t.Fatal("another key:", err)
	}
	if after := contents(t, left); after != before {
		t.Errorf("changed:\n%s\n%s", before, after)
	}
	if _, err := Open(left, seal.Key{}); err == nil {
		t.Error("opened without a key")
	}
	if d, ok, err := open(t, left).Draft(ctx, "1.2"); !ok || err != nil || string(d.Body) != "x" {
		t.Errorf("lost: %+v, %v", d, err)
	}
}

func contents(t *testing.T, dir string) (out string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	must(t, err)
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		must(t, err)
		out += fmt.Sprintf("%s %x\n", f.Name(), sumOf(b))
	}
	return out
}

func TestALedgerThatIsGoneOrEmptiedIsNamedAndNeverReplaced(t *testing.T) {
	for _, spoil := range []func(string) error{os.Remove, func(p string) error { return os.Truncate(p, 0) },
		func(p string) error { return os.Truncate(p, 8192) }, func(p string) error { return os.Truncate(p, 5000) },
		func(p string) error { return os.WriteFile(p, []byte(strings.Repeat("x", 9000)), 0o600) }} {
		home := t.TempDir()
		l := open(t, home)
		_, err := l.SaveDraft(context.Background(), Draft{StudyUID: "1.2", Body: []byte("x")})
		must(t, err)
		must(t, l.Close())
		must(t, spoil(filepath.Join(home, File)))
		l, err = Open(home, ledgertest.Key)
		if err == nil {
			_, _, err = l.Draft(context.Background(), "1.2")
			l.Close()
		}
		var damage *DamageError
		if !errors.As(err, &damage) {
			t.Error(err)
		}
	}
}

// A plain ledger is taken up once; put into a home that has a sealed one it is nobody's.
func TestAPlainLedgerPutInPlaceOfTheSealedOneIsRefused(t *testing.T) {
	home := t.TempDir()
	must(t, open(t, home).Close())
	must(t, os.Remove(filepath.Join(home, File)))
	db, err := plainHome(home, "")
	must(t, err)
	must(t, db.Close())
	var damage *DamageError
	if _, err := Open(home, ledgertest.Key); !errors.As(err, &damage) {
		t.Error(err)
	}
}
