package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
)

// File is the ledger's name in the home.
const File = "ledger.db"

// Ledger is one home's ledger. Its methods may be called from several goroutines
// and several processes at once.
type Ledger struct{ db *sql.DB }

// busy is how long a call waits for another process's transaction; those last
// as long as one fsync.
const busy = 15 * time.Second

// Open opens the ledger of the home in dir, creating both when they are not
// there (CheckHome), and migrates an older ledger. A newer one is refused with a
// *VersionError.
func Open(dir string) (*Ledger, error) {
	if err := CheckHome(dir); err != nil {
		return nil, err
	}
	path, err := filepath.Abs(filepath.Join(dir, File))
	if err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	// The file is made here, so that it and, by modeof, its journal are 0600.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	db, err := connect(path)
	if err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	return &Ledger{db: db}, nil
}

// connect opens the file in WAL and brings its schema up to date. Two processes
// that make the file at the same moment can meet while one switches to WAL, where
// SQLite does not wait: connect tries again.
func connect(path string) (*sql.DB, error) {
	deadline := time.Now().Add(busy)
	for {
		db, err := driver.Open(dsn(path))
		if err != nil {
			return nil, err
		}
		db.SetMaxOpenConns(1) // 1.5 GB of address space each (libraries.md 0.5)
		err = migrate(db)
		if err == nil {
			return db, nil
		}
		db.Close()
		if !errors.Is(err, sqlite3.BUSY) || time.Now().After(deadline) {
			return nil, err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// dsn asks for FULL, because with NORMAL the last commits may be lost when the
// power goes.
func dsn(path string) string {
	p := filepath.ToSlash(path)
	if !strings.HasPrefix(p, "/") {
		p = "/" + p // file:///C:/…
	}
	q := url.Values{
		"_txlock": {"immediate"},
		"modeof":  {path},
		"_pragma": {
			fmt.Sprintf("busy_timeout(%d)", busy.Milliseconds()),
			"journal_mode(wal)", "synchronous(full)", "foreign_keys(on)",
		},
	}
	// SQLite reads %20 as a space but "+" as itself.
	query := strings.ReplaceAll(q.Encode(), "+", "%20")
	return (&url.URL{Scheme: "file", Path: p, RawQuery: query}).String()
}

// Close gives the file back. Nothing is pending: every call was a commit.
func (l *Ledger) Close() error { return l.db.Close() }

// write runs one transaction, which is on disk when write returns nil.
func (l *Ledger) write(ctx context.Context, what string, do func(*sql.Tx) error) error {
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	defer tx.Rollback() // does nothing after Commit
	if err := do(tx); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// query runs a reading statement and hands every row to scan.
func (l *Ledger) query(ctx context.Context, what string, scan func(*sql.Rows) error, stmt string, args ...any) error {
	rows, err := l.db.QueryContext(ctx, stmt, args...)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// nanos stores a time; the zero time is 0.
func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// fromNanos reads a time back, in UTC.
func fromNanos(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}
