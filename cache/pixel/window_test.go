package pixel_test

import (
	"math"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

// object is a grey image of the given cells; set changes its header.
func object(rows, cols, bits int, signed bool, native []byte, set func(d *dicom.Dataset)) *dicom.File {
	d := &dicom.Dataset{}
	d.SetStr(dicom.Modality, "CT")
	d.SetStr(dicom.PhotometricInterpretation, "MONOCHROME2")
	d.SetInt(dicom.SamplesPerPixel, 1)
	d.SetInt(dicom.Rows, rows)
	d.SetInt(dicom.Columns, cols)
	alloc := 16
	if bits <= 8 {
		alloc = 8
	}
	d.SetInt(dicom.BitsAllocated, alloc)
	d.SetInt(dicom.BitsStored, bits)
	d.SetInt(dicom.HighBit, bits-1)
	d.SetInt(dicom.PixelRepresentation, map[bool]int{true: 1}[signed])
	if set != nil {
		set(d)
	}
	return &dicom.File{Meta: &dicom.Dataset{}, Dataset: d, TransferSyntax: dicom.ExplicitVRLittleEndian,
		Pixel: dicom.PixelData{VR: "OW", Tag: dicom.PixelDataTag, Native: native}}
}

func decode(t testing.TB, f *dicom.File) *pixel.Image {
	t.Helper()
	im, err := pixel.Decode(f, 0)
	if err != nil {
		t.Fatal(err)
	}
	return im
}

// every is an image of all 65,536 cells in order: 256 × 256.
func every(t testing.TB, signed bool, set func(d *dicom.Dataset)) *pixel.Image {
	b := make([]byte, 0, 1<<17)
	for i := range 1 << 16 {
		b = append(b, byte(i), byte(i>>8))
	}
	return decode(t, object(256, 256, 16, signed, b, set))
}

// written as PS3.3 C.11.2.1.2 and C.11.2.1.3 print them, with ymin 0, ymax 255.
var closedForms = map[string]func(x, c, w float64) float64{
	pixel.Linear: func(x, c, w float64) float64 {
		if x <= c-0.5-(w-1)/2 {
			return 0
		}
		if x > c-0.5+(w-1)/2 {
			return 255
		}
		return ((x-(c-0.5))/(w-1) + 0.5) * 255
	},
	pixel.LinearExact: func(x, c, w float64) float64 {
		if x <= c-w/2 {
			return 0
		}
		if x > c+w/2 {
			return 255
		}
		return ((x-c)/w + 0.5) * 255
	},
	pixel.Sigmoid: func(x, c, w float64) float64 { return 255 / (1 + math.Exp(-4*(x-c)/w)) },
}

func TestEveryStoredValueFollowsTheStandardsFormulas(t *testing.T) {
	windows := [][2]float64{{40, 400}, {-600, 1500}, {40, 80}, {32768, 65536}, {0.5, 1}, {127.25, 3.5}, {0, 1e5}, {-1024, 2}}
	scales := [][2]float64{{1, 0}, {1, -1024}, {0.5, 100}, {-1, 4095}, {2.44140625, -3}}
	for _, signed := range []bool{false, true} {
		for _, sc := range scales {
			im := every(t, signed, func(d *dicom.Dataset) {
				d.SetFloat(dicom.RescaleSlope, sc[0])
				d.SetFloat(dicom.RescaleIntercept, sc[1])
			})
			for name, form := range closedForms {
				for _, cw := range windows {
					for _, invert := range []bool{false, true} {
						compareLUT(t, im, signed, sc, name, form, cw, invert)
					}
				}
			}
		}
	}
}

func compareLUT(t *testing.T, im *pixel.Image, signed bool, sc [2]float64, name string,
	form func(x, c, w float64) float64, cw [2]float64, invert bool) {
	t.Helper()
	lut := im.BuildLUT(pixel.Window{Center: cw[0], Width: cw[1], Function: name}, invert)
	for s := range lut {
		v := float64(s)
		if signed && s > 32767 {
			v -= 65536
		}
		y := form(sc[0]*v+sc[1], cw[0], cw[1])
		if invert {
			y = 255 - y
		}
		// A value that falls on the border between two bytes may round either way.
		if d := math.Abs(float64(lut[s]) - y); d > 0.5+1e-9 {
			t.Fatalf("%s %v, slope %v, signed %v, inverted %v: value %v is %d, want %v",
				name, cw, sc, signed, invert, v, lut[s], y)
		}
	}
}

func TestLevelsOfLightRoundHalfUp(t *testing.T) {
	for y, want := range map[float64]uint8{0: 0, 1: 255, 0.5: 128, 0.499999: 127, 1.5 / 255: 2, 1.4999 / 255: 1} {
		if got := pixel.Level(y); got != want {
			t.Errorf("light %v is %d, want %d", y, got, want)
		}
	}
}

func TestNarrowWindowsAreSteps(t *testing.T) {
	for _, c := range []struct {
		w     pixel.Window
		x     float64
		light float64
	}{
		{pixel.Window{Center: 40, Width: 1}, 39.5, 0}, {pixel.Window{Center: 40, Width: 1}, 39.6, 1},
		{pixel.Window{Center: 40, Width: 0}, 39.5, 0}, {pixel.Window{Center: 40, Width: -7}, 40, 1},
		{pixel.Window{Center: 40, Width: 0, Function: pixel.LinearExact}, 40, 0},
		{pixel.Window{Center: 40, Width: 0, Function: pixel.LinearExact}, 40.1, 1},
		{pixel.Window{Center: 40, Width: 0, Function: pixel.Sigmoid}, 40, 0.5},
		{pixel.Window{Center: 40, Width: 0, Function: pixel.Sigmoid}, 41, 1},
	} {
		if got := c.w.VOI().At(c.x); got != c.light {
			t.Errorf("%+v at %v is %v, want %v", c.w, c.x, got, c.light)
		}
	}
}

func TestImagesBringTheirWindows(t *testing.T) {
	im := every(t, true, func(d *dicom.Dataset) {
		d.SetFloat(dicom.WindowCenter, 40, -600, 10, 300)
		d.SetFloat(dicom.WindowWidth, 400, 1500, 0, 0.5)
		d.SetStr(dicom.WindowCenterWidthExplanation, "SOFT", "LUNG")
	})
	want := []pixel.Window{
		{Center: 40, Width: 400, Function: pixel.Linear, Explanation: "SOFT"},
		{Center: -600, Width: 1500, Function: pixel.Linear, Explanation: "LUNG"},
		{Center: 300, Width: 0.5, Function: pixel.LinearExact}, // too narrow for LINEAR; the zero is left out
	}
	got := im.Windows()
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("window %d is %+v, want %+v", i, got[i], want[i])
		}
	}
	if im.DefaultWindow() != want[0] {
		t.Errorf("first shown with %+v", im.DefaultWindow())
	}
}

