package ledger

import (
	"context"
	"database/sql"
)

// Sent lists, by study, the SOP Instance UIDs of our own objects that an archive took:
// it counts them among the study's instances. study "" means all.
func (l *Ledger) Sent(ctx context.Context, study string) (map[string][]string, error) {
	out := map[string][]string{}
	err := l.query(ctx, "list sent objects", func(rows *sql.Rows) error {
		var of, sop string
		err := rows.Scan(&of, &sop)
		out[of] = append(out[of], sop)
		return err
	}, `SELECT DISTINCT study, control FROM outbox WHERE channel='dicom' AND state IN ('acked','verified') AND (?1='' OR study=?1)`, study)
	return out, err
}
