package jpeg2000

import (
	"bytes"
	"fmt"
	"image"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
)

var grey8 = picture{w: 137, h: 111, n: 1, bits: 8}
var grey12 = picture{w: 300, h: 220, n: 1, bits: 12}
var rgb8 = picture{w: 150, h: 130, n: 3, bits: 8}
var signed16 = picture{w: 200, h: 150, n: 1, bits: 16, signed: true}

// streams are the ways in which opj_compress can lay out a codestream.
var streams = []struct {
	name string
	p    picture
	args string
}{
	{"plain", grey8, ""},
	{"12 bits", grey12, ""},
	{"16 bits signed", signed16, ""},
	{"colour with RCT", rgb8, ""},
	{"colour without", rgb8, "-mct 0"},
	{"12 bits colour", picture{64, 80, 3, 12, false}, ""},
	{"LRCP layers", grey12, "-p LRCP -r 20,10,5,1"},
	{"RLCP layers", grey12, "-p RLCP -r 20,10,5,1"},
	{"RPCL layers", rgb8, "-p RPCL -r 20,10,5,1 -c [64,64],[32,32]"},
	{"PCRL layers", rgb8, "-p PCRL -r 20,10,5,1 -c [64,64],[32,32]"},
	{"CPRL layers", rgb8, "-p CPRL -r 20,10,5,1 -c [64,64],[32,32]"},
	{"tiles", grey12, "-t 64,48"},
	{"tiles RPCL", rgb8, "-t 50,70 -p RPCL -r 10,1"},
	{"tiles with offsets", grey12, "-d 13,7 -T 5,3 -t 64,48"},
	{"offsets PCRL precincts", grey12, "-d 131,77 -T 50,30 -t 100,90 -p PCRL -c [32,64],[64,16]"},
	{"offsets CPRL", rgb8, "-d 31,17 -p CPRL -c [128,32],[64,64],[16,16]"},
	{"small blocks", grey8, "-b 4,4"},
	{"flat blocks", grey8, "-b 1024,4"},
	{"high blocks", grey8, "-b 4,1024"},
	{"one level", grey8, "-n 2"},
	{"no level", grey8, "-n 1"},
	{"no level in colour", rgb8, "-n 1"},
	{"many levels", grey8, "-n 7"},
	{"SOP and EPH", grey8, "-SOP -EPH -r 10,1"},
	{"tile-parts by resolution", grey12, "-TP R"},
	{"tile-parts by layer", grey12, "-TP L -r 20,10,1"},
	{"tile-parts by component", rgb8, "-TP C -p CPRL -t 80,80"},
	{"progression changes by component", rgb8, "-n 6 -POC T1=0,0,2,6,1,LRCP/T1=0,1,2,6,3,RPCL -r 20,1"},
	{"bypass", grey12, "-M 1"},
	{"reset", grey12, "-M 2"},
	{"terminate all", grey12, "-M 4"},
	{"vertically causal", grey12, "-M 8"},
	{"predictable termination", grey12, "-M 16"},
	{"segmentation symbols", grey12, "-M 32"},
	{"bypass and terminate all", grey12, "-M 5"},
	{"bypass in layers", grey12, "-M 1 -r 20,10,5,1"},
	{"terminate all in layers", grey12, "-M 4 -r 20,10,5,1"},
	{"all styles", grey12, "-M 63 -r 10,1"},
	{"progression changes", rgb8, "-n 6 -POC T1=0,0,2,3,3,RLCP/T1=3,0,2,6,3,PCRL -r 20,1"},
	{"region of interest", grey8, "-ROI c=0,U=8"},
	{"precincts", grey12, "-c [128,128],[64,64],[32,32],[16,16]"},
	{"one bit", picture{64, 40, 1, 1, false}, ""},
	{"signed 8", picture{64, 40, 1, 8, true}, ""},
	{"signed 12 colour", picture{90, 40, 3, 12, true}, ""},
}

