package pacs

import (
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
)

func TestTheSecondFilterDropsOnlyWhatSurelyDiffers(t *testing.T) {
	ds := new(dicom.Dataset)
	ds.SetStr(dicom.PatientName, "Müller^Anna^^=山田^太郎")
	ds.SetStr(dicom.PatientID, "P1")
	ds.SetStr(dicom.StudyDate, "20250131")
	ds.SetStr(dicom.StudyTime, "101500")
	ds.SetStr(dicom.ModalitiesInStudy, "CT", "SR")
	ds.SetStr(dicom.StudyInstanceUID, "1.2.3")
	ds.SetStr(dicom.AccessionNumber)
	for _, c := range []struct {
		tag  dicom.Tag
		key  string
		want bool
	}{
		{dicom.PatientName, "MÜLLER^ANNA", true}, {dicom.PatientName, "MULLER^*", true}, {dicom.PatientName, "M*^ANN?", true},
		{dicom.PatientName, "山田^太郎", true}, {dicom.PatientName, "MILLER^*", true}, {dicom.PatientName, "MALERT^*", false}, {dicom.PatientName, "M*^PETER", false},
		{dicom.PatientID, "P1", true}, {dicom.PatientID, "p1", true}, {dicom.PatientID, "P", false}, {dicom.PatientID, "P2", false},
		{dicom.StudyDate, "20250131", true}, {dicom.StudyDate, "20250101-", true}, {dicom.StudyDate, "-20250131", true},
		{dicom.StudyDate, "20250201-20250301", false}, {dicom.StudyDate, "20250130", false}, {dicom.StudyTime, "2000-", true},
		{dicom.ModalitiesInStudy, "SR", true}, {dicom.ModalitiesInStudy, "MR", false}, {dicom.ModalitiesInStudy, `MR\CT`, true},
		{dicom.StudyInstanceUID, `1.2\1.2.3`, true}, {dicom.StudyInstanceUID, "1.2", false}, {dicom.StudyInstanceUID, "", true},
		{dicom.AccessionNumber, "A1", false}, {dicom.AccessionNumber, "*", true}, {dicom.StudyDescription, "not sent", true},
	} {
		if got := Matches(ds, map[dicom.Tag]string{c.tag: c.key}); got != c.want {
			t.Errorf("%s with %q: %v", c.tag, c.key, got)
		}
	}
}

func FuzzWildcard(f *testing.F) {
	f.Add("a*b?c", "axxbyc")
	f.Add("**", "")
	f.Fuzz(func(t *testing.T, pattern, s string) {
		if len(pattern)+len(s) > 2000 {
			t.Skip()
		}
		if !wildcard("*", s) || !wildcard(s+"*", s) && !containsAny(s) {
			t.Error("a value does not match itself")
		}
		wildcard(pattern, s)
	})
}

func containsAny(s string) bool {
	for _, r := range s {
		if r == '*' || r == '?' {
			return true
		}
	}
	return false
}
