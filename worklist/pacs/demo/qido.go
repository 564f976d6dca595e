package demo

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/nocturne/nocturne/cache/dicom"
)

// level is a QIDO-RS query level.
type level int

const (
	studyLevel level = iota
	seriesLevel
	instanceLevel
)

// maxResults is the most one answer holds; the client pages on.
const maxResults = 2000

// Attributes by level (PS3.18 tables 10.6.3-3 to -5). Each level's answer also
// has those of the levels above.
var returned = [3][]dicom.Tag{
	studyLevel: {
		dicom.SpecificCharacterSet, dicom.StudyDate, dicom.StudyTime, dicom.AccessionNumber, dicom.InstanceAvailability,
		dicom.ModalitiesInStudy, dicom.ReferringPhysicianName, dicom.TimezoneOffsetFromUTC, dicom.StudyDescription,
		dicom.RetrieveURL, dicom.PatientName, dicom.PatientID, dicom.PatientBirthDate, dicom.PatientSex,
		dicom.StudyInstanceUID, dicom.StudyID, dicom.NumberOfStudyRelatedSeries, dicom.NumberOfStudyRelatedInstances,
	},
	seriesLevel: {
		dicom.Modality, dicom.SeriesDescription, dicom.SeriesInstanceUID, dicom.SeriesNumber,
		dicom.NumberOfSeriesRelatedInstances, performedStepStartDate, performedStepStartTime, requestAttributes,
	},
	instanceLevel: {
		dicom.SOPClassUID, dicom.SOPInstanceUID, dicom.InstanceNumber, dicom.Rows, dicom.Columns,
		dicom.BitsAllocated, dicom.NumberOfFrames,
	},
}

const (
	performedStepStartDate dicom.Tag = 0x00400244
	performedStepStartTime dicom.Tag = 0x00400245
	requestAttributes      dicom.Tag = 0x00400275
)

// moreStudy and moreSeries are further attributes that belong to a whole study
// or series: they can be matched, and come with includefield.
var (
	moreStudy = []dicom.Tag{
		dicom.NameOfPhysiciansReadingStudy, dicom.AdmittingDiagnosesDescription, dicom.IssuerOfPatientID,
		dicom.OtherPatientIDs, dicom.PatientAge, dicom.PatientSize, dicom.PatientWeight, dicom.PatientComments,
		dicom.EthnicGroup, dicom.AdditionalPatientHistory, dicom.MedicalAlerts, dicom.RequestingPhysician,
		dicom.RequestedProcedureDescription, dicom.AdmissionID, dicom.CurrentPatientLocation, dicom.PatientState,
		0x00081032, 0x00081048, 0x00080051, 0x00080062,
	}
	moreSeries = []dicom.Tag{
		dicom.SeriesDate, dicom.SeriesTime, dicom.Laterality, dicom.BodyPartExamined, dicom.ProtocolName,
		dicom.PatientPosition, dicom.Manufacturer, dicom.ManufacturerModelName, dicom.InstitutionName,
		dicom.InstitutionalDepartmentName, dicom.StationName, dicom.PerformingPhysicianName, dicom.OperatorsName,
		dicom.FrameOfReferenceUID, dicom.SoftwareVersions, dicom.ViewPosition,
	}
)

// belongs reports whether an attribute is one of the level or of those above.
func (l level) belongs(t dicom.Tag) bool {
	return l == instanceLevel || slices.Contains(returned[studyLevel], t) || slices.Contains(moreStudy, t) ||
		l == seriesLevel && (slices.Contains(returned[seriesLevel], t) || slices.Contains(moreSeries, t))
}

// query answers a search at one level (PS3.18 10.6).
func (a *Archive) query(l level) handlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := wantsJSON(r); err != nil {
			return err
		}
		q, err := parseQuery(r.URL.RawQuery)
		if err != nil {
			return err
		}
		if ignored := q.confine(l); ignored {
			warn(w, "Attributes that do not belong to the level of the query were not matched.")
		}
		if q.fuzzy {
			warn(w, "The fuzzymatching parameter is not supported. Only literal matching has been performed.")
		}
		found := a.search(l, q, r)
		from, to, more := q.page(len(found), maxResults)
		if more {
			warn(w, fmt.Sprintf("There are %d additional results that can be requested", len(found)-to))
		}
		if from == to {
			w.WriteHeader(http.StatusNoContent)
			return nil
		}
		for i, d := range found[from:to] {
			found[from+i] = q.project(l, d)
		}
		return answerJSON(w, r, http.StatusOK, found[from:to])
	}
}

