package paper

import (
	"cmp"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/doc"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/worklist/report"
)

// seriesNumber of the paper's series; the report's own is 9001.
const seriesNumber = 9004

// Object is the report's paper as an Encapsulated PDF of the same study, made of the
// report's SR and signed with it. The same release makes the same object.
func Object(r report.Release) (report.Object, error) {
	pdf, err := PDF(r)
	if err != nil {
		return report.Object{}, err
	}
	s := r.Signed
	title := sr.Title(r.Study.Str(dicom.Modality), r.Study.Str(dicom.BodyPartExamined))
	d, err := doc.WritePDF(doc.Paper{
		Study: r.Study, Accession: cmp.Or(r.Request.Accession, r.Accession), SeriesUID: r.UID("pdf series", 1), SOPUID: r.UID("pdf", 1), SeriesNumber: seriesNumber,
		Title: title.Meaning, Concept: title, Institution: r.Reader.Organization, Verified: r.Kind != report.Preliminary,
		Content: s.At, PDF: pdf,
		Of: &sr.InstanceRef{Study: dicom.UID(s.StudyUID), Series: dicom.UID(s.SeriesUID), Instance: dicom.UID(s.SOPUID), Class: dicom.UID(s.SOPClass)},
	})
	if err != nil {
		return report.Object{}, err
	}
	return report.ObjectOf(report.Paper, d)
}
