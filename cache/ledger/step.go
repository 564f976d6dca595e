package ledger

import (
	"context"
	"database/sql"
	"time"
)

// Step is one thing that happened to an outbox row. Steps are only ever added.
type Step struct {
	At           time.Time
	State        OutboxState // reached then
	Tries        int
	Reason       string // why it waits or is parked
	Answer       string // what the destination said
	WorkitemDone bool
}

// addStep writes down what a row became, in the transaction that made it so.
func addStep(ctx context.Context, tx *sql.Tx, id int64, r OutboxRow) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO step (row, at, state, tries, said, answer, workitem_done) VALUES (?,?,?,?,?,?,?)`,
		id, nanos(time.Now()), r.State, r.Tries, r.Reason, r.Answer, r.WorkitemDone)
	return err
}

// Steps lists all that happened to a row since it was signed, oldest first.
func (l *Ledger) Steps(ctx context.Context, row int64) (out []Step, err error) {
	err = l.query(ctx, "read steps", func(rows *sql.Rows) error {
		var s Step
		var at int64
		err := rows.Scan(&at, &s.State, &s.Tries, &s.Reason, &s.Answer, &s.WorkitemDone)
		s.At = fromNanos(at)
		out = append(out, s)
		return err
	}, `SELECT at, state, tries, said, answer, workitem_done FROM step WHERE row=? ORDER BY id`, row)
	return out, err
}
