//go:build unix

package all

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"image/jpeg"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

// codestream is a line of streams.tsv, which .ci/codecs/run writes.
type codestream struct {
	name         string
	uid          dicom.UID
	h            pixel.Header
	lossless     bool
	frame, truth []byte // truth: the frame, or what a C library made of it
}

// codestreams reads the folder that .ci/codecs/run made.
func codestreams(b *testing.B) []codestream {
	b.Helper()
	dir := os.Getenv("NOCTURNE_CODESTREAMS")
	if dir == "" {
		b.Skip("skipped: NOCTURNE_CODESTREAMS names no folder; .ci/codecs/run makes one and sets it")
	}
	f, err := os.Open(filepath.Join(dir, "streams.tsv"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	var all []codestream
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var c codestream
		var signed, lossless int
		_, err := fmt.Sscan(strings.ReplaceAll(lines.Text(), "\t", " "), &c.name, &c.uid,
			&c.h.Rows, &c.h.Cols, &c.h.Samples, &c.h.Allocated, &c.h.Stored, &signed, &lossless)
		if err != nil {
			b.Fatal(err)
		}
		c.h.HighBit, c.h.Signed, c.lossless = c.h.Stored-1, signed == 1, lossless == 1
		c.h.Photometric = map[bool]string{true: "MONOCHROME2", false: "RGB"}[c.h.Samples == 1]
		if c.frame, err = os.ReadFile(filepath.Join(dir, c.name+".stream")); err != nil {
			b.Fatal(err)
		}
		if c.truth, err = os.ReadFile(filepath.Join(dir, c.name+".ref")); err != nil {
			b.Logf("%s: no C library decoded it", c.name)
		}
		all = append(all, c)
	}
	return all
}

// BenchmarkCodestreams decodes each stream as package pixel does, into a frame that
// is used again. Beside the mean it reports the best single run in processor time, as
// the C harness does, and by how much samples are off what a C library gave; a lossless stream
// that does not give its frame fails.
func BenchmarkCodestreams(b *testing.B) {
	decoders := Decoders()
	for _, c := range codestreams(b) {
		d, ok := decoders[c.uid]
		if !ok {
			fmt.Printf("skipped %s: %s is not registered\n", c.name, c.uid.Name())
			continue
		}
		b.Run(c.name, func(b *testing.B) { c.bench(b, d) })
	}
}

func (c *codestream) bench(b *testing.B, d pixel.Decoder) {
	h := c.h
	dst, err := d.Decode(nil, c.frame, &h)
	if err != nil {
		b.Fatalf("%s: %v", c.name, err)
	}
	off := c.off(b, dst)
	best := time.Hour
	b.SetBytes(c.h.Bytes())
	b.ReportAllocs()
	for b.Loop() {
		h, from := c.h, clock()
		if dst, err = d.Decode(dst, c.frame, &h); err != nil {
			b.Fatal(err)
		}
		best = min(best, clock()-from)
	}
	b.ReportMetric(float64(c.h.Bytes())/best.Seconds()/1e6, "best-MB/s")
	b.ReportMetric(float64(off), "off")
}

// clock is the processor's time that this program took, garbage collection
// included; with more than one thread, the time of day.
func clock() time.Duration {
	if runtime.GOMAXPROCS(0) > 1 {
		return time.Duration(time.Now().UnixNano())
	}
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// off is the largest difference of a sample from the truth.
func (c *codestream) off(b *testing.B, got []byte) int {
	if c.truth == nil {
		return 0
	}
	if len(got) != len(c.truth) {
		b.Fatalf("%s: %d bytes, want %d", c.name, len(got), len(c.truth))
	}
	worst := 0
	for i := 0; i < len(got); i += c.h.Allocated / 8 {
		d := c.cell(got[i:]) - c.cell(c.truth[i:])
		worst = max(worst, d, -d)
	}
	if worst > 0 && c.lossless {
		b.Fatalf("%s: samples are off by up to %d", c.name, worst)
	}
	return worst
}

func (c *codestream) cell(b []byte) int {
	switch {
	case c.h.Allocated == 8:
		return int(b[0])
	case c.h.Signed:
		return int(int16(binary.LittleEndian.Uint16(b)))
	}
	return int(binary.LittleEndian.Uint16(b))
}

// BenchmarkStandardLibrary decodes the 8-bit JPEG streams by image/jpeg, which
// allocates each image and leaves colour in planes.
func BenchmarkStandardLibrary(b *testing.B) {
	for _, c := range codestreams(b) {
		if c.h.Allocated != 8 || c.uid != dicom.JPEGBaseline {
			continue
		}
		b.Run(c.name, func(b *testing.B) {
			best := time.Hour
			b.SetBytes(c.h.Bytes())
			for b.Loop() {
				from := clock()
				if _, err := jpeg.Decode(bytes.NewReader(c.frame)); err != nil {
					b.Fatal(err)
				}
				best = min(best, clock()-from)
			}
			b.ReportMetric(float64(c.h.Bytes())/best.Seconds()/1e6, "best-MB/s")
		})
	}
}
