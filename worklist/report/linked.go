package report

import (
	"fmt"
	"slices"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
)

// LinkedOrder is a further order of the same patient that the report answers, too.
type LinkedOrder struct {
	StudyUID  string `json:"study_instance_uid"`
	Accession string `json:"accession_number"`
	Exam      string `json:"exam,omitempty"`
}

// LinkedFacts are the facts of a linked order, as those of the draft's own are.
type LinkedFacts struct {
	StudyUID string
	Facts    Facts
}

// Link notes an order that the report answers, too, once. It tells whether it is new.
func (d *Draft) Link(o LinkedOrder, now time.Time) bool {
	o.Exam = oneLine(o.Exam)
	if o.StudyUID == "" || o.StudyUID == d.StudyUID || d.What() != Final ||
		slices.ContainsFunc(d.Linked, func(l LinkedOrder) bool { return l.StudyUID == o.StudyUID }) {
		return false
	}
	d.Linked = append(d.Linked, o)
	d.Changed = now.UTC()
	return true
}

// Unlink forgets the order of that accession, "" all of them, and gives those that it
// forgot.
func (d *Draft) Unlink(accession string, now time.Time) (gone []LinkedOrder) {
	d.Linked = slices.DeleteFunc(d.Linked, func(o LinkedOrder) bool {
		if out := accession == "" || o.Accession == accession; out {
			gone = append(gone, o)
			return true
		}
		return false
	})
	if len(gone) > 0 {
		d.Changed = now.UTC()
	}
	return gone
}

// For is the draft as it is signed for a linked order: the same words.
func (d *Draft) For(o LinkedOrder, f Facts) *Draft {
	l := *d
	l.StudyUID, l.Accession, l.LinkedTo, l.Linked = o.StudyUID, o.Accession, d.StudyUID, nil
	l.Before, l.BeforeKind, l.Was, l.Revision = nil, "", nil, 0
	l.Together = []string{d.Accession}
	for _, other := range d.Linked {
		if other.Accession != o.Accession {
			l.Together = append(l.Together, other.Accession)
		}
	}
	if f.Preliminary != nil {
		before := f.Preliminary.Document
		l.Before, l.BeforeKind, l.Was = &before, Preliminary, f.Preliminary.Sections
	}
	return &l
}

// linkedRules are those that a linked order is held against: its words are judged once.
var linkedRules = []string{"display-mammography", "wrong-patient-instance", "critical-open", "missing-images", "unseen-images"}

// Differs lists what of two patients is not the same, without values. Two orders are of
// one patient only when all is stated and the same.
func (p Patient) Differs(o Patient) (out []string) {
	if p.Name == "" || !dicom.SameName(p.Name, o.Name) {
		out = append(out, "name")
	}
	for _, c := range []struct{ what, a, b string }{{"ID", p.ID, o.ID}, {"birth date", p.Birth, o.Birth}, {"sex", p.Sex, o.Sex}} {
		if c.a == "" || c.a != c.b {
			out = append(out, c.what)
		}
	}
	return out
}

func (f Facts) linked(o LinkedOrder) (Facts, bool) {
	for _, l := range f.Linked {
		if l.StudyUID == o.StudyUID && l.Facts.Accession == o.Accession {
			return l.Facts, true
		}
	}
	return Facts{}, false
}

// linkedOrders: a report goes out only for orders that are open still, and of this
// patient.
func linkedOrders(d *Draft, f Facts) (out []Finding) {
	for _, o := range d.Linked {
		hint := fmt.Sprintf("the linked order %s is not open in the list any more: :unlink %s", o.Accession, o.Accession)
		if lf, ok := f.linked(o); ok {
			differs := f.Patient.Differs(lf.Patient)
			if len(differs) == 0 {
				continue
			}
			hint = fmt.Sprintf("the linked order %s is not of this patient (%s): :unlink %s", o.Accession, differs[0], o.Accession)
		}
		out = append(out, Finding{Hint: hint})
	}
	return out
}

// checkLinked are the findings of the linked orders, each with its accession number.
func checkLinked(d *Draft, f Facts) (out []Finding) {
	for _, o := range d.Linked {
		lf, ok := f.linked(o)
		if !ok {
			continue
		}
		for _, found := range Check(d.For(o, lf), lf) {
			found.Evidence = append([]string{"order " + o.Accession}, found.Evidence...)
			if found.Stops && !found.Final {
				found.Override = d.overridden(found)
			}
			out = append(out, found)
		}
	}
	return out
}

// linkedLines are the sheet's lines of the linked orders.
func linkedLines(d *Draft, f Facts) (out []string) {
	for _, o := range d.Linked {
		line := o.Accession + " " + o.Exam
		if lf, ok := f.linked(o); ok {
			line += fmt.Sprintf(" · images %d of %d here", lf.Have, lf.Expected)
		}
		out = append(out, line)
	}
	return out
}

// SignedOrder is one order's own document of a report that answers several.
type SignedOrder struct {
	Draft  *Draft
	Facts  Facts // of the order, with what its document names of the others
	Signed Signed
}

// SignAll is Sign for the draft's own order and the linked ones: the same words under
// each study's header, evidence and UIDs, each naming the others' documents as identical
// (PS3.3 C.17.2, Identical Documents Sequence) and their images as other evidence. The
// draft's own comes first. What stops one stops all.
func SignAll(d *Draft, f Facts, now time.Time) ([]SignedOrder, error) {
	now = now.Truncate(time.Second)
	if err := stopped(d, f, now); err != nil {
		return nil, err
	}
	all := []SignedOrder{{Draft: d, Facts: f}}
	for _, o := range d.Linked {
		lf, _ := f.linked(o)
		lf.Reader = f.Reader
		lf.Shown = f.Shown
		all = append(all, SignedOrder{Draft: d.For(o, lf), Facts: lf})
	}
	for i := range all {
		s, err := all[i].Draft.named(now)
		if err != nil {
			return nil, err
		}
		all[i].Signed = s
	}
	for i := range all {
		all[i].Facts.Identical, all[i].Facts.Elsewhere = others(all, i)
		var err error
		if all[i].Signed, err = all[i].Draft.write(all[i].Facts, all[i].Signed); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// others are the documents and the images of the orders beside one.
func others(all []SignedOrder, at int) (documents, images []sr.InstanceRef) {
	for i, o := range all {
		if i == at {
			continue
		}
		s := o.Signed
		documents = append(documents, sr.InstanceRef{Study: dicom.UID(s.StudyUID), Series: dicom.UID(s.SeriesUID), Instance: dicom.UID(s.SOPUID), Class: dicom.UID(s.SOPClass)})
		images = append(images, o.Facts.Instances...)
	}
	return documents, images
}

// together are the other orders that were signed with this draft.
func (d *Draft) together() []string {
	out := slices.Clone(d.Together)
	for _, o := range d.Linked {
		out = append(out, o.Accession)
	}
	return out
}

// signedTogether: what follows one order's report changes none of the others'.
func signedTogether(d *Draft, _ Facts) []Finding {
	if k := d.What(); len(d.Together) == 0 || k == Final || k == Preliminary {
		return nil
	}
	return []Finding{{Evidence: d.Together, Hint: "the same report was signed for other orders and stays there as it is: each needs its own " + string(d.What())}}
}
