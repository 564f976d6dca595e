package jpegls_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/nocturne/nocturne/cache/pixel/jpegls"
)

// A scene is a picture of the kind and size that a scanner makes.
type scene struct {
	name string
	head jpegls.Head
	at   func(x, y float64, r *rand.Rand) float64
}

var scenes = []scene{
	{"CT-512x512x16", jpegls.Head{Width: 512, Height: 512, Components: 1, Precision: 16}, func(x, y float64, r *rand.Rand) float64 {
		if math.Hypot(x-256, y-256) > 230 {
			return 0
		}
		return 1000 + 150*math.Sin(x/19)*math.Cos(y/31) + 12*r.NormFloat64()
	}},
	{"CR-1955x1841x15", jpegls.Head{Width: 1841, Height: 1955, Components: 1, Precision: 15}, func(x, y float64, r *rand.Rand) float64 {
		return 12000 + 9000*math.Sin(x/300)*math.Cos(y/210) + 120*r.NormFloat64()
	}},
	{"MG-4096x3328x12", jpegls.Head{Width: 3328, Height: 4096, Components: 1, Precision: 12}, func(x, y float64, r *rand.Rand) float64 {
		m := 1 - math.Hypot(x, (y-2048)*.8)/2600
		if m < 0 {
			return 0
		}
		return m*2600 + (8+10*m)*r.NormFloat64() + 60*m*math.Sin(x/17)*math.Sin(y/23)
	}},
	{"US-640x480x8", jpegls.Head{Width: 640, Height: 480, Components: 1, Precision: 8}, func(x, y float64, r *rand.Rand) float64 {
		if math.Abs(x-320) > y {
			return 0
		}
		return 60 + 40*math.Sin(x/40)*math.Cos(y/55) + 9*r.NormFloat64()
	}},
	{"RGB-640x480x8", jpegls.Head{Width: 640, Height: 480, Components: 3, Precision: 8}, func(x, y float64, r *rand.Rand) float64 {
		return 120 + 80*math.Sin(x/60)*math.Cos(y/75) + 4*r.NormFloat64()
	}},
}

func (s scene) samples() []byte {
	r := rand.New(rand.NewPCG(23, 24))
	var out []byte
	for i := range s.head.Width * s.head.Height * s.head.Components {
		x, y := i/s.head.Components%s.head.Width, i/s.head.Components/s.head.Width
		v := int(min(max(s.at(float64(x), float64(y), r), 0), float64(int(1)<<s.head.Precision-1)))
		if out = append(out, byte(v)); s.head.Precision > 8 {
			out = append(out, byte(v>>8))
		}
	}
	return out
}

// each runs a benchmark over scenes, lossless and not, and all interleavings.
func each(b *testing.B, run func(b *testing.B, in []byte, h jpegls.Head)) {
	for _, s := range scenes {
		var in []byte
		for _, near := range []int{0, 2} {
			for how := jpegls.None; how <= jpegls.Sample && (how == 0 || s.head.Components > 1); how++ {
				h := s.head
				h.Near, h.Interleave = near, how
				name := s.name
				if near > 0 {
					name += fmt.Sprint("-near", near)
				}
				if h.Components > 1 {
					name += fmt.Sprint("-ilv", int(how))
				}
				b.Run(name, func(b *testing.B) {
					if in == nil {
						in = s.samples()
					}
					run(b, in, h)
				})
			}
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	each(b, func(b *testing.B, in []byte, h jpegls.Head) {
		stream, err := jpegls.Encode(nil, in, h, 0)
		if err != nil {
			b.Fatal(err)
		}
		var dst []byte
		b.SetBytes(int64(len(in)))
		for b.Loop() {
			if dst, _, err = jpegls.Decode(dst, stream, 0); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	each(b, func(b *testing.B, in []byte, h jpegls.Head) {
		var dst []byte
		var err error
		b.SetBytes(int64(len(in)))
		for b.Loop() {
			if dst, err = jpegls.Encode(dst, in, h, 0); err != nil {
				b.Fatal(err)
			}
		}
	})
}
