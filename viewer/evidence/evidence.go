// Package evidence is marks as DICOM objects and back: measurement reports (TID
// 1500), presentation states and key object selections made of a reader's marks,
// and marks made of anybody's. It reads and writes no file.
//
//	mark            report                              presentation state
//	length          Length, POLYLINE                    POLYLINE
//	bidirectional   Long Axis, Short Axis, POLYLINE     two POLYLINEs
//	angle, Cobb     Angle, Cobb angle, POLYLINE(s)      POLYLINE(s)
//	ellipse         numbers of an ELLIPSE               ELLIPSE
//	rectangle       numbers of a closed POLYLINE        closed POLYLINE
//	polygon         numbers of a closed POLYLINE        closed POLYLINE
//	probe           number of a POINT                   POINT
//	volume          Volume, POLYLINE of the long axis   POLYLINE
//	arrow, text     a region without numbers            POLYLINE, text
//	vertebra        POINT, finding "Vertebra label"     text
//	key image       key object selection                none
//	on a reformat   coordinates of the patient          none
package evidence

import (
	"slices"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/viewer"
)

// Images are headers by SOP Instance UID.
type Images map[string]*dicom.Dataset

// Author is who made marks, and when the object about them is made. NewUID nil gives
// random UIDs.
type Author struct {
	Observer sr.Observer
	Now      time.Time
	Request  sr.Request
	NewUID   func() dicom.UID
	// Signed: the objects go out with a signed report. What was measured is verified at
	// Now, and the key images are for the report's attachment.
	Signed bool
}

func (a Author) uid() dicom.UID {
	if a.NewUID == nil {
		return dicom.NewUID()
	}
	return a.NewUID()
}

// numbers of the series that hold what is made here.
const (
	reportSeries = 9901
	stateSeries  = 9902
	keySeries    = 9903
)

// current are the marks on images held of one study; nothing of a prior gets into
// what is said of it (N6).
func current(study string, marks []viewer.Mark, images Images) []viewer.Mark {
	var out []viewer.Mark
	for _, m := range marks {
		if m.StudyUID == study && !m.Prior && images[m.SOPUID] != nil {
			out = append(out, m)
		}
	}
	return out
}

// reference names the frame of a mark as an object of another class does.
func reference(m viewer.Mark, h *dicom.Dataset) sr.Ref {
	r := sr.Ref{Class: dicom.UID(h.Str(dicom.SOPClassUID)), Instance: dicom.UID(m.SOPUID)}
	if many(h) {
		r.Frames = []int{m.Frame + 1}
	}
	return r
}

// many reports whether an image has frames to be named.
func many(h *dicom.Dataset) bool {
	return h.IntOr(dicom.NumberOfFrames, 1) > 1 || h.Has(dicom.PerFrameFunctionalGroupsSequence)
}

// Report is a measurement report of the marks on a study (TID 1500), nil where
// nothing of it is for one. left are the marks that it cannot hold: on a reformat of
// images without a frame of reference.
func Report(study string, marks []viewer.Mark, images Images, by Author) (d *dicom.Dataset, left []viewer.Mark, err error) {
	m := sr.Measurements{Document: sr.Document{
		SeriesUID: by.uid(), SOPUID: by.uid(), SeriesNumber: reportSeries, Observer: by.Observer,
		Content: by.Now, Request: by.Request, Preliminary: !by.Signed, Verified: by.Signed,
	}}
	if by.Signed {
		m.VerifiedAt = by.Now
	}
	held := map[string]bool{}
	for i, mark := range current(study, marks, images) {
		if mark.Kind == viewer.KeyImageMark {
			continue
		}
		h := images[mark.SOPUID]
		g, ok := groupOf(mark, h, i+1)
		if !ok {
			left = append(left, mark)
			continue
		}
		m.Groups = append(m.Groups, g)
		if m.Study == nil {
			m.Study = h
		}
		if !held[mark.SOPUID] {
			held[mark.SOPUID] = true
			m.Library = append(m.Library, h)
		}
	}
	if len(m.Groups) == 0 {
		return nil, left, nil
	}
	d, err = sr.MeasurementReport(m)
	return d, left, err
}

// keys are the key images among marks, else the frames that bear any mark, each
// once, in the order they were marked.
func keys(marks []viewer.Mark) []viewer.Mark {
	var key, other []viewer.Mark
	same := func(m viewer.Mark) func(viewer.Mark) bool {
		return func(o viewer.Mark) bool { return o.SOPUID == m.SOPUID && o.Frame == m.Frame }
	}
	for _, m := range marks {
		to := &other
		if m.Kind == viewer.KeyImageMark {
			to = &key
		}
		if !slices.ContainsFunc(*to, same(m)) {
			*to = append(*to, m)
		}
	}
	if key == nil {
		return other
	}
	return key
}
