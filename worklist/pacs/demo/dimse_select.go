package demo

import (
	"slices"

	"github.com/nocturne/nocturne/cache/dicom"
)

// readRetrieve finds what a C-GET's or C-MOVE's identifier names (PS3.4 C.4.2.1.4):
// a list of UIDs at its level, one value above it. What is announced but not here yet
// is left out, as by HTTP.
func (a *Archive) readRetrieve(m model, d *dicom.Dataset) ([]*instance, *failure) {
	l, no := m.readLevel(d)
	if no != nil {
		return nil, no
	}
	wanted := d.Strs(l.unique())
	if len(wanted) == 0 || slices.Contains(wanted, "") {
		return nil, fail(notOfClass, l.unique().Keyword()+" is missing", l.unique())
	}
	for up := patientLevel; up <= instanceLevel; up++ {
		for _, v := range d.Strs(up.unique()) {
			if up > patientLevel && !dicom.ValidUID(v) {
				return nil, fail(cannotUnderstand, "a value that should be a UID is none", up.unique())
			}
		}
	}
	var out []*instance
	for _, e := range a.held.snapshot(single(d, dicom.StudyInstanceUID)) {
		if !names(d, dicom.PatientID, e.series[0].instances[0].header.Str(dicom.PatientID)) ||
			!names(d, dicom.StudyInstanceUID, string(e.study.uid)) {
			continue
		}
		for _, in := range e.here {
			if names(d, dicom.SeriesInstanceUID, string(in.series)) && names(d, dicom.SOPInstanceUID, string(in.sop)) {
				out = append(out, in)
			}
		}
	}
	return out, nil
}

// names reports whether a key has this value among its own, or none at all.
func names(d *dicom.Dataset, t dicom.Tag, uid string) bool {
	v := d.Strs(t)
	return len(v) == 0 || slices.Contains(v, uid)
}
