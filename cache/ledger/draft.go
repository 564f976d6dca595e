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

// PartDraft keeps a draft that can no longer be the study's, because another program
// saved or signed that one: beside it, and told by PartedDrafts until DropParted. id
// is that of an earlier state of it, 0 for the first; the new one is returned.
func (l *Ledger) PartDraft(ctx context.Context, id int64, d Draft) (int64, error) {
	err := l.write(ctx, "keep draft apart", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM past_draft WHERE rowid=? AND study=? AND revision=? AND signed_as=''`,
			id, d.StudyUID, d.Revision); err != nil {
			return err
		}
		done, err := tx.ExecContext(ctx, `INSERT INTO past_draft (study, body, revision, saved, signed_as) VALUES (?,?,?,?,'')`,
			d.StudyUID, d.Body, d.Revision, nanos(d.Saved))
		if err != nil {
			return err
		}
		id, err = done.LastInsertId()
		return err
	})
	return id, err
}

// Parted is a draft that was kept apart.
type Parted struct {
	ID int64
	Draft
}

// PartedDrafts lists the drafts of a study that were kept apart, oldest first.
func (l *Ledger) PartedDrafts(ctx context.Context, study string) (out []Parted, err error) {
	err = l.query(ctx, "load drafts kept apart", func(r *sql.Rows) error {
		var p Parted
		var saved int64
		if err := r.Scan(&p.ID, &p.StudyUID, &p.Body, &p.Revision, &saved); err != nil {
			return err
		}
		p.Saved = fromNanos(saved)
		out = append(out, p)
		return nil
	}, `SELECT rowid, study, body, revision, saved FROM past_draft WHERE study=? AND signed_as='' ORDER BY saved`, study)
	return out, err
}

// DropParted forgets drafts kept apart: their text is in the study's own now.
func (l *Ledger) DropParted(ctx context.Context, ids ...int64) error {
	return l.write(ctx, "drop draft kept apart", func(tx *sql.Tx) error {
		for _, id := range ids {
			if _, err := tx.ExecContext(ctx, `DELETE FROM past_draft WHERE rowid=? AND signed_as=''`, id); err != nil {
				return err
			}
		}
		return nil
	})
}
