package sr

import (
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Read understands a structured report as a report: whose, about what, in which
// state, and its sections. It fails only when d is not a structured report; a
// report built otherwise than by TID 2000 may have no sections: use Text.
func Read(d *dicom.Dataset) (Document, error) {
	if d.Str(dicom.ValueType) != "CONTAINER" {
		return Document{}, &InvalidError{"not a structured report"}
	}
	doc := Document{
		Study:        d,
		SeriesUID:    dicom.UID(d.Str(dicom.SeriesInstanceUID)),
		SOPUID:       dicom.UID(d.Str(dicom.SOPInstanceUID)),
		Class:        dicom.UID(d.Str(dicom.SOPClassUID)),
		SeriesNumber: d.IntOr(dicom.SeriesNumber, 0),
		Partial:      d.Str(dicom.CompletionFlag) == "PARTIAL",
		Preliminary:  d.Str(dicom.PreliminaryFlag) == "PRELIMINARY",
		Verified:     d.Str(dicom.VerificationFlag) == "VERIFIED",
		Current:      References(d, dicom.CurrentRequestedProcedureEvidenceSequence),
		Priors:       References(d, dicom.PertinentOtherEvidenceSequence),
		Identical:    References(d, dicom.IdenticalDocumentsSequence),
	}
	doc.readTimes(d)
	doc.readRequest(d.Item(dicom.ReferencedRequestSequence))
	doc.readContent(Tree(d))
	doc.readPeople(d, zoneOf(d))
	if pre := References(d, dicom.PredecessorDocumentsSequence); len(pre) > 0 {
		doc.Predecessor = &pre[0]
		sop := d.Item(dicom.PredecessorDocumentsSequence).Item(dicom.ReferencedSeriesSequence).Item(dicom.ReferencedSOPSequence)
		doc.PredecessorPurpose = readCode(sop.Item(dicom.PurposeOfReferenceCodeSequence))
	}
	return doc, nil
}

// zoneOf is the zone that a data set declares for its times, else the machine's.
func zoneOf(d *dicom.Dataset) *time.Location {
	if z, ok := dicom.ParseDT("2000010100" + d.Str(dicom.TimezoneOffsetFromUTC)); ok && d.Has(dicom.TimezoneOffsetFromUTC) {
		return z.Location()
	}
	return time.Local
}

// readTimes reads content time and the latest verification.
func (doc *Document) readTimes(d *dicom.Dataset) {
	zone := zoneOf(d)
	doc.Content, _ = dicom.ParseDateTime(d.Str(dicom.ContentDate), d.Str(dicom.ContentTime), zone)
	for _, v := range d.Seq(dicom.VerifyingObserverSequence) {
		at, _ := dicom.ParseDTIn(v.Str(dicom.VerificationDateTime), zone)
		if doc.VerifiedAt.IsZero() || at.After(doc.VerifiedAt) {
			doc.VerifiedAt = at
			doc.Observer.Name = v.Str(dicom.VerifyingObserverName)
			doc.Observer.Organization = v.Str(dicom.VerifyingOrganization)
			doc.Observer.ID = v.Item(dicom.VerifyingObserverIdentificationCodeSequence).Str(dicom.CodeValue)
		}
	}
}

func (doc *Document) readRequest(r *dicom.Dataset) {
	doc.Request = Request{
		Accession:   r.Str(dicom.AccessionNumber),
		ProcedureID: r.Str(dicom.RequestedProcedureID),
		Description: r.Str(dicom.RequestedProcedureDescription),
		PlacerOrder: r.Str(dicom.PlacerOrderNumberImagingServiceRequest),
		FillerOrder: r.Str(dicom.FillerOrderNumberImagingServiceRequest),
		Procedure:   readCode(r.Item(dicom.RequestedProcedureCodeSequence)),
	}
}

func (doc *Document) readContent(root Item) {
	doc.Title = root.Concept
	for _, it := range root.Children {
		switch {
		case it.Concept.Is(language):
			doc.Language = it.Code.Value
		case it.Concept.Is(observerName) && doc.Observer.Name == "":
			doc.Observer.Name = it.Text
		case it.Concept.Is(observerOrg) && doc.Observer.Organization == "":
			doc.Observer.Organization = it.Text
		case it.Concept.Is(observerLogin):
			doc.Observer.ID = it.Text
		case it.Relationship != "CONTAINS":
		case it.ValueType == "CONTAINER":
			doc.addSection(it, body(it))
		case it.ValueType == "TEXT":
			doc.addSection(it, lines(it.Text))
		}
	}
}

func (doc *Document) addSection(it Item, text string) {
	s := Section{Name: it.Concept.Meaning, Text: text}
	if known, ok := byHeading(it.Concept); ok {
		s.Key, s.Name = known.key, known.name
	} else if it.ValueType == "TEXT" {
		s.Key = keyOfText(it.Concept)
	}
	if strings.TrimSpace(text) != "" {
		doc.Sections = append(doc.Sections, s)
	}
}

// keyOfText is the section to which a text without a heading belongs.
func keyOfText(c Code) string {
	for _, s := range sections {
		if s.text.Is(c) {
			return s.key
		}
	}
	return ""
}

// References flattens a hierarchical reference.
func References(d *dicom.Dataset, t dicom.Tag) []InstanceRef {
	var out []InstanceRef
	for _, study := range d.Seq(t) {
		for _, series := range study.Seq(dicom.ReferencedSeriesSequence) {
			for _, sop := range series.Seq(dicom.ReferencedSOPSequence) {
				out = append(out, InstanceRef{
					Study:    dicom.UID(study.Str(dicom.StudyInstanceUID)),
					Series:   dicom.UID(series.Str(dicom.SeriesInstanceUID)),
					Instance: dicom.UID(sop.Str(dicom.ReferencedSOPInstanceUID)),
					Class:    dicom.UID(sop.Str(dicom.ReferencedSOPClassUID)),
				})
			}
		}
	}
	return out
}
