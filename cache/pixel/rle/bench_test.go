package rle_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/pixel/rle"
)

// picture is smooth with noise, as a detector of so many bits gives it.
func picture(h pixel.Header, noise int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	out := make([]byte, 0, h.Bytes())
	full := float64(int(1)<<h.Stored - 1)
	for y := range h.Rows {
		for x := range h.Cols * h.Samples {
			v := full * (0.5 + 0.4*math.Sin(float64(x)/191)*math.Cos(float64(y)/157))
			if math.Hypot(float64(x-h.Cols/2), float64(y-h.Rows/2)) > 0.48*float64(h.Rows) && h.Samples == 1 {
				v = 0 // the dark around
			} else {
				v = min(max(v+float64(r.IntN(2*noise+1)-noise), 0), full)
			}
			if h.Allocated == 8 {
				out = append(out, byte(v))
			} else {
				out = binary.LittleEndian.AppendUint16(out, uint16(v))
			}
		}
	}
	return out
}

// frames are the kinds measured: a real CT slice where the data set is here, and
// made ones.
func frames(b *testing.B) map[string]func() ([]byte, pixel.Header) {
	made := func(h pixel.Header, noise int) func() ([]byte, pixel.Header) {
		return func() ([]byte, pixel.Header) { return picture(h, noise), h }
	}
	out := map[string]func() ([]byte, pixel.Header){
		"CR10-1760x1760x16":  made(pixel.Header{Rows: 1760, Cols: 1760, Samples: 1, Allocated: 16, Stored: 10}, 2),
		"CR15-1955x1841x16":  made(pixel.Header{Rows: 1955, Cols: 1841, Samples: 1, Allocated: 16, Stored: 15}, 300),
		"MG12-4096x3328x16":  made(pixel.Header{Rows: 4096, Cols: 3328, Samples: 1, Allocated: 16, Stored: 12}, 20),
		"US-768x1024x3x8":    made(pixel.Header{Rows: 768, Cols: 1024, Samples: 3, Allocated: 8, Stored: 8}, 1),
		"grey-1024x1024x1x8": made(pixel.Header{Rows: 1024, Cols: 1024, Samples: 1, Allocated: 8, Stored: 8}, 1),
	}
	if f, err := dicom.ReadFile(filepath.Join(oracle.Dir(), "ts/pydicom-data/693_UNCR.dcm")); err == nil {
		out["CT-real-512x512x16"] = func() ([]byte, pixel.Header) {
			h, err := pixel.HeaderOf(f)
			if err != nil {
				b.Fatal(err)
			}
			px, err := f.Frame(0)
			if err != nil {
				b.Fatal(err)
			}
			return px, h
		}
	}
	return out
}

func BenchmarkDecode(b *testing.B) {
	for name, of := range frames(b) {
		b.Run(name, func(b *testing.B) {
			native, h := of()
			in, err := rle.Encode(nil, native, h)
			if err != nil {
				b.Fatal(err)
			}
			var dst []byte
			b.SetBytes(h.Bytes())
			b.ReportAllocs()
			for b.Loop() {
				if dst, err = (rle.Decoder{}).Decode(dst, in, &h); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(native))/float64(len(in)), "ratio")
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	for name, of := range frames(b) {
		b.Run(name, func(b *testing.B) {
			native, h := of()
			var dst []byte
			var err error
			b.SetBytes(h.Bytes())
			b.ReportAllocs()
			for b.Loop() {
				if dst, err = rle.Encode(dst, native, h); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func ExampleEncode() {
	h := pixel.Header{Rows: 1, Cols: 4, Samples: 1, Allocated: 8, Stored: 8, HighBit: 7}
	frame, err := rle.Encode(nil, []byte{7, 7, 7, 9}, h)
	fmt.Println(frame[64:], err)
	// Output: [254 7 0 9] <nil>
}
