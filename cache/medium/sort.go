package medium

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/seal"
)

// sort makes studies of what was looked at, each of one patient.
func (m *Medium) sort(all []looked) error {
	studies := map[dicom.UID]*Study{}
	firsts := map[[2]dicom.UID]looked{} // by Study and SOP Instance UID
	objects := m.objects(all)
	patients := patientsOf(objects)
	for i := range objects {
		l := &objects[i]
		if other, twice := firsts[[2]dicom.UID{l.study, l.sop}]; twice {
			same, err := sameBytes(other.found, l.found)
			if err != nil || !same {
				m.Counts.Conflicting++
			} else {
				m.Counts.Repeated++
			}
			continue
		}
		s := studies[l.study]
		if s == nil {
			s = &Study{UID: l.study}
			studies[l.study] = s
		}
		if !patients[l.study].has(l) {
			m.Counts.Strange++
			s.Strange++
			continue
		}
		firsts[[2]dicom.UID{l.study, l.sop}] = *l
		m.Counts.Objects++
		s.take(*l)
	}
	m.compare(all, studies)
	for _, s := range studies {
		slices.SortStableFunc(s.Series, bySeries)
		m.Studies = append(m.Studies, *s)
	}
	slices.SortFunc(m.Studies, byPatient)
	return nil
}

// objects are those of them that can be shown, in the order of their names; the rest
// is counted.
func (m *Medium) objects(all []looked) []looked {
	var out []looked
	for _, l := range all {
		switch l.kind {
		case object:
			out = append(out, l)
			if l.made {
				m.Counts.Anonymous++
			}
		case unreadable:
			m.Counts.Unreadable++
		case anonymous:
			m.Counts.Anonymous++
		case directory:
			m.Broken = m.Broken || l.broken
			if l.listed != nil {
				m.Counts.Directories++
			}
		default:
			m.Counts.Other++
		}
	}
	slices.SortStableFunc(out, func(a, b looked) int { return cmp.Compare(a.key, b.key) })
	return out
}

// patient is somebody that images of a study are of, and how many.
type patient struct {
	who    dicom.Identity
	images int
}

// has reports whether an image is of this patient. The accession number is no part of
// who somebody is.
func (p patient) has(l *looked) bool {
	var d dicom.Dataset
	d.SetStr(dicom.PatientName, l.who.Name)
	d.SetStr(dicom.PatientID, l.who.ID)
	d.SetStr(dicom.PatientBirthDate, l.who.Birth)
	d.SetStr(dicom.PatientSex, l.who.Sex)
	return len(p.who.Differs(&d)) == 0
}

// patientsOf is whose each study is: the patient that most of its images name.
func patientsOf(objects []looked) map[dicom.UID]patient {
	all := map[dicom.UID][]patient{}
	for i := range objects {
		l := &objects[i]
		of := all[l.study]
		at := slices.IndexFunc(of, func(p patient) bool { return p.has(l) })
		if at < 0 {
			who := l.who
			who.Accession = ""
			at, of = len(of), append(of, patient{who: who})
		}
		of[at].images++
		all[l.study] = of
	}
	out := map[dicom.UID]patient{}
	for uid, of := range all {
		out[uid] = slices.MaxFunc(of, func(a, b patient) int { return cmp.Compare(a.images, b.images) })
	}
	return out
}

func (s *Study) take(l looked) {
	p := &s.Patient
	p.Name, p.ID, p.Birth = cmp.Or(p.Name, l.who.Name), cmp.Or(p.ID, l.who.ID), cmp.Or(p.Birth, l.who.Birth)
	p.Sex, p.Accession = cmp.Or(p.Sex, l.who.Sex), cmp.Or(p.Accession, l.who.Accession)
	s.Date, s.Time = cmp.Or(s.Date, l.date), cmp.Or(s.Time, l.time)
	s.Description, s.BodyPart, s.Referring = cmp.Or(s.Description, l.title), cmp.Or(s.BodyPart, l.body), cmp.Or(s.Referring, l.asked)
	r := s.series(l.series)
	r.Objects++
	r.Number, r.Description, r.Modality = cmp.Or(r.Number, l.number), cmp.Or(r.Description, l.name), cmp.Or(r.Modality, l.modal)
	s.Made = s.Made || l.made
	s.Objects = append(s.Objects, Object{l.study, l.series, l.sop, l.path, l.seal})
}

func (s *Study) series(uid dicom.UID) *Series {
	for i := range s.Series {
		if s.Series[i].UID == uid {
			return &s.Series[i]
		}
	}
	s.Series = append(s.Series, Series{UID: uid})
	return &s.Series[len(s.Series)-1]
}

// Modalities are those of the study's series, each once.
func (s *Study) Modalities() []string {
	var out []string
	for _, r := range s.Series {
		if r.Modality != "" && !slices.Contains(out, r.Modality) {
			out = append(out, r.Modality)
		}
	}
	return out
}

func bySeries(a, b Series) int {
	return cmp.Or(cmp.Compare(len(a.Number), len(b.Number)), cmp.Compare(a.Number, b.Number), cmp.Compare(a.UID, b.UID))
}

func byPatient(a, b Study) int {
	return cmp.Or(cmp.Compare(a.Patient.Name, b.Patient.Name), cmp.Compare(a.Patient.ID, b.Patient.ID),
		cmp.Compare(b.Date+b.Time, a.Date+a.Time), cmp.Compare(a.UID, b.UID))
}

// compare counts what the DICOMDIRs list and is not there, and what is there and no
// DICOMDIR lists.
func (m *Medium) compare(all []looked, studies map[dicom.UID]*Study) {
	if m.Counts.Directories == 0 {
		return
	}
	here := map[string]bool{}
	for _, l := range all {
		here[l.key] = true
	}
	listed, folders := map[string]bool{}, []string{}
	for _, l := range all {
		if len(l.listed) == 0 {
			continue
		}
		folder := strings.TrimSuffix(l.key, directoryName)
		folders = append(folders, folder)
		for _, e := range l.listed {
			key := folder + e.Key
			if listed[key] {
				continue
			}
			if listed[key] = true; !here[key] {
				m.Counts.Missing++
				miss(studies, e)
			}
		}
	}
	for _, l := range all {
		below := func(folder string) bool { return strings.HasPrefix(l.key, folder) }
		if l.kind == object && !listed[l.key] && slices.ContainsFunc(folders, below) {
			m.Counts.Unlisted++
			if s := studies[l.study]; s != nil {
				s.Unlisted++
			}
		}
	}
}

// sameBytes compares two files.
func sameBytes(a, b found) (bool, error) {
	x, err := seal.OpenPath(a.path, a.seal)
	if err != nil {
		return false, plain(err)
	}
	defer x.Close()
	y, err := seal.OpenPath(b.path, b.seal)
	if err != nil {
		return false, plain(err)
	}
	defer y.Close()
	p, q := make([]byte, 64<<10), make([]byte, 64<<10)
	for at := int64(0); ; at += int64(len(p)) {
		n, errX := x.ReadAt(p, at)
		k, errY := y.ReadAt(q, at)
		if !bytes.Equal(p[:n], q[:k]) {
			return false, nil
		}
		if errX != nil || errY != nil {
			return errors.Is(errX, io.EOF) && errors.Is(errY, io.EOF), nil
		}
	}
}
