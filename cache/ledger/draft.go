package ledger

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// SaveDraft stores the draft and returns its new revision. d.Revision is the
// revision that the writer started from (0 for a new draft): when another program
// has saved since, nothing is written and the error is ErrStale. A signed draft
// gives ErrSigned.
func (l *Ledger) SaveDraft(ctx context.Context, d Draft) (revision int64, err error) {
	err = l.write(ctx, "save draft", func(tx *sql.Tx) error {
		now, signed, err := draftAt(ctx, tx, d.StudyUID)
		switch {
		case err != nil:
			return err
		case signed != "":
			return ErrSigned
		case now != d.Revision:
			return ErrStale
		}
		revision = now + 1
		_, err = tx.ExecContext(ctx, `INSERT INTO draft (study, body, revision, saved) VALUES (?,?,?,?)
			ON CONFLICT (study) DO UPDATE SET body=excluded.body, revision=excluded.revision, saved=excluded.saved`,
			d.StudyUID, d.Body, revision, nanos(time.Now()))
		return err
	})
	if err != nil {
		return 0, err
	}
	return revision, nil
}

// draftAt is the stored revision, 0 when there is no draft, and what it was
// signed as.
func draftAt(ctx context.Context, tx *sql.Tx, study string) (revision int64, signedAs string, err error) {
	err = tx.QueryRowContext(ctx, `SELECT revision, signed_as FROM draft WHERE study=?`, study).
		Scan(&revision, &signedAs)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return revision, signedAs, err
}

// SucceedDraft begins the next draft of a study whose report is signed (an
// addendum): the signed draft is kept aside and body takes its place. Without a
// signed draft the error is ErrNone.
func (l *Ledger) SucceedDraft(ctx context.Context, study string, body []byte) (revision int64, err error) {
	err = l.write(ctx, "begin addendum", func(tx *sql.Tx) error {
		now, signed, err := draftAt(ctx, tx, study)
		if err != nil {
			return err
		}
		if signed == "" {
			return ErrNone
		}
		revision = now + 1
		if _, err := tx.ExecContext(ctx, `INSERT INTO past_draft (study, body, revision, saved, signed_as)
			SELECT study, body, revision, saved, signed_as FROM draft WHERE study=?`, study); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE draft SET body=?, revision=?, saved=?, signed_as='' WHERE study=?`,
			body, revision, nanos(time.Now()), study)
		return err
	})
	if err != nil {
		return 0, err
	}
	return revision, nil
}

const draftColumns = `SELECT study, body, revision, saved, signed_as FROM draft `

func scanDraft(rows *sql.Rows) (d Draft, err error) {
	var saved int64
	err = rows.Scan(&d.StudyUID, &d.Body, &d.Revision, &saved, &d.SignedAs)
	d.Saved = fromNanos(saved)
	return d, err
}

// Draft returns the study's draft; ok is false when there is none.
func (l *Ledger) Draft(ctx context.Context, study string) (d Draft, ok bool, err error) {
	err = l.query(ctx, "load draft", func(r *sql.Rows) (err error) {
		d, err = scanDraft(r)
		ok = err == nil
		return err
	}, draftColumns+`WHERE study=?`, study)
	return d, ok, err
}

// Drafts lists the drafts that are not signed, last saved first.
func (l *Ledger) Drafts(ctx context.Context) (out []Draft, err error) {
	err = l.query(ctx, "list drafts", func(r *sql.Rows) error {
		d, err := scanDraft(r)
		out = append(out, d)
		return err
	}, draftColumns+`WHERE signed_as='' ORDER BY saved DESC`)
	return out, err
}
