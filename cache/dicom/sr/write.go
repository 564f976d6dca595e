package sr

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/nocturne/nocturne/cache/dicom"
)

// InvalidError says why a document cannot be written.
type InvalidError struct{ Reason string }

// Error implements error.
func (e *InvalidError) Error() string { return "report not valid: " + e.Reason }

// Manufacturer is of all objects that this house makes.
const Manufacturer = "Nocturne"

// BasicText makes a Basic Text SR (PS3.3 A.35.1) by TID 2000. The same document
// gives the same data set. A document that would not be legal is an
// *InvalidError; what is made passes dciodvfy. Empty sections are left out, line
// ends become CR LF, tabs spaces.
func BasicText(doc Document) (*dicom.Dataset, error) {
	if err := doc.check(); err != nil {
		return nil, err
	}
	d := &dicom.Dataset{}
	if err := doc.write(d, dicom.BasicTextSRStorage, "Report", doc.root(), "2000"); err != nil {
		return nil, err
	}
	return d, nil
}

// write fills the modules of a report (PS3.3 A.35) and its content by a template.
func (doc Document) write(d *dicom.Dataset, class dicom.UID, series string, root Item, tid string) error {
	doc.patientAndStudy(d)
	doc.series(d, class, series)
	doc.general(d)
	if err := doc.evidence(d); err != nil {
		return err
	}
	for e := range root.Dataset().All() {
		d.Set(e)
	}
	d.SetSeq(dicom.ContentTemplateSequence, Template(tid))
	return nil
}

func (doc Document) check() error {
	if err := doc.checkFrame(); err != nil {
		return err
	}
	text := false
	for _, s := range doc.Sections {
		if _, ok := byKey(s.Key); !ok {
			return &InvalidError{fmt.Sprintf("unknown section %q", s.Key)}
		}
		text = text || strings.TrimSpace(s.Text) != ""
	}
	if !text {
		return &InvalidError{"no text"}
	}
	return nil
}

// checkFrame checks all but the content.
func (doc Document) checkFrame() error {
	switch {
	case doc.Study == nil || doc.Study.Str(dicom.StudyInstanceUID) == "":
		return &InvalidError{"no study"}
	case !dicom.ValidUID(string(doc.SeriesUID)) || !dicom.ValidUID(string(doc.SOPUID)):
		return &InvalidError{"series or instance UID missing or not a UID"}
	case strings.Trim(doc.Observer.Name, "^= ") == "":
		return &InvalidError{"no observer name"}
	case slices.ContainsFunc(append([]Observer{doc.Observer}, doc.Authors...), Observer.unfit):
		return &InvalidError{"observer name, login or organization longer than 64 characters, or with a backslash or control character"}
	case slices.ContainsFunc(doc.Authors, func(o Observer) bool { return strings.Trim(o.Name, "^= ") == "" }):
		return &InvalidError{"an author without a name"}
	case doc.Verified && !doc.AttestedAt.IsZero():
		return &InvalidError{"verified, and attested by who has no right to verify"}
	case doc.Content.IsZero():
		return &InvalidError{"no content time"}
	case doc.Verified && (doc.Partial || doc.Preliminary):
		return &InvalidError{"verified, but partial or preliminary"}
	case doc.Verified && (doc.Observer.Organization == "" || doc.VerifiedAt.IsZero()):
		return &InvalidError{"verified without organization or time"}
	case doc.Predecessor != nil && doc.PredecessorPurpose.Value == "":
		return &InvalidError{"predecessor without a purpose of reference"}
	}
	return nil
}

func (o Observer) unfit() bool { return unfit(o.Name) || unfit(o.Organization) || unfit(o.ID) }

// unfit is what PN and LO cannot hold (PS3.5 6.2).
func unfit(s string) bool {
	return utf8.RuneCountInString(s) > 64 || strings.ContainsFunc(s, func(r rune) bool { return r == '\\' || unicode.IsControl(r) })
}

// copied are the Patient, Patient Study and General Study attributes taken over
// as they stand (PS3.3 C.7.1.1, C.7.2.1, C.7.2.2).
var copied = []dicom.Tag{
	dicom.IssuerOfPatientID, dicom.OtherPatientIDs, dicom.EthnicGroup, dicom.PatientSpeciesDescription,
	dicom.PatientBreedDescription, dicom.ResponsiblePerson, dicom.PatientAge, dicom.PatientSize,
	dicom.PatientWeight, dicom.AdmissionID, dicom.StudyDescription, dicom.IssuerOfAccessionNumberSequence,
	dicom.TimezoneOffsetFromUTC,
}

