package databasetest

import (
	"database/sql"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/ncruces/go-sqlite3/driver"

	"github.com/nocturne/nocturne/cache/disk/disktest"
)

// opened opens the disk's only database in WAL.
func opened(d *disktest.Disk, synchronous string, do func(*sql.DB) error) error {
	name, forget := Register(d)
	defer forget()
	q := url.Values{"vfs": {name}, "_txlock": {"immediate"}, "_pragma": {"journal_mode(wal)", "synchronous(" + synchronous + ")"}}
	db, err := driver.Open((&url.URL{Scheme: "file", Path: d.Path("test.db"), RawQuery: q.Encode()}).String())
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	err = do(db)
	if e := db.Close(); err == nil {
		err = e
	}
	return err
}

const rows = 4

// counting commits numbered rows of some pages each. Those whose commit was promised
// must be there, none in part, and none after one that is missing.
func counting(synchronous string, syncDir bool) disktest.Story {
	body := func(i int) string { return strings.Repeat(fmt.Sprint(i), 9000) }
	return disktest.Story{
		Most: 7,
		Before: func(d *disktest.Disk) error {
			return opened(d, "full", func(db *sql.DB) error {
				_, err := db.Exec("CREATE TABLE t (i INTEGER PRIMARY KEY, body TEXT)")
				return err
			})
		},
		Play: func() (run, check func(*disktest.Disk) error) {
			promised := 0
			run = func(d *disktest.Disk) error {
				return opened(d, synchronous, func(db *sql.DB) error {
					if _, err := db.Exec("BEGIN IMMEDIATE; COMMIT"); err != nil { // the log is made
						return err
					}
					if syncDir {
						if err := d.SyncDir(d.Dir()); err != nil {
							return err
						}
					}
					for i := range rows {
						if _, err := db.Exec("INSERT INTO t VALUES (?,?)", i, body(i)); err != nil {
							return err
						}
						promised = i + 1
					}
					return nil
				})
			}
			return run, func(d *disktest.Disk) error {
				return opened(d, "full", func(db *sql.DB) error {
					var whole string
					if err := db.QueryRow("PRAGMA integrity_check").Scan(&whole); err != nil || whole != "ok" {
						return fmt.Errorf("integrity %s, %w", whole, err)
					}
					r, err := db.Query("SELECT i, body FROM t ORDER BY i")
					if err != nil {
						return err
					}
					defer r.Close()
					found := 0
					for ; r.Next(); found++ {
						var i int
						var b string
						if err := r.Scan(&i, &b); err != nil || i != found || b != body(i) {
							return fmt.Errorf("row %d is %d, %d bytes: %v", found, i, len(b), err)
						}
					}
					if found < promised {
						return fmt.Errorf("%d of %d rows promised", found, promised)
					}
					return r.Err()
				})
			}
		},
	}
}

func TestWhatSQLiteCommittedInFullStands(t *testing.T) {
	disktest.Every(t, counting("full", true))
}

// TestALogWhoseNameIsNotSyncedIsCaught: the log is new with every program that opens a
// database alone, and SQLite's Go VFS does not sync its name.
func TestALogWhoseNameIsNotSyncedIsCaught(t *testing.T) {
	caught(t, counting("full", false))
}

func TestCommitsThatAreNotSyncedAreCaught(t *testing.T) {
	caught(t, counting("normal", true))
}

func caught(t *testing.T, s disktest.Story) {
	t.Helper()
	err := s.Try(t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "rows promised") {
		t.Errorf("not caught: %v", err)
	}
}
