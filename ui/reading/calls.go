package reading

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
)

// CallKind is what the ledger calls records of interruptions.
const CallKind = "call"

// Why a reader was taken from a case.
const (
	ByPhone = "telephone"
	ByCase  = "another case"
)

// Call is one interruption: from when to when, by what, during which case.
type Call struct {
	ID        string    `json:"id"`
	Cause     string    `json:"cause"`
	Who       string    `json:"who,omitempty"` // as typed
	Why       string    `json:"why,omitempty"`
	From      time.Time `json:"from"`
	To        time.Time `json:"to,omitzero"` // zero: not ended, or the program ended before
	StudyUID  string    `json:"study_instance_uid,omitempty"`
	Accession string    `json:"accession_number,omitempty"`
	Site      string    `json:"site,omitempty"`
	Exam      string    `json:"exam,omitempty"`
}

// Minutes is how long it took, at least one; 0 while it has not ended.
func (c Call) Minutes() int {
	if c.To.IsZero() {
		return 0
	}
	return max(1, int(c.To.Sub(c.From).Round(time.Minute)/time.Minute))
}

// KeepCall puts a call on disk as it stands, through the journal.
func (r *Room) KeepCall(c Call) {
	r.Journal.Put("", func(ctx context.Context) error {
		body, err := json.Marshal(c)
		if err != nil {
			return fmt.Errorf("keep call: %w", err)
		}
		return r.Ledger.PutRecord(ctx, ledger.Record{ID: c.ID, Kind: CallKind, StudyUID: c.StudyUID, At: c.From, Closed: c.To, Body: body})
	})
}

// Calls are the interruptions since a time, oldest first.
func (r *Room) Calls(ctx context.Context, since time.Time) (out []Call, err error) {
	records, err := r.Ledger.Records(ctx, CallKind, "")
	if err != nil {
		return nil, err
	}
	for _, rec := range records {
		if rec.At.Before(since) {
			continue
		}
		var c Call
		if err := json.Unmarshal(rec.Body, &c); err != nil {
			return out, fmt.Errorf("read call: %w", err)
		}
		out = append(out, c)
	}
	return out, nil
}

// Since reads a day, 2026-11-22, or a time ago, 12h or 7d; "" is the beginning.
func Since(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if day, err := time.ParseInLocation(time.DateOnly, text, time.Local); err == nil {
		return day, nil
	}
	n, unit := 0, ""
	if _, err := fmt.Sscanf(text, "%d%1s", &n, &unit); err == nil && n > 0 {
		switch unit {
		case "h":
			return now.Add(-time.Duration(n) * time.Hour), nil
		case "d":
			return now.AddDate(0, 0, -n), nil
		}
	}
	return time.Time{}, errors.New("since is a day, 2026-11-22, or a time ago, 12h or 7d")
}
