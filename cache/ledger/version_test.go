package ledger

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/nocturne/nocturne/cache/ledger/ledgertest"
)

func TestANewHomeGetsItsVersion(t *testing.T) {
	home := filepath.Join(t.TempDir(), "h")
	must(t, CheckHome(home))
	open(t, home)
	b, err := os.ReadFile(filepath.Join(home, "VERSION"))
	if err != nil || string(b) != "2\n" {
		t.Fatalf("VERSION = %q, %v", b, err)
	}
	must(t, CheckHome(home))
}

func TestANewerHomeIsRefusedAndLeftAlone(t *testing.T) {
	for _, found := range []string{"3\n", "99", "next", "", "-1", "0"} {
		home := t.TempDir()
		must(t, os.WriteFile(filepath.Join(home, "VERSION"), []byte(found), 0o600))
		_, err := Open(home, ledgertest.Key)
		var ve *VersionError
		if !errors.As(err, &ve) || ve.What != "home" {
			t.Fatalf("VERSION %q: %v", found, err)
		}
		if _, err := os.Stat(filepath.Join(home, File)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("VERSION %q: the refused home was written to", found)
		}
		if b, _ := os.ReadFile(filepath.Join(home, "VERSION")); string(b) != found {
			t.Errorf("VERSION became %q", b)
		}
	}
}

func TestANewerLedgerIsRefused(t *testing.T) {
	home := t.TempDir()
	l, err := Open(home, ledgertest.Key)
	must(t, err)
	_, err = l.db.Exec("PRAGMA user_version = 1000")
	must(t, err)
	must(t, l.Close())
	var ve *VersionError
	if _, err = Open(home, ledgertest.Key); !errors.As(err, &ve) || ve.What != "ledger" || ve.Found != "1000" {
		t.Fatalf("Open = %v", err)
	}
}

// The next schema step of a released program must keep what is there.
func TestAMigrationKeepsDraftsAndOutbox(t *testing.T) {
	ctx, home := context.Background(), t.TempDir()
	l, err := Open(home, ledgertest.Key)
	must(t, err)
	queueOne(t, l, "1.2", "stat")
	must(t, l.Close())

	schema = append(schema, `CREATE TABLE later (x INTEGER) STRICT; ALTER TABLE draft ADD COLUMN y TEXT NOT NULL DEFAULT ''`)
	defer func() { schema = schema[:len(schema)-1] }()
	l = open(t, home)
	d, ok, err := l.Draft(ctx, "1.2")
	if err != nil || !ok || d.SignedAs == "" {
		t.Fatalf("draft after migration: %+v, %v, %v", d, ok, err)
	}
	if rows, err := l.Outbox(ctx); err != nil || len(rows) != 1 {
		t.Fatalf("outbox after migration: %v, %v", rows, err)
	}
	var v int
	must(t, l.db.QueryRow("PRAGMA user_version").Scan(&v))
	if v != len(schema) {
		t.Fatalf("user_version = %d, want %d", v, len(schema))
	}
}

func TestAStepThatFailsLeavesTheLedgerAsItWas(t *testing.T) {
	home := t.TempDir()
	l, err := Open(home, ledgertest.Key)
	must(t, err)
	queueOne(t, l, "1.2", "stat")
	must(t, l.Close())
	schema = append(schema, `CREATE TABLE later (x INTEGER) STRICT; DROP TABLE nothing_of_that_name`)
	if _, err := Open(home, ledgertest.Key); err == nil {
		t.Error("a failing step was accepted")
	}
	schema = schema[:len(schema)-1]
	l = open(t, home)
	if rows, err := l.Outbox(context.Background()); err != nil || len(rows) != 1 {
		t.Fatalf("outbox after a failed step: %v, %v", rows, err)
	}
}

func TestDurabilityPragmasAreInForce(t *testing.T) {
	l := open(t, t.TempDir())
	var mode string
	var sync int
	must(t, l.db.QueryRow("PRAGMA journal_mode").Scan(&mode))
	must(t, l.db.QueryRow("PRAGMA synchronous").Scan(&sync))
	if mode != "wal" || sync != 2 {
		t.Fatalf("journal_mode %s, synchronous %d; want wal and 2 (FULL)", mode, sync)
	}
}
