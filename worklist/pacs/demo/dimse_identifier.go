package demo

import (
	"slices"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// patientLevel is the level above QIDO-RS's, which only C-FIND, C-GET and C-MOVE
// of the patient root have.
const patientLevel level = -1

// levelNames are the values of Query/Retrieve Level (0008,0052), top down.
var levelNames = []string{"PATIENT", "STUDY", "SERIES", "IMAGE"}

// levelKeys are their unique keys (PS3.4 C.6.1.1, C.6.2.1).
var levelKeys = []dicom.Tag{dicom.PatientID, dicom.StudyInstanceUID, dicom.SeriesInstanceUID, dicom.SOPInstanceUID}

func (l level) unique() dicom.Tag { return levelKeys[l+1] }

// model is what a presentation context and its extended negotiation agreed on.
type model struct {
	patientRoot bool
	relational  bool // PS3.4 C.5.1.1, C.5.2.1
}

// identifier is a C-FIND, C-GET or C-MOVE request's data set, read.
type identifier struct {
	level level
	query
	asked *dicom.Dataset // what an answer is to have
	// unsupported says that keys were passed over: answers are FF01.
	unsupported bool
}

// notKeys describe a request; they are no keys of it.
var notKeys = []dicom.Tag{dicom.SpecificCharacterSet, dicom.TimezoneOffsetFromUTC, queryRetrieveLevel, queryRetrieveView,
	dicom.RetrieveAETitle, dicom.InstanceAvailability}

// readLevel finds the level and holds the keys above it to the hierarchy: each
// unique key has one value, unless relational queries were negotiated (PS3.4
// C.4.1.2.1, C.4.2.2.1).
func (m model) readLevel(d *dicom.Dataset) (level, *failure) {
	i := slices.Index(levelNames, d.Str(queryRetrieveLevel))
	l := level(i - 1)
	if i < 0 || l == patientLevel && !m.patientRoot {
		return 0, fail(notOfClass, "Query/Retrieve Level is missing or not of this model", queryRetrieveLevel)
	}
	top := studyLevel
	if m.patientRoot {
		top = patientLevel
	}
	for up := top; up < l && !m.relational; up++ {
		if v := d.Strs(up.unique()); len(v) != 1 || v[0] == "" || up == patientLevel && strings.ContainsAny(v[0], "*?") {
			return 0, fail(notOfClass, up.unique().Keyword()+" needs one value: not relational", up.unique())
		}
	}
	return l, nil
}

// readFind reads a C-FIND's identifier.
func (m model) readFind(d *dicom.Dataset) (identifier, *failure) {
	id := identifier{asked: d, query: query{limit: -1}}
	var no *failure
	if id.level, no = m.readLevel(d); no != nil {
		return id, no
	}
	return id, id.keys(d, func(t dicom.Tag, valued bool) bool {
		return id.level.answers(t) || m.relational && valued && id.level != patientLevel
	})
}

// keys takes every attribute of d as a key; those that supported is against are
// passed over (PS3.4 C.2.2.1.3).
func (id *identifier) keys(d *dicom.Dataset, supported func(t dicom.Tag, valued bool) bool) *failure {
	for el := range d.All() {
		if slices.Contains(notKeys, el.Tag) || el.Tag.Element() == 0 {
			continue
		}
		if !supported(el.Tag, hasValue(el)) {
			id.unsupported = true
			continue
		}
		if no := id.key(nil, el); no != nil {
			return no
		}
	}
	return nil
}

func hasValue(el dicom.Element) bool {
	return slices.ContainsFunc(el.Items, func(it *dicom.Dataset) bool {
		for e := range it.All() {
			if hasValue(e) {
				return true
			}
		}
		return false
	}) || len(el.Bytes)+len(el.Ints)+len(el.Floats) > 0 || slices.ContainsFunc(el.Text, func(s string) bool { return s != "" })
}

// key takes one element below path. A sequence has at most one item, whose
// attributes are keys (PS3.4 C.2.2.2.6); a value of nothing but * is universal.
func (id *identifier) key(path []dicom.Tag, el dicom.Element) *failure {
	path = append(slices.Clone(path), el.Tag)
	if len(id.query.keys)+len(id.include) > maxKeys || len(path) > maxDepth {
		return fail(cannotUnderstand, "more keys than this archive takes", el.Tag)
	}
	if el.VR == "SQ" {
		if len(el.Items) > 1 {
			return fail(notOfClass, "a sequence key has one item", el.Tag)
		}
		id.include = append(id.include, path[0])
		for _, it := range el.Items {
			for e := range it.All() {
				if no := id.key(path, e); no != nil {
					return no
				}
			}
		}
		return nil
	}
	one := dicom.NewDataset(el)
	value := strings.Join(one.Strs(el.Tag), `\`)
	if strings.Trim(value, "*") == "" {
		value = ""
	}
	if err := id.ask(path, value); err != nil {
		return fail(cannotUnderstand, err.Error(), el.Tag)
	}
	return nil
}

// answers reports whether entities of the level have the attribute, or those above.
func (l level) answers(t dicom.Tag) bool {
	if l == patientLevel {
		return slices.Contains(patientTags, t)
	}
	return l.belongs(t) || slices.Contains(returned[studyLevel], t)
}

// patientTags are what is known of a patient across studies.
var patientTags = []dicom.Tag{
	dicom.PatientName, dicom.PatientID, dicom.IssuerOfPatientID, dicom.OtherPatientIDs, dicom.PatientBirthDate, dicom.PatientSex,
	dicom.EthnicGroup, dicom.PatientComments, patientStudies, patientSeries, patientInstances,
}

// lowest is the level of the lowest key that has a value: a relational query is
// met by an entity when something below it meets those.
func (id identifier) lowest() level {
	l := max(id.level, studyLevel)
	for _, k := range id.query.keys {
		for l < instanceLevel && !l.belongs(k.path[0]) {
			l++
		}
	}
	return l
}

// project copies from found what was asked for, with empty values for what is not
// known. An item asked for without attributes is given whole.
func project(asked, found *dicom.Dataset) *dicom.Dataset {
	out := &dicom.Dataset{}
	for el := range asked.All() {
		have, ok := found.Get(el.Tag)
		switch {
		case !ok:
			have = dicom.Element{Tag: el.Tag, VR: el.VR}
			if el.VR == "SQ" {
				have.Items = []*dicom.Dataset{}
			}
		case el.VR == "SQ" && len(el.Items) == 1 && el.Items[0].Len() > 0:
			items := make([]*dicom.Dataset, len(have.Items))
			for i, it := range have.Items {
				items[i] = project(el.Items[0], it)
			}
			have.Items = items
		}
		out.Set(have)
	}
	return out
}
