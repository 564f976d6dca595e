package demo

import (
	"fmt"
	"iter"
	"maps"
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
	sopClassesInStudy      dicom.Tag = 0x00080062
)

// moreStudy and moreSeries are further attributes that belong to a whole study
// or series: they can be matched, and come with includefield.
var (
	moreStudy = []dicom.Tag{
		dicom.NameOfPhysiciansReadingStudy, dicom.AdmittingDiagnosesDescription, dicom.IssuerOfPatientID,
		dicom.OtherPatientIDs, dicom.PatientAge, dicom.PatientSize, dicom.PatientWeight, dicom.PatientComments,
		dicom.EthnicGroup, dicom.AdditionalPatientHistory, dicom.MedicalAlerts, dicom.RequestingPhysician,
		dicom.RequestedProcedureDescription, dicom.AdmissionID, dicom.CurrentPatientLocation, dicom.PatientState,
		0x00081032, 0x00081048, 0x00080051, sopClassesInStudy,
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
		var found []*dicom.Dataset
		within := scope{study: dicom.UID(r.PathValue("study")), series: dicom.UID(r.PathValue("series")), url: base(r) + "/studies/"}
		a.search(l, q, within, func(d *dicom.Dataset) bool {
			found = append(found, d)
			return true
		})
		from, to, more := q.page(len(found), maxResults)
		if more {
			warn(w, fmt.Sprintf("There are %d additional results that can be requested", len(found)-to))
		}
		if from == to {
			w.WriteHeader(http.StatusNoContent)
			return nil
		}
		for _, d := range found[from:to] {
			complete(d)
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

// scope narrows a search: to a study, or to one of its series. url is where
// studies are retrieved by HTTP; "" where that is not asked.
type scope struct {
	study, series dicom.UID
	url           string
}

// search composes the entities of the level and hands those that match to each,
// in order, until it says no. It is the one search of QIDO-RS and C-FIND.
func (a *Archive) search(l level, q query, within scope, each func(*dicom.Dataset) bool) {
	c := composer{url: within.url, wanted: q.wanted(l)}
	for _, e := range a.held.snapshot(within.study) {
		for d := range c.entities(l, e, within.series) {
			if q.match(d) && !each(d) {
				return
			}
		}
	}
}

// entities are what a study has at one level, in order.
func (c composer) entities(l level, e entity, within dicom.UID) iter.Seq[*dicom.Dataset] {
	return func(yield func(*dicom.Dataset) bool) {
		st := c.study(e)
		if l == studyLevel {
			yield(st)
			return
		}
		for _, se := range e.series {
			if within != "" && se.uid != within {
				continue
			}
			sd := c.series(st, se)
			if l == seriesLevel && !yield(sd) || l == instanceLevel && !c.instances(sd, se, e.here, yield) {
				return
			}
		}
	}
}

func (c composer) instances(sd *dicom.Dataset, se *series, here []*instance, yield func(*dicom.Dataset) bool) bool {
	for _, in := range here {
		if in.series == se.uid && !yield(c.instance(sd, in)) {
			return false
		}
	}
	return true
}

// wanted tells which attributes of an entity matter: those the level returns,
// those matched and those asked for.
func (q query) wanted(l level) func(dicom.Tag) bool {
	if q.includeAll {
		return l.belongs
	}
	set := map[dicom.Tag]bool{}
	for i := studyLevel; i <= l; i++ {
		for _, t := range returned[i] {
			set[t] = true
		}
	}
	for _, t := range q.include {
		set[t] = true
	}
	for _, k := range q.keys {
		set[k.path[0]] = true
	}
	return func(t dicom.Tag) bool { return set[t] }
}

// composer makes the data sets a query compares and answers. Values are shared
// with the headers they come from and must not be changed.
type composer struct {
	url    string
	wanted func(dicom.Tag) bool
}

// study is what the study's first instance says of it, and what is counted.
func (c composer) study(e entity) *dicom.Dataset {
	d := &dicom.Dataset{}
	c.take(d, e.series[0].instances[0].header, studyLevel)
	var modalities []string
	for _, se := range e.series {
		if m := se.instances[0].header.Str(dicom.Modality); m != "" && !slices.Contains(modalities, m) {
			modalities = append(modalities, m)
		}
	}
	slices.Sort(modalities)
	d.SetStr(dicom.ModalitiesInStudy, modalities...)
	if c.wanted(sopClassesInStudy) {
		d.SetStr(sopClassesInStudy, e.classes()...)
	}
	d.SetStr(dicom.InstanceAvailability, "ONLINE")
	if c.url != "" {
		d.SetStr(dicom.RetrieveURL, c.url+string(e.study.uid))
	}
	d.SetInt(dicom.NumberOfStudyRelatedSeries, len(e.series))
	d.SetInt(dicom.NumberOfStudyRelatedInstances, e.count)
	return d
}

// series adds to its study's attributes.
func (c composer) series(study *dicom.Dataset, s *series) *dicom.Dataset {
	d := shallow(study)
	c.take(d, s.instances[0].header, seriesLevel)
	if c.url != "" {
		d.SetStr(dicom.RetrieveURL, study.Str(dicom.RetrieveURL)+"/series/"+string(s.uid))
	}
	d.SetInt(dicom.NumberOfSeriesRelatedInstances, len(s.instances))
	return d
}

// instance adds to its series' attributes; what it says itself wins.
func (c composer) instance(series *dicom.Dataset, in *instance) *dicom.Dataset {
	d := shallow(series)
	c.take(d, in.header, instanceLevel)
	if c.url != "" {
		d.SetStr(dicom.RetrieveURL, series.Str(dicom.RetrieveURL)+"/instances/"+string(in.sop))
	}
	return d
}

// classes are the SOP classes of a study, sorted.
func (e entity) classes() []string {
	set := map[string]bool{}
	for _, se := range e.series {
		for _, in := range se.instances {
			set[string(in.class)] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

func (c composer) take(to, from *dicom.Dataset, l level) {
	for el := range from.All() {
		if c.wanted(el.Tag) && l.belongs(el.Tag) && len(el.Bytes) <= inlineLimit {
			to.Set(el)
		}
	}
}

func shallow(d *dicom.Dataset) *dicom.Dataset {
	out := &dicom.Dataset{}
	for el := range d.All() {
		out.Set(el)
	}
	return out
}

// required are study attributes of type 2 (PS3.18 table 10.6.3-3).
var required = []dicom.Tag{
	dicom.StudyDate, dicom.StudyTime, dicom.AccessionNumber, dicom.ReferringPhysicianName,
	dicom.PatientName, dicom.PatientID, dicom.PatientBirthDate, dicom.PatientSex, dicom.StudyID,
}

// complete adds, empty, what an answer must have and nobody knows.
func complete(d *dicom.Dataset) {
	for _, t := range required {
		if !d.Has(t) {
			d.SetStr(t)
		}
	}
}
