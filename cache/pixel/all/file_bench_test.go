package all_test

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

// mammogram is the layout of a large frame: 27 MB, 12 bits in 16.
var mammogram = pixel.Header{Rows: 4096, Cols: 3328, Samples: 1, Allocated: 16, Stored: 12, HighBit: 11, Photometric: "MONOCHROME2"}

// breast is a bright half disc with texture on a black ground, as a mammogram is.
func breast(h pixel.Header) []byte {
	out := make([]byte, 0, h.Bytes())
	seed := uint32(1)
	for y := range h.Rows {
		dy := float64(y-h.Rows/2) / float64(h.Rows/2)
		edge := float64(h.Cols) * 0.7 * (1 - dy*dy)
		for x := range h.Cols {
			seed = seed*1664525 + 1013904223
			v := uint16(seed >> 30) // the detector's own noise
			if inside := edge - float64(x); inside > 0 {
				v = uint16(900+min(inside, 900)) + uint16((x>>5^y>>6)&63) + uint16(seed>>26)
			}
			out = binary.LittleEndian.AppendUint16(out, v)
		}
	}
	return out
}

// encapsulated writes a Part 10 file of one frame: explicit VR little endian, an
// empty offset table, one fragment.
func encapsulated(t testing.TB, ts dicom.UID, h pixel.Header, frame []byte) string {
	t.Helper()
	var b []byte
	element := func(group, number uint16, vr string, value []byte) {
		if len(value)%2 != 0 {
			value = append(value, 0)
		}
		b = binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(b, group), number)
		b = append(b, vr...)
		b = append(binary.LittleEndian.AppendUint16(b, uint16(len(value))), value...)
	}
	short := func(v int) []byte { return binary.LittleEndian.AppendUint16(nil, uint16(v)) }
	b = append(make([]byte, 128), "DICM"...)
	uid := []byte(ts)
	even := func(n int) int { return n + n%2 }
	element(2, 0, "UL", binary.LittleEndian.AppendUint32(nil, uint32(24+even(len(uid))+even(len(dicom.SCImageStorage))+even(len("1.2.3.4")))))
	element(2, 2, "UI", []byte(dicom.SCImageStorage))
	element(2, 3, "UI", []byte("1.2.3.4"))
	element(2, 0x10, "UI", uid)
	element(8, 0x16, "UI", []byte(dicom.SCImageStorage))
	element(8, 0x18, "UI", []byte("1.2.3.4"))
	element(8, 0x60, "CS", []byte("OT"))
	element(0x20, 0xD, "UI", []byte("1.2.3.5"))
	element(0x20, 0xE, "UI", []byte("1.2.3.6"))
	element(0x28, 2, "US", short(h.Samples))
	element(0x28, 4, "CS", []byte(h.Photometric+" "[:len(h.Photometric)%2]))
	if h.Samples == 3 {
		element(0x28, 6, "US", short(0))
	}
	element(0x28, 0x10, "US", short(h.Rows))
	element(0x28, 0x11, "US", short(h.Cols))
	element(0x28, 0x100, "US", short(h.Allocated))
	element(0x28, 0x101, "US", short(h.Stored))
	element(0x28, 0x102, "US", short(h.HighBit))
	element(0x28, 0x103, "US", short(map[bool]int{true: 1}[h.Signed]))
	b = append(b, "\xE0\x7F\x10\x00OB\x00\x00\xFF\xFF\xFF\xFF\xFE\xFF\x00\xE0\x00\x00\x00\x00\xFE\xFF\x00\xE0"...)
	b = append(binary.LittleEndian.AppendUint32(b, uint32(len(frame)+len(frame)%2)), frame...)
	b = append(b, make([]byte, len(frame)%2)...)
	b = append(b, "\xFE\xFF\xDD\xE0\x00\x00\x00\x00"...)
	path := filepath.Join(t.TempDir(), "frame.dcm")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// BenchmarkFileToImage reads a file of one large frame and makes of it what a
// shader can show: pixels, and the window to begin with. The bound is 300 ms.
func BenchmarkFileToImage_4096x3328x12(b *testing.B) {
	native := breast(mammogram)
	for _, c := range suite {
		if len(c.layouts) == 1 && c.layouts[0] != grey12 {
			continue // of 8 bits only
		}
		b.Run(c.name, func(b *testing.B) {
			path := encapsulated(b, c.uid, mammogram, c.encode(b, native, mammogram))
			size := int64(0)
			if info, err := os.Stat(path); err == nil {
				size = info.Size()
			}
			best := time.Hour
			b.SetBytes(mammogram.Bytes())
			for b.Loop() {
				from := time.Now()
				f, err := dicom.ReadFile(path)
				if err != nil {
					b.Fatal(err)
				}
				im, err := pixel.Decode(f, 0)
				if err != nil {
					b.Fatal(err)
				}
				im.DefaultWindow()
				best = min(best, time.Since(from))
			}
			b.ReportMetric(float64(best.Microseconds())/1000, "best-ms")
			b.ReportMetric(float64(mammogram.Bytes())/float64(size), "ratio")
		})
	}
}

// BenchmarkFileToPreview is what is shown first of the same frame. The bound is 50 ms.
func BenchmarkFileToPreview_4096x3328x12(b *testing.B) {
	native := breast(mammogram)
	for _, c := range suite {
		if _, ok := pixel.Decoders[c.uid].(pixel.Reducer); !ok {
			continue
		}
		b.Run(c.name, func(b *testing.B) {
			path := encapsulated(b, c.uid, mammogram, c.encode(b, native, mammogram))
			for levels := 2; levels <= 4; levels++ {
				b.Run(string(rune('0'+levels)), func(b *testing.B) { toPreview(b, path, levels) })
			}
		})
	}
}

func toPreview(b *testing.B, path string, levels int) {
	best := time.Hour
	for b.Loop() {
		from := time.Now()
		f, err := dicom.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		if im, err := pixel.DecodeReduced(f, 0, levels); err != nil || im.Preview == nil {
			b.Fatal(err)
		}
		best = min(best, time.Since(from))
	}
	b.ReportMetric(float64(best.Microseconds())/1000, "best-ms")
}
