package demo

import (
	"fmt"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
)

// BenchmarkGet is C-GET of 300 slices of 512×512, to a peer that only reads.
func BenchmarkGet(b *testing.B) {
	_, address := serveDIMSE(b, Options{Dirs: []string{benchFolder(b)}})
	for _, window := range []uint16{1, 8} {
		b.Run(fmt.Sprintf("window=%d", window), func(b *testing.B) {
			r := asking(plain(studyRootGet)[0], taking(3, dicom.CTImageStorage, dataSyntaxes...))
			r.Invoked, r.Performed = 1, window
			s := associate(b, address, r)
			b.SetBytes(benchSlices * benchSize)
			for b.Loop() {
				s.drains(benchSlices, benchStudy)
			}
		})
	}
}

// BenchmarkFind is C-FIND of 10,000 studies, each with what a worklist shows.
func BenchmarkFind(b *testing.B) {
	var many made
	for i := range 10_000 {
		uid := fmt.Sprintf("1.2.9.%d", i+1)
		many = append(many, Study{Instances: []Instance{{header(uid, uid+".1", 1), nil}}})
	}
	_, address := serveDIMSE(b, Options{Sources: []Source{many}})
	s := associate(b, address, asking(plain(studyRootFind)...))
	for b.Loop() {
		found := s.finds(studyRootFind, at("STUDY"), set(dicom.StudyInstanceUID), set(dicom.PatientName), set(dicom.PatientID), set(dicom.StudyDate),
			set(dicom.ModalitiesInStudy), set(dicom.StudyDescription), set(dicom.NumberOfStudyRelatedInstances))
		if len(found) != len(many) {
			b.Fatalf("%d of %d", len(found), len(many))
		}
	}
}
