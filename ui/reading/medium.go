package reading

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/medium"
	"github.com/nocturne/nocturne/cache/seal"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// MediumSite is a medium as a site of the list: its studies are all there is, its
// images are shown from where they are, nothing of it is claimed, reported or kept.
func MediumSite(name string, m *medium.Medium) Site {
	return Site{Site: feed.Site{Name: name, Archive: onMedium{m}, AllStudies: true}, Medium: m}
}

// Look is how a case is opened without a claim. Of a medium, nothing can be claimed;
// what is not as it should be of the study is said with it.
func (r *Room) Look(row feed.Row) Claimed {
	m := r.Sites[row.Site].Medium
	if m == nil {
		return Claimed{Words: "looking only", ReadOnly: "opened with v: not claimed, nothing is reported"}
	}
	words := []string{"from a medium: measure freely, no report, nothing is kept"}
	if s := m.Study(dicom.UID(row.StudyUID)); s != nil {
		for _, n := range []struct {
			n    int
			what string
		}{{s.Missing, "%d listed files MISSING"}, {s.Strange, "%d of ANOTHER PATIENT not shown"}, {s.Unlisted, "%d not in the DICOMDIR"}} {
			if n.n > 0 {
				words = append(words, fmt.Sprintf(n.what, n.n))
			}
		}
	}
	if len(words) > 1 {
		words[0] = "from a medium, no report"
	}
	return Claimed{Words: "from a medium", ReadOnly: strings.Join(words, " · ")}
}

// fromMedium is a study's objects where they are on a medium; ok is false for a site
// that is none.
func (s Site) fromMedium(study string) (p Progress, ok bool) {
	if s.Medium == nil {
		return Progress{}, false
	}
	p.Done = true
	if on := s.Medium.Study(dicom.UID(study)); on != nil {
		for _, o := range on.Objects {
			p.New = append(p.New, viewer.Object{StudyUID: string(o.Study), SeriesUID: string(o.Series), SOPUID: string(o.SOP), Path: o.Path, Key: o.Key})
		}
		p.Have, p.Expected = len(on.Objects), len(on.Objects)+on.Missing
	}
	return p, true
}

// onMedium answers searches for studies. It stores nothing.
type onMedium struct{ m *medium.Medium }

var errOnMedium = errors.New("a medium is only looked at")

func (a onMedium) Search(ctx context.Context, q pacs.Query, each func(*dicom.Dataset) error) error {
	if q.Level != pacs.StudyLevel {
		return errOnMedium
	}
	for i := range a.m.Studies {
		d := header(&a.m.Studies[i])
		matches := true
		for tag, want := range q.Match {
			matches = matches && d.Str(tag) == want
		}
		if !matches {
			continue
		}
		if err := errors.Join(ctx.Err(), each(d)); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// header is a study as an archive would list it (PS3.18 Table 10.6.3-3).
func header(s *medium.Study) *dicom.Dataset {
	var d dicom.Dataset
	for tag, v := range map[dicom.Tag]string{
		dicom.StudyInstanceUID: string(s.UID), dicom.PatientName: s.Patient.Name, dicom.PatientID: s.Patient.ID,
		dicom.PatientBirthDate: s.Patient.Birth, dicom.PatientSex: s.Patient.Sex, dicom.AccessionNumber: s.Patient.Accession,
		dicom.StudyDate: s.Date, dicom.StudyTime: s.Time, dicom.StudyDescription: s.Description, dicom.BodyPartExamined: s.BodyPart,
		dicom.ReferringPhysicianName: s.Referring,
	} {
		if v != "" {
			d.SetStr(tag, v)
		}
	}
	if m := s.Modalities(); len(m) > 0 {
		d.SetStr(dicom.ModalitiesInStudy, m...)
	}
	d.SetInt(dicom.NumberOfStudyRelatedInstances, len(s.Objects)+s.Missing)
	return &d
}

func (a onMedium) Retrieve(ctx context.Context, ref pacs.Ref, each func(pacs.Object) error) error {
	s := a.m.Study(ref.Study)
	if s == nil {
		return nil
	}
	for _, o := range s.Objects {
		if ref.Series != "" && ref.Series != o.Series || ref.Instance != "" && ref.Instance != o.SOP {
			continue
		}
		b, err := seal.ReadPath(o.Path, o.Key)
		if err != nil {
			return errors.New("a file of the medium cannot be read")
		}
		if err := errors.Join(ctx.Err(), each(pacs.Object{Bytes: slices.Clip(b)})); err != nil {
			return err
		}
	}
	return nil
}

func (onMedium) Store(context.Context, dicom.UID, ...[]byte) (pacs.Stored, error) {
	return pacs.Stored{}, errOnMedium
}

func (onMedium) Verify(context.Context) error { return nil }