// confine drops keys that a query of this level cannot match and says whether
// there were any.
func (q *query) confine(l level) bool {
	n := len(q.keys)
	q.keys = slices.DeleteFunc(q.keys, func(k key) bool { return !l.belongs(k.path[0]) })
	return len(q.keys) < n
}

// search composes the entities of the level and keeps those that match.
func (a *Archive) search(l level, q query, r *http.Request) []*dicom.Dataset {
	var out []*dicom.Dataset
	keep := func(d *dicom.Dataset) {
		if q.match(d) {
			out = append(out, d)
		}
	}
	url := base(r) + "/studies/"
	within := dicom.UID(r.PathValue("series"))
	for _, e := range a.held.snapshot(dicom.UID(r.PathValue("study"))) {
		st := e.dataset(url)
		if l == studyLevel {
			keep(st)
			continue
		}
		for _, se := range e.series {
			if within != "" && se.uid != within {
				continue
			}
			sd := se.dataset(st)
			if l == seriesLevel {
				keep(sd)
				continue
			}
			for _, in := range e.here {
				if in.series == se.uid {
					keep(in.dataset(sd))
				}
			}
		}
	}
	return out
}

// dataset is the study as a query sees it: what its first instance says of it,
// and what is counted.
func (e entity) dataset(url string) *dicom.Dataset {
	d := &dicom.Dataset{}
	h := e.series[0].instances[0].header
	for el := range h.All() {
		if studyLevel.belongs(el.Tag) {
			d.Set(el)
		}
	}
	var modalities []string
	for _, se := range e.series {
		if m := se.instances[0].header.Str(dicom.Modality); m != "" && !slices.Contains(modalities, m) {
			modalities = append(modalities, m)
		}
	}
	slices.Sort(modalities)
	d.SetStr(dicom.ModalitiesInStudy, modalities...)
	d.SetStr(dicom.InstanceAvailability, "ONLINE")
	d.SetStr(dicom.RetrieveURL, url+string(e.study.uid))
	d.SetInt(dicom.NumberOfStudyRelatedSeries, len(e.series))
	d.SetInt(dicom.NumberOfStudyRelatedInstances, e.count)
	return d
}

// dataset is the series with its study's attributes.
func (s *series) dataset(study *dicom.Dataset) *dicom.Dataset {
	d := study.Clone()
	for el := range s.instances[0].header.All() {
		if seriesLevel.belongs(el.Tag) && !studyLevel.belongs(el.Tag) {
			d.Set(el)
		}
	}
	d.SetStr(dicom.RetrieveURL, study.Str(dicom.RetrieveURL)+"/series/"+string(s.uid))
	d.SetInt(dicom.NumberOfSeriesRelatedInstances, len(s.instances))
	return d
}

// dataset is the instance with its series' and study's attributes; its own win.
func (in *instance) dataset(series *dicom.Dataset) *dicom.Dataset {
	d := in.header.Clone()
	for el := range series.All() {
		if !d.Has(el.Tag) {
			d.Set(el)
		}
	}
	d.SetStr(dicom.RetrieveURL, series.Str(dicom.RetrieveURL)+"/instances/"+string(in.sop))
	return d
}

// project keeps what the level returns, what was matched, and what was asked
// for. Attributes every answer must have stand there empty when unknown.
func (q query) project(l level, d *dicom.Dataset) *dicom.Dataset {
	out := &dicom.Dataset{}
	for _, t := range required {
		out.SetStr(t)
	}
	for el := range d.All() {
		if q.wants(l, el.Tag) && len(el.Bytes) <= inlineLimit {
			out.Set(el)
		}
	}
	if out.Has(dicom.SpecificCharacterSet) {
		out.SetStr(dicom.SpecificCharacterSet, "ISO_IR 192")
	}
	return out
}

// required are study attributes of type 2 (PS3.18 table 10.6.3-3).
var required = []dicom.Tag{
	dicom.StudyDate, dicom.StudyTime, dicom.AccessionNumber, dicom.ReferringPhysicianName,
	dicom.PatientName, dicom.PatientID, dicom.PatientBirthDate, dicom.PatientSex, dicom.StudyID,
}

func (q query) wants(l level, t dicom.Tag) bool {
	for i := studyLevel; i <= l; i++ {
		if slices.Contains(returned[i], t) {
			return true
		}
	}
	if q.includeAll && l.belongs(t) || slices.Contains(q.include, t) {
		return true
	}
	return slices.ContainsFunc(q.keys, func(k key) bool { return k.path[0] == t })
}
