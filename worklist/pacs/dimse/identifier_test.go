package dimse

import (
	"errors"
	"slices"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

func TestAnIdentifierHasTheKeysOfItsLevelAndTheUniqueOnesAbove(t *testing.T) {
	q := pacs.Query{Level: pacs.InstanceLevel, Study: "1.2", Series: "1.2.3", Include: []dicom.Tag{dicom.Rows, dicom.PatientName},
		Match: map[dicom.Tag]string{dicom.SOPInstanceUID: `1.2.3.4\1.2.3.5`, dicom.PatientID: "P"}}
	ds := identifier(q)
	for t2, want := range map[dicom.Tag][]string{
		dicom.QueryRetrieveLevel: {"IMAGE"}, dicom.StudyInstanceUID: {"1.2"}, dicom.SeriesInstanceUID: {"1.2.3"},
		dicom.SOPInstanceUID: {"1.2.3.4", "1.2.3.5"},
	} {
		if got := ds.Strs(t2); !slices.Equal(got, want) {
			t.Errorf("%s is %q, want %q", t2, got, want)
		}
	}
	if !ds.Has(dicom.Rows) || ds.Has(dicom.PatientID) || ds.Has(dicom.PatientName) || ds.Has(dicom.Modality) {
		t.Error("a key of another level, or one that was asked for is missing (PS3.4 C.4.1.2.2)")
	}
	if !narrowed(q) || narrowed(pacs.Query{Level: pacs.InstanceLevel, Match: map[dicom.Tag]string{dicom.InstanceNumber: "1"}}) {
		t.Error("a key of a level above has to be asked for above")
	}
}

func TestNoWildcardStandsWhereAUIDIsMeant(t *testing.T) {
	for _, ref := range []pacs.Ref{{}, {Study: "*"}, {Study: `1.2\1.3`}, {Study: "1.2", Series: "1.?"}, {Study: "1.2", Series: "1.3", Instance: "1.2*"}} {
		if _, err := known(ref); !errors.Is(err, errBadIdentifier) {
			t.Errorf("%+v: %v", ref, err)
		}
	}
	if ref, err := known(pacs.Ref{Study: "1.02.3", Instance: "1.4"}); err != nil || ref != (pacs.Ref{Study: "1.02.3"}) {
		t.Errorf("%+v %v", ref, err)
	}
}

// FuzzIdentifier reads answers of a foreign archive as a search does.
func FuzzIdentifier(f *testing.F) {
	ds := identifier(pacs.Query{Level: pacs.StudyLevel, Match: map[dicom.Tag]string{dicom.PatientName: "A^B"}})
	ds.SetStr(dicom.ModalitiesInStudy, "CT", "SR")
	for i, ts := range plain {
		b, err := dicom.EncodeDataset(ds, ts)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, byte(i))
	}
	f.Fuzz(func(t *testing.T, b []byte, kind byte) {
		ds, err := dicom.DecodeDataset(b, plain[kind%2])
		if err != nil {
			if !unreadable(err) {
				t.Fatalf("taken for a fault of the link: %v", err)
			}
			return
		}
		q := pacs.Query{Level: pacs.SeriesLevel, Study: "1.2", Match: map[dicom.Tag]string{dicom.PatientName: "A*", dicom.StudyDate: "20250101-"}}
		c := &Client{}
		c.complete(ds, q)
		pacs.Matches(ds, q.Match)
		pacs.WorkitemFromDataset(ds)
		pacs.OrderFromDataset(ds)
		committed(ds, nil)
		if ds.Str(dicom.StudyInstanceUID) == "" {
			t.Fatal("an answer without its study")
		}
		if len(c.hints.classes("1.2")) > 16 {
			t.Fatal("hints without bound")
		}
	})
}
