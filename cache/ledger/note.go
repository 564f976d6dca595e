package ledger

import (
	"context"
	"database/sql"
	"time"
)

// Note is a reader's reason for doing what a rule warns of, such as leaving while
// reports wait to be sent (N12).
type Note struct {
	At   time.Time
	Text string
}

// AddNote keeps a reason.
func (l *Ledger) AddNote(ctx context.Context, n Note) error {
	return l.write(ctx, "keep reason", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO note (at, text) VALUES (?,?)`, nanos(n.At), n.Text)
		return err
	})
}
