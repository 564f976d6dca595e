package ledger

import (
	"context"
	"database/sql"
)

// PastDrafts lists the drafts of a study that were signed and that another has
// succeeded since, oldest first.
func (l *Ledger) PastDrafts(ctx context.Context, study string) (out []Draft, err error) {
	err = l.query(ctx, "load past drafts", func(r *sql.Rows) error {
		d, err := scanDraft(r)
		out = append(out, d)
		return err
	}, `SELECT study, body, revision, saved, signed_as FROM past_draft WHERE study=? AND signed_as<>'' ORDER BY saved`, study)
	return out, err
}
