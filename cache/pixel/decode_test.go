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

func TestBitsBeyondTheValueAreNotShown(t *testing.T) {
	cells := func(v ...uint16) (b []byte) {
		for _, c := range v {
			b = binary.LittleEndian.AppendUint16(b, c)
		}
		return b
	}
	for name, c := range map[string]struct {
		bits, high int
		signed     bool
		in, want   []uint16
	}{
		"overlay above 12 bits":    {12, 11, false, []uint16{0xF123, 0x0FFF, 0x8000}, []uint16{0x123, 0xFFF, 0}},
		"12 bits signed":           {12, 11, true, []uint16{0x0FFF, 0x0800, 0xF7FF}, []uint16{0xFFFF, 0xF800, 0x7FF}},
		"12 bits at the upper end": {12, 15, false, []uint16{0x123F, 0xFFF0}, []uint16{0x123, 0xFFF}},
		"10 bits in the middle":    {10, 12, true, []uint16{0x1FFF, 0x0FF8}, []uint16{0xFFFF, 0x1FF}},
		"all 16":                   {16, 15, true, []uint16{0x8000, 0x7FFF}, []uint16{0x8000, 0x7FFF}},
	} {
		im := decode(t, object(1, len(c.in), c.bits, c.signed, cells(c.in...), func(d *dicom.Dataset) {
			d.SetInt(dicom.BitsAllocated, 16)
			d.SetInt(dicom.HighBit, c.high)
		}))
		if !reflect.DeepEqual(im.Stored, c.want) {
			t.Errorf("%s: %04X became %04X, want %04X", name, c.in, im.Stored, c.want)
		}
	}
}

// Cells are read four at a time, or by a table: each must come out as if it stood
// alone.
func TestCellsAreReadAsIfEachStoodAlone(t *testing.T) {
	r := rand.New(rand.NewPCG(16, 4))
	for stored := 1; stored <= 16; stored++ {
		for high := stored - 1; high < 16; high++ {
			n := 131
			if stored == 11 {
				n = 3 * 65535
			}
			b := make([]byte, 2*n)
			for i := range b {
				b[i] = byte(r.Uint32())
			}
			for _, signed := range []bool{false, true} {
				im := decode(t, object(max(1, n/65535), min(n, 65535), stored, signed, b, func(d *dicom.Dataset) {
					d.SetInt(dicom.BitsAllocated, 16)
					d.SetInt(dicom.HighBit, high)
					d.SetInt(dicom.PixelPaddingValue, 5) // within the bits stored of most
				}))
				for i, got := range im.Stored {
					raw := int(binary.LittleEndian.Uint16(b[2*i:]))
					want := raw >> (high + 1 - stored) & (1<<stored - 1)
					if signed && want>>(stored-1) == 1 {
						want -= 1 << stored
					}
					if raw != 5 && got != uint16(want) {
						t.Fatalf("%d bits below %d, signed %v: cell %d, %04X, became %04X, want %04X", stored, high, signed, i, raw, got, uint16(want))
					}
				}
			}
		}
	}
}

func TestEightBitCellsKeepTheirSign(t *testing.T) {
	im := decode(t, object(1, 3, 8, true, []byte{0x80, 0xFF, 0x7F}, nil))
	for x, want := range []float64{-128, -1, 127} {
		if v, ok := im.At(x, 0); !ok || v != want {
			t.Errorf("pixel %d is %v, want %v", x, v, want)
		}
	}
}

func TestSingleBitsRunAcrossFrames(t *testing.T) {
	f := object(1, 3, 1, false, []byte{0b10_110_001, 0b1}, func(d *dicom.Dataset) {
		d.SetInt(dicom.BitsAllocated, 1)
		d.SetInt(dicom.NumberOfFrames, 3)
	})
	for i, want := range [][]uint16{{1, 0, 0}, {0, 1, 1}, {0, 1, 1}} {
		im, err := pixel.Decode(f, i)
		if err != nil || !reflect.DeepEqual(im.Stored, want) {
			t.Errorf("frame %d is %v %v, want %v", i, im, err, want)
		}
	}
}

func TestWideValuesKeepTheirMeaning(t *testing.T) {
	wide := func(slope float64, v ...uint32) *pixel.Image {
		var b []byte
		for _, c := range v {
			b = binary.LittleEndian.AppendUint32(b, c)
		}
		return decode(t, object(1, len(v), 32, false, b, func(d *dicom.Dataset) {
			d.SetInt(dicom.BitsAllocated, 32)
			d.SetFloat(dicom.RescaleSlope, slope)
			d.SetFloat(dicom.RescaleIntercept, 3)
		}))
	}
	im := wide(0.5, 1_000_000, 1_000_001, 1_065_535)
	for x, want := range []float64{500_003, 500_003.5, 532_770.5} {
		if v, _ := im.At(x, 0); v != want || !im.Exact {
			t.Errorf("pixel %d is %v (exact %v), want %v", x, v, im.Exact, want)
		}
	}
	im = wide(1e-6, 0, 123_456_789, 4_000_000_000)
	for x, want := range []float64{3, 126.456789, 4003} {
		if v, _ := im.At(x, 0); math.Abs(v-want) > 4000.0/65535/2*1.001 || im.Exact {
			t.Errorf("pixel %d is %v (exact %v), want about %v", x, v, im.Exact, want)
		}
	}
}

