package doc

import (
	"bytes"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
)

// sourceInstanceSequence names what the document was made of.
const sourceInstanceSequence dicom.Tag = 0x00420013

// Paper is a PDF to be put into an object.
type Paper struct {
	// Study is a header of the study it is about: patient and study are copied from it.
	Study             *dicom.Dataset
	Accession         string // in place of the header's, where there is one
	SeriesUID, SOPUID dicom.UID
	SeriesNumber      int
	Title             string
	Concept           sr.Code // what the document is, as a report's title has it (CID 7020); may be zero
	Institution       string
	Verified          bool
	Content           time.Time // when its content was made
	PDF               []byte
	// Of is the document whose paper this is: its Source Instance; may be nil.
	Of *sr.InstanceRef
}

// WritePDF makes an Encapsulated PDF (PS3.3 A.45.1). Burned In Annotation is YES: a page
// names its patient. What is no PDF, or has no study, UIDs or time, is an
// *sr.InvalidError. The same paper gives the same data set.
func WritePDF(p Paper) (*dicom.Dataset, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	d := &dicom.Dataset{}
	sr.CopyStudy(d, p.Study)
	set := func(t dicom.Tag, v string) {
		if d.SetStr(t); v != "" {
			d.SetStr(t, v)
		}
	}
	if p.Accession != "" {
		set(dicom.AccessionNumber, p.Accession)
	}
	set(dicom.SOPClassUID, string(dicom.EncapsulatedPDFStorage))
	set(dicom.SOPInstanceUID, string(p.SOPUID))
	set(dicom.SpecificCharacterSet, "ISO_IR 192")
	set(dicom.Modality, "DOC")
	set(dicom.SeriesInstanceUID, string(p.SeriesUID))
	d.SetInt(dicom.SeriesNumber, p.SeriesNumber)
	set(dicom.SeriesDescription, "Report")
	set(dicom.Manufacturer, sr.Manufacturer)
	set(dicom.InstitutionName, p.Institution)
	set(dicom.ConversionType, "WSD")
	p.document(d)
	return d, nil
}

// document is the Encapsulated Document module (PS3.3 C.24.2).
func (p Paper) document(d *dicom.Dataset) {
	d.SetInt(dicom.InstanceNumber, 1)
	sr.SetContent(d, dicom.ContentDate, dicom.ContentTime, p.Content)
	d.SetStr(dicom.AcquisitionDateTime)
	d.SetStr(dicom.BurnedInAnnotation, "YES")
	d.SetStr(dicom.DocumentTitle)
	if p.Title != "" {
		d.SetStr(dicom.DocumentTitle, p.Title)
	}
	d.SetSeq(dicom.ConceptNameCodeSequence)
	if p.Concept.Value != "" {
		d.SetSeq(dicom.ConceptNameCodeSequence, p.Concept.Dataset())
	}
	d.SetStr(dicom.VerificationFlag, verification(p.Verified))
	if p.Of != nil {
		of := &dicom.Dataset{}
		of.SetStr(dicom.ReferencedSOPClassUID, string(p.Of.Class))
		of.SetStr(dicom.ReferencedSOPInstanceUID, string(p.Of.Instance))
		d.SetSeq(sourceInstanceSequence, of)
	}
	d.SetStr(dicom.MIMETypeOfEncapsulatedDocument, PDF)
	even := bytes.Clone(p.PDF)
	if len(even)%2 == 1 {
		even = append(even, 0)
	}
	d.Set(dicom.Element{Tag: dicom.EncapsulatedDocument, VR: "OB", Bytes: even})
	d.SetInt(encapsulatedDocumentLength, len(p.PDF))
}

func (p Paper) check() error {
	switch {
	case p.Study == nil || p.Study.Str(dicom.StudyInstanceUID) == "":
		return &sr.InvalidError{Reason: "no study"}
	case !dicom.ValidUID(string(p.SeriesUID)) || !dicom.ValidUID(string(p.SOPUID)):
		return &sr.InvalidError{Reason: "series or instance UID missing or not a UID"}
	case p.Content.IsZero():
		return &sr.InvalidError{Reason: "no content time"}
	case !bytes.HasPrefix(p.PDF, []byte("%PDF-")):
		return &sr.InvalidError{Reason: "no PDF"}
	}
	return nil
}

func verification(verified bool) string {
	if verified {
		return "VERIFIED"
	}
	return "UNVERIFIED"
}
