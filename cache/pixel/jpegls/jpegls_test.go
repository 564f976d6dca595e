package jpegls_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel/jpegls"
)

func isInvalid(err error) bool {
	var e *dicom.InvalidError
	return errors.As(err, &e)
}

func isUnsupported(err error) bool {
	var e *dicom.UnsupportedError
	return errors.As(err, &e)
}

// Kinds of pictures.
const (
	noise = iota
	ramps // smooth, with a little noise
	flats // runs, ended by anything
	bars  // runs, ended by the largest steps
	kinds
)

// picture is samples of at most top in the smallest cells, those of a pixel
// side by side.
func picture(r *rand.Rand, h jpegls.Head, top, kind int) []byte {
	var out []byte
	for y := range h.Height {
		for x := range h.Width {
			for c := range h.Components {
				v := 0
				switch kind {
				case noise:
					v = r.IntN(top + 1)
				case ramps:
					v = x*top/(h.Width+1) + y*3*c + r.IntN(1+top/40)
				case flats:
					if (x/9+y/5)%3 == 0 {
						v = top / 2
					} else if r.IntN(12) == 0 {
						v = r.IntN(top + 1)
					}
				case bars:
					v = top * (x / 7 & 1)
				}
				v = min(v, top)
				if out = append(out, byte(v)); h.Precision > 8 {
					out = append(out, byte(v>>8))
				}
			}
		}
	}
	return out
}

// furthest is how much two pictures differ in one sample.
func furthest(a, b []byte, precision int) (most int) {
	if len(a) != len(b) {
		return 1 << 16
	}
	step := 1 + (precision-1)/8
	for i := 0; i < len(a); i += step {
		d := int(a[i]) - int(b[i])
		if step == 2 {
			d += (int(a[i+1]) - int(b[i+1])) << 8
		}
		most = max(most, d, -d)
	}
	return most
}

// roundTrip encodes and decodes, and returns the stream.
func roundTrip(t *testing.T, h jpegls.Head, in []byte) []byte {
	t.Helper()
	stream, err := jpegls.Encode(nil, in, h, 0)
	if err != nil {
		t.Fatalf("%+v: %v", h, err)
	}
	got, head, err := jpegls.Decode(nil, stream, 0)
	if err != nil {
		t.Fatalf("%+v: %v", h, err)
	}
	off := furthest(in, got, h.Precision)
	if h.Transform > 0 && h.Near > 0 {
		off = 0 // an error of NEAR in each coded component is more in what is made of them
	}
	if off > h.Near {
		t.Fatalf("%+v: a sample is off by %d", h, off)
	}
	if h.Components == 1 {
		h.Interleave = jpegls.None
	}
	if h.Precision > 12 || h.Preset != (jpegls.Preset{}) {
		h.Preset = head.Preset // written with its defaults
	}
	if head != h {
		t.Fatalf("head %+v, want %+v", head, h)
	}
	return stream
}

func TestEveryKindOfImageComesBackWithinNear(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for precision := 2; precision <= 16; precision++ {
		top := 1<<precision - 1
		for components := 1; components <= 4; components++ {
			for how := jpegls.None; how <= jpegls.Sample; how++ {
				for _, near := range []int{0, 1, min(3, top/2), min(255, top/2)} {
					h := jpegls.Head{
						Width: 1 + r.IntN(60), Height: 1 + r.IntN(20), Components: components,
						Precision: precision, Interleave: how, Near: near,
					}
					for kind := range kinds {
						roundTrip(t, h, picture(r, h, top, kind))
					}
				}
			}
		}
	}
}

func TestImagesOfOneLineOrColumnComeBack(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, size := range [][2]int{{1, 1}, {1, 50}, {50, 1}, {2, 3}, {70001, 1}, {1, 70001}} {
		for _, components := range []int{1, 3} {
			h := jpegls.Head{Width: size[0], Height: size[1], Components: components, Precision: 8, Interleave: jpegls.Sample}
			roundTrip(t, h, picture(r, h, 255, flats))
		}
	}
}

