package dicomweb

import (
	"hash/maphash"

	"github.com/nocturne/nocturne/cache/dicom"
)

// fingerprints remembers which entities came, so that those that come twice
// (because a study arrived while we paged on, or because a server does not know
// offset) are handed on once. An entity is 64 bits of a hash that nobody else can
// know, in one of two generations: the older one is dropped when the younger is
// full, so that at most 2 × 65536 entities are remembered, in about 4 MB, however
// long the list is. Two entities of 100 000 are mistaken for one another with a
// probability of 3 in 10 000 000 000.
type fingerprints struct {
	seed       maphash.Seed
	young, old map[uint64]struct{}
}

const maxFingerprints = 1 << 16

// add reports whether ds had not come before. What names no entity is always new.
func (f *fingerprints) add(ds *dicom.Dataset) bool {
	study, series, sop := ds.Str(dicom.StudyInstanceUID), ds.Str(dicom.SeriesInstanceUID), ds.Str(dicom.SOPInstanceUID)
	if study == "" && series == "" && sop == "" {
		return true
	}
	if f.young == nil {
		f.seed, f.young = maphash.MakeSeed(), map[uint64]struct{}{}
	}
	h := maphash.String(f.seed, study+" "+series+" "+sop)
	_, in := f.young[h]
	_, before := f.old[h]
	if in || before {
		return false
	}
	if len(f.young) >= maxFingerprints {
		f.old, f.young = f.young, map[uint64]struct{}{}
	}
	f.young[h] = struct{}{}
	return true
}
