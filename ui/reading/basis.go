package reading

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/report"
)

// basisKind is of the records of what was known when a report was signed.
const basisKind = "basis"

// basis is what the reader could know of other reports of a study at the moment of
// signing: any other that its site holds later is news.
type basis struct {
	Known  []string `json:"known,omitempty"`  // SOP Instance UIDs of the reports on disk then
	Silent bool     `json:"silent,omitempty"` // the site did not answer then
}

// basisOf notes it for a report of a study; it goes when the report is taken back.
func (r *Room) basisOf(site string, d *report.Draft, s report.Signed) (ledger.Record, error) {
	b := basis{Silent: r.Silent != nil && r.Silent(site)}
	for _, h := range reportsIn(r.reportObjects(s.StudyUID)) {
		b.Known = append(b.Known, string(h.doc.SOPUID))
	}
	if d.Before != nil {
		b.Known = append(b.Known, d.Before.SOPUID)
	}
	body, err := json.Marshal(b)
	if err != nil {
		return ledger.Record{}, fmt.Errorf("note what was known: %w", err)
	}
	return ledger.Record{ID: basisKind + " " + s.SOPUID, Kind: basisKind, StudyUID: s.StudyUID, At: s.At, Closed: s.At, Body: body}, nil
}

// known gathers what was known when any of a report's documents of the study was
// signed, and what this home itself wrote of it; silent: its site did not answer then.
func (r *Room) known(ctx context.Context, study string, documents []string) (known map[dicom.UID]bool, silent bool, err error) {
	known = map[dicom.UID]bool{}
	records, err := r.Ledger.Records(ctx, basisKind, study)
	if err != nil {
		return nil, false, err
	}
	for _, rec := range records {
		var b basis
		if err := json.Unmarshal(rec.Body, &b); err != nil {
			return nil, false, fmt.Errorf("read what was known: %w", err)
		}
		for _, doc := range documents {
			if rec.ID != basisKind+" "+doc {
				continue
			}
			silent = silent || b.Silent
			for _, uid := range b.Known {
				known[dicom.UID(uid)] = true
			}
		}
	}
	rows, err := r.Ledger.OutboxOf(ctx, study)
	for _, o := range rows {
		known[dicom.UID(o.Control)] = true
	}
	return known, silent, err
}
