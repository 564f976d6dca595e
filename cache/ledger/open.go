package ledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"syscall"
	"time"

	"github.com/nocturne/nocturne/cache/database"
	"github.com/nocturne/nocturne/cache/seal"
)

// File is the ledger's name in the home.
const File = "ledger.db"

// DamageError says that the ledger is not as it was written, is gone, or belongs to
// another home; nothing was changed, and no empty one put in its place.
type DamageError = database.DamageError

// ErrInUse says that a plain ledger cannot be sealed while an older program has it open.
var ErrInUse = database.ErrInUse

// Ledger is one home's ledger. Its methods may be called from several goroutines
// and several processes at once.
type Ledger struct {
	db     *database.DB
	sealed bool
	// Full, if set before the first call, is told that the disk has no room for a write,
	// from any goroutine; true: it made some, and the write is tried once more.
	Full func() bool
}

// Sealed reports whether opening it sealed a plain ledger of an older program.
func (l *Ledger) Sealed() bool { return l.sealed }

// Open opens the ledger of the home in dir, sealed under the key, creating both when
// they are not there, and brings an older home up to date: a plain ledger is sealed
// without losing a row (settle). A newer one is refused with a *VersionError, one that
// this key does not open with a *DamageError.
func Open(dir string, key seal.Key) (*Ledger, error) { return OpenOn(database.Disk{}, dir, key) }

// OpenOn is Open on a disk that is not the system's.
func OpenOn(on database.Disk, dir string, key seal.Key) (*Ledger, error) {
	if key.None() {
		return nil, fmt.Errorf("open ledger: %w", database.ErrNoKey)
	}
	h := at{on: on, dir: dir, key: key}
	sealed, err := h.settle()
	if err != nil {
		return nil, err
	}
	spec := h.spec(h.path())
	spec.Must = true
	db, err := database.Open(spec)
	if err != nil {
		return nil, err
	}
	return &Ledger{db: db, sealed: sealed}, nil
}

// at is where a ledger is being opened.
type at struct {
	on  database.Disk
	dir string
	key seal.Key
	// wait is how long others are waited for; 0: as long as anywhere.
	wait time.Duration
}

func (h at) path() string { return filepath.Join(h.dir, File) }

// spec asks for durable commits: with less the last ones may be lost when the power goes.
func (h at) spec(path string) database.Spec {
	return database.Spec{Path: path, Key: h.key, What: "ledger", Durable: true, Schema: migrate, Wait: h.wait, On: h.on}
}

// Close gives the file back. Nothing is pending: every call was a commit.
func (l *Ledger) Close() error { return l.db.Close() }

// Check reads the whole ledger: every page is as it was written, and every object that
// waits to be sent is what was signed. It gives a *DamageError where not.
func (l *Ledger) Check(ctx context.Context) error {
	if err := l.db.Check(ctx); err != nil {
		return fmt.Errorf("check ledger: %w", err)
	}
	return l.query(ctx, "check ledger", func(r *sql.Rows) error {
		var object []byte
		var want string
		if err := r.Scan(&object, &want); err != nil {
			return err
		}
		if h := sha256.Sum256(object); len(object) > 0 && hex.EncodeToString(h[:]) != want {
			return &DamageError{What: "ledger"}
		}
		return nil
	}, `SELECT object, sha256 FROM outbox WHERE sha256<>''`)
}

// write runs one transaction, which is on disk when write returns nil.
func (l *Ledger) write(ctx context.Context, what string, do func(*sql.Tx) error) error {
	err := l.transact(ctx, do)
	if database.Full(err) && l.Full != nil && l.Full() {
		err = l.transact(ctx, do)
	}
	switch {
	case database.Full(err):
		return fmt.Errorf("%s: %w", what, errors.Join(syscall.ENOSPC, err))
	case err != nil:
		return fmt.Errorf("%s: %w", what, l.db.Named(err))
	}
	return nil
}

func (l *Ledger) transact(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after Commit
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// query runs a reading statement and hands every row to scan.
func (l *Ledger) query(ctx context.Context, what string, scan func(*sql.Rows) error, stmt string, args ...any) error {
	if err := l.scan(ctx, scan, stmt, args...); err != nil {
		return fmt.Errorf("%s: %w", what, l.db.Named(err))
	}
	return nil
}

func (l *Ledger) scan(ctx context.Context, scan func(*sql.Rows) error, stmt string, args ...any) error {
	rows, err := l.db.QueryContext(ctx, stmt, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
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
