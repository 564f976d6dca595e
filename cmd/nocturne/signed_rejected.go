package main

import (
	"context"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/ko"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/report"
)

// disowned are the objects that went out with the report which this release withdraws,
// besides its SR, which the release replaces: they would go on speaking for it.
func (h *house) disowned(ctx context.Context, rel report.Release) (out []ko.Image, err error) {
	if rel.Kind != report.Withdrawn || rel.Before == nil {
		return nil, nil
	}
	rows, err := h.room.Ledger.OutboxOf(ctx, rel.Signed.StudyUID)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, r := range rows {
		if r.Report != rel.Before.SOPUID || r.Channel != ledger.DICOM || r.Kind == ledger.KindSR || seen[r.Control] {
			continue
		}
		f, err := dicom.Parse(r.Object)
		if err != nil {
			return nil, err
		}
		seen[r.Control] = true
		d := f.Dataset
		out = append(out, ko.Image{InstanceRef: sr.InstanceRef{Study: dicom.UID(d.Str(dicom.StudyInstanceUID)), Series: dicom.UID(d.Str(dicom.SeriesInstanceUID)),
			Instance: dicom.UID(r.Control), Class: dicom.UID(d.Str(dicom.SOPClassUID))}})
	}
	return out, nil
}

// rejected is the key object selection that takes them back (IHE IOCM; PS3.16 CID 7010,
// 113037); nil where there is nothing to take back.
func rejected(rel report.Release, old []ko.Image) (*dicom.Dataset, error) {
	if len(old) == 0 {
		return nil, nil
	}
	by := author(rel, report.KeyImages)
	return ko.Write(ko.Selection{
		Study: rel.Study, SeriesUID: by.NewUID(), SOPUID: by.NewUID(), SeriesNumber: rejectedSeries, Title: ko.RejectedForSafety,
		Description: "Objects of a report that was withdrawn", Observer: rel.Reader.Name, Content: rel.Signed.At, Images: old,
	})
}

const rejectedSeries = 9006