func TestDeclaredParametersComeBack(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		precision := 2 + r.IntN(15)
		top := 1 + r.IntN(1<<precision-1)
		near := r.IntN(min(255, top/2) + 1)
		p := jpegls.Preset{MaxVal: top, Reset: 3 + r.IntN(max(255, top)-2)}
		if near < top && r.IntN(2) == 0 {
			p.T1 = near + 1 + r.IntN(top-near)
			p.T2 = p.T1 + r.IntN(top-p.T1+1)
			p.T3 = p.T2 + r.IntN(top-p.T2+1)
		}
		h := jpegls.Head{
			Width: 1 + r.IntN(40), Height: 1 + r.IntN(40), Components: 1 + r.IntN(4), Precision: precision,
			Interleave: jpegls.Interleave(r.IntN(3)), Near: near, Preset: p, Restart: r.IntN(9),
		}
		if !acceptable(h) {
			continue
		}
		roundTrip(t, h, picture(r, h, top, r.IntN(kinds)))
	}
}

// acceptable: small ranges leave the thresholds no room.
func acceptable(h jpegls.Head) bool {
	_, err := jpegls.Encode(nil, make([]byte, h.Width*h.Height*h.Components*(1+(h.Precision-1)/8)), h, 0)
	return err == nil
}

func TestRestartIntervalsComeBack(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, every := range []int{1, 2, 7, 19, 20, 21, 70000} {
		for how := jpegls.None; how <= jpegls.Sample; how++ {
			h := jpegls.Head{Width: 23, Height: 20, Components: 3, Precision: 8, Interleave: how, Restart: every}
			stream := roundTrip(t, h, picture(r, h, 255, flats))
			if marks := bytes.Count(stream, []byte{0xFF, 0xD0}); (marks > 0) != (every < 20) {
				t.Errorf("every %d lines: %d marks", every, marks)
			}
		}
	}
}

func TestColourTransformsComeBack(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for transform := 1; transform <= 3; transform++ {
		for _, precision := range []int{8, 12, 16} {
			for _, how := range []jpegls.Interleave{jpegls.Line, jpegls.Sample} {
				h := jpegls.Head{Width: 31, Height: 17, Components: 3, Precision: precision, Interleave: how, Transform: transform}
				roundTrip(t, h, picture(r, h, 1<<precision-1, noise))
			}
		}
	}
}

// The worked example of T.87 H.3.
var (
	exampleImage  = []byte{0, 0, 90, 74, 68, 50, 43, 205, 64, 145, 145, 145, 100, 145, 145, 145}
	exampleStream = []byte{
		0xFF, 0xD8, 0xFF, 0xF7, 0x00, 0x0B, 0x08, 0x00, 0x04, 0x00, 0x04, 0x01, 0x01, 0x11, 0x00,
		0xFF, 0xDA, 0x00, 0x08, 0x01, 0x01, 0x00, 0x00, 0x00, 0x00,
		0xC0, 0x00, 0x00, 0x6C, 0x80, 0x20, 0x8E, 0x01, 0xC0, 0x00, 0x00, 0x57, 0x40, 0x00, 0x00, 0x6E,
		0xE6, 0x00, 0x00, 0x01, 0xBC, 0x18, 0x00, 0x00, 0x05, 0xD8, 0x00, 0x00, 0x91, 0x60, 0xFF, 0xD9,
	}
	exampleHead = jpegls.Head{Width: 4, Height: 4, Components: 1, Precision: 8}
)

func TestTheStandardsExampleIsCodedAsPrinted(t *testing.T) {
	got, h, err := jpegls.Decode(nil, exampleStream, 0)
	if err != nil || h != exampleHead || !bytes.Equal(got, exampleImage) {
		t.Errorf("%v %+v %v", got, h, err)
	}
	stream, err := jpegls.Encode(nil, exampleImage, exampleHead, 0)
	if err != nil || !bytes.Equal(stream, exampleStream) {
		t.Errorf("% X %v", stream, err)
	}
}
