package dimse

import (
	"slices"
	"sync"

	"github.com/nocturne/nocturne/cache/dicom"
)

// mostHints is how many studies are remembered: 64 bytes and a few UIDs each.
const mostHints = 512

// hints are what the archive told of its studies in passing: of which SOP classes their
// objects are.
type hints struct {
	mu      sync.Mutex
	studies map[dicom.UID]*hint // guarded by mu
	order   []dicom.UID         // guarded by mu: the oldest first
}

type hint struct{ classes []dicom.UID }

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

// classes are those of a study's objects, as far as is known.
func (h *hints) classes(study dicom.UID) []dicom.UID {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.of(study).classes)
}
