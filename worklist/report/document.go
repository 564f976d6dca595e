package report

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
)

// NoOrganization stands where the standard wants a name and none is configured
// (PS3.3 C.17.2).
const NoOrganization = "Unknown organization"

func (r Reader) observer() sr.Observer {
	return sr.Observer{Name: r.Name, ID: r.ID, Organization: cmp.Or(r.Organization, NoOrganization)}
}

// document is the release as a Basic Text SR has it.
func (r Release) document() sr.Document {
	s := r.Signed
	doc := sr.Document{
		Study: r.Study, SeriesUID: dicom.UID(s.SeriesUID), SOPUID: dicom.UID(s.SOPUID), SeriesNumber: seriesNumber,
		Observer: r.Reader.observer(), Content: r.Began.In(s.At.Location()),
		Current: r.Evidence, Priors: r.Priors, Identical: r.Identical, Request: r.Request,
	}
	for _, o := range r.Others {
		doc.Authors = append(doc.Authors, o.observer())
	}
	if r.Kind == Preliminary {
		doc.Preliminary, doc.AttestedAt = true, s.At
	} else {
		doc.Verified, doc.VerifiedAt = true, s.At
	}
	doc.Request.Accession = cmp.Or(doc.Request.Accession, r.Accession)
	for _, p := range r.Body() {
		doc.Sections = append(doc.Sections, sr.Section{Key: string(p.Section), Name: p.Title, Text: p.Text})
	}
	if r.Before != nil {
		doc.Predecessor = &sr.InstanceRef{Study: dicom.UID(s.StudyUID), Series: dicom.UID(r.Before.SeriesUID),
			Instance: dicom.UID(r.Before.SOPUID), Class: dicom.UID(r.Before.SOPClass)}
		doc.PredecessorPurpose = r.purpose()
	}
	return doc
}

// purpose says what the document before is to this one (PS3.16 CID 7009).
func (r Release) purpose() sr.Code {
	switch {
	case r.Kind == Added:
		return sr.Addended
	case r.BeforeKind == Preliminary:
		return sr.Preliminary
	}
	return sr.Replaced
}

// UID is one of the objects that are made with the report, which are of a kind numbered
// from 1: signing twice at one time gives one set of objects, not two.
func (r Release) UID(of string, n int) dicom.UID {
	return uidFrom(r.Signed.SOPUID, of, strconv.Itoa(n))
}

// parts are the sections that say something. Why a report was corrected or added to is
// said in the section that tells of changes.
func (d *Draft) parts() (out []Part) {
	for _, name := range Order {
		text := strings.TrimSpace(d.Said(name))
		if why := d.why(); name == Addendum && why != "" {
			text = strings.TrimSpace(why + "\n" + text)
		}
		if text != "" {
			out = append(out, Part{Section: name, Title: name.Title(), Text: text})
		}
	}
	return out
}

func (d *Draft) why() string {
	switch {
	case d.What() == Corrected:
		return "CORRECTED REPORT. It takes the place of the one signed before. Reason: " + d.Reason
	case d.What() == Added && d.Reason != "":
		return "Reason for the addendum: " + d.Reason
	}
	return ""
}

// priorEvidence never holds an instance of the current procedure. A withdrawal, which
// says nothing of images, has none.
func (d *Draft) priorEvidence(f Facts) (out []sr.InstanceRef) {
	if d.What() == Withdrawn {
		return nil
	}
	current := map[dicom.UID]bool{}
	for _, r := range f.Instances {
		current[r.Instance] = true
	}
	for _, r := range f.Elsewhere {
		if !current[r.Instance] {
			out, current[r.Instance] = append(out, r), true
		}
	}
	for _, p := range f.Priors {
		if !p.Loaded {
			continue
		}
		for _, r := range p.Instances {
			if !current[r.Instance] {
				out = append(out, r)
			}
		}
	}
	return out
}
