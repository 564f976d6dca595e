package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Enqueue signs: in one step it freezes the draft of the first row's study and puts
// all rows of the signed report in the outbox as Queued, with the records that are
// made with it; all or nothing. draftRevision is the revision that was signed: a draft
// saved since gives ErrStale, a signed one ErrSigned, none ErrNone. Rows of several
// reports, or without channel, control id or bytes, give ErrMalformed. The rows' ids
// are in the order of rows; their Seq is that order. What could not be made is a row
// without bytes that is Parked from the start, with the Reason: it is seen, and holds
// up nothing else.
func (l *Ledger) Enqueue(ctx context.Context, rows []OutboxRow, draftRevision int64, records ...Record) ([]int64, error) {
	return l.enqueue(ctx, rows, records, func(tx *sql.Tx) error {
		return freeze(ctx, tx, rows[0].StudyUID, rows[0].Report, draftRevision)
	})
}

// EnqueueBeside queues a signed document that is not the study's draft on disk (a
// preliminary line sent while the report is being written), as Enqueue does, and keeps
// body, the draft that it was made of, beside the study's own.
func (l *Ledger) EnqueueBeside(ctx context.Context, rows []OutboxRow, body []byte, records ...Record) ([]int64, error) {
	return l.enqueue(ctx, rows, records, func(tx *sql.Tx) error {
		return keepPast(ctx, tx, rows[0], body)
	})
}

// EnqueuePreliminary queues a preliminary report of the whole draft, which stays open to
// be written on: as EnqueueBeside does, with the draft held against draftRevision as
// Enqueue holds it.
func (l *Ledger) EnqueuePreliminary(ctx context.Context, rows []OutboxRow, draftRevision int64, body []byte, records ...Record) ([]int64, error) {
	return l.enqueue(ctx, rows, records, func(tx *sql.Tx) error {
		if err := unsigned(ctx, tx, rows[0].StudyUID, draftRevision); err != nil {
			return err
		}
		return keepPast(ctx, tx, rows[0], body)
	})
}

// LinkedDraft is the draft of a further order that a report answers. Revision is that of
// the study's own draft, which it takes the place of; 0: there is none.
type LinkedDraft struct {
	StudyUID string
	SignedAs string // the control id of its own document among the rows
	Body     []byte
	Revision int64
}

// EnqueueLinked is Enqueue for a report that answers several orders: rows are of all of
// them, under the report of the first, and each linked draft is frozen with it.
func (l *Ledger) EnqueueLinked(ctx context.Context, rows []OutboxRow, draftRevision int64, linked []LinkedDraft, records ...Record) ([]int64, error) {
	return l.enqueue(ctx, rows, records, func(tx *sql.Tx) error {
		if err := freeze(ctx, tx, rows[0].StudyUID, rows[0].Report, draftRevision); err != nil {
			return err
		}
		for _, d := range linked {
			if err := freezeLinked(ctx, tx, d); err != nil {
				return err
			}
		}
		return nil
	})
}

func freezeLinked(ctx context.Context, tx *sql.Tx, d LinkedDraft) error {
	now, signed, err := draftAt(ctx, tx, d.StudyUID)
	switch {
	case err != nil:
		return err
	case signed != "":
		return ErrSigned
	case now != d.Revision:
		return ErrStale
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO draft (study, body, revision, saved, signed_as) VALUES (?,?,?,?,?)
		ON CONFLICT (study) DO UPDATE SET body=excluded.body, revision=excluded.revision, saved=excluded.saved, signed_as=excluded.signed_as`,
		d.StudyUID, d.Body, now+1, nanos(time.Now()), d.SignedAs)
	return err
}

func keepPast(ctx context.Context, tx *sql.Tx, row OutboxRow, body []byte) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO past_draft (study, body, revision, saved, signed_as) VALUES (?,?,0,?,?)`,
		row.StudyUID, body, nanos(time.Now()), row.Report)
	return err
}

func (l *Ledger) enqueue(ctx context.Context, rows []OutboxRow, records []Record, draft func(*sql.Tx) error) (ids []int64, err error) {
	if err := wellFormed(rows); err != nil {
		return nil, err
	}
	err = l.write(ctx, "queue report", func(tx *sql.Tx) error {
		if err := draft(tx); err != nil {
			return err
		}
		ids, err = insertAll(ctx, tx, rows, records)
		return err
	})
	if err != nil {
		return nil, err
	}
	return ids, nil
}

