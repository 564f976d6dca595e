package critical

import (
	"encoding/json"
	"fmt"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/report"
)

// Kind is what the ledger calls records of critical results.
const Kind = "critical"

// Record is the result as the ledger keeps it.
func (r Result) Record() (ledger.Record, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return ledger.Record{}, fmt.Errorf("keep critical result: %w", err)
	}
	return ledger.Record{ID: r.ID, Kind: Kind, StudyUID: r.StudyUID, At: r.Identified, Due: r.Due, Closed: r.Closed, Body: body}, nil
}

// Read is the result of a record.
func Read(rec ledger.Record) (Result, error) {
	var r Result
	if err := json.Unmarshal(rec.Body, &r); err != nil {
		return Result{}, fmt.Errorf("read critical result: %w", err)
	}
	r.ID, r.StudyUID, r.Closed = rec.ID, rec.StudyUID, rec.Closed
	return r, nil
}

// Unreadable stands for a record that cannot be read: an open result, so that nothing
// is signed as if there were none.
func Unreadable(id string) report.Communication {
	return report.Communication{ID: id, Finding: "the record of a critical result cannot be read", Category: int(Minutes)}
}

// Of are the communications of the records that are critical results, in their order.
// One that was closed by hand and told to nobody is none.
func Of(records []ledger.Record) (out []report.Communication) {
	for _, rec := range records {
		if rec.Kind != Kind {
			continue
		}
		r, err := Read(rec)
		if err != nil {
			out = append(out, Unreadable(rec.ID))
			continue
		}
		if r.Open() || !r.Told.IsZero() {
			out = append(out, r.Communication)
		}
	}
	return out
}
