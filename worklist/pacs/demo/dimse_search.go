package demo

import (
	"slices"

	"github.com/nocturne/nocturne/cache/dicom"
)

// findEntities hands the answer for each entity that meets id to each, in order,
// until it says no (PS3.4 C.4.1.3.1). ae is where they are retrieved from.
func (a *Archive) findEntities(id identifier, ae string, each func(*dicom.Dataset) bool) {
	answer := func(d *dicom.Dataset) bool { return each(id.answer(d, ae)) }
	if id.level == patientLevel {
		a.findPatients(id, answer)
		return
	}
	within := scope{study: single(id.asked, dicom.StudyInstanceUID), series: single(id.asked, dicom.SeriesInstanceUID)}
	last := ""
	a.search(id.lowest(), id.query, within, func(d *dicom.Dataset) bool {
		uid := d.Str(id.level.unique())
		if uid == last {
			return true // met by another of its series or instances
		}
		last = uid
		return answer(d)
	})
}

// single is the one value of a UID key, "" for none or several.
func single(d *dicom.Dataset, t dicom.Tag) dicom.UID {
	if v := d.Strs(t); len(v) == 1 {
		return dicom.UID(v[0])
	}
	return ""
}

// answer is the response's identifier (PS3.4 C.4.1.1.3.2): the level, where to
// retrieve from, the unique keys down to the level, and what was asked for.
func (id identifier) answer(found *dicom.Dataset, ae string) *dicom.Dataset {
	asked := id.asked.Clone()
	for el := range id.asked.All() {
		if !slices.Contains(notKeys, el.Tag) && !id.level.answers(el.Tag) {
			asked.Delete(el.Tag) // an optional key that is not supported
		}
	}
	d := project(asked, found)
	for l := studyLevel; l <= id.level; l++ {
		d.SetStr(l.unique(), found.Str(l.unique()))
	}
	if id.level == patientLevel {
		d.SetStr(dicom.PatientID, found.Str(dicom.PatientID))
	}
	d.SetStr(queryRetrieveLevel, levelNames[id.level+1])
	d.SetStr(dicom.RetrieveAETitle, ae)
	if d.Has(dicom.InstanceAvailability) {
		d.SetStr(dicom.InstanceAvailability, "ONLINE")
	}
	d.Delete(queryRetrieveView)
	return inUnicode(d)
}

// inUnicode says how the text of an answer is encoded.
func inUnicode(d *dicom.Dataset) *dicom.Dataset {
	d.SetStr(dicom.SpecificCharacterSet, "ISO_IR 192")
	return d
}

// person is one patient over all studies.
type person struct {
	data                       *dicom.Dataset
	studies, series, instances int
}

// patients groups the studies by who they are of: ID and its issuer. One without
// an ID is nobody else's.
func (a *Archive) patients() []*person {
	var out []*person
	by := map[string]*person{}
	for _, e := range a.held.snapshot("") {
		h := e.series[0].instances[0].header
		p := by[e.patient()]
		if p == nil {
			p = &person{data: pick(h, patientTags...)}
			by[e.patient()] = p
			out = append(out, p)
		}
		p.studies++
		p.series += len(e.series)
		p.instances += e.count
	}
	return out
}

func (a *Archive) findPatients(id identifier, each func(*dicom.Dataset) bool) {
	for _, p := range a.patients() {
		p.data.SetInt(patientStudies, p.studies)
		p.data.SetInt(patientSeries, p.series)
		p.data.SetInt(patientInstances, p.instances)
		if id.match(p.data) && !each(p.data) {
			return
		}
	}
}
