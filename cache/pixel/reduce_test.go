package pixel_test

import (
	"encoding/binary"
	"image"
	"maps"
	"math"
	"reflect"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

func TestAPreviewIsTheMeanWithoutPadding(t *testing.T) {
	var b []byte
	for _, v := range []int16{
		1, 2, 3, 4, 100,
		3, 4, -2000, 7, 102,
		-2000, -2000, 10, 10, -5,
	} {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	f := object(3, 5, 16, true, b, func(d *dicom.Dataset) { d.SetInt(dicom.PixelPaddingValue, -2000) })
	im, err := pixel.DecodeReduced(f, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	pad, minus5 := uint16(0xF830), uint16(0xFFFB)
	if want := []uint16{3, 5, 101, pad, 10, minus5}; im.Rows != 2 || im.Cols != 3 || !reflect.DeepEqual(im.Stored, want) {
		t.Errorf("%d × %d %v, want 2 × 3 %v", im.Rows, im.Cols, im.Stored, want)
	}
	p := im.Preview
	if p == nil || p.Rows != 3 || p.Cols != 5 || p.Levels != 1 {
		t.Fatalf("%+v", p)
	}
	if x, y := p.ToFrame.Apply(1.5, 0.5); x != 3 || y != 1 {
		t.Errorf("the middle of its second pixel lies at %v, %v of the frame", x, y)
	}
	if v, ok := im.At(0, 0); ok {
		t.Errorf("a preview measures %v", v)
	}
}

func TestAPreviewOfNegativesRoundsAsOnePlace(t *testing.T) {
	for _, c := range []struct {
		in   [2]int16
		want int16
	}{{[2]int16{-1, -2}, -1}, {[2]int16{1, 2}, 2}, {[2]int16{-3, -3}, -3}, {[2]int16{-4, 3}, 0}, {[2]int16{-32768, -32767}, -32767}} {
		b := binary.LittleEndian.AppendUint16(nil, uint16(c.in[0]))
		im, err := pixel.DecodeReduced(object(1, 2, 16, true, binary.LittleEndian.AppendUint16(b, uint16(c.in[1])), nil), 0, 1)
		if err != nil || int16(im.Stored[0]) != c.want {
			t.Errorf("the mean of %v is %v, want %v", c.in, im.Stored, c.want)
		}
	}
}

func TestAPreviewOfColourIsAveragedInColour(t *testing.T) {
	f := object(2, 2, 8, false, []byte{10, 0, 0, 20, 4, 0, 30, 8, 0, 40, 12, 1}, func(d *dicom.Dataset) { colourHeader(d, "RGB", 8) })
	im, err := pixel.DecodeReduced(f, 0, 1)
	if err != nil || !reflect.DeepEqual(im.RGB, []uint8{25, 6, 0}) {
		t.Errorf("%v %v", im, err)
	}
}

func TestNoLevelsIsTheFrameItself(t *testing.T) {
	f := object(1, 2, 8, false, []byte{1, 2}, nil)
	im, err := pixel.DecodeReduced(f, 0, 0)
	if err != nil || im.Preview != nil || len(im.Stored) != 2 {
		t.Errorf("%v %v", im, err)
	}
	if im, err = pixel.DecodeReduced(f, 0, 99); err != nil || len(im.Stored) != 1 || im.Stored[0] != 2 {
		t.Errorf("as small as it gets: %v %v", im, err)
	}
}

// A preview must fill the place of its frame at any zoom, turn and flip.
func TestAPreviewLiesWhereItsFrameLies(t *testing.T) {
	b := make([]byte, 2*300*200)
	f := object(200, 300, 16, false, b, func(d *dicom.Dataset) { d.SetFloat(dicom.PixelSpacing, 0.2, 0.1) })
	full, err := pixel.Decode(f, 0)
	if err != nil {
		t.Fatal(err)
	}
	small, err := pixel.DecodeReduced(f, 0, 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []pixel.View{{}, {Zoom: 3, PanX: 12, PanY: -7}, {Turn: 1}, {FlipH: true, Turn: 3, Zoom: 0.5}} {
		a, c := full.Place(v, image.Pt(640, 480)), small.Place(v, image.Pt(640, 480))
		for _, p := range [][2]float64{{0, 0}, {300, 0}, {0, 200}, {123, 45}} {
			x, y := a.Apply(p[0], p[1])
			u, w := c.Apply(p[0]/4, p[1]/4)
			if math.Abs(x-u)+math.Abs(y-w) > 1e-9 {
				t.Errorf("%+v: %v lies at %v, %v; in the preview at %v, %v", v, p, x, y, u, w)
			}
		}
	}
	if full.FitZoom(1, image.Pt(99, 50)) != small.FitZoom(1, image.Pt(99, 50)) {
		t.Error("the preview fits at another zoom")
	}
}

// inPart gives a frame of one value whole and of another in part; it knows two
// levels.
type inPart struct{}

func (inPart) Decode(dst, _ []byte, h *pixel.Header) ([]byte, error) { return filled(dst, 1, h), nil }

func (inPart) DecodeReduced(dst, _ []byte, levels int, h *pixel.Header) ([]byte, error) {
	if levels > 2 {
		return nil, dicom.Unsupportedf("so many levels")
	}
	h.Rows, h.Cols = (h.Rows+1<<levels-1)>>levels, (h.Cols+1<<levels-1)>>levels
	return filled(dst, 2, h), nil
}

func filled(dst []byte, v byte, h *pixel.Header) []byte {
	dst = pixel.Grown(dst, h.Bytes())
	for i := range dst {
		dst[i] = v
	}
	return dst
}

// withDecoder registers a decoder under a transfer syntax of its own, and returns
// an object of it.
func withDecoder(t *testing.T, dec pixel.Decoder, rows, cols, bits int, set func(d *dicom.Dataset)) *dicom.File {
	t.Helper()
	before := pixel.Decoders
	pixel.Decoders = maps.Clone(before)
	pixel.Decoders["1.2.3"] = dec
	t.Cleanup(func() { pixel.Decoders = before })
	f := object(rows, cols, bits, false, nil, set)
	f.TransferSyntax = "1.2.3"
	f.Pixel = dicom.PixelData{VR: "OB", Tag: dicom.PixelDataTag, Encapsulated: true, Fragments: [][]byte{{1}}}
	return f
}

func TestCodestreamsAreReadInPartWhereTheyCanBe(t *testing.T) {
	for name, c := range map[string]struct {
		levels int
		set    func(d *dicom.Dataset)
		want   uint16
	}{
		"in part":         {2, nil, 2},
		"too many levels": {3, nil, 1},
		"inverse":         {2, func(d *dicom.Dataset) { d.SetStr(dicom.PhotometricInterpretation, "MONOCHROME1") }, 2},
	} {
		im, err := pixel.DecodeReduced(withDecoder(t, inPart{}, 33, 17, 8, c.set), 0, c.levels)
		if err != nil || im.Stored[0] != c.want || im.Preview == nil || im.Preview.Rows != 33 || im.Preview.Levels != c.levels {
			t.Errorf("%s: %+v %v", name, im, err)
		}
	}
	im, err := pixel.DecodeReduced(withDecoder(t, inPart{}, 33, 17, 8, nil), 0, 2)
	if err != nil || im.Rows != 9 || im.Cols != 5 {
		t.Fatalf("%+v %v", im, err)
	}
	if x, _ := im.Preview.ToFrame.Apply(0.5, 0.5); x != 0.5 {
		t.Errorf("a wavelet's first pixel lies at %v", x)
	}
	if x, _ := im.Preview.ToFrame.Apply(1.5, 0.5); x != 4.5 {
		t.Errorf("a wavelet's second pixel lies at %v", x)
	}
}

func TestIndicesOfAPaletteAreNeverAveraged(t *testing.T) {
	f := withDecoder(t, inPart{}, 4, 4, 8, func(d *dicom.Dataset) {
		d.SetStr(dicom.PhotometricInterpretation, "PALETTE COLOR")
		for _, tags := range [][2]dicom.Tag{
			{dicom.RedPaletteColorLookupTableDescriptor, dicom.RedPaletteColorLookupTableData},
			{dicom.GreenPaletteColorLookupTableDescriptor, dicom.GreenPaletteColorLookupTableData},
			{dicom.BluePaletteColorLookupTableDescriptor, dicom.BluePaletteColorLookupTableData},
		} {
			d.SetInt(tags[0], 4, 0, 16)
			d.Set(dicom.Element{Tag: tags[1], VR: "OW", Bytes: []byte{0, 0, 0, 77, 0, 99, 0, 1}})
		}
	})
	im, err := pixel.DecodeReduced(f, 0, 1)
	if err != nil || len(im.RGB) != 12 || im.RGB[0] != 77 {
		t.Errorf("%+v %v", im, err)
	}
}
