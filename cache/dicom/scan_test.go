//go:build unix

package dicom

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// BenchmarkScanDirectory reads the headers of all files of NOCTURNE_SCAN_DIR and
// looks three elements up in each. It reports files by second of wall clock and of
// processor time: .ci/headers/run sets it beside other programs.
func BenchmarkScanDirectory(b *testing.B) {
	dir := os.Getenv("NOCTURNE_SCAN_DIR")
	if dir == "" {
		b.Skip("no directory in NOCTURNE_SCAN_DIR")
	}
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(names) == 0 {
		b.Fatalf("no files in %s: %v", dir, err)
	}
	b.ReportAllocs()
	cpu, start := used(b), time.Now()
	bad := 0
	for b.Loop() {
		bad = 0
		for _, n := range names {
			f, err := ReadHeader(n)
			if err != nil {
				bad++
				continue
			}
			f.Dataset.Str(PatientName)
			f.Dataset.Str(StudyInstanceUID)
			f.Dataset.Str(Rows)
		}
	}
	files := float64(b.N * len(names))
	b.ReportMetric(files/time.Since(start).Seconds(), "files/s")
	b.ReportMetric(files/(used(b)-cpu).Seconds(), "files/cpu-s")
	b.ReportMetric(float64(bad), "refused")
}

// used is the processor time of this process.
func used(b *testing.B) time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