func TestFramesOfEnhancedObjectsHaveTheirOwnValues(t *testing.T) {
	group := func(center, slope float64, unit string) *dicom.Dataset {
		voi, trans, g := &dicom.Dataset{}, &dicom.Dataset{}, &dicom.Dataset{}
		voi.SetFloat(dicom.WindowCenter, center)
		voi.SetFloat(dicom.WindowWidth, 100)
		trans.SetFloat(dicom.RescaleSlope, slope)
		trans.SetFloat(dicom.RescaleIntercept, -10)
		trans.SetStr(dicom.RescaleType, unit)
		g.SetSeq(dicom.FrameVOILUTSequence, voi)
		g.SetSeq(dicom.PixelValueTransformationSequence, trans)
		return g
	}
	f := object(1, 1, 16, false, []byte{5, 0, 7, 0}, func(d *dicom.Dataset) {
		d.SetInt(dicom.NumberOfFrames, 2)
		d.SetFloat(dicom.WindowCenter, 999)
		d.SetFloat(dicom.WindowWidth, 999)
		d.SetSeq(dicom.PerFrameFunctionalGroupsSequence, group(1, 2, "HU"), group(2, 3, "US"))
	})
	for i, want := range []struct {
		center, value float64
		unit          string
	}{{1, 0, "HU"}, {2, 11, ""}} {
		im, err := pixel.Decode(f, i)
		if err != nil {
			t.Fatal(err)
		}
		v, ok := im.At(0, 0)
		if im.Windows()[0].Center != want.center || v != want.value || !ok || im.Unit() != want.unit {
			t.Errorf("frame %d: window %v, value %v %q", i, im.Windows(), v, im.Unit())
		}
	}
}

func lutItem(first, bits int, values ...int) *dicom.Dataset {
	it := &dicom.Dataset{}
	it.SetInt(dicom.LUTDescriptor, len(values), first, bits)
	it.SetInt(dicom.LUTData, values...)
	it.SetStr(dicom.LUTExplanation, "TABLE")
	return it
}

func TestVOITablesClampAndInterpolate(t *testing.T) {
	im := every(t, true, func(d *dicom.Dataset) {
		d.SetSeq(dicom.VOILUTSequence, lutItem(-2, 10, 0, 100, 1023, 512))
	})
	w := im.DefaultWindow()
	if w.Function != pixel.VOILUT || w.Explanation != "TABLE" {
		t.Fatalf("%+v", w)
	}
	voi := w.VOI()
	for x, want := range map[float64]float64{-100: 0, -2: 0, -1: 100, 0: 1023, 1: 512, 5000: 512, -1.5: 50, 0.25: 1023 - 511.0/4} {
		if got := voi.At(x) * 1023; math.Abs(got-want) > 1e-9 {
			t.Errorf("%v is %v of 1023, want %v", x, got, want)
		}
	}
	lut := im.BuildLUT(w, false)
	if lut[0xFFFF] != 25 || lut[0] != 255 || lut[0x8000] != 0 { // −1: 100/1023, 0, −32768
		t.Errorf("−1 is %d, 0 is %d, −32768 is %d", lut[0xFFFF], lut[0], lut[0x8000])
	}
}

