package reading

import (
	"context"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
)

// Parcel is one object that goes out with a signed report, for one destination.
type Parcel struct {
	Channel  string // ledger.DICOM, HL7 or FHIR
	Address  string // empty: the site's archive
	Kind     string // ledger.KindPDF and others
	Control  string // SOP Instance UID, MSH-10, bundle identifier
	Bytes    []byte
	Required bool // the site's workitem waits for it
	// Wrong says, without patient data, why it could not be made. The report goes all the
	// same; the reader sees this parcel parked.
	Wrong string
}

// rows are what the outbox gets of a signing: the report first, then its parcels, all
// for the same order, all released at the same moment.
func (r *Room) rows(ctx context.Context, sr ledger.OutboxRow, row feed.Row, rel report.Release) []ledger.OutboxRow {
	out := []ledger.OutboxRow{sr}
	if r.Compose == nil {
		return out
	}
	for _, p := range r.Compose(ctx, row, rel) {
		next := sr
		next.WorkitemUID, next.TransactionUID = "", ""
		next.Channel, next.Kind, next.Control, next.Required = p.Channel, p.Kind, p.Control, p.Required
		if p.Address != "" {
			next.Address = p.Address
		}
		next.Object, next.SHA256 = p.Bytes, report.Digest(p.Bytes)
		if p.Wrong != "" {
			next.Object, next.SHA256, next.State, next.Reason = nil, "", ledger.Parked, p.Wrong
			next.Control = sr.Control + " " + p.Kind
		}
		out = append(out, next)
	}
	return out
}
