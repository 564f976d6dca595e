package reading

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
)

// SignatureKind is of the records that hold a report's detached signature.
const SignatureKind = "signature"

// parcels are the rows that go out with a signed report and the records that are kept
// with them: what is left to be done, and the signature over the bytes of every row and
// what was shown.
func (r *Room) parcels(ctx context.Context, row feed.Row, d *report.Draft, f report.Facts, s report.Signed, first ledger.OutboxRow) ([]ledger.OutboxRow, []ledger.Record, error) {
	rel := d.Release(f, s)
	rel.Site = first.Site
	rows := r.rows(ctx, first, row, rel)
	records, err := r.tasks(ctx, rel)
	if err != nil {
		return nil, nil, err
	}
	if r.Keep != nil && d.LinkedTo == "" {
		more, err := r.unknown(ctx, r.Keep(rel))
		if err != nil {
			return nil, nil, err
		}
		records = append(records, more...)
	}
	known, err := r.basisOf(first.Site, d, s)
	if err != nil {
		return nil, nil, err
	}
	records = append(records, known)
	if r.Key == nil {
		return rows, records, nil
	}
	shown, err := report.Shown(report.SignSheet(d, f), d)
	if err != nil {
		return nil, nil, err
	}
	seal, err := r.seal(rel, rows, cmp.Or(f.Shown, shown))
	return rows, append(records, seal), err
}

func (r *Room) seal(rel report.Release, rows []ledger.OutboxRow, shown string) (ledger.Record, error) {
	key, err := r.Key()
	if err != nil {
		return ledger.Record{}, err
	}
	var all []report.Witnessed
	for _, row := range rows {
		w := report.Witnessed{Kind: row.Kind, Control: row.Control, SHA256: row.SHA256}
		if len(row.Object) > 0 && !slices.Contains(all, w) {
			all = append(all, w)
		}
	}
	s, err := rel.Attest(all, shown, key)
	if err != nil {
		return ledger.Record{}, err
	}
	body, err := json.Marshal(s)
	if err != nil {
		return ledger.Record{}, fmt.Errorf("keep signature: %w", err)
	}
	return ledger.Record{ID: SignatureKind + " " + rel.Signed.SOPUID, Kind: SignatureKind, StudyUID: rel.Signed.StudyUID,
		At: rel.Signed.At, Closed: rel.Signed.At, Body: body}, nil
}
