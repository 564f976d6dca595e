package ledger

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Record is something that happened about a study and must not be lost: a critical
// result with its calls, a peer review, a follow-up that was recommended. Body is its
// owner's JSON, opaque here.
type Record struct {
	ID       string // unique, given by who makes it
	Kind     string // "critical", "call", "peer-review", …: who made it knows
	StudyUID string
	At       time.Time
	Due      time.Time // when it has to be closed; zero: at no time
	Closed   time.Time // zero: it is open
	Body     []byte
}

// PutRecord stores the record, new or in place of its earlier state.
func (l *Ledger) PutRecord(ctx context.Context, r Record) error {
	return l.write(ctx, "keep record", func(tx *sql.Tx) error { return putRecord(ctx, tx, r, "") })
}

// putRecord stores a record; signing is the report that it was made with, which takes
// a new record with it when it is recalled.
func putRecord(ctx context.Context, tx *sql.Tx, r Record, signing string) error {
	if r.ID == "" || r.Kind == "" {
		return errors.New("the record has no name or kind")
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO record (id, kind, study, at, due, closed, body, signing) VALUES (?,?,?,?,?,?,?,?)
		ON CONFLICT (id) DO UPDATE SET at=excluded.at, due=excluded.due, closed=excluded.closed, body=excluded.body`,
		r.ID, r.Kind, r.StudyUID, nanos(r.At), nanos(r.Due), nanos(r.Closed), r.Body, signing)
	return err
}

// Records lists the records of a kind and a study, each "" for all, oldest first.
func (l *Ledger) Records(ctx context.Context, kind, study string) ([]Record, error) {
	return l.records(ctx, ` WHERE (?1='' OR kind=?1) AND (?2='' OR study=?2) ORDER BY at, id`, kind, study)
}

// OpenRecords lists those of a kind that are not closed, the one due first first.
func (l *Ledger) OpenRecords(ctx context.Context, kind string) ([]Record, error) {
	return l.records(ctx, ` WHERE kind=? AND closed=0 ORDER BY due=0, due, at, id`, kind)
}

func (l *Ledger) records(ctx context.Context, where string, args ...any) (out []Record, err error) {
	err = l.query(ctx, "list records", func(rows *sql.Rows) error {
		r, err := scanRecord(rows)
		out = append(out, r)
		return err
	}, `SELECT id, kind, study, at, due, closed, body FROM record`+where, args...)
	return out, err
}

func scanRecord(rows *sql.Rows) (r Record, err error) {
	var at, due, closed int64
	err = rows.Scan(&r.ID, &r.Kind, &r.StudyUID, &at, &due, &closed, &r.Body)
	r.At, r.Due, r.Closed = fromNanos(at), fromNanos(due), fromNanos(closed)
	return r, err
}
