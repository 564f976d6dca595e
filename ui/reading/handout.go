package reading

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/nocturne/nocturne/cache/audit"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/paper"
)

// Handout is a signed report to be read out or carried, for when no wire takes it
// (N12): its words as they were signed, headed by whose they are, and the same on paper.
type Handout struct {
	Text string
	PDF  []byte
	Of   audit.Study
}

// Handout reads a signed report from the outbox. Nothing leaves the program.
func (r *Room) Handout(ctx context.Context, id string) (h Handout, err error) {
	rows, err := r.Ledger.RowsOf(ctx, id)
	if err != nil {
		return h, err
	}
	for _, row := range rows {
		if row.Control != row.Report {
			continue
		}
		full, err := r.Ledger.Row(ctx, row.ID)
		if err != nil {
			return h, err
		}
		f, err := dicom.Parse(full.Object)
		if err != nil {
			return h, fmt.Errorf("read the signed report: %w", err)
		}
		rel, err := released(f.Dataset)
		if err != nil {
			return h, err
		}
		h.Of = audit.Study{UID: rel.Signed.StudyUID, Accession: rel.Accession, PatientID: rel.Patient.ID, PatientName: rel.Patient.Name}
		h.Text = dicom.Clean(paper.Text(rel))
		h.PDF, err = paper.PDF(rel)
		return h, err
	}
	return h, errors.New("the text of this report is not in the outbox")
}

// released is a signed SR as what it was made of, as far as its words go.
func released(d *dicom.Dataset) (rel report.Release, err error) {
	doc, err := sr.Read(d)
	if err != nil {
		return rel, fmt.Errorf("read the signed report: %w", err)
	}
	at := doc.Content
	if doc.Verified {
		at = doc.VerifiedAt
	}
	rel = report.Release{
		Kind: releasedAs(doc), Signed: report.Signed{StudyUID: d.Str(dicom.StudyInstanceUID), SOPUID: string(doc.SOPUID), At: at},
		Facility: doc.Observer.Organization, Accession: d.Str(dicom.AccessionNumber), Exam: d.Str(dicom.StudyDescription),
		StudyDate: d.Str(dicom.StudyDate), StudyTime: d.Str(dicom.StudyTime), Requester: d.Str(dicom.ReferringPhysicianName), Study: d,
		Patient: report.Patient{Name: d.Str(dicom.PatientName), ID: d.Str(dicom.PatientID), Birth: d.Str(dicom.PatientBirthDate), Sex: d.Str(dicom.PatientSex)},
		Reader:  report.Reader{Name: doc.Observer.Name, ID: doc.Observer.ID, Organization: doc.Observer.Organization},
	}
	for _, a := range doc.Authors {
		rel.Others = append(rel.Others, report.Reader{Name: a.Name, ID: a.ID, Organization: a.Organization})
	}
	for _, s := range doc.Sections {
		rel.Parts = append(rel.Parts, report.Part{Section: report.Section(s.Key), Title: report.Section(s.Key).Title(), Text: s.Text})
	}
	return rel, nil
}

// releasedAs tells from a document what it is to the one before (PS3.16 CID 7009).
func releasedAs(doc sr.Document) report.Kind {
	replaces := doc.Predecessor != nil && doc.PredecessorPurpose == sr.Replaced
	switch {
	case doc.Preliminary:
		return report.Preliminary
	case doc.Predecessor != nil && doc.PredecessorPurpose == sr.Addended:
		return report.Added
	case replaces && strings.HasPrefix(doc.Section(string(report.Impression)), "REPORT WITHDRAWN"):
		return report.Withdrawn
	case replaces:
		return report.Corrected
	}
	return report.Final
}

// WriteHandout puts the report's PDF into a new file of the folder that only its owner
// can read, and returns its path. The name is the report's UID and says nothing of the
// patient.
func (r *Room) WriteHandout(ctx context.Context, id, folder string) (path string, err error) {
	h, err := r.Handout(ctx, id)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", fmt.Errorf("write report: %w", err)
	}
	path = filepath.Join(folder, "report-"+filepath.Base(id)+".pdf")
	if err := r.Record(ctx, audit.Exported(audit.Medium{Type: audit.URI, Label: path}, "report as PDF", h.Of)); err != nil {
		return "", fmt.Errorf("write report: %w", err)
	}
	if err := os.WriteFile(path, h.PDF, 0o600); err != nil {
		return "", fmt.Errorf("write report: %w", err)
	}
	return path, nil
}
