package dimse

import (
	"slices"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// levelKeys are the attributes of each level (PS3.4 C.6.2.1): what is always asked
// to be returned, and what can be matched there.
var levelKeys = map[pacs.Level][]dicom.Tag{
	pacs.StudyLevel: {
		dicom.StudyInstanceUID, dicom.StudyDate, dicom.StudyTime, dicom.AccessionNumber, dicom.PatientName, dicom.PatientID,
		dicom.PatientBirthDate, dicom.PatientSex, dicom.StudyID, dicom.StudyDescription, dicom.ModalitiesInStudy,
		dicom.ReferringPhysicianName, dicom.NumberOfStudyRelatedSeries, dicom.NumberOfStudyRelatedInstances,
	},
	pacs.SeriesLevel: {
		dicom.SeriesInstanceUID, dicom.Modality, dicom.SeriesNumber, dicom.SeriesDescription, dicom.NumberOfSeriesRelatedInstances,
	},
	pacs.InstanceLevel: {
		dicom.SOPInstanceUID, dicom.SOPClassUID, dicom.InstanceNumber, dicom.NumberOfFrames,
	},
}

// onlyAt are further attributes that belong to a level alone: as keys of another one
// they are no keys. All others are taken as those of the level that is asked for.
var onlyAt = map[dicom.Tag]pacs.Level{
	dicom.SOPClassesInStudy: pacs.StudyLevel, dicom.NameOfPhysiciansReadingStudy: pacs.StudyLevel, dicom.PatientAge: pacs.StudyLevel,
	dicom.IssuerOfPatientID: pacs.StudyLevel, dicom.PatientComments: pacs.StudyLevel, dicom.OtherPatientIDs: pacs.StudyLevel,
	dicom.NumberOfPatientRelatedStudies: pacs.StudyLevel, dicom.BodyPartExamined: pacs.SeriesLevel, dicom.ProtocolName: pacs.SeriesLevel,
	dicom.Laterality: pacs.SeriesLevel, dicom.SeriesDate: pacs.SeriesLevel, dicom.SeriesTime: pacs.SeriesLevel,
	dicom.Rows: pacs.InstanceLevel, dicom.Columns: pacs.InstanceLevel, dicom.BitsAllocated: pacs.InstanceLevel,
}

// levelOf is where an attribute belongs, asked for at level at.
func levelOf(t dicom.Tag, at pacs.Level) pacs.Level {
	for l, keys := range levelKeys {
		if slices.Contains(keys, t) {
			return l
		}
	}
	if l, ok := onlyAt[t]; ok {
		return l
	}
	return at
}

// above are the levels over l, the highest first.
func above(l pacs.Level) []pacs.Level {
	switch l {
	case pacs.SeriesLevel:
		return []pacs.Level{pacs.StudyLevel}
	case pacs.InstanceLevel:
		return []pacs.Level{pacs.StudyLevel, pacs.SeriesLevel}
	}
	return nil
}

// narrowed tells that q has a key of a level above its own, beside the unique ones.
func narrowed(q pacs.Query) bool {
	for t, v := range q.Match {
		if l := levelOf(t, q.Level); v != "" && slices.Contains(above(q.Level), l) && t != dicom.StudyInstanceUID && t != dicom.SeriesInstanceUID {
			return true
		}
	}
	return false
}

// identifier is the data set of a C-FIND (PS3.4 C.4.1.1.3): the level, the unique keys
// above it, what is to be matched and what returned.
func identifier(q pacs.Query) *dicom.Dataset {
	ds := new(dicom.Dataset)
	for _, t := range levelKeys[q.Level] {
		ds.SetStr(t)
	}
	for _, t := range q.Include {
		if levelOf(t, q.Level) == q.Level && t.VR() != "SQ" {
			ds.SetStr(t)
		}
	}
	for t, v := range q.Match {
		if levelOf(t, q.Level) == q.Level {
			setKey(ds, t, v)
		}
	}
	if q.Study != "" {
		ds.SetStr(dicom.StudyInstanceUID, string(q.Study))
	}
	if q.Series != "" && q.Level == pacs.InstanceLevel {
		ds.SetStr(dicom.SeriesInstanceUID, string(q.Series))
	}
	ds.SetStr(dicom.QueryRetrieveLevel, string(q.Level))
	return ds
}

// setKey sets a key's value; that of a sequence matches nothing here.
func setKey(ds *dicom.Dataset, t dicom.Tag, v string) {
	switch t.VR() {
	case "SQ", "OB", "OW", "UN":
	case "US", "UL", "SS", "SL", "FL", "FD", "AT":
		ds.Set(dicom.Element{Tag: t, VR: t.VR()})
	default:
		if v == "" {
			ds.SetStr(t)
			return
		}
		ds.SetStr(t, strings.Split(v, `\`)...)
	}
}
