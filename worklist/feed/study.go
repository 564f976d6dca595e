package feed

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// studyTags are asked for beside what QIDO always returns (PS3.18 10.6.3.3).
var studyTags = []dicom.Tag{
	dicom.StudyDescription, dicom.ModalitiesInStudy, dicom.NumberOfStudyRelatedInstances,
	dicom.PatientBirthDate, dicom.PatientSex, dicom.BodyPartExamined,
}

// study is what a site says of one study.
type study struct {
	UID                    dicom.UID
	Accession, Description string
	Date, Time             string
	Modalities             []string
	BodyPart               string
	Instances              int
	Patient                pacs.Patient
	Referring              string
}

func readStudy(ds *dicom.Dataset) study {
	st := study{
		UID: dicom.UID(ds.Str(dicom.StudyInstanceUID)), Accession: ds.Str(dicom.AccessionNumber),
		Description: ds.Str(dicom.StudyDescription), Date: ds.Str(dicom.StudyDate), Time: ds.Str(dicom.StudyTime),
		Modalities: ds.Strs(dicom.ModalitiesInStudy), BodyPart: ds.Str(dicom.BodyPartExamined),
		Instances: max(0, ds.IntOr(dicom.NumberOfStudyRelatedInstances, 0)),
		Referring: ds.Str(dicom.ReferringPhysicianName),
		Patient: pacs.Patient{Name: ds.Str(dicom.PatientName), ID: ds.Str(dicom.PatientID),
			Birth: ds.Str(dicom.PatientBirthDate), Sex: ds.Str(dicom.PatientSex)},
	}
	if len(st.Modalities) == 0 {
		st.Modalities = ds.Strs(dicom.Modality)
	}
	return st
}

// modality joins the study's modalities; what is no image comes only when there
// is nothing else.
func (st study) modality() string {
	var images []string
	for _, m := range st.Modalities {
		if !slices.Contains(notImages, m) && !slices.Contains(images, m) {
			images = append(images, m)
		}
	}
	if len(images) == 0 {
		images = st.Modalities
	}
	return strings.Join(images, "/")
}

// notImages are modalities of documents and references (PS3.3 C.7.3.1.1.1).
var notImages = []string{"SR", "PR", "KO", "DOC", "SEG", "REG", "RTSTRUCT", "RTPLAN", "RTDOSE", "RTRECORD", "PLAN", "FID", "SMR", "ANN"}

// with fills what the order did not say; the order's patient stands.
func (r Row) with(st study) Row {
	r.Accession = cmp.Or(r.Accession, st.Accession)
	r.PatientName = cmp.Or(r.PatientName, st.Patient.Name)
	r.PatientID = cmp.Or(r.PatientID, st.Patient.ID)
	r.BirthDate = cmp.Or(r.BirthDate, st.Patient.Birth)
	r.Sex = cmp.Or(r.Sex, st.Patient.Sex)
	r.Study = cmp.Or(r.Study, st.Description)
	r.Requester = cmp.Or(r.Requester, st.Referring)
	r.Modality, r.StudyDate, r.StudyTime = st.modality(), st.Date, st.Time
	r.Expected = max(r.Expected, st.Instances)
	if at, ok := dicom.ParseDA(st.Date); ok {
		r.Age = age(r.BirthDate, at)
	}
	return r
}

// age is the patient's age on a day; empty when either is unknown.
func age(birth string, at time.Time) string {
	b, ok := dicom.ParseDA(birth)
	if !ok || at.IsZero() {
		return ""
	}
	return dicom.AgeAt(b, at)
}

// batch is how many UIDs go into one query: 50 × 65 letters stay below every
// server's limit on a URL.
const batch = 50

// learnStudies asks for the studies of the tasks, many in one query, and one by
// one where a server takes no lists. What a site said before stays known when it
// does not say it again.
func (s *source) learnStudies(ctx context.Context, uids []dicom.UID) error {
	slices.Sort(uids)
	uids = slices.Compact(uids)
	known := make(map[dicom.UID]study, len(uids))
	for _, u := range uids {
		if st, ok := s.studies[u]; ok {
			known[u] = st
		}
	}
	s.studies = known // studies that left the list are forgotten
	for chunk := range slices.Chunk(uids, batch) {
		n, err := 0, error(nil)
		if !s.single {
			n, err = s.ask(ctx, chunk)
		}
		if err != nil {
			return err
		}
		if n > 0 || len(chunk) == 1 && !s.single {
			continue
		}
		if err := s.askSingly(ctx, chunk); err != nil {
			return err
		}
	}
	return nil
}

func (s *source) askSingly(ctx context.Context, uids []dicom.UID) error {
	for _, u := range uids {
		n, err := s.ask(ctx, []dicom.UID{u})
		if err != nil {
			return err
		}
		if n > 0 && len(uids) > 1 {
			s.single = true // it knows the study, and did not find it in a list
		}
	}
	return nil
}

// ask queries for some studies and counts those found.
func (s *source) ask(ctx context.Context, uids []dicom.UID) (int, error) {
	words := make([]string, len(uids))
	for i, u := range uids {
		words[i] = string(u)
	}
	list, err := pacs.Find(ctx, s.Archive, pacs.Query{Level: pacs.StudyLevel, Include: studyTags,
		Match: map[dicom.Tag]string{dicom.StudyInstanceUID: strings.Join(words, `\`)}})
	n := 0
	for _, ds := range list {
		if st := readStudy(ds); slices.Contains(uids, st.UID) {
			s.studies[st.UID] = st
			n++
		}
	}
	return n, err
}
