package ledger

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"
)

// moves are the ways of an outbox row. Every state also leads to itself: times,
// tries and reason may change. Sending leads to Verified when a read-back before
// resending finds the report there already.
var moves = map[OutboxState][]OutboxState{
	Queued:  {Sending, Retry, Parked},
	Sending: {Acked, Verified, Retry, Parked},
	Acked:   {Verified, Retry, Parked},
	Retry:   {Sending, Parked},
	Parked:  {Queued},
}

// Enqueue puts a signed report in the outbox as Queued and freezes the draft it
// was made of, both or neither. draftRevision is the revision that was signed: a
// draft saved since gives ErrStale, a signed one ErrSigned, none ErrNone.
func (l *Ledger) Enqueue(ctx context.Context, r OutboxRow, draftRevision int64) (id int64, err error) {
	err = l.write(ctx, "queue report", func(tx *sql.Tx) error {
		now, signed, err := draftAt(ctx, tx, r.StudyUID)
		switch {
		case err != nil:
			return err
		case now == 0:
			return ErrNone
		case signed != "":
			return ErrSigned
		case now != draftRevision:
			return ErrStale
		}
		if _, err := tx.ExecContext(ctx, `UPDATE draft SET signed_as=? WHERE study=?`, r.SOPInstanceUID, r.StudyUID); err != nil {
			return err
		}
		id, err = insertRow(ctx, tx, r)
		return err
	})
	if err != nil {
		return 0, err
	}
	return id, nil
}

func insertRow(ctx context.Context, tx *sql.Tx, r OutboxRow) (int64, error) {
	res, err := tx.ExecContext(ctx, `INSERT INTO outbox (study, accession, sop, site, dicomweb, ups, workitem, txn,
		object, sha256, state, workitem_done, tries, next_at, reason, signed, not_before, verified, without_claim, priority)
		VALUES (?,?,?,?,?,?,?,?,?,?,?,0,0,0,'',?,?,0,?,?)`,
		r.StudyUID, r.Accession, r.SOPInstanceUID, r.Site, r.DICOMwebURL, r.UPSURL, r.WorkitemUID, r.TransactionUID,
		r.Object, r.SHA256, Queued, nanos(r.Signed), nanos(r.NotBefore), r.WithoutClaim, r.Priority)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

const (
	rowColumns = `id, study, accession, sop, site, dicomweb, ups, workitem, txn, sha256, state,
	workitem_done, tries, next_at, reason, signed, not_before, verified, without_claim, priority`
	fullRow = `SELECT ` + rowColumns + `, object FROM outbox `
	listRow = `SELECT ` + rowColumns + `, NULL FROM outbox `
)

func scanRow(rows interface{ Scan(...any) error }) (r OutboxRow, err error) {
	var next, signed, before, verified int64
	err = rows.Scan(&r.ID, &r.StudyUID, &r.Accession, &r.SOPInstanceUID, &r.Site, &r.DICOMwebURL, &r.UPSURL,
		&r.WorkitemUID, &r.TransactionUID, &r.SHA256, &r.State, &r.WorkitemDone, &r.Tries, &next, &r.Reason,
		&signed, &before, &verified, &r.WithoutClaim, &r.Priority, &r.Object)
	r.NextAt, r.Signed, r.NotBefore, r.Verified = fromNanos(next), fromNanos(signed), fromNanos(before), fromNanos(verified)
	return r, err
}

// Row returns one row with its bytes, or ErrNone.
func (l *Ledger) Row(ctx context.Context, id int64) (r OutboxRow, err error) {
	err = ErrNone
	if qerr := l.query(ctx, "read outbox row", func(rows *sql.Rows) error {
		r, err = scanRow(rows)
		return err
	}, fullRow+`WHERE id=?`, id); qerr != nil {
		return r, qerr
	}
	return r, err
}

// Outbox lists the rows in the given states, all when none is given, oldest
// first, without their Object.
func (l *Ledger) Outbox(ctx context.Context, states ...OutboxState) ([]OutboxRow, error) {
	where, args := in("state", states)
	return l.rows(ctx, listRow+where+` ORDER BY id`, args...)
}

// OutboxOf lists the study's rows, oldest first, with their Object.
func (l *Ledger) OutboxOf(ctx context.Context, study string) ([]OutboxRow, error) {
	return l.rows(ctx, fullRow+`WHERE study=? ORDER BY id`, study)
}

func (l *Ledger) rows(ctx context.Context, stmt string, args ...any) (out []OutboxRow, err error) {
	err = l.query(ctx, "list outbox", func(rows *sql.Rows) error {
		r, err := scanRow(rows)
		out = append(out, r)
		return err
	}, stmt, args...)
	return out, err
}

// Due lists the rows to work on now, most pressing first, without their Object:
// not Done and not Parked, past the recall window, past their back-off unless
// force says to ignore it, and last of their study and destination's chain: an
// addendum waits for the report it adds to, unless that one is parked.
func (l *Ledger) Due(ctx context.Context, now time.Time, force bool) ([]OutboxRow, error) {
	until := nanos(now)
	if force {
		until = 1<<63 - 1
	}
	return l.rows(ctx, listRow+`AS o
		WHERE (o.state IN ('queued','sending','acked','retry')
			OR o.state='verified' AND o.workitem_done=0 AND o.workitem<>'')
		AND o.not_before<=? AND o.next_at<=?
		AND NOT EXISTS (SELECT 1 FROM outbox AS e WHERE e.study=o.study AND e.dicomweb=o.dicomweb
			AND e.id<o.id AND e.state IN ('queued','sending','acked','retry'))
		ORDER BY CASE o.priority WHEN 'stat' THEN 0 WHEN 'urgent' THEN 1 ELSE 2 END, o.id`, nanos(now), until)
}

// Recall takes a report back that is still Queued and inside its recall window,
// and thaws its draft. Otherwise the error is ErrTooLate.
func (l *Ledger) Recall(ctx context.Context, id int64, now time.Time) error {
	return l.write(ctx, "recall report", func(tx *sql.Tx) error {
		var study, sop string
		err := tx.QueryRowContext(ctx, `DELETE FROM outbox WHERE id=? AND state='queued' AND not_before>? AND lease_owner=''
			RETURNING study, sop`, id, nanos(now)).Scan(&study, &sop)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrTooLate
		}
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE draft SET signed_as='' WHERE study=? AND signed_as=?`, study, sop)
		return err
	})
}

// Unpark queues a parked row again, on a person's word.
func (l *Ledger) Unpark(ctx context.Context, id int64) error {
	return l.write(ctx, "queue parked report again", func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE outbox SET state='queued', next_at=0, reason='' WHERE id=? AND state='parked'`, id)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, ErrNone)
		}
		return nil
	})
}

func allowed(from, to OutboxState) bool {
	return from == to || slices.Contains(moves[from], to)
}
