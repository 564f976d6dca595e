package reading

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/report"
)

// FollowUpKind is of the records that hold a recommended examination with its date (X6):
// Body is a report.FollowUp, Due the last day. It is open until someone closes it.
const FollowUpKind = "follow-up"

// tasks are the dated recommendations of a release that this home does not have yet.
// One that was closed is not opened again by an addendum that repeats it.
func (r *Room) tasks(ctx context.Context, rel report.Release) ([]ledger.Record, error) {
	if len(rel.FollowUp) == 0 {
		return nil, nil
	}
	known, err := r.Ledger.Records(ctx, FollowUpKind, rel.Signed.StudyUID)
	if err != nil {
		return nil, err
	}
	var out []ledger.Record
	for _, f := range rel.FollowUp {
		if slices.ContainsFunc(known, func(k ledger.Record) bool { return k.ID == f.ID }) {
			continue
		}
		body, err := json.Marshal(f)
		if err != nil {
			return nil, fmt.Errorf("keep follow-up: %w", err)
		}
		out = append(out, ledger.Record{ID: f.ID, Kind: FollowUpKind, StudyUID: rel.Signed.StudyUID, At: rel.Signed.At, Due: f.By, Body: body})
	}
	return out, nil
}