func TestLosslessStreamsOfOpenJPEGDecodeToTheirPixels(t *testing.T) {
	for _, s := range streams {
		t.Run(s.name, func(t *testing.T) {
			src := compressed(t, s.p, strings.Fields(s.args)...)
			got, h, err := Decode(nil, src, 0)
			if err != nil {
				t.Fatal(err)
			}
			if want := (s.p.samples()); !bytes.Equal(got, want) {
				worst, n := differ(got, want, s.p.cell(), s.p.signed)
				t.Errorf("%d samples differ by up to %d (%+v)", n, worst, h)
			}
		})
	}
}

func TestLossyStreamsDecodeAsOpenJPEGDecodesThem(t *testing.T) {
	for _, s := range streams {
		if strings.Contains(s.args, "-ROI") { // libopenjp2 holds doubled values against the shift
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			for _, rate := range []string{"", "12"} {
				args := append(strings.Fields(s.args), "-I")
				if rate != "" && !strings.Contains(s.args, "-r") {
					args = append(args, "-r", rate)
				}
				check(t, s.p, compressed(t, s.p, args...))
			}
		})
	}
}

// check holds a decoded stream against opj_decompress.
func check(t *testing.T, p picture, src []byte) {
	t.Helper()
	want, err := decompressed(t, src, p.n, p.cell())
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := Decode(nil, src, 0)
	if err != nil {
		t.Fatal(err)
	}
	if worst, n := differ(got, extended(want, p), p.cell(), p.signed); n > 0 {
		t.Errorf("%d of %d samples differ by up to %d", n, len(want)/p.cell(), worst)
	}
}

func TestReducedSizesAreThoseOfOpenJPEG(t *testing.T) {
	for _, s := range streams {
		if strings.Contains(s.args, "-n 1") || strings.Contains(s.args, "-ROI") || strings.Contains(s.args, "-M") || strings.Contains(s.name, "offset") {
			continue // opj_decompress 2.5.0 writes other sizes than it says where there are offsets
		}
		t.Run(s.name, func(t *testing.T) {
			for _, kind := range []string{"", "-I"} {
				src := compressed(t, s.p, strings.Fields(s.args+" "+kind)...)
				h, err := ReadHead(src)
				if err != nil {
					t.Fatal(err)
				}
				for levels := 1; levels <= min(h.Levels, 3); levels++ {
					checkReduced(t, s.p, src, levels)
				}
			}
		})
	}
}

func checkReduced(t *testing.T, p picture, src []byte, levels int) {
	t.Helper()
	want, err := decompressed(t, src, p.n, p.cell(), "-r", fmt.Sprint(levels))
	if err != nil {
		t.Fatal(err)
	}
	got, h, err := DecodeRegion(nil, src, 0, levels, image.Rectangle{})
	if err != nil {
		t.Fatal(err)
	}
	if worst, n := differ(got, extended(want, p), p.cell(), p.signed); n > 0 {
		t.Errorf("reduced by %d to %d × %d: %d of %d samples differ by up to %d", levels, h.Width, h.Height, n, len(want)/p.cell(), worst)
	}
}

func TestARegionIsCutOutOfTheWhole(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, s := range streams {
		if strings.Contains(s.args, "-M") {
			continue // nothing of a block's style shows outside it
		}
		t.Run(s.name, func(t *testing.T) {
			for _, kind := range []string{"", "-I"} {
				src := compressed(t, s.p, strings.Fields(s.args+" "+kind)...)
				h, err := ReadHead(src)
				if err != nil {
					t.Fatal(err)
				}
				for levels := range min(h.Levels, 2) + 1 {
					checkRegions(t, r, src, levels)
				}
			}
		})
	}
}

