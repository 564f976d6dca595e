package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"
)

// ConflictKind is of the records that keep a signed report from leaving because
// somebody else reported its study, or has its task; WithheldKind of those that keep a
// report which the reader took back for that.
const (
	ConflictKind = "conflict"
	WithheldKind = "withheld"
)

// ErrConflict says that the report waits until its reader has decided what becomes of
// it beside another's.
var ErrConflict = errors.New("another's report has to be looked at first")

// ConflictID names the record of a report's conflict.
func ConflictID(report string) string { return ConflictKind + " " + report }

// undecided is the condition that a row o waits for its reader's decision.
const undecided = `EXISTS (SELECT 1 FROM record AS c WHERE c.id='` + ConflictKind + ` '||o.report AND c.closed=0)`

// OpenConflict keeps every row of a report where it is from now on: none of them is
// Due, and none can be queued again, until Withhold or PutRecord with a closed record
// ends it.
func (l *Ledger) OpenConflict(ctx context.Context, report, study string, at time.Time, body []byte) error {
	return l.PutRecord(ctx, Record{ID: ConflictID(report), Kind: ConflictKind, StudyUID: study, At: at, Body: body})
}

// Conflict is the record of a report's conflict; ok is false when there is none.
func (l *Ledger) Conflict(ctx context.Context, report string) (r Record, ok bool, err error) {
	all, err := l.records(ctx, ` WHERE id=?`, ConflictID(report))
	if err != nil || len(all) == 0 {
		return Record{}, false, err
	}
	return all[0], true, nil
}

// Withheld is what Withhold keeps of a report: nothing that was signed is lost.
type Withheld struct {
	Rows    []OutboxRow `json:"rows"` // with their bytes
	Records []Record    `json:"records"`
	Draft   []byte      `json:"draft,omitempty"`
}

// Withhold takes a signed report back that has a conflict, in one step: its rows leave
// the outbox and, with the records made with it and its draft, are kept in a record of
// their own; its conflict ends. next takes the draft's place, to be written on; with
// none the study has no draft any more. A row that left, or may have, gives ErrTooLate
// and changes nothing; a report without an open conflict ErrNone.
func (l *Ledger) Withhold(ctx context.Context, report string, next []byte, now time.Time) error {
	return l.write(ctx, "withhold report", func(tx *sql.Tx) error {
		c, err := conflictOf(ctx, tx, report)
		if err != nil {
			return err
		}
		held, err := whole(ctx, tx, report, now)
		if err != nil {
			return err
		}
		body, err := json.Marshal(held)
		if err != nil {
			return err
		}
		study := held.Rows[0].StudyUID
		if err := putRecord(ctx, tx, Record{ID: WithheldKind + " " + report, Kind: WithheldKind, StudyUID: study, At: now, Closed: now, Body: body}, ""); err != nil {
			return err
		}
		if err := takeAway(ctx, tx, report); err != nil {
			return err
		}
		if next != nil {
			if err := succeed(ctx, tx, study, next); err != nil {
				return err
			}
		}
		c.Closed = now
		return putRecord(ctx, tx, c, "")
	})
}

func conflictOf(ctx context.Context, tx *sql.Tx, report string) (r Record, err error) {
	var at int64
	err = tx.QueryRowContext(ctx, `SELECT id, kind, study, at, body FROM record WHERE id=? AND closed=0`, ConflictID(report)).
		Scan(&r.ID, &r.Kind, &r.StudyUID, &at, &r.Body)
	if errors.Is(err, sql.ErrNoRows) {
		return r, ErrNone
	}
	r.At = fromNanos(at)
	return r, err
}

// whole reads all of a report of which nothing has left.
func whole(ctx context.Context, tx *sql.Tx, report string, now time.Time) (h Withheld, err error) {
	rows, err := tx.QueryContext(ctx, fullRow+`WHERE report=? ORDER BY seq, id`, report)
	if err != nil {
		return h, err
	}
	defer rows.Close()
	for rows.Next() {
		r, err := scanRow(rows)
		if err != nil {
			return h, err
		}
		if r.State != Queued && r.State != Retry && r.State != Parked {
			return h, ErrTooLate
		}
		h.Rows = append(h.Rows, r)
	}
	if err := rows.Err(); err != nil {
		return h, err
	}
	if len(h.Rows) == 0 {
		return h, ErrNone
	}
	var leased int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM outbox AS a WHERE report=? AND EXISTS (SELECT 1 FROM lock WHERE name='`+leasePrefix+`' || a.id AND until>?)`, report, nanos(now)).Scan(&leased); err != nil {
		return h, err
	}
	if leased > 0 {
		return h, ErrLeased
	}
	err = tx.QueryRowContext(ctx, `SELECT body FROM draft WHERE signed_as=?`, report).Scan(&h.Draft)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return h, err
	}
	h.Records, err = signedWith(ctx, tx, report)
	return h, err
}

func signedWith(ctx context.Context, tx *sql.Tx, report string) (out []Record, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, kind, study, at, due, closed, body FROM record WHERE signing=? ORDER BY id`, report)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		r, err := scanRecord(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// takeAway removes all that signing made, the drafts with it: they are kept elsewhere.
func takeAway(ctx context.Context, tx *sql.Tx, report string) error {
	for _, stmt := range []string{
		`DELETE FROM draft WHERE signed_as IN (SELECT control FROM outbox WHERE report=?1 AND control<>?1 AND kind='sr')`,
		`DELETE FROM step WHERE row IN (SELECT id FROM outbox WHERE report=?)`,
		`DELETE FROM outbox WHERE report=?`,
		`DELETE FROM record WHERE signing=?`,
		`INSERT INTO past_draft (study, body, revision, saved, signed_as) SELECT study, body, revision, saved, signed_as FROM draft WHERE signed_as=?`,
		`DELETE FROM draft WHERE signed_as=?`,
	} {
		if _, err := tx.ExecContext(ctx, stmt, report); err != nil {
			return err
		}
	}
	return nil
}

// succeed makes next the study's open draft; one that is open already is kept apart.
func succeed(ctx context.Context, tx *sql.Tx, study string, next []byte) error {
	if _, err := tx.ExecContext(ctx, `INSERT INTO past_draft (study, body, revision, saved, signed_as)
		SELECT study, body, revision, saved, '' FROM draft WHERE study=? AND signed_as=''`, study); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM draft WHERE study=? AND signed_as=''`, study); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO draft (study, body, revision, saved) VALUES (?,?,1,?)`, study, next, nanos(time.Now()))
	return err
}
