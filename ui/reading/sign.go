package reading

import (
	"context"
	"errors"
	"fmt"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/report"
)

// Outgoing is a report that was signed and waits in the outbox.
type Outgoing struct {
	ID     int64
	Signed report.Signed
}

// Sign freezes the draft as it stands on disk and puts the fixed bytes for every
// destination into the outbox, with what is left to be done, all or nothing. After it
// returned without an error the report is signed, whatever happens to the network or
// the program.
func (r *Room) Sign(ctx context.Context, row feed.Row, d *report.Draft, f report.Facts, recall bool) (Outgoing, error) {
	site, ok := r.Sites[row.Site]
	if !ok {
		return Outgoing{}, fmt.Errorf("sign: no site %q is configured", row.Site)
	}
	if err := r.authenticate(ctx, row.Site, row.StudyUID); err != nil {
		return Outgoing{}, err
	}
	f.Reader.Trainee, f.Barred = r.TraineeAt(row.Site), r.barred(ctx, row, f.Study)
	all, err := report.SignAll(d, f, r.Now())
	if err != nil {
		r.restrictedSignature(ctx, row, err)
		return Outgoing{}, err
	}
	release := r.Now()
	if recall && r.Recall != nil {
		release = release.Add(r.Recall(row.Priority != pacs.Routine && row.Priority != pacs.NotStated))
	}
	var rows []ledger.OutboxRow
	var records []ledger.Record
	for i, o := range all {
		of := row
		if i > 0 {
			of = linkedRow(row, o)
		}
		first := r.firstRow(site, of, o.Signed)
		first.Report, first.NotBefore = all[0].Signed.SOPUID, release
		more, kept, err := r.addOrder(ctx, of, o, first)
		if err != nil {
			return Outgoing{}, fmt.Errorf("sign: %w", err)
		}
		rows, records = append(rows, more...), append(records, kept...)
	}
	undo, err := r.signing(ctx, row, all)
	if err != nil {
		return Outgoing{}, fmt.Errorf("sign: %w", err)
	}
	ids, err := r.enqueue(ctx, all, rows, records)
	if err != nil {
		undo()
	}
	if errors.Is(err, ledger.ErrStale) {
		return Outgoing{}, fmt.Errorf("the report was changed by another program while it was signed; look at it again: %w", err)
	}
	if err != nil {
		return Outgoing{}, fmt.Errorf("sign: %w", err)
	}
	return Outgoing{ID: ids[0], Signed: all[0].Signed}, nil
}

// firstRow carries the report itself to its site, at once.
func (r *Room) firstRow(site Site, row feed.Row, s report.Signed) ledger.OutboxRow {
	return ledger.OutboxRow{
		Report: s.SOPUID, Channel: ledger.DICOM, Address: site.DICOMwebURL, Control: s.SOPUID, Kind: ledger.KindSR, Required: true,
		StudyUID: row.StudyUID, Accession: row.Accession, Site: site.Name, UPSURL: site.UPSURL, Object: s.Bytes, SHA256: s.SHA256,
		State: ledger.Queued, Signed: s.At, NotBefore: r.Now(), Priority: string(row.Priority),
	}
}
