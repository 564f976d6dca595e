package pacs_test

import (
	"context"
	"errors"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// holder is an archive that answers every retrieval with what it holds.
type holder struct {
	pacs.Archive
	held [][]byte
	err  error
}

func (h holder) Retrieve(_ context.Context, _ pacs.Ref, each func(pacs.Object) error) error {
	for _, b := range h.held {
		if err := each(pacs.Object{Bytes: b}); err != nil {
			return err
		}
	}
	return h.err
}

// object is a small image; change may alter it before it is written.
func object(t *testing.T, pixels string, change func(*dicom.Dataset)) []byte {
	t.Helper()
	ds := new(dicom.Dataset)
	ds.SetStr(dicom.SOPClassUID, string(dicom.CTImageStorage))
	ds.SetStr(dicom.SOPInstanceUID, "1.2.3.4")
	ds.SetStr(dicom.StudyInstanceUID, "1.2.3")
	ds.SetStr(dicom.SeriesInstanceUID, "1.2.3.1")
	ds.SetStr(dicom.PatientID, "P1")
	for tag, n := range map[dicom.Tag]int{dicom.Rows: 2, dicom.Columns: 2, dicom.SamplesPerPixel: 1, dicom.BitsAllocated: 8, dicom.BitsStored: 8, dicom.HighBit: 7, dicom.PixelRepresentation: 0} {
		ds.SetInt(tag, n)
	}
	ds.SetStr(dicom.PhotometricInterpretation, "MONOCHROME2")
	if change != nil {
		change(ds)
	}
	b, err := dicom.Bytes(ds, []byte(pixels))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAReadBackAgreesOnlyWithWhatWasSent(t *testing.T) {
	sent := object(t, "abcd", nil)
	ref := pacs.Ref{Study: "1.2.3", Series: "1.2.3.1", Instance: "1.2.3.4"}
	set := func(tag dicom.Tag, v string) func(*dicom.Dataset) {
		return func(ds *dicom.Dataset) { ds.SetStr(tag, v) }
	}
	byID := func(a, b *dicom.Dataset) []dicom.Tag {
		if a.Str(dicom.PatientID) != b.Str(dicom.PatientID) {
			return []dicom.Tag{dicom.PatientID}
		}
		return nil
	}
	refused := &pacs.StatusError{Code: 404, Op: "retrieve"}
	for name, c := range map[string]struct {
		archive pacs.Archive
		want    func(error) bool
	}{
		"the same bytes":                    {holder{held: [][]byte{sent}}, agrees},
		"an attribute more":                 {holder{held: [][]byte{object(t, "abcd", set(dicom.StationName, "X"))}}, agrees},
		"another pixel":                     {holder{held: [][]byte{object(t, "abce", nil)}}, differs(true)},
		"another instance":                  {holder{held: [][]byte{object(t, "abcd", set(dicom.SOPInstanceUID, "1.2.3.5"))}}, differs(false)},
		"another study":                     {holder{held: [][]byte{object(t, "abcd", set(dicom.StudyInstanceUID, "1.2.4"))}}, differs(false)},
		"another patient":                   {holder{held: [][]byte{object(t, "abcd", set(dicom.PatientID, "P2"))}}, differs(false)},
		"half of it":                        {holder{held: [][]byte{sent[:len(sent)-3]}}, fails},
		"two of it":                         {holder{held: [][]byte{sent, sent}}, isNot},
		"nothing":                           {holder{}, isNot},
		"not there":                         {holder{err: refused}, func(err error) bool { r, ok := pacs.ReasonOf(err); return ok && r == pacs.NotFound }},
		"came, and then the link was gone":  {holder{held: [][]byte{sent}, err: pacs.ErrTruncated}, fails},
		"something that is no DICOM object": {holder{held: [][]byte{[]byte("<html>")}}, fails},
	} {
		if err := pacs.ReadBack(context.Background(), c.archive, ref, sent, byID); !c.want(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func agrees(err error) bool { return err == nil }
func fails(err error) bool  { return err != nil }
func isNot(err error) bool  { return errors.Is(err, pacs.ErrNotComparable) }

func differs(pixels bool) func(error) bool {
	return func(err error) bool {
		var d *pacs.DifferentError
		return errors.As(err, &d) && d.Pixels == pixels && (pixels || len(d.Tags) == 1)
	}
}
