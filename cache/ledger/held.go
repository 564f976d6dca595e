package ledger

import (
	"context"
	"database/sql"
	"time"
)

// Touch is when a study was looked at, marked and written about last; zero: never.
type Touch struct {
	Looked time.Time // its capsule was saved
	Marked time.Time // its newest mark that is not deleted
}

// Touched says it of every study that the ledger knows a capsule or marks of.
func (l *Ledger) Touched(ctx context.Context) (out map[string]Touch, err error) {
	out = map[string]Touch{}
	err = l.query(ctx, "look what was touched", func(r *sql.Rows) error {
		var study string
		var looked, marked int64
		err := r.Scan(&study, &looked, &marked)
		t := out[study]
		if looked > 0 {
			t.Looked = fromNanos(looked)
		}
		if marked > 0 {
			t.Marked = fromNanos(marked)
		}
		out[study] = t
		return err
	}, `SELECT study, saved, 0 FROM capsule UNION ALL SELECT study, 0, max(saved) FROM annotation WHERE deleted=0 GROUP BY study`)
	return out, err
}

// Lists returns what every site said last to every reader.
func (l *Ledger) Lists(ctx context.Context) (out []List, err error) {
	err = l.query(ctx, "load lists", func(r *sql.Rows) error {
		var said List
		var at int64
		err := r.Scan(&said.Site, &said.Reader, &said.Body, &at)
		said.Said = fromNanos(at)
		out = append(out, said)
		return err
	}, `SELECT site, reader, body, said FROM list ORDER BY site, reader`)
	return out, err
}

// Forget drops what is of no use without a study's images: where the reader's eyes
// were, and which priors were found. Drafts, marks, reports and what was seen stay.
func (l *Ledger) Forget(ctx context.Context, study string) error {
	return l.write(ctx, "forget a study's place", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM capsule WHERE study=?`, study); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM record WHERE kind='priors' AND study=?`, study)
		return err
	})
}
