// Package index says what is held: study, series and instance, in one sealed SQLite
// file that may be thrown away and made again from the store at any time. Nothing in it
// is kept nowhere else, and nothing of that kind may be put in it.
//
// It is kept up by Sync, which compares the stamps of the store's folders with those it
// knows, and reads only what changed: whoever asks calls it first. Several processes may
// have it open. 100,000 instances are about 15 MB; listing the studies reads none of
// their rows.
package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/nocturne/nocturne/cache/database"
	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/seal"
)

// File is the index's usual name.
const File = "index.db"

// Index is an open index. Its methods may be called from several goroutines.
type Index struct {
	db     atomic.Pointer[database.DB]
	spec   database.Spec
	broken atomic.Bool // a query met damage
}

// schemaVersion is that of the tables below; an index of another is emptied.
const schemaVersion = 2

const schema = `
CREATE TABLE study (
	id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, folder TEXT NOT NULL UNIQUE, stamp TEXT NOT NULL,
	patient_name TEXT, patient_id TEXT, issuer TEXT, birth_date TEXT, sex TEXT,
	date TEXT, time TEXT, description TEXT, accession TEXT, modalities TEXT,
	series INTEGER, instances INTEGER, bytes INTEGER, expected INTEGER, damaged INTEGER) STRICT;
CREATE INDEX study_patient ON study (patient_id);
CREATE INDEX study_accession ON study (accession);
CREATE TABLE series (
	id INTEGER PRIMARY KEY, study INTEGER NOT NULL, uid TEXT NOT NULL, number INTEGER, modality TEXT, description TEXT, laterality TEXT,
	UNIQUE (study, uid)) STRICT;
CREATE TABLE instance (
	study INTEGER, uid TEXT, series INTEGER, number INTEGER, class TEXT, frames INTEGER, bytes INTEGER,
	PRIMARY KEY (study, uid)) STRICT, WITHOUT ROWID;
`

// Open opens the index at path, sealed under the key, making it where it is not there. A
// file that is no index, or is damaged, of another version or under another key, is
// replaced by an empty one: the next Sync fills it.
func Open(path string, key seal.Key) (*Index, error) { return OpenOn(database.Disk{}, path, key) }

// OpenOn is Open on a disk that is not the system's.
func OpenOn(on database.Disk, path string, key seal.Key) (*Index, error) {
	x := &Index{spec: database.Spec{Path: path, Key: key, What: "index", Schema: migrate, On: on}} // what the last second lost can be made again
	return x, x.connect()
}

func (x *Index) connect() error {
	db, err := database.Open(x.spec)
	var damage *database.DamageError
	if errors.As(err, &damage) {
		if err = database.Wipe(x.files(), x.spec.Path); err == nil {
			db, err = database.Open(x.spec)
		}
	}
	if err == nil {
		x.db.Store(db)
	}
	return err
}

func (x *Index) files() disk.FS { return x.spec.On.Files() }

// anew throws a damaged index away.
func (x *Index) anew() error {
	x.broken.Store(false)
	if err := x.Close(); err != nil {
		return err
	}
	if err := database.Wipe(x.files(), x.spec.Path); err != nil {
		return err
	}
	return x.connect()
}

func migrate(db *sql.DB) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var version int
	if err := tx.QueryRow("PRAGMA user_version").Scan(&version); err != nil || version == schemaVersion {
		return err
	}
	_, err = tx.Exec("DROP TABLE IF EXISTS study; DROP TABLE IF EXISTS series; DROP TABLE IF EXISTS instance;" +
		schema + fmt.Sprintf("PRAGMA user_version = %d", schemaVersion))
	if err != nil {
		return err
	}
	return tx.Commit()
}

// Close closes the index.
func (x *Index) Close() error { return x.db.Load().Close() }

func (x *Index) change(ctx context.Context, do func(*sql.Tx) error) error {
	db := x.db.Load()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return db.Named(err)
	}
	defer tx.Rollback()
	if err := do(tx); err != nil {
		return db.Named(err)
	}
	return db.Named(tx.Commit())
}