func insertAll(ctx context.Context, tx *sql.Tx, rows []OutboxRow, records []Record) (ids []int64, err error) {
	for i, r := range rows {
		r.Seq = i
		id, err := insertRow(ctx, tx, r)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	for _, r := range records {
		if err := putRecord(ctx, tx, r, rows[0].Report); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

func wellFormed(rows []OutboxRow) error {
	if len(rows) == 0 {
		return fmt.Errorf("queue report: %w: there are none", ErrMalformed)
	}
	for i, r := range rows {
		unmade := r.State == Parked && r.Reason != ""
		if r.Report == "" || r.Report != rows[0].Report || r.StudyUID == "" || r.Channel == "" || r.Control == "" || r.Kind == "" ||
			(len(r.Object) == 0) != unmade {
			return fmt.Errorf("queue report: row %d: %w", i, ErrMalformed)
		}
	}
	return nil
}

// freeze marks the draft as signed if it stands at the revision.
func freeze(ctx context.Context, tx *sql.Tx, study, report string, revision int64) error {
	if err := unsigned(ctx, tx, study, revision); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `UPDATE draft SET signed_as=? WHERE study=?`, report, study)
	return err
}

// unsigned makes sure that the draft is open and stands at the revision.
func unsigned(ctx context.Context, tx *sql.Tx, study string, revision int64) error {
	now, signed, err := draftAt(ctx, tx, study)
	switch {
	case err != nil:
		return err
	case now == 0:
		return ErrNone
	case signed != "":
		return ErrSigned
	case now != revision:
		return ErrStale
	}
	return nil
}

func insertRow(ctx context.Context, tx *sql.Tx, r OutboxRow) (int64, error) {
	if r.State != Parked {
		r.State, r.Reason = Queued, ""
	}
	res, err := tx.ExecContext(ctx, `INSERT INTO outbox (report, seq, channel, address, control, kind, study, accession, site,
		ups, workitem, txn, object, sha256, required, state, workitem_done, tries, next_at, reason, answer, signed, not_before,
		verified, without_claim, priority)
		VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,0,0,0,?,'',?,?,0,?,?)`,
		r.Report, r.Seq, r.Channel, r.Address, r.Control, r.Kind, r.StudyUID, r.Accession, r.Site,
		r.UPSURL, r.WorkitemUID, r.TransactionUID, append([]byte{}, r.Object...), r.SHA256, r.Required, r.State, r.Reason, nanos(r.Signed), nanos(r.NotBefore),
		r.WithoutClaim, r.Priority)
	if err != nil {
		return 0, err
	}
	id, err := res.LastInsertId()
	if err != nil {
		return 0, err
	}
	r.Tries, r.Answer, r.WorkitemDone = 0, "", false
	return id, addStep(ctx, tx, id, r)
}

// Recall takes the report of a row back while every row of it is still Queued, inside
// its recall window and in no program's hands, with the records that were new with it,
// and thaws its draft; those that were frozen with it go. Otherwise nothing changes and the error is ErrTooLate.
func (l *Ledger) Recall(ctx context.Context, id int64, now time.Time) error {
	return l.write(ctx, "recall report", func(tx *sql.Tx) error {
		var report string
		var left int
		err := tx.QueryRowContext(ctx, `SELECT report, (SELECT count(*) FROM outbox AS a WHERE a.report=o.report
				AND NOT (a.state='queued' AND a.tries=0 AND a.not_before>? AND NOT `+leased+` OR length(a.object)=0))
			FROM outbox AS o WHERE id=?`, nanos(now), id).Scan(&report, &left)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return ErrTooLate
		case err != nil:
			return err
		case left > 0:
			return ErrTooLate
		}
		for _, stmt := range []string{
			`DELETE FROM draft WHERE signed_as IN (SELECT control FROM outbox WHERE report=?1 AND control<>?1 AND kind='sr')`,
			`DELETE FROM step WHERE row IN (SELECT id FROM outbox WHERE report=?)`,
			`DELETE FROM outbox WHERE report=?`,
			`DELETE FROM record WHERE signing=?`,
			`UPDATE draft SET signed_as='' WHERE signed_as=?`,
			`DELETE FROM past_draft WHERE revision=0 AND signed_as=?`,
		} {
			if _, err := tx.ExecContext(ctx, stmt, report); err != nil {
				return err
			}
		}
		return nil
	})
}

// Unpark queues a parked row again, on a person's word. What could not be made cannot
// be sent: ErrNone. What has an open conflict waits for its decision: ErrConflict.
func (l *Ledger) Unpark(ctx context.Context, id int64) error {
	return l.write(ctx, "queue parked report again", func(tx *sql.Tx) error {
		r, err := scanRow(tx.QueryRowContext(ctx, listRow+`WHERE id=? AND state='parked' AND length(object)>0`, id))
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNone
		}
		if err != nil {
			return err
		}
		if _, err := conflictOf(ctx, tx, r.Report); !errors.Is(err, ErrNone) {
			return errors.Join(err, ErrConflict)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE outbox SET state='queued', next_at=0, reason='', answer='' WHERE id=?`, id); err != nil {
			return err
		}
		r.State, r.Reason, r.Answer = Queued, "asked for by the reader", ""
		return addStep(ctx, tx, id, r)
	})
}
