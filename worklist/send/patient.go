package send

import (
	"context"
	"slices"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// stranger parks a study that the archive holds under another patient: objects of two
// patients under one Study Instance UID are nobody's to mix. It is asked once, and only
// where the archive holds something of the study.
func (r *run) stranger(ctx context.Context, st *study) error {
	if st.known {
		return nil
	}
	who := st.patient
	who.Accession = "" // the archive's own, perhaps
	var differs []string
	err := r.gate.through(ctx, 0, func() error {
		return r.Archive.Search(ctx, pacs.Query{Level: pacs.StudyLevel, Match: map[dicom.Tag]string{dicom.StudyInstanceUID: string(st.uid)},
			Include: []dicom.Tag{dicom.PatientName, dicom.PatientID, dicom.PatientBirthDate, dicom.PatientSex}}, func(ds *dicom.Dataset) error {
			if ds.Str(dicom.StudyInstanceUID) == string(st.uid) && ds.Str(dicom.PatientID)+ds.Str(dicom.PatientName) != "" {
				differs = append(differs, who.Differs(ds)...)
			}
			return nil
		})
	})
	if err != nil {
		r.denied(err)
		return err
	}
	st.known = true
	if len(differs) == 0 {
		return nil
	}
	slices.Sort(differs)
	for _, it := range st.open() {
		r.decide(it, Parked, r.Site+" holds this study under another patient: the "+differs[0]+" differs")
	}
	return nil
}
