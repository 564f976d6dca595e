package jpeg2000

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// noisy is a frame like a radiograph: smooth with quantum noise.
func noisy(p picture) []byte {
	r := rand.New(rand.NewPCG(5, 6))
	cell := p.cell()
	b := make([]byte, p.w*p.h*p.n*cell)
	full := float64(int(1) << p.bits)
	for y := range p.h {
		for x := range p.w {
			s := 0.5 + 0.3*math.Sin(float64(x)/90)*math.Cos(float64(y)/70)
			for c := range p.n {
				v := int(full*s*(1-0.1*float64(c)) + r.NormFloat64()*full/400)
				putCell(b[((y*p.w+x)*p.n+c)*cell:], min(max(v, 0), int(full)-1), cell)
			}
		}
	}
	return b
}

var frames = map[string]func() []byte{}

// frameOf is a noisy frame encoded, once in a run.
func frameOf(b *testing.B, p picture) []byte {
	b.Helper()
	key := fmt.Sprint(p)
	if frames[key] == nil {
		frames[key] = sync.OnceValue(func() []byte {
			src, err := Encode(nil, noisy(p), p.head(), p.n == 3)
			if err != nil {
				b.Fatal(err)
			}
			return src
		})
	}
	return frames[key]()
}

var benched = []picture{{512, 512, 1, 12, false}, {640, 480, 3, 8, false}, {3328, 4096, 1, 12, false}}

func (p picture) String() string { return fmt.Sprintf("%dx%dx%dx%d", p.w, p.h, p.n, p.bits) }

func BenchmarkDecode(b *testing.B) {
	for _, p := range benched {
		b.Run(p.String(), func(b *testing.B) {
			src := frameOf(b, p)
			b.SetBytes(int64(p.w * p.h * p.n * p.cell()))
			b.ReportAllocs()
			var dst []byte
			var err error
			for b.Loop() {
				if dst, _, err = Decode(dst, src, 0); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkPreview is of a 27 MB frame, in bytes of that frame.
func BenchmarkPreview(b *testing.B) {
	p := benched[2]
	for levels := 1; levels <= 4; levels++ {
		b.Run(fmt.Sprint(p, "/", levels), func(b *testing.B) {
			src := frameOf(b, p)
			b.SetBytes(int64(p.w * p.h * p.cell()))
			for b.Loop() {
				if _, _, err := DecodeRegion(nil, src, 0, levels, image.Rectangle{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkRegion512(b *testing.B) {
	src := frameOf(b, benched[2])
	b.SetBytes(512 * 512 * 2)
	for b.Loop() {
		if _, _, err := DecodeRegion(nil, src, 0, 0, image.Rect(1400, 1800, 1912, 2312)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	for _, p := range benched[:2] {
		b.Run(p.String(), func(b *testing.B) {
			in := noisy(p)
			b.SetBytes(int64(len(in)))
			for b.Loop() {
				if _, err := Encode(nil, in, p.head(), p.n == 3); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkOpenJPEG is opj_decompress on the same frames, the start of the program
// and writing the file included.
func BenchmarkOpenJPEG(b *testing.B) {
	for _, p := range benched {
		b.Run(p.String(), func(b *testing.B) {
			dir := b.TempDir()
			in, out := filepath.Join(dir, "a.j2k"), filepath.Join(dir, "a.rawl")
			if err := os.WriteFile(in, frameOf(b, p), 0o600); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(p.w * p.h * p.n * p.cell()))
			for b.Loop() {
				if err := run(b, "opj_decompress", "-i", in, "-o", out); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
