package ebcot

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
)

// coefficients are w × h values of which about one in sparse is not 0, laid out with
// rows stride apart, magnitudes falling off as those of a wavelet band do.
func coefficients(r *rand.Rand, w, h, stride, planes, sparse int) []int32 {
	a := make([]int32, stride*h)
	for y := range h {
		for x := range w {
			if r.IntN(sparse) != 0 {
				continue
			}
			m := int32(r.Uint32() >> 1 >> (31 - planes) >> min(r.IntN(planes+1), 30))
			if r.IntN(2) == 0 {
				m = -m
			}
			a[y*stride+x] = m
		}
	}
	return a
}

func TestWhatIsEncodedIsDecodedExactly(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	sizes := [][2]int{{1, 1}, {1, 2}, {2, 1}, {3, 3}, {4, 4}, {5, 5}, {15, 7}, {16, 8}, {17, 9}, {33, 31}, {64, 64}, {63, 61},
		{1024, 4}, {1024, 1}, {4, 1024}, {1, 1024}, {3, 1023}, {128, 32}, {819, 5}, {240, 17}, {17, 240}}
	var e Encoder
	var d Decoder
	for _, size := range sizes {
		w, h := size[0], size[1]
		for orient := LL; orient <= HH; orient++ {
			for _, planes := range []int{1, 2, 5, 12, 30} {
				for _, sparse := range []int{1, 7, 200} {
					stride := w + 3
					in := coefficients(r, w, h, stride, planes, sparse)
					data, passes, n := e.Encode(in, stride, w, h, orient)
					b := Block{Width: w, Height: h, Orient: orient, Planes: n, Segments: []Segment{{data, passes}}}
					out := make([]int32, stride*h)
					if err := d.DecodeReversible(out, stride, &b); err != nil {
						t.Fatal(err)
					}
					for i := range in {
						if in[i] != out[i] {
							t.Fatalf("%d × %d, band %d, %d planes, one in %d: %d at %d,%d where %d was encoded", w, h, orient, n, sparse, out[i], i%stride, i/stride, in[i])
						}
					}
				}
			}
		}
	}
}

// The code-blocks of the standard's own example, J.10.4, and their coefficients.
func TestTheExampleOfTheStandardIsDecoded(t *testing.T) {
	for _, x := range []struct {
		orient, passes, planes int
		data                   string
		want                   []int32
	}{
		{LL, 16, 6, "\x01\x8F\x0D\xC8\x75\x5D", []int32{-26, -22, -30, -32, -19}},
		{LH, 7, 3, "\x0F\xB1\x76", []int32{1, 5, 1, 0}},
	} {
		var d Decoder
		out := make([]int32, len(x.want))
		b := Block{Width: 1, Height: len(out), Orient: x.orient, Planes: x.planes, Segments: []Segment{{[]byte(x.data), x.passes}}}
		if err := d.DecodeReversible(out, 1, &b); err != nil || !slices.Equal(out, x.want) {
			t.Errorf("band %d: %v, %v, should be %v", x.orient, out, err, x.want)
		}
	}
}

// The test sequence that ISO/IEC 14492 H.2 gives for the same arithmetic coder.
func TestTheTestSequenceIsCodedBothWays(t *testing.T) {
	plain := []byte("\x00\x02\x00\x51\x00\x00\x00\xC0\x03\x52\x87\x2A\xAA\xAA\xAA\xAA\x82\xC0\x20\x00\xFC\xD7\x9E\xF6\xBF\x7F\xED\x90\x4F\x46\xA3\xBF")
	coded := []byte("\x84\xC7\x3B\xFC\xE1\xA1\x43\x04\x02\x20\x00\x00\x41\x0D\xBB\x86\xF4\x31\x7F\xFF\x88\xFF\x37\x47\x1A\xDB\x6A\xDF")
	var w writer
	w.cx = fresh
	w.open()
	for i := range 8 * len(plain) {
		w.code(1, uint64(plain[i/8]>>(7-i%8)&1))
	}
	if got := w.close(); !bytes.Equal(got, coded) {
		t.Errorf("coded as % X, should be % X", got, coded)
	}
	var m reader
	m.cx = fresh
	m.open(coded)
	for i := range 8 * len(plain) {
		if bit := m.decide(1); bit != uint64(plain[i/8]>>(7-i%8)&1) {
			t.Fatalf("decision %d is %d", i, bit)
		}
	}
}

