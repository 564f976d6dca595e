package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/ko"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/evidence"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/paper"
)

// proof is what the objects of a report are made of besides its words.
type proof struct {
	marks  []viewer.Mark
	images evidence.Images // those with marks, with the release's patient and study
	old    []ko.Image      // of a report that is withdrawn: what went out with it
	look   *viewer.State   // how the reader left the case; nil where nothing is kept
}

// objectsWith makes the objects that go out with a signed report besides its SR: what
// was measured, the key images, what was drawn, and the report on paper. The same
// release and marks make the same objects; only those of the kinds that are wanted are
// made. What cannot be made is in wrong, without patient data, and keeps nothing else back.
func (h *house) objectsWith(ctx context.Context, rel report.Release, wants func(report.ObjectKind) bool) (made []report.Object, wrong map[report.ObjectKind]error) {
	p, err := h.proofOf(ctx, rel)
	made, wrong = objectsOn(rel, p, wants)
	for _, kind := range []report.ObjectKind{report.Measured, report.KeyImages, report.Presentation} {
		if err != nil && wants(kind) && wrong[kind] == nil {
			wrong[kind] = err
		}
	}
	return made, wrong
}

func objectsOn(rel report.Release, p proof, wants func(report.ObjectKind) bool) (made []report.Object, wrong map[report.ObjectKind]error) {
	wrong = map[report.ObjectKind]error{}
	for _, k := range []struct {
		kind report.ObjectKind
		of   func(report.Release, proof) ([]*dicom.Dataset, error)
	}{{report.Measured, measured}, {report.KeyImages, keyImages}, {report.Presentation, presented}} {
		if !wants(k.kind) {
			continue
		}
		all, err := k.of(rel, p)
		if err != nil {
			wrong[k.kind] = err
		}
		for _, d := range all {
			o, err := report.ObjectOf(k.kind, d)
			if err != nil {
				wrong[k.kind] = err
				continue
			}
			made = append(made, o)
		}
	}
	if !wants(report.Paper) {
		return made, wrong
	}
	page, err := paper.Object(rel)
	if err != nil {
		wrong[report.Paper] = err
		return made, wrong
	}
	return append(made, page), wrong
}

// proofOf are the marks that a release speaks for, or the objects that it takes back. A preliminary line and a withdrawal
// speak for none; an addendum does where something was measured since.
func (h *house) proofOf(ctx context.Context, rel report.Release) (proof, error) {
	study := rel.Signed.StudyUID
	switch rel.Kind {
	case report.Preliminary:
		return proof{}, nil
	case report.Withdrawn:
		old, err := h.disowned(ctx, rel)
		return proof{old: old}, err
	}
	marks, err := h.room.Marks(ctx, study)
	if err != nil || len(marks) == 0 {
		return proof{}, err
	}
	if rel.Kind == report.Added {
		news, err := h.newSince(ctx, study, marks)
		if err != nil || !news {
			return proof{}, err
		}
	}
	images, err := h.marked(rel, marks)
	if n := unheld(study, marks, images); err == nil && n > 0 {
		err = fmt.Errorf("%d marks stand on images that are not held here", n)
	}
	return proof{marks: marks, images: images, look: h.look(ctx, study)}, err
}

// unheld counts the study's marks on images that are not there: no object has them.
func unheld(study string, marks []viewer.Mark, images evidence.Images) (n int) {
	for _, m := range marks {
		if m.StudyUID == study && !m.Prior && images[m.SOPUID] == nil {
			n++
		}
	}
	return n
}

// newSince reports whether a mark of the study is in no report of measurements that
// waits in the outbox or left it.
func (h *house) newSince(ctx context.Context, study string, marks []viewer.Mark) (bool, error) {
	rows, err := h.room.Ledger.OutboxOf(ctx, study)
	if err != nil {
		return false, err
	}
	for _, m := range marks {
		known := m.Prior || m.Kind == viewer.KeyImageMark
		for _, r := range rows {
			known = known || r.Kind == ledger.KindMeasurements && bytes.Contains(r.Object, []byte(m.ID))
		}
		if !known {
			return true, nil
		}
	}
	return false, nil
}

// marked are the headers of the images that bear marks.
func (h *house) marked(rel report.Release, marks []viewer.Mark) (evidence.Images, error) {
	bears := map[string]bool{}
	for _, m := range marks {
		bears[m.SOPUID] = true
	}
	out := evidence.Images{}
	for _, o := range h.room.Objects(rel.Signed.StudyUID) {
		if !bears[o.SOPUID] {
			continue
		}
		f, err := o.Header()
		if err != nil {
			return nil, fmt.Errorf("read a marked image: %w", err)
		}
		if !f.Pixel.Present() {
			continue
		}
		d := f.Dataset.Clone()
		sr.CopyStudy(d, rel.Study)
		if a := cmp.Or(rel.Request.Accession, rel.Accession); a != "" {
			d.SetStr(dicom.AccessionNumber, a)
		}
		out[o.SOPUID] = d
	}
	return out, nil
}

// author signs the evidence of a release; every UID of it follows from the report's.
func author(rel report.Release, of report.ObjectKind) evidence.Author {
	n := 0
	return evidence.Author{
		Observer: sr.Observer{Name: rel.Reader.Name, ID: rel.Reader.ID, Organization: cmp.Or(rel.Reader.Organization, report.NoOrganization)},
		Now:      rel.Signed.At, Request: rel.Request, Signed: true,
		NewUID: func() dicom.UID { n++; return rel.UID(string(of), n) },
	}
}

func measured(rel report.Release, p proof) ([]*dicom.Dataset, error) {
	d, left, err := evidence.Report(rel.Signed.StudyUID, p.marks, p.images, author(rel, report.Measured))
	if err == nil && len(left) > 0 {
		err = fmt.Errorf("%d marks stand on a reformat of images without a frame of reference and are in no report of measurements", len(left))
	}
	return some(d), err
}

func keyImages(rel report.Release, p proof) ([]*dicom.Dataset, error) {
	if rel.Kind == report.Withdrawn {
		d, err := rejected(rel, p.old)
		return some(d), err
	}
	d, err := evidence.Selection(rel.Signed.StudyUID, p.marks, p.images, author(rel, report.KeyImages))
	return some(d), err
}

func presented(rel report.Release, p proof) ([]*dicom.Dataset, error) {
	return evidence.States(rel.Signed.StudyUID, p.marks, p.images, p.look, author(rel, report.Presentation))
}

func some(d *dicom.Dataset) []*dicom.Dataset {
	if d == nil {
		return nil
	}
	return []*dicom.Dataset{d}
}
