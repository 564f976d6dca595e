//go:build unix

package phantom

import (
	"syscall"
	"testing"
	"time"
)

// processorTime is what this process has spent on processors.
func processorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkRenderCT512 renders slices through the lungs, the head and the liver;
// cpu-ms/op is the time on the processor, which other work on the machine does
// not stretch.
func BenchmarkRenderCT512(b *testing.B) {
	for name, accession := range map[string]string{"head": "N26-0411", "chest": "N26-0412", "abdomen": "N26-0413"} {
		b.Run(name, func(b *testing.B) {
			for _, s := range Studies(false, night) {
				if s.Accession != accession || s.Order == nil {
					continue
				}
				in := s.Instances[60]
				in.Render() // builds the anatomy
				b.ReportAllocs()
				b.ResetTimer()
				start := processorTime()
				for range b.N {
					in.Render()
				}
				b.ReportMetric(float64((processorTime()-start).Microseconds())/1000/float64(b.N), "cpu-ms/op")
			}
		})
	}
}

func BenchmarkStudies(b *testing.B) {
	for range b.N {
		Studies(false, night)
	}
}