func TestFloatsKeepTheirMeaning(t *testing.T) {
	var b []byte
	for _, v := range []float32{-1.5, 0.25, 2.5, float32(math.NaN())} {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	f := object(1, 4, 16, false, b, func(d *dicom.Dataset) {
		d.SetInt(dicom.BitsAllocated, 32)
		d.SetFloat(dicom.WindowCenter, 0.5)
		d.SetFloat(dicom.WindowWidth, 1)
	})
	f.Pixel.Tag, f.Pixel.VR = dicom.FloatPixelData, "OF"
	im := decode(t, f)
	for x, want := range []float64{-1.5, 0.25, 2.5} {
		if v, ok := im.At(x, 0); !ok || math.Abs(v-want) > 4.0/65535 {
			t.Errorf("pixel %d is %v %v, want %v", x, v, ok, want)
		}
	}
	if v, ok := im.At(3, 0); ok || im.Exact {
		t.Errorf("what is no number measures %v", v)
	}
	if y := im.DefaultWindow().VOI().At(0.25); y != 0.25 {
		t.Errorf("a quarter of a window of 1 gives %v light", y)
	}
}

func TestPaddingIsKnownByValueAndRange(t *testing.T) {
	var b []byte
	for _, v := range []int16{-2000, -1990, -1500, -1000, 40} {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	for name, c := range map[string]struct {
		value, limit int
		bits         int
		want         []bool
	}{
		"one value":              {-2000, -2000, 16, []bool{true, false, false, false, false}},
		"written unsigned":       {63536, 63536, 16, []bool{true, false, false, false, false}},
		"a range":                {-2000, -1500, 16, []bool{true, true, true, false, false}},
		"a range backwards":      {-1500, -2000, 16, []bool{true, true, true, false, false}},
		"wider than bits stored": {-2000, -2000, 12, []bool{true, false, false, false, false}},
	} {
		im := decode(t, object(1, 5, c.bits, true, b, func(d *dicom.Dataset) {
			d.SetInt(dicom.BitsAllocated, 16)
			d.SetInt(dicom.PixelPaddingValue, c.value)
			d.SetInt(dicom.PixelPaddingRangeLimit, c.limit)
		}))
		for x, want := range c.want {
			if _, ok := im.At(x, 0); ok == want || im.IsPadding(im.Stored[x]) != want {
				t.Errorf("%s: pixel %d padding %v, want %v", name, x, !ok, want)
			}
		}
		if lut := im.BuildLUT(pixel.Window{Center: -2000, Width: 10}, true); lut[63536] != 0 {
			t.Errorf("%s: inverted padding is %d, want black", name, lut[63536])
		}
	}
}

func TestImpossibleHeadersAreRefusedByKind(t *testing.T) {
	var inv *dicom.InvalidError
	var uns *dicom.UnsupportedError
	for name, c := range map[string]struct {
		set  func(d *dicom.Dataset)
		want any
	}{
		"no rows":           {func(d *dicom.Dataset) { d.SetInt(dicom.Rows, 0) }, &inv},
		"too many columns":  {func(d *dicom.Dataset) { d.SetInt(dicom.Columns, 70000) }, &inv},
		"more stored":       {func(d *dicom.Dataset) { d.SetInt(dicom.BitsStored, 17) }, &inv},
		"high bit below":    {func(d *dicom.Dataset) { d.SetInt(dicom.HighBit, 3) }, &inv},
		"high bit above":    {func(d *dicom.Dataset) { d.SetInt(dicom.HighBit, 16) }, &inv},
		"bytes end early":   {func(d *dicom.Dataset) { d.SetInt(dicom.Rows, 3) }, &inv},
		"four samples":      {func(d *dicom.Dataset) { d.SetInt(dicom.SamplesPerPixel, 4) }, &uns},
		"12 bits allocated": {func(d *dicom.Dataset) { d.SetInt(dicom.BitsAllocated, 12) }, &uns},
		"more than a GiB":   {func(d *dicom.Dataset) { d.SetInt(dicom.Rows, 65535); d.SetInt(dicom.Columns, 65535) }, &uns},
		"YBR_PARTIAL_420":   {func(d *dicom.Dataset) { colourHeader(d, "YBR_PARTIAL_420", 8) }, &uns},
		"palette of 32 bits": {func(d *dicom.Dataset) {
			d.SetInt(dicom.BitsAllocated, 32)
			d.SetStr(dicom.PhotometricInterpretation, "PALETTE COLOR")
		}, &uns},
		"palette without one": {func(d *dicom.Dataset) { d.SetStr(dicom.PhotometricInterpretation, "PALETTE COLOR") }, &inv},
	} {
		_, err := pixel.Decode(object(2, 2, 12, false, make([]byte, 64)[:8:64], func(d *dicom.Dataset) {
			c.set(d)
			if d.IntOr(dicom.BitsAllocated, 0) == 32 {
				d.SetInt(dicom.Columns, 1)
			}
		}), 0)
		if !errors.As(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func colourHeader(d *dicom.Dataset, photometric string, bits int) {
	d.SetInt(dicom.SamplesPerPixel, 3)
	d.SetStr(dicom.PhotometricInterpretation, photometric)
	d.SetInt(dicom.BitsAllocated, (bits+7)/8*8)
	d.SetInt(dicom.BitsStored, bits)
	d.SetInt(dicom.HighBit, bits-1)
}

func TestColourBecomesRGB(t *testing.T) {
	for name, c := range map[string]struct {
		photometric  string
		bits, planar int
		in           []byte
		want         []uint8
	}{
		"rgb":           {"RGB", 8, 0, []byte{1, 2, 3, 4, 5, 6}, []uint8{1, 2, 3, 4, 5, 6}},
		"planes":        {"RGB", 8, 1, []byte{1, 4, 2, 5, 3, 6}, []uint8{1, 2, 3, 4, 5, 6}},
		"16 bits":       {"RGB", 16, 0, []byte{9, 1, 9, 2, 9, 3, 9, 4, 9, 5, 9, 6}, []uint8{1, 2, 3, 4, 5, 6}},
		"12 bits":       {"RGB", 12, 1, []byte{0x10, 0, 0x40, 0, 0xF0, 0xF, 0, 8, 0x30, 0, 0x60, 0}, []uint8{1, 255, 3, 4, 128, 6}},
		"ybr grey":      {"YBR_FULL", 8, 0, []byte{7, 128, 128, 250, 128, 128}, []uint8{7, 7, 7, 250, 250, 250}},
		"ybr red, blue": {"YBR_FULL", 8, 0, []byte{76, 85, 255, 29, 255, 107}, []uint8{254, 0, 0, 0, 0, 254}},
		"ybr 422":       {"YBR_FULL_422", 8, 0, []byte{10, 20, 128, 128}, []uint8{10, 10, 10, 20, 20, 20}},
	} {
		im := decode(t, object(1, 2, 8, false, c.in, func(d *dicom.Dataset) {
			colourHeader(d, c.photometric, c.bits)
			d.SetInt(dicom.PlanarConfiguration, c.planar)
		}))
		if !reflect.DeepEqual(im.RGB, c.want) || im.Stored != nil || im.Samples != 3 {
			t.Errorf("%s: %v, want %v", name, im.RGB, c.want)
		}
	}
}

func TestPalettesGiveColours(t *testing.T) {
	palette := func(bits int, data [3]dicom.Element, entries, first int) *dicom.File {
		return object(1, 4, 8, false, []byte{4, 5, 6, 200}, func(d *dicom.Dataset) {
			d.SetStr(dicom.PhotometricInterpretation, "PALETTE COLOR")
			for i, t := range []dicom.Tag{dicom.RedPaletteColorLookupTableDescriptor,
				dicom.GreenPaletteColorLookupTableDescriptor, dicom.BluePaletteColorLookupTableDescriptor} {
				d.SetInt(t, entries, first, bits)
				d.Set(data[i])
			}
		})
	}
	words := func(t dicom.Tag, v ...uint16) dicom.Element {
		var b []byte
		for _, w := range v {
			b = binary.LittleEndian.AppendUint16(b, w)
		}
		return dicom.Element{Tag: t, VR: "OW", Bytes: b}
	}
	red, green, blue := dicom.RedPaletteColorLookupTableData, dicom.GreenPaletteColorLookupTableData, dicom.BluePaletteColorLookupTableData
	sred, sgreen, sblue := dicom.SegmentedRedPaletteColorLookupTableData, dicom.SegmentedGreenPaletteColorLookupTableData, dicom.SegmentedBluePaletteColorLookupTableData
	want := []uint8{1, 10, 0, 2, 20, 128, 3, 30, 255, 3, 30, 255}
	for name, f := range map[string]*dicom.File{
		"16 bits":                  palette(16, [3]dicom.Element{words(red, 0x1FF, 0x200, 0x300), words(green, 0xA00, 0x1400, 0x1E00), words(blue, 0, 0x8000, 0xFFFF)}, 3, 4),
		"8 bits in words":          palette(8, [3]dicom.Element{words(red, 1, 2, 3), words(green, 10, 20, 30), words(blue, 0, 128, 255)}, 3, 4),
		"8 bits packed":            palette(8, [3]dicom.Element{words(red, 0x0201, 3), words(green, 0x140A, 30), words(blue, 0x8000, 255)}, 3, 4),
		"bytes that claim 16 bits": palette(16, [3]dicom.Element{words(red, 1, 2, 3), words(green, 10, 20, 30), words(blue, 0, 128, 255)}, 3, 4),
		"segmented": palette(16, [3]dicom.Element{
			words(sred, 0, 1, 0x100, 1, 2, 0x300),            // one discrete, then a line
			words(sgreen, 0, 2, 0xA00, 0x1400, 0, 1, 0x1E00), // two discrete segments
			words(sblue, 0, 1, 0, 1, 2, 0xFFFF)}, 3, 4),
	} {
		im := decode(t, f)
		if !reflect.DeepEqual(im.RGB, want) {
			t.Errorf("%s: %v, want %v", name, im.RGB, want)
		}
	}
	repeat := decode(t, palette(16, [3]dicom.Element{
		words(sred, 0, 2, 0x100, 0x200, 2, 1, 0, 0), words(sgreen, 0, 4, 0, 0, 0, 0xFF00), words(sblue, 0, 4, 0, 0, 0, 0xFF00)}, 4, 4))
	if want := []uint8{1, 0, 0, 2, 0, 0, 1, 0, 0, 2, 255, 255}; !reflect.DeepEqual(repeat.RGB, want) {
		t.Errorf("an indirect segment gives %v, want %v", repeat.RGB, want)
	}
	for name, bad := range map[string][]uint16{
		"line first": {1, 2, 5}, "empty": {0, 0}, "outside": {0, 1, 5, 2, 1, 99, 0}, "short": {0, 1, 5}, "unknown": {7, 1, 5},
		"indirect within indirect": {0, 1, 5, 2, 1, 6, 0},
	} {
		if _, err := pixel.Decode(palette(16, [3]dicom.Element{words(sred, bad...), words(sgreen, bad...), words(sblue, bad...)}, 4, 4), 0); err == nil {
			t.Errorf("a segmented palette passes: %s", name)
		}
	}
}

func TestMonochrome1AndInverseShapeAreInverse(t *testing.T) {
	for _, c := range []struct {
		photometric, shape string
		want               bool
	}{{"MONOCHROME1", "", true}, {"MONOCHROME1", "INVERSE", true}, {"MONOCHROME2", "INVERSE", true},
		{"MONOCHROME2", "IDENTITY", false}, {"MONOCHROME2", "", false}} {
		im := every(t, false, func(d *dicom.Dataset) {
			d.SetStr(dicom.PhotometricInterpretation, c.photometric)
			if c.shape != "" {
				d.SetStr(dicom.PresentationLUTShape, c.shape)
			}
		})
		lut := im.BuildLUT(pixel.Window{Center: 100, Width: 10}, false)
		again := im.BuildLUT(pixel.Window{Center: 100, Width: 10}, true)
		if im.Inverse != c.want || (lut[0] == 255) != c.want || (again[0] == 255) == c.want {
			t.Errorf("%+v: inverse %v, black becomes %d, inverted by the reader %d", c, im.Inverse, lut[0], again[0])
		}
	}
}

func TestBigEndianWordsAreTurnedByTheirVR(t *testing.T) {
	f := object(1, 2, 16, false, []byte{0x12, 0x34, 0xAB, 0xCD}, nil)
	f.BigEndian = true
	if im := decode(t, f); im.Stored[0] != 0x1234 || im.Stored[1] != 0xABCD {
		t.Errorf("16 bits in OW: %04X", im.Stored)
	}
	eight := object(1, 3, 8, false, []byte{2, 1, 4, 3, 6, 5}, func(d *dicom.Dataset) { d.SetInt(dicom.NumberOfFrames, 2) })
	eight.BigEndian = true
	second, err := pixel.Decode(eight, 1)
	if err != nil || !reflect.DeepEqual(second.Stored, []uint16{4, 5, 6}) {
		t.Errorf("bytes in OW, second frame of three: %v %v", second, err)
	}
	eight.Pixel.VR = "OB"
	if im := decode(t, eight); !reflect.DeepEqual(im.Stored, []uint16{2, 1, 4}) {
		t.Errorf("bytes in OB: %v", im.Stored)
	}
}
