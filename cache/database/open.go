package database

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"

	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/seal"
)

// Busy is how long a call waits for another process's transaction; those last as long
// as one fsync.
const Busy = 15 * time.Second

// Spec says what a database is and where it lies.
type Spec struct {
	Path string
	Key  seal.Key // by Zero keys nothing can be opened
	// What it is, for errors: "ledger", "index".
	What string
	// Durable: a commit that returned is on the disk (synchronous=FULL). Otherwise the
	// last ones may be lost when the power goes, but nothing gets torn.
	Durable bool
	// Must: the database is there; none, or an empty file, is damage.
	Must bool
	// Schema brings the tables up to date; it is called once, and again when another
	// process was in the way.
	Schema func(*sql.DB) error
	Wait   time.Duration // for others; 0: Busy
	// On is what the file lies on; tests put faults there.
	On Disk
}

// Disk is what a database lies on: the seam for its own files, and the name of the
// SQLite VFS beneath the seal. The zero Disk is the system's.
type Disk struct {
	FS  disk.FS
	VFS string
}

// Files is the file system, the system's where none was named.
func (d Disk) Files() disk.FS {
	if d.FS == nil {
		return disk.OS
	}
	return d.FS
}

// DB is an open database of one connection.
type DB struct {
	*sql.DB
	what string
	give func()
}

// Open opens a database, making it where there is none. A file that this key does not
// open, or that is not as it was written, gives *DamageError and is left as it is.
func Open(s Spec) (*DB, error) {
	if s.Key.None() {
		return nil, fmt.Errorf("open %s: %w", s.What, ErrNoKey)
	}
	path, err := filepath.Abs(s.Path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", s.What, err)
	}
	s.Path = path
	if err := s.usable(); err != nil {
		return nil, err
	}
	under, number, give := lend(s.Key, s.On)
	db, err := s.connect(s.dsn(under, number))
	if err != nil {
		give()
		return nil, fmt.Errorf("open %s: %w", s.What, Named(s.What, err))
	}
	return &DB{DB: db, what: s.What, give: give}, nil
}

// usable makes an empty file (0600; by modeof its log too) where there is none, and
// refuses one that SQLite must not see: it would take away a log that it cannot read.
func (s Spec) usable() error {
	switch state, err := Recognise(s.On.Files(), s.Path, s.Key); {
	case err != nil:
		return fmt.Errorf("open %s: %w", s.What, err)
	case state == Foreign, state == Plain, state == Torn && s.Durable, state == Empty && s.Must:
		return &DamageError{What: s.What}
	case state == Missing && s.Must:
		return &DamageError{What: s.What, Gone: true}
	case state == Missing:
		f, err := s.On.Files().Append(s.Path)
		if err == nil {
			err = f.Close()
		}
		if err != nil {
			return fmt.Errorf("open %s: %w", s.What, err)
		}
	}
	return nil
}

// connect opens the file and brings its schema up to date. Two processes that make the
// file at the same moment can meet while one switches to WAL, where SQLite does not
// wait: connect tries again.
func (s Spec) connect(dsn string) (*sql.DB, error) {
	deadline := time.Now().Add(s.wait())
	for {
		db, err := driver.Open(dsn, s.prepare)
		if err != nil {
			return nil, err
		}
		db.SetMaxOpenConns(1) // 1.5 GB of address space each (libraries.md 0.5)
		err = s.Schema(db)
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

// prepare readies a connection. With NORMAL the last commits may be lost when the power
// goes.
func (s Spec) prepare(c *sqlite3.Conn) error {
	if err := c.BusyTimeout(s.wait()); err != nil {
		return err
	}
	if _, err := c.FileControl("main", sqlite3.FCNTL_RESERVE_BYTES, reserve); err != nil { // room for each page's sum
		return err
	}
	synchronous := "normal"
	if s.Durable {
		synchronous = "full"
	}
	return c.Exec("PRAGMA temp_store=memory; PRAGMA page_size=4096; PRAGMA journal_mode=wal; PRAGMA foreign_keys=on; PRAGMA synchronous=" + synchronous)
}

func (s Spec) wait() time.Duration {
	if s.Wait == 0 {
		return Busy
	}
	return s.Wait
}

func (s Spec) dsn(under, number string) string {
	return URI(s.Path, url.Values{"_txlock": {"immediate"}, "modeof": {s.Path}, "vfs": {under}, "ring": {number}})
}

// URI names a file to SQLite.
func URI(path string, q url.Values) string {
	p := filepath.ToSlash(path)
	if !strings.HasPrefix(p, "/") {
		p = "/" + p // file:///C:/…
	}
	// SQLite reads %20 as a space but "+" as itself.
	query := strings.ReplaceAll(q.Encode(), "+", "%20")
	return (&url.URL{Scheme: "file", Path: p, RawQuery: query}).String()
}

// Close gives the file back and forgets the key.
func (d *DB) Close() error {
	err := d.DB.Close()
	d.give()
	return err
}

// Named turns what SQLite says of a damaged page into *DamageError.
func (d *DB) Named(err error) error { return Named(d.what, err) }
