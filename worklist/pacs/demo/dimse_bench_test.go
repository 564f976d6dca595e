package demo

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
)

// BenchmarkGet is C-GET of 300 slices of 512×512, to a peer that only reads.
func BenchmarkGet(b *testing.B) {
	const slices, size = 300, 512 * 512 * 2
	dir := b.TempDir()
	uid := "1.2.3.70"
	noise := make([]byte, size)
	for i := range noise {
		noise[i] = byte(i * 31 >> 3)
	}
	for n := range slices {
		file, err := part10(header(uid, uid+".1", n+1, func(d *dicom.Dataset) { d.SetInt(dicom.Rows, 512); d.SetInt(dicom.Columns, 512) }),
			func() ([]byte, error) { return noise, nil })
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, strconv.Itoa(n)+".dcm"), file, 0o600)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	_, address := serveDIMSE(b, Options{Dirs: []string{dir}})
	for _, window := range []uint16{1, 8} {
		b.Run(fmt.Sprintf("window=%d", window), func(b *testing.B) {
			r := asking(plain(studyRootGet)[0], taking(3, dicom.CTImageStorage, dataSyntaxes...))
			r.Invoked, r.Performed = 1, window
			s := associate(b, address, r)
			b.SetBytes(slices * size)
			for b.Loop() {
				s.drains(slices, uid)
			}
		})
	}
}
