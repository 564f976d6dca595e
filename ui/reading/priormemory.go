package reading

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
)

// priorsKind is of the records of what a search for priors found last: with the site
// silent the priors on disk can be compared with all the same.
const priorsKind = "priors"

// priorSearch is what a site said of a patient's other studies.
type priorSearch struct {
	Patient report.Patient `json:"patient"` // as the row had it: another's are never taken for theirs (N4)
	Found   []feed.Study   `json:"found"`
}

func priorsID(row feed.Row) string { return priorsKind + " " + row.Site + " " + row.StudyUID }

// keepPriors remembers a search that was finished.
func (r *Room) keepPriors(row feed.Row, found []feed.Study) {
	if r.Journal == nil {
		return
	}
	body, err := json.Marshal(priorSearch{patientOf(row), found})
	at := r.Now()
	r.Journal.Put(priorsID(row), func(ctx context.Context) error {
		if err != nil {
			return fmt.Errorf("keep priors: %w", err)
		}
		return r.Ledger.PutRecord(ctx, ledger.Record{ID: priorsID(row), Kind: priorsKind, StudyUID: row.StudyUID, At: at, Closed: at, Body: body})
	})
}

// keptPriors is what the last finished search found for the same patient, and when.
func (r *Room) keptPriors(ctx context.Context, row feed.Row) (found []feed.Study, at time.Time) {
	records, err := r.Ledger.Records(ctx, priorsKind, row.StudyUID)
	if err != nil {
		return nil, at
	}
	for _, rec := range records {
		var s priorSearch
		if rec.ID == priorsID(row) && json.Unmarshal(rec.Body, &s) == nil && s.Patient == patientOf(row) {
			found, at = s.Found, rec.At
		}
	}
	return found, at
}

// PriorsOf are the studies that were found to be compared with a study, by its last
// search.
func (r *Room) PriorsOf(ctx context.Context, study string) (uids []string, err error) {
	records, err := r.Ledger.Records(ctx, priorsKind, study)
	for _, rec := range records {
		var s priorSearch
		if json.Unmarshal(rec.Body, &s) != nil {
			continue
		}
		for _, p := range s.Found {
			uids = append(uids, string(p.UID))
		}
	}
	return uids, err
}
