package dimse

import (
	"slices"
	"sync"

	"github.com/nocturne/nocturne/cache/dicom"
)

// mostHints is how many studies are remembered: 64 bytes and a few UIDs each.
const mostHints = 512

// hints are what the archive told of its studies in passing: of which SOP classes their
// objects are, and in which form their images were had.
type hints struct {
	mu      sync.Mutex
	studies map[dicom.UID]*hint // guarded by mu
	order   []dicom.UID         // guarded by mu: the oldest first
	raw     int                 // guarded by mu: studies in a row of which no compressed image was had
}

type hint struct {
	classes []dicom.UID
	form    Form // Learn: not known yet
}

// of is the hint of a study. The caller holds mu.
func (h *hints) of(study dicom.UID) *hint {
	if got, ok := h.studies[study]; ok {
		return got
	}
	if h.studies == nil {
		h.studies = map[dicom.UID]*hint{}
	}
	if len(h.order) >= mostHints {
		delete(h.studies, h.order[0])
		h.order = slices.Delete(h.order, 0, 1)
	}
	got := new(hint)
	h.studies[study] = got
	h.order = append(h.order, study)
	return got
}

// learn reads an answer of a search.
func (h *hints) learn(ds *dicom.Dataset) {
	study := dicom.UID(ds.Str(dicom.StudyInstanceUID))
	if study == "" {
		return
	}
	classes := uids(ds.Strs(dicom.SOPClassesInStudy))
	classes = append(classes, uids(ds.Strs(dicom.SOPClassUID))...)
	for _, m := range append(ds.Strs(dicom.ModalitiesInStudy), ds.Str(dicom.Modality)) {
		classes = append(classes, ofModality[m]...)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	got := h.of(study)
	for _, u := range classes {
		if !slices.Contains(got.classes, u) && len(got.classes) < 16 {
			got.classes = append(got.classes, u)
		}
	}
}

func uids(s []string) (out []dicom.UID) {
	for _, u := range s {
		if dicom.ValidUID(u) {
			out = append(out, dicom.UID(u))
		}
	}
	return out
}

// plan says of which classes a study's objects are, as far as is known, and in which
// form they are to be asked for.
func (h *hints) plan(study dicom.UID, set Form) (classes []dicom.UID, form Form) {
	h.mu.Lock()
	defer h.mu.Unlock()
	got := h.of(study)
	form = set
	if set == Learn {
		if form = got.form; form == Learn {
			form = Compressed
			if h.raw > 0 && h.raw%16 != 0 { // an archive of raw images is asked anew now and then
				form = Plain
			}
		}
	}
	return slices.Clone(got.classes), form
}

// had notes in which form a study was had.
func (h *hints) had(study dicom.UID, f Form) {
	h.mu.Lock()
	defer h.mu.Unlock()
	got := h.of(study)
	switch {
	case got.form == f:
	case f == Plain:
		h.raw++
	default:
		h.raw = 0
	}
	got.form = f
}