// Passes that are missing leave each magnitude in the middle of what it may be.
func TestABlockCutShortIsTheMiddleOfWhatIsLeft(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	in := coefficients(r, 32, 32, 32, 9, 2)
	b := styled(in, 32, 32, HH, TermAll)
	var d Decoder
	for left := range b.Planes {
		whole := 3*(b.Planes-left) - 2 // the passes down to plane left
		part := b
		part.Segments = b.Segments[:whole]
		out := make([]int32, 32*32)
		if err := d.Decode(out, 32, &part); err != nil {
			t.Fatal(err)
		}
		for i, v := range in {
			want := (max(v, -v)>>left<<1 | 1) << left
			if max(v, -v)>>left == 0 {
				want = 0
			} else if v < 0 {
				want = -want
			}
			if out[i] != want {
				t.Fatalf("%d planes left: %d is %d, should be %d", left, v, out[i], want)
			}
		}
	}
}

func TestTheThreeWaysOfWritingAgreeAndKeepToTheBlock(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	const w, h, stride = 19, 11, 23
	b := styled(coefficients(r, w, h, w, 9, 2), w, h, LH, 0)
	var d Decoder
	whole, halved, scaled := make([]int32, stride*h), make([]int32, stride*h), make([]float32, stride*h)
	for _, err := range []error{d.Decode(whole, stride, &b), d.DecodeReversible(halved, stride, &b), d.DecodeIrreversible(scaled, stride, 0.375, &b)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, v := range whole {
		if halved[i] != v/2 || scaled[i] != float32(v)*0.375 {
			t.Fatalf("%d is written as %d and %v too", v, halved[i], scaled[i])
		}
		if i%stride >= w && v != 0 {
			t.Fatalf("%d is written beside the block", v)
		}
	}
}

func TestBlocksThatCannotBeAreRefused(t *testing.T) {
	var d Decoder
	var invalid *dicom.InvalidError
	var unsupported *dicom.UnsupportedError
	out := make([]int32, 4096)
	for _, b := range []Block{{}, {Width: 65, Height: 64}, {Width: 1025, Height: 1}, {Width: -1, Height: 4}, {Width: 4, Height: 4, Orient: 4}, {Width: 4, Height: 4, Planes: -1}} {
		if err := d.Decode(out, 64, &b); !errors.As(err, &invalid) {
			t.Errorf("%+v: %v", b, err)
		}
	}
	if err := d.Decode(out, 64, &Block{Width: 4, Height: 4, Planes: MaxPlanes + 1}); !errors.As(err, &unsupported) {
		t.Errorf("%v", err)
	}
}

func TestNoBytesGiveSomeBlock(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	var d Decoder
	out := make([]int32, 4096)
	for range 2000 {
		b := Block{Width: 1 + r.IntN(64), Height: 1 + r.IntN(64), Orient: r.IntN(4), Style: r.IntN(64), Planes: r.IntN(MaxPlanes + 1)}
		for range r.IntN(6) {
			data := make([]byte, r.IntN(60)*r.IntN(2))
			for i := range data {
				data[i] = byte(r.Uint32() >> (r.IntN(2) * 24) * 0xFF)
			}
			b.Segments = append(b.Segments, Segment{data, r.IntN(100)})
		}
		if err := d.Decode(out, 64, &b); err != nil {
			t.Fatal(err)
		}
	}
}

// ctLike is a block of a CT's wavelet band: mostly noise of a few units, with edges.
func ctLike(r *rand.Rand) []int32 {
	in := make([]int32, 64*64)
	for y := range 64 {
		for x := range 64 {
			v := r.NormFloat64() * 3
			if d := x - 20 - y/3; d == 0 || d == 1 {
				v += r.NormFloat64() * 150
			}
			if x > 40 && y > 40 {
				v = 0
			}
			in[64*y+x] = int32(v)
		}
	}
	return in
}

func BenchmarkDecodeBlock64x64(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	benchmarkBlock(b, ctLike(r))
}

func benchmarkBlock(b *testing.B, in []int32) {
	var e Encoder
	data, passes, n := e.Encode(in, 64, 64, 64, HL)
	blk := Block{Width: 64, Height: 64, Orient: HL, Planes: n, Segments: []Segment{{data, passes}}}
	out := make([]int32, 64*64)
	var d Decoder
	b.SetBytes(2 * 64 * 64)
	b.ReportMetric(float64(len(data)*8)/4096, "bits/sample")
	for b.Loop() {
		if err := d.DecodeReversible(out, 64, &blk); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeBlock64x64(b *testing.B) {
	in := ctLike(rand.New(rand.NewPCG(1, 2)))
	var e Encoder
	b.SetBytes(2 * 64 * 64)
	for b.Loop() {
		e.Encode(in, 64, 64, 64, HL)
	}
}

func BenchmarkDecodeNoise64x64(b *testing.B) {
	for _, planes := range []int{3, 6, 9, 12} {
		b.Run(fmt.Sprintf("%dbit", planes), func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 2))
			in := make([]int32, 64*64)
			for i := range in {
				in[i] = int32(r.NormFloat64() * float64(int(1)<<planes) / 4)
			}
			benchmarkBlock(b, in)
		})
	}
}
