package phantom

import (
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
)

// report appends a verified Basic Text SR to the study, as another reader left
// it: its evidence is every image there so far.
func (m *maker) report(by string, after time.Duration, sections ...sr.Section) {
	doc := sr.Document{
		Study: m.Header, SeriesUID: m.seriesUID("report"), SOPUID: m.instanceUID("report", 0), SeriesNumber: 900,
		Observer: sr.Observer{Name: by, Organization: site}, Sections: sections,
		Verified: true, VerifiedAt: m.at.Add(after), Content: m.at.Add(after - 6*time.Minute),
		Request: sr.Request{Accession: m.accession, ProcedureID: m.accession, Description: m.description},
	}
	for _, i := range m.Instances {
		doc.Current = append(doc.Current, sr.InstanceRef{
			Study: m.UID, Series: dicom.UID(i.Header.Str(dicom.SeriesInstanceUID)),
			Instance: dicom.UID(i.Header.Str(dicom.SOPInstanceUID)), Class: dicom.UID(i.Header.Str(dicom.SOPClassUID)),
		})
	}
	d, err := sr.BasicText(doc)
	if err != nil {
		panic("phantom: prior report: " + err.Error()) // our own constant text
	}
	m.Instances = append(m.Instances, Instance{Header: d})
}
