package reading

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/report"
)

// OverrideKind is the ledger's kind of a reader's reason to sign in spite of a check.
const OverrideKind = "override"

// OverrideRecord is what is kept of it: who decided what, when and why. The evidence is
// kept as its hash, so that the record names no patient and still tells one conflict from
// another.
type OverrideRecord struct {
	Rule     string    `json:"rule"`
	Evidence string    `json:"evidence_sha256"`
	Reason   string    `json:"reason"`
	By       string    `json:"by"` // PN
	At       time.Time `json:"at"`
}

// overrideRecord is closed as it is made: there is nothing left to do about it.
func overrideRecord(study string, o report.Override) (ledger.Record, error) {
	sum := sha256.Sum256([]byte(strings.Join(o.Evidence, "\x00")))
	body, err := json.Marshal(OverrideRecord{Rule: o.Rule, Evidence: hex.EncodeToString(sum[:]), Reason: o.Reason, By: o.By, At: o.At})
	if err != nil {
		return ledger.Record{}, fmt.Errorf("keep override: %w", err)
	}
	id := sha256.Sum256(append([]byte(study+"\x00"), body...))
	return ledger.Record{ID: OverrideKind + "-" + hex.EncodeToString(id[:16]), Kind: OverrideKind, StudyUID: study, At: o.At, Closed: o.At, Body: body}, nil
}

// KeepOverrides puts the reasons of a draft on disk as records that outlive it. One that
// is there already is kept once.
func (r *Room) KeepOverrides(ctx context.Context, d *report.Draft) error {
	for _, o := range d.Overrides {
		rec, err := overrideRecord(d.StudyUID, o)
		if err == nil {
			err = r.Ledger.PutRecord(ctx, rec)
		}
		if err != nil {
			return fmt.Errorf("keep override: %w", err)
		}
	}
	return nil
}

// KeepOverridesSoon is KeepOverrides from the journal's goroutine.
func (r *Room) KeepOverridesSoon(d *report.Draft) {
	kept := &report.Draft{StudyUID: d.StudyUID, Overrides: append([]report.Override(nil), d.Overrides...)}
	r.Journal.Put("", func(ctx context.Context) error { return r.KeepOverrides(ctx, kept) })
}

// wholeSeries picks, of the sentences of what was not seen, those of series of which
// nothing was: "Se 3: 20 of 20 not seen: 1–20".
func wholeSeries(unseen []string) (out []string) {
	for _, u := range unseen {
		name, rest, ok := strings.Cut(u, ": ")
		var n, of int
		if ok {
			if _, err := fmt.Sscanf(rest, "%d of %d not seen", &n, &of); err == nil && n == of && n > 0 {
				out = append(out, name)
			}
		}
	}
	return out
}
