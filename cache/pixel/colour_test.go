package pixel_test

import (
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

// coloured is an object of one row of colour.
func coloured(photometric string, cols, bits int, b []byte, set func(d *dicom.Dataset)) *dicom.File {
	return object(1, cols, 8, false, b, func(d *dicom.Dataset) {
		colourHeader(d, photometric, bits)
		if set != nil {
			set(d)
		}
	})
}

func TestFullRangeYBRIsConvertedAndRounded(t *testing.T) {
	var b []byte
	for y := 0; y < 256; y += 5 {
		for cb := 0; cb < 256; cb += 5 {
			for cr := 0; cr < 256; cr += 3 {
				b = append(b, byte(y), byte(cb), byte(cr))
			}
		}
	}
	f := coloured("YBR_FULL", len(b)/3/8, 8, b, func(d *dicom.Dataset) { d.SetInt(dicom.Rows, 8) })
	rgb := decode(t, f).RGB
	round := func(v float64) uint8 { return uint8(min(max(math.Floor(v+0.5), 0), 255)) }
	other := 0
	for i := 0; i < len(rgb); i += 3 {
		y, cb, cr := float64(b[i]), float64(b[i+1])-128, float64(b[i+2])-128
		want := [3]uint8{round(y + 1.402*cr), round(y - 0.344136286*cb - 0.714136286*cr), round(y + 1.772*cb)}
		for k, w := range want {
			if d := int(rgb[i+k]) - int(w); d < -1 || d > 1 {
				t.Fatalf("%v became %v, want %v", b[i:i+3], rgb[i:i+3], want)
			} else if d != 0 {
				other++
			}
		}
	}
	if other*2000 > len(rgb) { // constants of 16 bits may turn a value that lies within 1/500 of a half
		t.Errorf("%d of %d values are rounded the other way", other, len(rgb))
	}
}

// encodeYBR is the matrix as PS3.3 C.7.6.3.1.2 prints it, for values in 0…1.
func encodeYBR(r, g, b float64, partial bool) (y, cb, cr float64) {
	y, cb, cr = .2990*r+.5870*g+.1140*b, -.1687*r-.3313*g+.5000*b+0.5, .5000*r-.4187*g-.0813*b+0.5
	if partial {
		y, cb, cr = .2568*r+.5041*g+.0979*b+16./256, -.1482*r-.2910*g+.4392*b+0.5, .4392*r-.3678*g-.0714*b+0.5
	}
	return y, cb, cr
}

func TestWhatTheStandardEncodesComesBackAsRGB(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, c := range []struct {
		photometric string
		bits        int
		tolerance   int
	}{{"YBR_FULL", 8, 2}, {"YBR_FULL", 16, 1}, {"YBR_FULL", 12, 1}, {"YBR_PARTIAL_422", 8, 3}, {"YBR_PARTIAL_422", 16, 1}, {"YBR_FULL_422", 16, 1}} {
		var b []byte
		var want []int
		put := func(v float64) {
			n := uint16(min(max(v*float64(int(1)<<c.bits), 0), float64(int(1)<<c.bits-1)))
			if b = append(b, byte(n)); c.bits > 8 {
				b = append(b, byte(n>>8))
			}
		}
		for range 200 {
			red, green, blue := r.Float64(), r.Float64(), r.Float64()
			y, cb, cr := encodeYBR(red, green, blue, c.photometric == "YBR_PARTIAL_422")
			put(y)
			if c.photometric != "YBR_FULL" { // two pixels of one colour
				put(y)
				want = append(want, int(red*255), int(green*255), int(blue*255))
			}
			put(cb)
			put(cr)
			want = append(want, int(red*255), int(green*255), int(blue*255))
		}
		got := decode(t, coloured(c.photometric, len(want)/3, c.bits, b, nil)).RGB
		for i, w := range want {
			if d := int(got[i]) - w; d < -c.tolerance || d > c.tolerance {
				t.Errorf("%s of %d bits: sample %d is %d, want %d", c.photometric, c.bits, i, got[i], w)
				break
			}
		}
	}
}

// upsampled is a decoder that gives every pixel its chroma and, as a JPEG, knows of
// no range but the full one.
type upsampled struct{}

func (upsampled) Decode(dst, _ []byte, h *pixel.Header) ([]byte, error) {
	h.Photometric = "YBR_FULL"
	dst = pixel.Grown(dst, h.Bytes())
	for i := range dst {
		dst[i] = []byte{235, 128, 128}[i%3]
	}
	return dst, nil
}

func TestPartialRangeIsKnownFromTheObject(t *testing.T) {
	for photometric, want := range map[string]uint8{"YBR_FULL_422": 235, "YBR_FULL": 235, "YBR_PARTIAL_422": 255, "YBR_PARTIAL_420": 255} {
		f := withDecoder(t, upsampled{}, 1, 2, 8, func(d *dicom.Dataset) { colourHeader(d, photometric, 8) })
		im, err := pixel.Decode(f, 0)
		if err != nil || im.RGB[0] != want || im.RGB[5] != want {
			t.Errorf("%s: %v %v", photometric, im, err)
		}
	}
}

func TestColourOfOddDepthsFillsTheScreensRange(t *testing.T) {
	for name, c := range map[string]struct {
		bits, allocated, high int
		in                    []byte
		want                  []uint8
	}{
		"7 bits":                  {7, 8, 6, []byte{0, 64, 127}, []uint8{0, 129, 255}},
		"1 of 8 bits":             {1, 8, 0, []byte{0, 1, 0xFF}, []uint8{0, 255, 255}},
		"7 bits at the upper end": {7, 8, 7, []byte{0, 128, 255}, []uint8{0, 129, 255}},
		"12 bits, high bit 15":    {12, 16, 15, []byte{0x0F, 0x12, 0xFF, 0xFF, 0, 0x80}, []uint8{0x12, 255, 128}},
		"20 bits":                 {20, 32, 19, []byte{0, 0, 0x08, 0, 0xFF, 0xFF, 0x0F, 0xF0, 0, 0, 0, 0}, []uint8{128, 255, 0}},
	} {
		im := decode(t, coloured("RGB", 1, 8, c.in, func(d *dicom.Dataset) {
			d.SetInt(dicom.BitsAllocated, c.allocated)
			d.SetInt(dicom.BitsStored, c.bits)
			d.SetInt(dicom.HighBit, c.high)
		}))
		if !reflect.DeepEqual(im.RGB, c.want) {
			t.Errorf("%s: %v, want %v", name, im.RGB, c.want)
		}
	}
}

// Native pixels cannot be in a component transform of JPEG 2000: the label is what
// is wrong with them.
func TestComponentTransformsOnNativePixelsAreLabelsOnly(t *testing.T) {
	for _, label := range []string{"YBR_RCT", "YBR_ICT"} {
		if im := decode(t, coloured(label, 1, 8, []byte{9, 8, 7}, nil)); !reflect.DeepEqual(im.RGB, []uint8{9, 8, 7}) {
			t.Errorf("%s: %v", label, im.RGB)
		}
	}
}

func TestColourThatIsNotReadIsRefusedByName(t *testing.T) {
	var uns *dicom.UnsupportedError
	var inv *dicom.InvalidError
	four := func(d *dicom.Dataset) { d.SetInt(dicom.SamplesPerPixel, 4) }
	for name, c := range map[string]struct {
		f    *dicom.File
		want any
		word string
	}{
		"CMYK":                {coloured("CMYK", 1, 8, make([]byte, 4), four), &uns, "not supported: photometric interpretation CMYK (retired)"},
		"ARGB":                {coloured("ARGB", 1, 8, make([]byte, 4), four), &uns, "not supported: photometric interpretation ARGB (retired)"},
		"four of anything":    {coloured("RGB", 1, 8, make([]byte, 4), four), &uns, "not supported: 4 samples per pixel"},
		"HSV":                 {coloured("HSV", 1, 8, make([]byte, 3), nil), &uns, "not supported: photometric interpretation HSV of three samples"},
		"grey of three":       {coloured("MONOCHROME2", 1, 8, make([]byte, 3), nil), &uns, "not supported: photometric interpretation MONOCHROME2 of three samples"},
		"a name":              {coloured("DOE^JANE", 1, 8, make([]byte, 3), nil), &uns, "not supported: photometric interpretation of no defined term of three samples"},
		"4:2:2 of 3 columns":  {coloured("YBR_FULL_422", 3, 8, make([]byte, 6), nil), &inv, "not valid DICOM: native 4:2:2 of an odd number of columns"},
		"colour of 64 bits":   {coloured("RGB", 1, 64, make([]byte, 24), nil), &uns, "not supported: colour of 64 bits allocated"},
		"one bit three times": {coloured("RGB", 8, 8, make([]byte, 3), func(d *dicom.Dataset) { d.SetInt(dicom.BitsAllocated, 1) }), &uns, "not supported: colour of 1 bit"},
	} {
		_, err := pixel.Decode(c.f, 0)
		if !errors.As(err, c.want) || err.Error() != c.word {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestIntegersOf64BitsKeepTheirMeaning(t *testing.T) {
	wide := func(v ...int64) *pixel.Image {
		var b []byte
		for _, c := range v {
			b = binary.LittleEndian.AppendUint64(b, uint64(c))
		}
		return decode(t, object(1, len(v), 64, true, b, func(d *dicom.Dataset) { d.SetInt(dicom.BitsAllocated, 64) }))
	}
	im := wide(-5_000_000_000, -5_000_000_001, -4_999_940_000)
	for x, want := range []float64{-5_000_000_000, -5_000_000_001, -4_999_940_000} {
		if v, ok := im.At(x, 0); !ok || v != want || !im.Exact {
			t.Errorf("pixel %d is %v (exact %v), want %v", x, v, im.Exact, want)
		}
	}
	if im := wide(math.MaxInt64, math.MaxInt64-3); im.Exact {
		t.Error("values that a float64 cannot tell apart are said to be exact")
	}
}

func TestFloatPaddingIsNoValue(t *testing.T) {
	var b []byte
	for _, v := range []float64{-9999, 1, 3, -9990, math.Inf(1)} {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	f := object(1, 5, 16, false, b, func(d *dicom.Dataset) {
		d.SetInt(dicom.BitsAllocated, 64)
		d.SetFloat(dicom.DoubleFloatPixelPaddingValue, -9999)
		d.SetFloat(dicom.DoubleFloatPixelPaddingRangeLimit, -9990)
	})
	f.Pixel.Tag, f.Pixel.VR = dicom.DoubleFloatPixelData, "OD"
	im := decode(t, f)
	for x, want := range []bool{false, true, true, false, false} {
		v, ok := im.At(x, 0)
		if ok != want || ok && math.Abs(v-float64(2*x-1)) > 1e-4 {
			t.Errorf("pixel %d is %v %v", x, v, ok)
		}
	}
}

func TestATableOfWidePixelsIsRefused(t *testing.T) {
	f := object(1, 1, 32, false, make([]byte, 4), func(d *dicom.Dataset) {
		d.SetInt(dicom.BitsAllocated, 32)
		it := &dicom.Dataset{}
		it.SetInt(dicom.LUTDescriptor, 2, 0, 16)
		it.Set(dicom.Element{Tag: dicom.LUTData, VR: "OW", Bytes: []byte{1, 0, 2, 0}})
		d.SetSeq(dicom.ModalityLUTSequence, it)
	})
	var uns *dicom.UnsupportedError
	if _, err := pixel.Decode(f, 0); !errors.As(err, &uns) {
		t.Errorf("%v", err)
	}
}
