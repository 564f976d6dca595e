package database

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3/driver"

	"github.com/nocturne/nocturne/cache/seal"
)

func notes(path string, key seal.Key) Spec {
	return Spec{Path: path, Key: key, What: "notes", Durable: true, Schema: func(db *sql.DB) error {
		_, err := db.Exec(`CREATE TABLE IF NOT EXISTS note (i INTEGER PRIMARY KEY, text TEXT)`)
		return err
	}}
}

func opened(t *testing.T, s Spec) *DB {
	t.Helper()
	db, err := Open(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestTheKeyIsInNoNameAndGoneAfterwards(t *testing.T) {
	key := seal.NewKey()
	s := notes(filepath.Join(t.TempDir(), "n.db"), key)
	under, number, give := lend(s.Key, s.On)
	name := s.dsn(under, number)
	for _, k := range []string{hex.EncodeToString(key[:]), base64.StdEncoding.EncodeToString(key[:]), string(key[:])} {
		if strings.Contains(strings.ToLower(name), strings.ToLower(k)) {
			t.Error("the key is in the name")
		}
	}
	if _, ok := ask(number); !ok {
		t.Error("it was not lent")
	}
	give()
	if _, ok := ask(number); ok {
		t.Error("it is kept for ever")
	}
	if _, err := Open(notes(s.Path, seal.Key{})); !errors.Is(err, ErrNoKey) {
		t.Error("opened without a key:", err)
	}
}

func TestNothingIsSortedOnTheDiskAndSumsAreKept(t *testing.T) {
	db := opened(t, notes(filepath.Join(t.TempDir(), "n.db"), testKey))
	for pragma, want := range map[string]string{"temp_store": "2", "page_size": "4096", "journal_mode": "wal", "synchronous": "2", "checksum_verification": "1"} {
		var got string
		if err := db.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, want %s: %v", pragma, got, want, err)
		}
	}
}

// A page that another process is just writing beside is never read half.
func TestAReaderBesideAWriterReadsWholeRows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "n.db")
	writer, reader := opened(t, notes(path, testKey)), opened(t, notes(path, testKey))
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			text := strings.Repeat(string(rune('a'+i%26)), 6000)
			if _, err := writer.Exec(`INSERT OR REPLACE INTO note VALUES (?,?)`, i%3, text); err != nil {
				t.Error(err)
				return
			}
		}
	})
	reads := 0
	for ; ctx.Err() == nil; reads++ {
		rows, err := reader.Query(`SELECT text FROM note`)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil || len(text) != 6000 || strings.Trim(text, text[:1]) != "" {
				t.Fatalf("read %d: %d bytes, %v", reads, len(text), err)
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
	}
	wg.Wait()
	if reads == 0 {
		t.Error("nothing was read")
	}
}

func TestAFileIsRecognisedBeforeSQLiteSeesIt(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := opened(t, notes(at("ours"), testKey)).Close(); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"empty": "", "plain": databaseTag + strings.Repeat("x", 5000), "noise": strings.Repeat("y", 5000), "short": "z"} {
		if err := os.WriteFile(at(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]State{"ours": Sealed, "empty": Empty, "plain": Plain, "noise": Foreign, "short": Foreign, "none": Missing} {
		if got, err := Recognise(Disk{}.Files(), at(name), testKey); err != nil || got != want {
			t.Errorf("%s is %d, want %d: %v", name, got, want, err)
		}
	}
	if got, err := Recognise(Disk{}.Files(), at("ours"), seal.NewKey()); err != nil || got != Foreign {
		t.Errorf("under another key it is %d: %v", got, err)
	}
}

// The plain one beside it is what sealing costs.
func BenchmarkDurableCommitOf4kB(b *testing.B) {
	text := strings.Repeat("x", 4096)
	commit := func(b *testing.B, db *sql.DB) {
		for b.Loop() {
			if _, err := db.Exec(`INSERT OR REPLACE INTO note VALUES (1, ?)`, text); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.Run("sealed", func(b *testing.B) {
		db, err := Open(notes(filepath.Join(b.TempDir(), "n.db"), testKey))
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		commit(b, db.DB)
	})
	b.Run("plain", func(b *testing.B) {
		s := notes(filepath.Join(b.TempDir(), "n.db"), testKey)
		db, err := driver.Open(URI(s.Path, url.Values{"_pragma": {"journal_mode(wal)", "synchronous(full)"}}))
		if err == nil {
			err = s.Schema(db)
		}
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		commit(b, db)
	})
}
