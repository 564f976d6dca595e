package ledger

import (
	"context"
	"database/sql"
	"time"
)

// List is what a site said last of the cases that a reader has to read, in the words
// of package feed.
type List struct {
	Site, Reader string
	Body         []byte
	Said         time.Time
}

// SaveList replaces what a site said, unless another program has a later answer.
func (l *Ledger) SaveList(ctx context.Context, said List) error {
	return l.write(ctx, "keep list", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO list (site, reader, body, said) VALUES (?,?,?,?)
			ON CONFLICT (site, reader) DO UPDATE SET body=excluded.body, said=excluded.said WHERE excluded.said>=list.said`,
			said.Site, said.Reader, said.Body, nanos(said.Said))
		return err
	})
}

// List returns what a site said last to a reader; ok is false when it never did.
func (l *Ledger) List(ctx context.Context, site, reader string) (said List, ok bool, err error) {
	err = l.query(ctx, "load list", func(r *sql.Rows) error {
		var at int64
		err := r.Scan(&said.Site, &said.Reader, &said.Body, &at)
		said.Said, ok = fromNanos(at), err == nil
		return err
	}, `SELECT site, reader, body, said FROM list WHERE site=? AND reader=?`, site, reader)
	return said, ok, err
}
