package reading

import (
	"context"
	"fmt"

	"github.com/nocturne/nocturne/cache/audit"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
)

// WetRead sends one line about the study as a preliminary report, at once: the draft d
// and the claim stay as they are, and what is signed later replaces it. why, when
// there is one, overrides what a reason may. After it
// returned without an error the line is in the outbox, whatever happens.
func (r *Room) WetRead(ctx context.Context, row feed.Row, d *report.Draft, f report.Facts, line, why string) (Outgoing, error) {
	site, ok := r.Sites[row.Site]
	if !ok {
		return Outgoing{}, fmt.Errorf("send preliminary report: no site %q is configured", row.Site)
	}
	if err := r.authenticate(ctx, row.Site, row.StudyUID); err != nil {
		return Outgoing{}, err
	}
	d.Adopt(f.Preliminary, r.Now())
	wet := d.WetRead(line, r.Now())
	if why != "" {
		for _, stop := range report.Stopping(report.Check(wet, f)) {
			wet.OverrideWith(stop, why, f.Reader, r.Now())
		}
	}
	if err := r.KeepOverrides(ctx, wet); err != nil {
		return Outgoing{}, err
	}
	f.Reader.Trainee, f.Barred = r.TraineeAt(row.Site), r.barred(ctx, row, f.Study)
	signed, err := report.Sign(wet, f, r.Now())
	if err != nil {
		r.restrictedSignature(ctx, row, err)
		return Outgoing{}, err
	}
	body, err := wet.Encode()
	if err != nil {
		return Outgoing{}, err
	}
	rows, records, err := r.parcels(ctx, row, wet, f, signed, r.firstRow(site, row, signed))
	if err != nil {
		return Outgoing{}, fmt.Errorf("send preliminary report: %w", err)
	}
	undo, err := r.announced(ctx, []audit.Event{signature(row, report.Preliminary, signed)})
	if err != nil {
		return Outgoing{}, fmt.Errorf("send preliminary report: %w", err)
	}
	ids, err := r.Ledger.EnqueueBeside(ctx, rows, body, records...)
	if err != nil {
		undo()
		return Outgoing{}, fmt.Errorf("send preliminary report: %w", err)
	}
	return Outgoing{ID: ids[0], Signed: signed}, nil
}

// preliminary is the preliminary report of a study that nothing replaced yet: the report
// that counts, of those that this home sent and those on disk, when it is one.
func (r *Room) preliminary(ctx context.Context, study string, objects []viewer.Object) (report.Earlier, bool) {
	all := reportsIn(objects)
	rows, err := r.Ledger.OutboxOf(ctx, study)
	if err != nil {
		rows = nil // what is on disk is known all the same
	}
	for _, o := range rows {
		if o.Kind != ledger.KindSR {
			continue
		}
		if f, err := dicom.Parse(o.Object); err == nil {
			if h, ok := heldIn(f.Dataset); ok {
				all = append(all, h)
			}
		}
	}
	last, ok := earlier(all)
	return last, ok && last.Preliminary
}