func checkRegions(t *testing.T, r *rand.Rand, src []byte, levels int) {
	t.Helper()
	whole, h, err := DecodeRegion(nil, src, 0, levels, image.Rectangle{})
	if err != nil {
		t.Fatal(err)
	}
	size := h.Components * h.Cell()
	for range 4 {
		x, y := r.IntN(h.Width), r.IntN(h.Height)
		a := image.Rect(x, y, x+1+r.IntN(h.Width-x), y+1+r.IntN(min(h.Height-y, 40)))
		got, k, err := DecodeRegion(nil, src, 0, levels, a)
		if err != nil {
			t.Fatal(err)
		}
		var want []byte
		for y := a.Min.Y; y < a.Max.Y; y++ {
			want = append(want, whole[(y*h.Width+a.Min.X)*size:(y*h.Width+a.Max.X)*size]...)
		}
		if k.Width != a.Dx() || k.Height != a.Dy() || !bytes.Equal(got, want) {
			t.Fatalf("region %v of %d × %d reduced by %d differs", a, h.Width, h.Height, levels)
		}
	}
}

func TestEverySmallSizeDecodesAsOpenJPEGDecodesIt(t *testing.T) {
	for w := 1; w <= 17; w += 2 {
		for h := 1; h <= 17; h += 3 {
			p := picture{w, h, 1, 8, false}
			for _, args := range []string{"-n 1", "-n 2", "-n 3 -d 1,0 -T 0,0 -t 40,40", "-n 4 -d 3,5 -T 2,1 -t 6,5"} {
				src, err := tryCompress(t, p, strings.Fields(args)...)
				if err != nil {
					continue // more levels than it allows at this size
				}
				want, err := decompressed(t, src, 1, 1) // for some it is the encoder that loses
				if err != nil {
					t.Fatal(err)
				}
				got, _, err := Decode(nil, src, 0)
				if err != nil || !bytes.Equal(got, want) {
					t.Errorf("%d × %d %s: %v, equal %v", w, h, args, err, bytes.Equal(got, want))
				}
			}
		}
	}
}

func TestEveryPrecisionComesBack(t *testing.T) {
	for bits := 1; bits <= 16; bits++ {
		for _, signed := range []bool{false, true} {
			if signed && bits == 1 {
				continue
			}
			p := picture{48, 40, 1, bits, signed}
			got, h, err := Decode(nil, compressed(t, p), 0)
			if err != nil || !bytes.Equal(got, p.samples()) || h.Precision != bits || h.Signed != signed {
				t.Errorf("%d bits, signed %v: %v %+v", bits, signed, err, h)
			}
			wide, _, err := Decode(nil, compressed(t, p), 4)
			if err != nil {
				t.Fatal(err)
			}
			for i := range 48 * 40 {
				if cellAt(wide, i, 4, signed) != cellAt(got, i, p.cell(), signed) {
					t.Fatalf("%d bits, signed %v: wide cells hold other values", bits, signed)
				}
			}
		}
	}
}

func TestOneGoroutineAndManyGiveTheSame(t *testing.T) {
	for _, args := range []string{"", "-I", "-t 50,60", "-I -t 50,60"} {
		src := compressed(t, rgb8, strings.Fields(args)...)
		one := runtime.GOMAXPROCS(1)
		a, _, err := Decode(nil, src, 0)
		runtime.GOMAXPROCS(5)
		b, _, err2 := Decode(nil, src, 0)
		runtime.GOMAXPROCS(one)
		if err != nil || err2 != nil || !bytes.Equal(a, b) {
			t.Errorf("%q: %v %v, equal %v", args, err, err2, bytes.Equal(a, b))
		}
	}
}

// extended gives samples the sign that opj_decompress cuts off above their
// precision.
func extended(b []byte, p picture) []byte {
	if !p.signed {
		return b
	}
	cell := p.cell()
	for i := range len(b) / cell {
		v := cellAt(b, i, cell, true) << (64 - p.bits) >> (64 - p.bits)
		putCell(b[i*cell:], v, cell)
	}
	return b
}