// required is type 1 or 2: there, if need be empty.
var required = []dicom.Tag{
	dicom.PatientName, dicom.PatientID, dicom.PatientBirthDate, dicom.PatientSex, dicom.StudyInstanceUID,
	dicom.StudyDate, dicom.StudyTime, dicom.ReferringPhysicianName, dicom.StudyID, dicom.AccessionNumber,
}

// legal are the forms of values that real images get wrong: what has another is left
// out, since a document with it would be refused.
var legal = map[dicom.Tag]func(string) bool{
	dicom.PatientBirthDate: isDate, dicom.StudyDate: isDate,
	dicom.StudyTime:  func(s string) bool { _, ok := dicom.ParseTM(s); return ok },
	dicom.PatientAge: regexp.MustCompile(`^[0-9]{3}[DWMY]$`).MatchString,
	dicom.PatientSex: regexp.MustCompile(`^[MFO]$`).MatchString,
}

func isDate(s string) bool { _, ok := dicom.ParseDA(s); return ok }

// written are values as DA and TM have them today: 1994.11.05 and 11:20:00 are of
// ACR-NEMA (PS3.5 6.2).
func written(t dicom.Tag, v []string) []string {
	switch {
	case len(v) == 0:
	case t == dicom.StudyTime:
		return []string{strings.ReplaceAll(v[0], ":", "")}
	case t == dicom.StudyDate || t == dicom.PatientBirthDate:
		return []string{strings.ReplaceAll(v[0], ".", "")}
	}
	return v
}

func fit(t dicom.Tag, of *dicom.Dataset) bool {
	ok, checked := legal[t]
	return !checked || of.Str(t) == "" || ok(of.Str(t))
}

// CopyStudy gives a document patient and study of an instance it is about, in place of
// what it has of them.
func CopyStudy(d, of *dicom.Dataset) {
	for _, t := range required {
		if d.SetStr(t); fit(t, of) {
			d.SetStr(t, written(t, of.Strs(t))...)
		}
	}
	for _, t := range copied {
		d.Delete(t)
		if e, ok := of.Get(t); ok && fit(t, of) && len(e.Text)+len(e.Items)+len(e.Floats) > 0 {
			d.Set(e)
		}
	}
}

// SetContent notes when a document's content was made, in the zone that the data set
// declares: DA and TM are in no other (PS3.3 C.12.1.1.8).
func SetContent(d *dicom.Dataset, date, clock dicom.Tag, at time.Time) {
	if zone, ok := dicom.ParseDT("2000010100" + d.Str(dicom.TimezoneOffsetFromUTC)); ok && d.Has(dicom.TimezoneOffsetFromUTC) {
		at = at.In(zone.Location())
	}
	d.SetStr(date, dicom.FormatDA(at))
	d.SetStr(clock, dicom.FormatTM(at))
}

func (doc Document) patientAndStudy(d *dicom.Dataset) {
	CopyStudy(d, doc.Study)
	if doc.Request.Accession != "" {
		d.SetStr(dicom.AccessionNumber, doc.Request.Accession)
	}
}

func (doc Document) series(d *dicom.Dataset, class dicom.UID, description string) {
	d.SetStr(dicom.Modality, "SR")
	d.SetStr(dicom.SeriesInstanceUID, string(doc.SeriesUID))
	d.SetInt(dicom.SeriesNumber, doc.SeriesNumber)
	d.SetStr(dicom.SeriesDescription, description)
	d.SetSeq(dicom.ReferencedPerformedProcedureStepSequence)
	d.SetStr(dicom.Manufacturer, Manufacturer)
	if doc.Observer.Organization != "" {
		d.SetStr(dicom.InstitutionName, doc.Observer.Organization)
	}
	d.SetStr(dicom.SOPClassUID, string(class))
	d.SetStr(dicom.SOPInstanceUID, string(doc.SOPUID))
	d.SetStr(dicom.SpecificCharacterSet, "ISO_IR 192")
}

// general is the SR Document General module (PS3.3 C.17.2).
func (doc Document) general(d *dicom.Dataset) {
	d.SetInt(dicom.InstanceNumber, 1)
	SetContent(d, dicom.ContentDate, dicom.ContentTime, doc.Content)
	d.SetStr(dicom.CompletionFlag, pick(doc.Partial, "PARTIAL", "COMPLETE"))
	d.SetStr(dicom.PreliminaryFlag, pick(doc.Preliminary, "PRELIMINARY", "FINAL"))
	d.SetStr(dicom.VerificationFlag, pick(doc.Verified, "VERIFIED", "UNVERIFIED"))
	d.SetSeq(dicom.PerformedProcedureCodeSequence)
	doc.people(d)
	if r, ok := doc.request(); ok {
		d.SetSeq(dicom.ReferencedRequestSequence, r)
	}
}

func pick(b bool, yes, no string) string {
	if b {
		return yes
	}
	return no
}

