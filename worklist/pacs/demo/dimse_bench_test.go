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