func TestModalityTablesReplaceRescaling(t *testing.T) {
	im := every(t, true, func(d *dicom.Dataset) {
		d.SetFloat(dicom.RescaleSlope, 7)
		it := lutItem(65534, 16, 10, 20, 60000) // −2 written as US
		it.SetStr(dicom.ModalityLUTType, "HU")
		d.SetSeq(dicom.ModalityLUTSequence, it)
	})
	for stored, want := range map[uint16]float64{0x8000: 10, 0xFFFE: 10, 0xFFFF: 20, 0: 60000, 99: 60000} {
		if got := im.Modality(stored); got != want {
			t.Errorf("stored %d is %v, want %v", int16(stored), got, want)
		}
	}
	if im.Unit() != "HU" {
		t.Errorf("unit %q", im.Unit())
	}
}

func TestTablesToTheBeamsIntensityAreNotForDisplay(t *testing.T) {
	for class, want := range map[dicom.UID]float64{dicom.XAImageStorage: 1, dicom.XRFImageStorage: 1, dicom.CRImageStorage: 20} {
		im := every(t, false, func(d *dicom.Dataset) {
			d.SetStr(dicom.SOPClassUID, string(class))
			d.SetStr(dicom.Modality, "XA")
			d.SetStr(dicom.PixelIntensityRelationship, "LOG")
			d.SetSeq(dicom.ModalityLUTSequence, lutItem(0, 16, 10, 20, 60000))
		})
		if got := im.Modality(1); got != want {
			t.Errorf("%s: value 1 is %v, want %v", class.Name(), got, want)
		}
	}
}

func TestShortTablesAreRefused(t *testing.T) {
	it := lutItem(0, 16, 1, 2, 3)
	it.SetInt(dicom.LUTDescriptor, 4, 0, 16)
	f := object(1, 1, 16, false, []byte{0, 0}, func(d *dicom.Dataset) { d.SetSeq(dicom.ModalityLUTSequence, it) })
	if _, err := pixel.Decode(f, 0); err == nil {
		t.Error("a table of 3 entries passed for one of 4")
	}
}

func TestHounsfieldUnitsAreClaimedOnlyWhereTheyAre(t *testing.T) {
	for name, c := range map[string]struct {
		modality, kind, units string
		rescaled              bool
		want                  string
	}{
		"ct says so":             {"CT", "HU", "", true, "HU"},
		"ct without type":        {"CT", "", "", true, "HU"},
		"ct never rescaled":      {"CT", "", "", false, ""},
		"ct of unspecified type": {"CT", "US", "", true, ""},
		"mr":                     {"MR", "", "", true, ""},
		"mr unspecified":         {"MR", "US", "", true, ""},
		"optical density":        {"CR", "OD", "", true, "OD"},
		"pet":                    {"PT", "", "BQML", true, "Bq/ml"},
		"pet of unknown units":   {"PT", "", "", true, ""},
	} {
		im := every(t, false, func(d *dicom.Dataset) {
			d.SetStr(dicom.Modality, c.modality)
			if c.kind != "" {
				d.SetStr(dicom.RescaleType, c.kind)
			}
			if c.units != "" {
				d.SetStr(dicom.Units, c.units)
			}
			if c.rescaled {
				d.SetFloat(dicom.RescaleIntercept, -1024)
				d.SetFloat(dicom.RescaleSlope, 1)
			}
		})
		if im.Unit() != c.want {
			t.Errorf("%s: %q, want %q", name, im.Unit(), c.want)
		}
	}
}

func TestImagesWithoutWindowsFindOne(t *testing.T) {
	b := make([]byte, 0, 2000)
	for i := range 1000 { // 0 … 999, and a padding far away
		v := i
		if i%10 == 0 {
			v = 60000
		}
		b = append(b, byte(v), byte(v>>8))
	}
	im := decode(t, object(10, 100, 16, false, b, func(d *dicom.Dataset) {
		d.SetStr(dicom.Modality, "MR")
		d.SetInt(dicom.PixelPaddingValue, 60000)
	}))
	w := im.DefaultWindow()
	if lo, hi := w.Center-w.Width/2, w.Center+w.Width/2; lo != 9 || hi != 989 {
		t.Errorf("from %v to %v, want the 1st to the 99th percentile of 900 values: 9 to 989", lo, hi)
	}
	narrow := im.Percentile(0.5, 0.5)
	if narrow.Width != 1 {
		t.Errorf("an empty range is %v wide", narrow.Width)
	}
	eight := decode(t, object(1, 2, 8, false, []byte{0, 255}, nil))
	if lut := eight.BuildLUT(eight.DefaultWindow(), false); lut[0] != 0 || lut[77] != 77 || lut[255] != 255 {
		t.Errorf("8 bits without a window are changed: %v", eight.DefaultWindow())
	}
}
