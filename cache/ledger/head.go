package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
)

// auditHead is the kind of records that hold the signed heads of audit logs.
const auditHead = "audit-head"

type keptHead struct {
	Size int64  `json:"size"`
	Note string `json:"note"`
}

// Heads are the signed notes of the audit logs of this home, the newest of each
// (audit.Heads).
func (l *Ledger) Heads(ctx context.Context) (notes []string, err error) {
	records, err := l.Records(ctx, auditHead, "")
	for _, r := range records {
		var h keptHead
		if err := json.Unmarshal(r.Body, &h); err != nil {
			return nil, err
		}
		notes = append(notes, h.Note)
	}
	return notes, err
}

// KeepHead keeps a log's note. One of a shorter log never takes the place of one of a
// longer.
func (l *Ledger) KeepHead(ctx context.Context, log, note string, size int64) error {
	body, err := json.Marshal(keptHead{size, note})
	if err != nil {
		return err
	}
	return l.write(ctx, "keep the audit log's head", func(tx *sql.Tx) error {
		var was []byte
		var old keptHead
		err := tx.QueryRowContext(ctx, `SELECT body FROM record WHERE id=?`, auditHead+" "+log).Scan(&was)
		if err == nil {
			err = json.Unmarshal(was, &old)
		}
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if old.Size > size {
			return nil
		}
		return putRecord(ctx, tx, Record{ID: auditHead + " " + log, Kind: auditHead, Body: body}, "")
	})
}
