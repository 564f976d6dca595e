package reading

import (
	"slices"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
)

// keepPDF puts an Encapsulated PDF of the row's study into the store, edited.
func keepPDF(t *testing.T, r *Room, sop string, edit func(*dicom.Dataset)) {
	t.Helper()
	keep(t, r, "1.2.8", sop, func(d *dicom.Dataset) {
		d.SetStr(dicom.SOPClassUID, string(dicom.EncapsulatedPDFStorage))
		d.SetStr(dicom.Modality, "DOC")
		d.SetStr(dicom.DocumentTitle, "Outside report")
		d.SetStr(dicom.InstitutionName, "WEST CLINIC")
		d.SetStr(dicom.ContentDate, "20261120")
		d.SetStr(dicom.ContentTime, "081500")
		d.SetStr(dicom.MIMETypeOfEncapsulatedDocument, "application/pdf")
		d.Set(dicom.Element{Tag: dicom.EncapsulatedDocument, VR: "OB", Bytes: []byte("%PDF-1.4 broken ")})
		if edit != nil {
			edit(d)
		}
	})
}

func TestDocumentsOfCurrentAndPriorStudiesAreListedAndImagesAreNot(t *testing.T) {
	r, _ := newRoom(t)
	keep(t, r, "1.2.1", "1.2.1.1", nil)
	keepPDF(t, r, "1.2.8.1", nil)
	keepReport(t, r, "1.1.9.1", "20251120", "101500", "No fracture.")
	row := aRow()
	prior := viewer.Study{UID: "1.1", Prior: true, Date: "20251120"}
	list, here := r.Documents(t.Context(), Identity(row), []viewer.Study{CurrentStudy(row), prior})
	if len(list) != 2 || here != 3 {
		t.Fatalf("%d documents of %d objects", len(list), here)
	}
	if d := list[0]; d.Kind != "PDF" || d.Title != "Outside report" || d.Institution != "WEST CLINIC" || d.Date != "2026-11-20 08:15" || d.Study.Prior {
		t.Errorf("the PDF is listed as %+v", d)
	}
	if d := list[1]; d.Kind != "SR" || d.Date != "2025-11-20 10:15" || !d.Study.Prior || len(d.Differs) != 0 {
		t.Errorf("the prior report is listed as %+v", d)
	}
	o, err := OpenDocument(t.Context(), list[1].Object)
	if err != nil || !strings.Contains(o.Text, "No fracture.") {
		t.Errorf("the prior report reads %q, %v", o.Text, err)
	}
}

func TestADocumentOfAnotherPatientIsNamedAsSuch(t *testing.T) {
	r, _ := newRoom(t)
	keepPDF(t, r, "1.2.8.1", func(d *dicom.Dataset) { d.SetStr(dicom.PatientID, "P2") })
	row := aRow()
	list, _ := r.Documents(t.Context(), Identity(row), []viewer.Study{CurrentStudy(row)})
	if len(list) != 1 || !slices.Contains(list[0].Differs, "patient ID") {
		t.Errorf("listed as %+v", list)
	}
}

func TestAnImageIsNoDocument(t *testing.T) {
	r, _ := newRoom(t)
	keep(t, r, "1.2.1", "1.2.1.1", nil)
	if _, err := OpenDocument(t.Context(), r.Objects("1.2")[0]); err != ErrNoDocument {
		t.Errorf("an image: %v", err)
	}
}
