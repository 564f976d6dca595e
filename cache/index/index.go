// Package index says what is held: study, series and instance, in one SQLite
// file that may be thrown away and rebuilt from the store at any time. Nothing
// in it is kept anywhere else, and nothing else may be kept in it.
//
// It holds patients' names: the file is 0600 and lies beside the store. Several
// processes may have it open.
package index

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

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/store"
)

// File is the index's usual name.
const File = "index.db"

// Index is an open index. Its methods may be called from several goroutines.
type Index struct{ db *sql.DB }

// schemaVersion is that of the tables below; an index of another is emptied,
// to be rebuilt.
const schemaVersion = 1

const schema = `
CREATE TABLE study (
	uid TEXT PRIMARY KEY, patient_name TEXT, patient_id TEXT, issuer TEXT, birth_date TEXT, sex TEXT,
	date TEXT, time TEXT, description TEXT, accession TEXT) WITHOUT ROWID;
CREATE INDEX study_patient ON study (patient_id);
CREATE TABLE series (
	study TEXT, uid TEXT, number INTEGER, modality TEXT, description TEXT, laterality TEXT,
	PRIMARY KEY (study, uid)) WITHOUT ROWID;
CREATE TABLE instance (
	study TEXT, uid TEXT, series TEXT, number INTEGER, class TEXT, frames INTEGER, path TEXT,
	PRIMARY KEY (study, uid)) WITHOUT ROWID;
CREATE INDEX instance_series ON instance (study, series);
`

const busy = 15 * time.Second

// Open opens the index at path, making it where it is not there. A file that is
// no index, or one of another version, is replaced by an empty one: whether a
// rebuild is due shows in that Studies is empty.
func Open(path string) (*Index, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open index: %w", err)
	}
	x, err := connect(path)
	if errors.Is(err, sqlite3.NOTADB) || errors.Is(err, sqlite3.CORRUPT) {
		for _, tail := range []string{"", "-wal", "-shm"} {
			os.Remove(path + tail)
		}
		x, err = connect(path)
	}
	if err != nil {
		return nil, fmt.Errorf("open index: %w", err)
	}
	return x, nil
}

func connect(path string) (*Index, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) // 0600 before SQLite makes it
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	deadline := time.Now().Add(busy)
	for {
		db, err := driver.Open(dsn(path))
		if err != nil {
			return nil, err
		}
		db.SetMaxOpenConns(1)
		if err = migrate(db); err == nil {
			return &Index{db}, nil
		}
		db.Close()
		if !errors.Is(err, sqlite3.BUSY) || time.Now().After(deadline) {
			return nil, err
		}
		time.Sleep(20 * time.Millisecond) // another process is switching to WAL
	}
}

// dsn asks for NORMAL: what the last second lost can be rebuilt.
func dsn(path string) string {
	p := filepath.ToSlash(path)
	if !strings.HasPrefix(p, "/") {
		p = "/" + p // file:///C:/…
	}
	q := url.Values{"_txlock": {"immediate"}, "modeof": {path}, "_pragma": {
		fmt.Sprintf("busy_timeout(%d)", busy.Milliseconds()), "journal_mode(wal)", "synchronous(normal)"}}
	// SQLite reads %20 as a space but "+" as itself.
	return (&url.URL{Scheme: "file", Path: p, RawQuery: strings.ReplaceAll(q.Encode(), "+", "%20")}).String()
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
func (x *Index) Close() error { return x.db.Close() }

// Add puts one object of the store in, or replaces what was said of it.
func (x *Index) Add(e store.Entry, header *dicom.Dataset) error {
	return x.change("index object", func(tx *sql.Tx) error { return add(tx, e, header) })
}

// Remove takes a study out.
func (x *Index) Remove(study dicom.UID) error {
	return x.change("take study out of index", func(tx *sql.Tx) error {
		for _, q := range []string{"DELETE FROM study WHERE uid = ?", "DELETE FROM series WHERE study = ?", "DELETE FROM instance WHERE study = ?"} {
			if _, err := tx.Exec(q, string(study)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Rebuild replaces all that is in the index by what the store holds. Others see
// the old index until it is done. An object whose header cannot be read is left
// out; skipped is how many.
func (x *Index) Rebuild(ctx context.Context, s *store.Store) (skipped int, err error) {
	studies, err := s.Studies()
	if err != nil {
		return 0, fmt.Errorf("rebuild index: %w", err)
	}
	err = x.change("rebuild index", func(tx *sql.Tx) error {
		skipped = 0
		if _, err := tx.Exec("DELETE FROM study; DELETE FROM series; DELETE FROM instance"); err != nil {
			return err
		}
		for _, u := range studies {
			n, err := addStudy(ctx, tx, s, u)
			if err != nil {
				return err
			}
			skipped += n
		}
		return nil
	})
	return skipped, err
}

func addStudy(ctx context.Context, tx *sql.Tx, s *store.Store, study dicom.UID) (skipped int, err error) {
	entries, err := s.Study(study)
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return skipped, err
		}
		f, err := s.Header(e)
		if err != nil {
			skipped++
			continue
		}
		if err := add(tx, e, f.Dataset); err != nil {
			return skipped, err
		}
	}
	return skipped, nil
}

func (x *Index) change(what string, do func(*sql.Tx) error) error {
	tx, err := x.db.Begin()
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	defer tx.Rollback()
	if err := do(tx); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// add writes the three rows of an object. Of a study's and a series's own
// attributes those of the object added last stand.
func add(tx *sql.Tx, e store.Entry, d *dicom.Dataset) error {
	laterality := d.Str(dicom.Laterality)
	if laterality == "" {
		laterality = d.Str(dicom.ImageLaterality)
	}
	for _, row := range []struct {
		query string
		args  []any
	}{
		{"INSERT OR REPLACE INTO study VALUES (?,?,?,?,?,?,?,?,?,?)", []any{string(e.Study),
			d.Str(dicom.PatientName), d.Str(dicom.PatientID), d.Str(dicom.IssuerOfPatientID), d.Str(dicom.PatientBirthDate), d.Str(dicom.PatientSex),
			d.Str(dicom.StudyDate), d.Str(dicom.StudyTime), d.Str(dicom.StudyDescription), d.Str(dicom.AccessionNumber)}},
		{"INSERT OR REPLACE INTO series VALUES (?,?,?,?,?,?)", []any{string(e.Study), string(e.Series),
			d.IntOr(dicom.SeriesNumber, 0), d.Str(dicom.Modality), d.Str(dicom.SeriesDescription), laterality}},
		{"INSERT OR REPLACE INTO instance VALUES (?,?,?,?,?,?,?)", []any{string(e.Study), string(e.SOP), string(e.Series),
			d.IntOr(dicom.InstanceNumber, 0), d.Str(dicom.SOPClassUID), max(1, d.IntOr(dicom.NumberOfFrames, 1)), e.Path}},
	} {
		if _, err := tx.Exec(row.query, row.args...); err != nil {
			return err
		}
	}
	return nil
}