// request is left out when nothing of the order is known: an item may not be
// empty (PS3.3 C.17.2).
func (doc Document) request() (*dicom.Dataset, bool) {
	r := doc.Request
	if r.Accession == "" {
		r.Accession = doc.Study.Str(dicom.AccessionNumber)
	}
	if r == (Request{}) {
		return nil, false
	}
	d := &dicom.Dataset{}
	d.SetStr(dicom.StudyInstanceUID, doc.Study.Str(dicom.StudyInstanceUID))
	d.SetSeq(dicom.ReferencedStudySequence)
	for t, v := range map[dicom.Tag]string{
		dicom.AccessionNumber: r.Accession, dicom.RequestedProcedureID: r.ProcedureID,
		dicom.RequestedProcedureDescription:          r.Description,
		dicom.PlacerOrderNumberImagingServiceRequest: r.PlacerOrder,
		dicom.FillerOrderNumberImagingServiceRequest: r.FillerOrder,
	} {
		if v == "" {
			d.SetStr(t)
		} else {
			d.SetStr(t, v)
		}
	}
	d.SetSeq(dicom.RequestedProcedureCodeSequence)
	if r.Procedure.Value != "" {
		d.SetSeq(dicom.RequestedProcedureCodeSequence, r.Procedure.Dataset())
	}
	return d, true
}

// evidence fills Current Requested Procedure Evidence, Pertinent Other Evidence, Identical Documents
// and Predecessor Documents. An instance stands in one of the first two only.
func (doc Document) evidence(d *dicom.Dataset) error {
	seen := map[dicom.UID]bool{}
	for _, r := range doc.Current {
		seen[r.Instance] = true
	}
	for _, r := range doc.Priors {
		if seen[r.Instance] {
			return &InvalidError{"an instance is both current and prior evidence"}
		}
	}
	for t, refs := range map[dicom.Tag][]InstanceRef{
		dicom.CurrentRequestedProcedureEvidenceSequence: doc.Current,
		dicom.PertinentOtherEvidenceSequence:            doc.Priors,
		dicom.IdenticalDocumentsSequence:                doc.Identical,
	} {
		if len(refs) > 0 {
			d.SetSeq(t, Hierarchy(refs)...)
		}
	}
	if doc.Predecessor != nil {
		d.SetSeq(dicom.PredecessorDocumentsSequence, studies([]InstanceRef{*doc.Predecessor}, doc.PredecessorPurpose)...)
	}
	return nil
}

// Hierarchy is the Hierarchical SOP Instance Reference macro (PS3.3 table C.17-3):
// an item a study.
func Hierarchy(refs []InstanceRef) []*dicom.Dataset { return studies(refs, Code{}) }

// studies is the Hierarchical SOP Instance Reference macro (PS3.3 table
// C.17-3), in ascending order of UIDs, each instance once.
func studies(refs []InstanceRef, purpose Code) []*dicom.Dataset {
	refs = slices.Clone(refs)
	slices.SortFunc(refs, func(a, b InstanceRef) int {
		return cmp.Or(cmp.Compare(a.Study, b.Study), cmp.Compare(a.Series, b.Series), cmp.Compare(a.Instance, b.Instance))
	})
	refs = slices.CompactFunc(refs, func(a, b InstanceRef) bool { return a.Instance == b.Instance })
	var out, series, sops []*dicom.Dataset
	for i, r := range refs {
		sops = append(sops, reference(r, purpose))
		last := i+1 == len(refs)
		if last || refs[i+1].Study != r.Study || refs[i+1].Series != r.Series {
			s := &dicom.Dataset{}
			s.SetStr(dicom.SeriesInstanceUID, string(r.Series))
			s.SetSeq(dicom.ReferencedSOPSequence, sops...)
			series, sops = append(series, s), nil
		}
		if last || refs[i+1].Study != r.Study {
			s := &dicom.Dataset{}
			s.SetStr(dicom.StudyInstanceUID, string(r.Study))
			s.SetSeq(dicom.ReferencedSeriesSequence, series...)
			out, series = append(out, s), nil
		}
	}
	return out
}

func reference(r InstanceRef, purpose Code) *dicom.Dataset {
	d := &dicom.Dataset{}
	d.SetStr(dicom.ReferencedSOPClassUID, string(r.Class))
	d.SetStr(dicom.ReferencedSOPInstanceUID, string(r.Instance))
	if purpose.Value != "" {
		d.SetSeq(dicom.PurposeOfReferenceCodeSequence, purpose.Dataset())
	}
	return d
}

// Template is the Content Template Sequence item of a template of PS3.16.
func Template(id string) *dicom.Dataset {
	d := &dicom.Dataset{}
	d.SetStr(dicom.MappingResource, "DCMR")
	d.SetStr(dicom.TemplateIdentifier, id)
	return d
}
