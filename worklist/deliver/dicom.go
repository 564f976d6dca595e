package deliver

import (
	"context"
	"errors"
	"fmt"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// DICOM delivers a DICOM object to an archive: stored, read back, compared. It is a
// Channel.
type DICOM struct{ Archive pacs.Archive }

// Send stores the object. Only an archive that lists it as stored took it: a full
// disk answers 200 without the list (PS3.18 10.5.3).
func (c DICOM) Send(ctx context.Context, row ledger.OutboxRow) (answer string, err error) {
	stored, err := c.Archive.Store(ctx, dicom.UID(row.StudyUID), row.Object)
	if err != nil {
		return "", sendError(row, err)
	}
	for _, uid := range stored.OK {
		if string(uid) == row.Control {
			return "listed as stored", nil
		}
	}
	if why, ok := stored.Failed[dicom.UID(row.Control)]; ok {
		return "", failure(row, why)
	}
	return "", fmt.Errorf("store object: %w", ErrUnsure)
}

// sendError sorts a refusal of the whole request.
func sendError(row ledger.OutboxRow, err error) error {
	var status *pacs.StatusError
	if !errors.As(err, &status) {
		return fmt.Errorf("store object: %w", err)
	}
	switch status.Code {
	case 409: // none was stored; the reason may be that it is there
		return fmt.Errorf("store object: %w", ErrUnsure)
	case 400, 413, 415, 422:
		return &ParkError{Reason: fmt.Sprintf("%s refuses %s (%d)", row.Site, Noun(row.Kind), status.Code)}
	}
	return fmt.Errorf("store object: %w", err)
}

// failure sorts a Failure Reason (PS3.18 Table I.2-2, PS3.4 Table B.2-1).
func failure(row ledger.OutboxRow, why uint16) error {
	switch {
	case why == 0x0111: // duplicate SOP instance
		return fmt.Errorf("store object: %w", ErrUnsure)
	case why == 0x0122, why>>8 == 0xA9, why>>12 == 0xC:
		return &ParkError{Reason: fmt.Sprintf("%s refuses %s (%04X)", row.Site, Noun(row.Kind), why)}
	}
	return fmt.Errorf("store object: %w", &pacs.StatusError{Code: int(why), Op: "store"})
}

// Confirm retrieves the object and compares it with what was signed (Differences).
func (c DICOM) Confirm(ctx context.Context, row ledger.OutboxRow) error {
	signed, err := dicom.Parse(row.Object)
	if err != nil {
		return &ParkError{Reason: Noun(row.Kind) + " on disk cannot be read"}
	}
	ref := pacs.Ref{Study: dicom.UID(row.StudyUID), Series: dicom.UID(signed.Dataset.Str(dicom.SeriesInstanceUID)),
		Instance: dicom.UID(row.Control)}
	var held *dicom.File
	err = c.Archive.Retrieve(ctx, ref, func(o pacs.Object) error {
		f, err := dicom.Parse(o.Bytes)
		if err == nil && f.Dataset.Str(dicom.SOPInstanceUID) == row.Control {
			held = f
		}
		return err
	})
	if r, ok := pacs.ReasonOf(err); ok && r == pacs.NotFound {
		return fmt.Errorf("read object back: %w", ErrAbsent)
	}
	if err != nil {
		return fmt.Errorf("read object back: %w", err)
	}
	if held == nil {
		return fmt.Errorf("read object back: %w", ErrAbsent)
	}
	if tags := Differences(signed.Dataset, held.Dataset); len(tags) > 0 {
		return &ParkError{Reason: fmt.Sprintf("%s holds something else under the UID of %s: %s differs", row.Site, Noun(row.Kind), tags[0])}
	}
	return nil
}
