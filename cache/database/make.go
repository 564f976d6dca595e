package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"

	"github.com/nocturne/nocturne/cache/disk"
)

// Make makes a database at s.Path, which must be free, and fills it with the rows of
// the plain one at from where that is not "". It is on the disk, compared row by row
// with the plain one, when made is called; until made returned nobody else can open the
// plain one. The plain one is only brought to the same schema. ErrInUse says that another
// program has it open.
func Make(s Spec, from string, made func() error) (err error) {
	if from != "" {
		if err := s.upgrade(from); err != nil {
			return fmt.Errorf("read plain %s: %w", s.What, Named(s.What, err))
		}
	}
	db, err := Open(s)
	if err != nil {
		return err
	}
	defer func() {
		if e := db.Close(); err == nil {
			err = e
		}
	}()
	ctx := context.Background()
	c, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("make %s: %w", s.What, err)
	}
	defer c.Close()
	m := maker{ctx: ctx, c: c, s: s}
	if from != "" {
		if err := m.fill(from); errors.Is(err, sqlite3.BUSY) {
			return ErrInUse
		} else if err != nil {
			return fmt.Errorf("seal %s: %w", s.What, Named(s.What, err))
		}
		defer m.exec("DETACH plain")
	}
	if err := m.settle(); err != nil {
		return fmt.Errorf("make %s: %w", s.What, Named(s.What, err))
	}
	return made()
}

// upgrade brings a plain database to the schema. Its log stays, to be overwritten.
func (s Spec) upgrade(from string) error {
	db, err := driver.Open(s.plain(from, url.Values{"_txlock": {"immediate"}}), func(c *sqlite3.Conn) error {
		_, err := c.FileControl("main", sqlite3.FCNTL_PERSIST_WAL, true)
		if err == nil {
			err = c.BusyTimeout(s.wait())
		}
		return err
	})
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	return s.Schema(db)
}

func (s Spec) plain(path string, q url.Values) string {
	q.Set("vfs", "os")
	if s.On.VFS != "" {
		q.Set("vfs", s.On.VFS)
	}
	return URI(path, q)
}

// maker fills a database over one connection.
type maker struct {
	ctx context.Context
	c   *sql.Conn
	s   Spec
}

func (m maker) exec(stmt string, args ...any) error {
	_, err := m.c.ExecContext(m.ctx, stmt, args...)
	return err
}

// fill copies every row, with its rowid, and compares. locking_mode=exclusive keeps
// every other connection out from the first read on, and fails where there is one.
func (m maker) fill(from string) error {
	if err := m.exec("ATTACH ? AS plain", m.s.plain(from, url.Values{})); err != nil {
		return err
	}
	if err := m.c.Raw(func(c any) error {
		_, err := c.(driver.Conn).Raw().FileControl("plain", sqlite3.FCNTL_PERSIST_WAL, true)
		return err
	}); err != nil {
		return err
	}
	if err := m.exec("PRAGMA plain.locking_mode=exclusive"); err != nil {
		return err
	}
	if err := m.whole("plain"); err != nil {
		return err
	}
	tables, err := m.tables()
	if err != nil {
		return err
	}
	if err := m.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	for _, t := range tables {
		if err := m.copy(t); err != nil {
			m.exec("ROLLBACK")
			return err
		}
	}
	return m.exec("COMMIT")
}

// table is a table with the columns that make up its rows, rowid first where it has one
// that no column names.
type table struct{ name, columns string }

func (m maker) tables() (out []table, err error) {
	rows, err := m.c.QueryContext(m.ctx, `SELECT t.name, t.wr OR EXISTS
			(SELECT 1 FROM pragma_table_info(t.name, 'plain') WHERE pk=1 AND type='INTEGER'),
		(SELECT group_concat('"' || name || '"', ', ') FROM pragma_table_info(t.name, 'plain'))
		FROM pragma_table_list t WHERE t.schema='plain' AND t.type='table' AND (t.name NOT LIKE 'sqlite\_%' ESCAPE '\' OR t.name='sqlite_sequence')`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var t table
		var named bool
		if err := rows.Scan(&t.name, &named, &t.columns); err != nil {
			return nil, err
		}
		if !named {
			t.columns = "rowid, " + t.columns
		}
		out = append(out, t)
	}
	return out, rows.Err()
}

func (m maker) copy(t table) error {
	fill := strings.NewReplacer("TABLE", `"`+t.name+`"`, "COLUMNS", t.columns).Replace
	if err := m.exec(fill(`DELETE FROM main.TABLE; INSERT INTO main.TABLE (COLUMNS) SELECT COLUMNS FROM plain.TABLE`)); err != nil {
		return err
	}
	var differ int
	err := m.c.QueryRowContext(m.ctx, fill(`SELECT (SELECT count(*) FROM main.TABLE) <> (SELECT count(*) FROM plain.TABLE)
		OR EXISTS (SELECT COLUMNS FROM plain.TABLE EXCEPT SELECT COLUMNS FROM main.TABLE)
		OR EXISTS (SELECT COLUMNS FROM main.TABLE EXCEPT SELECT COLUMNS FROM plain.TABLE)`)).Scan(&differ)
	if err == nil && differ != 0 {
		err = fmt.Errorf("table %s is not the same afterwards", t.name)
	}
	return err
}

// settle puts all of the log into the file and makes it and its name durable.
func (m maker) settle() error {
	if err := m.whole("main"); err != nil {
		return err
	}
	var busy, log, moved int
	if err := m.c.QueryRowContext(m.ctx, "PRAGMA main.wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &moved); err != nil {
		return err
	}
	if busy != 0 {
		return sqlite3.BUSY
	}
	return m.s.On.Files().SyncDir(filepath.Dir(m.s.Path))
}

func (m maker) whole(schema string) error {
	return integrity(m.ctx, m.c, schema, m.s.What)
}

type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// integrity reads all of a database.
func integrity(ctx context.Context, q querier, schema, what string) error {
	var said string
	err := q.QueryRowContext(ctx, "PRAGMA "+schema+".integrity_check(1)").Scan(&said)
	if err != nil {
		return Named(what, err)
	}
	if said != "ok" {
		return &DamageError{What: what}
	}
	return nil
}

// Check reads every page in use; a *DamageError says that one is not as it was written.
func (d *DB) Check(ctx context.Context) error { return integrity(ctx, d, "main", d.what) }

// Wipe overwrites a database that nobody has open, with all that lies beside it, and
// removes it (disk.Wipe).
func Wipe(on disk.FS, path string) error {
	for _, tail := range []string{"-wal", "-journal", "-shm", ""} {
		if err := disk.Wipe(on, path+tail); err != nil {
			return err
		}
	}
	return nil
}
