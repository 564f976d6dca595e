package jpegls_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/pixel/jpegls"
)

// segment is a marker and what stands behind its length.
func segment(m byte, b ...byte) []byte {
	return append([]byte{0xFF, m, byte((len(b) + 2) >> 8), byte(len(b) + 2)}, b...)
}

// with puts segments behind SOI.
func with(stream []byte, segments ...[]byte) []byte {
	out := bytes.Clone(stream[:2])
	for _, s := range segments {
		out = append(out, s...)
	}
	return append(out, stream[2:]...)
}

// changed sets bytes in front of the first scan's samples.
func changed(stream []byte, at int, b ...byte) []byte {
	out := bytes.Clone(stream)
	copy(out[at:], b)
	return out
}

// Places in exampleStream.
const (
	exampleP    = 6  // precision
	exampleRows = 7  // two bytes
	exampleTm   = 21 // mapping table
	exampleScan = 25 // first byte of samples
)

func TestMarkersThatSayNothingOfSamplesArePassedOver(t *testing.T) {
	end := bytes.Clone(exampleStream)
	end = append(end[:len(end)-2], 0xFF, 0xFF, 0xFF, 0xD9, 0, 0) // fill bytes; DICOM's padding
	extra := append(bytes.Clone(exampleStream[:len(exampleStream)-2]), 0, 0xFF, 0xD9)
	for name, stream := range map[string][]byte{
		"APPn and COM": with(exampleStream, segment(0xE0, 'J', 'F', 'I', 'F'), segment(0xFE, 1, 2, 3), segment(0xE8, 'S', 'P', 'I', 'F', 'F', 0)),
		"no transform": with(exampleStream, segment(0xE8, 'm', 'r', 'f', 'x', 0)),
		// A transform of one component is none.
		"transform":          with(exampleStream, segment(0xE8, 'm', 'r', 'f', 'x', 2)),
		"zeros for defaults": with(exampleStream, segment(0xF8, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
		"defaults":           with(exampleStream, segment(0xF8, 1, 0, 255, 0, 3, 0, 7, 0, 21, 0, 64)),
		"fill and padding":   end,
		"a zero byte more":   extra,
		"another name":       changed(exampleStream, exampleTm-1, 9),
		"interleaved by one": changed(exampleStream, exampleTm+2, 2),
	} {
		if got, _, err := jpegls.Decode(nil, stream, 0); err != nil || !bytes.Equal(got, exampleImage) {
			t.Errorf("%s: %v %v", name, got, err)
		}
	}
}

func TestLinesMayBeCountedElsewhere(t *testing.T) {
	none := changed(exampleStream, exampleRows, 0, 0)
	dnl := bytes.Clone(none[:len(none)-2])
	dnl = append(append(dnl, segment(0xDC, 0, 4)...), 0xFF, 0xD9)
	neither := changed(none, exampleRows, 0, 0, 0, 0)
	for name, stream := range map[string][]byte{
		"DNL":         dnl,
		"LSE 2 bytes": with(none, segment(0xF8, 4, 2, 0, 4, 0, 4)),
		"LSE 3 bytes": with(neither, segment(0xF8, 4, 3, 0, 0, 4, 0, 0, 4)),
		"LSE 4 bytes": with(neither, segment(0xF8, 4, 4, 0, 0, 0, 4, 0, 0, 0, 4)),
	} {
		if got, _, err := jpegls.Decode(nil, stream, 0); err != nil || !bytes.Equal(got, exampleImage) {
			t.Errorf("%s: %v %v", name, got, err)
		}
	}
	for name, stream := range map[string][]byte{
		"nowhere": none,
		"twice":   with(exampleStream, segment(0xF8, 4, 2, 0, 5, 0, 4)),
		"5 bytes": with(neither, segment(0xF8, 4, 5, 0, 0, 0, 0, 4, 0, 0, 0, 0, 4)),
	} {
		if _, _, err := jpegls.Decode(nil, stream, 0); !isInvalid(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMappingTablesAreApplied(t *testing.T) {
	table := func(id, width byte, entries ...byte) []byte {
		return segment(0xF8, append([]byte{id, 7, width}, entries...)...)
	}
	var narrow, wide []byte
	var inNarrow, inWide []byte
	for i := range 256 {
		narrow = append(narrow, byte(255-i))
		wide = append(wide, byte(i*7>>8), byte(i*7))
	}
	for _, v := range exampleImage {
		inNarrow = append(inNarrow, 255-v)
		inWide = append(inWide, byte(int(v)*7), byte(int(v)*7>>8))
	}
	mapped := changed(exampleStream, exampleTm, 7)
	for name, c := range map[string]struct {
		stream, want []byte
		precision    int
	}{
		"bytes":     {with(mapped, table(2, 1, narrow...)), inNarrow, 8},
		"words":     {with(mapped, table(2, 2, wide...)), inWide, 11},
		"continued": {with(mapped, table(2, 2, wide[:100]...), table(3, 2, wide[100:]...)), inWide, 11},
		"replaced":  {with(mapped, table(2, 2, wide...), table(2, 1, narrow...)), inNarrow, 8},
		"not used":  {with(exampleStream, table(2, 1, narrow...)), exampleImage, 8},
	} {
		got, h, err := jpegls.Decode(nil, c.stream, 0)
		if err != nil || !bytes.Equal(got, c.want) || h.Precision != c.precision || h.Mapped != (name != "not used") {
			t.Errorf("%s: %v %+v %v", name, got, h, err)
		}
	}
	for name, stream := range map[string][]byte{
		"not there":        mapped,
		"too short":        with(mapped, table(2, 1, narrow[:200]...)),
		"continued alone":  with(mapped, table(3, 1, narrow...)),
		"other width":      with(mapped, table(2, 1, narrow[:100]...), table(3, 2, wide...)),
		"half an entry":    with(mapped, table(2, 2, wide[:99]...)),
		"width of nothing": with(mapped, table(2, 0)),
	} {
		if _, _, err := jpegls.Decode(nil, stream, 0); !isInvalid(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := jpegls.Decode(nil, with(mapped, table(2, 3, wide[:510]...)), 0); !isUnsupported(err) {
		t.Errorf("3 bytes: %v", err)
	}
}

func TestWhatIsNotFollowedIsNamed(t *testing.T) {
	colour, err := jpegls.Encode(nil, make([]byte, 12), jpegls.Head{Width: 2, Height: 2, Components: 3, Precision: 8}, 0)
	if err != nil {
		t.Fatal(err)
	}
	five := with(exampleStream[:2], segment(0xF7, 8, 0, 4, 0, 4, 5, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0, 5, 0x11, 0))
	huge := with(changed(exampleStream, exampleRows, 0, 0, 0, 0), segment(0xF8, 4, 4, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF))
	for name, stream := range map[string][]byte{
		"point transform": changed(exampleStream, exampleScan-1, 1),
		"subsampling":     changed(colour, 13, 0x21),
		"JPEG baseline":   changed(exampleStream, 3, 0xC0),
		"T.870":           changed(exampleStream, 3, 0xF9),
		"T.870's LSE":     with(exampleStream, segment(0xF8, 6, 1)),
		"five components": five,
		"transform 4":     with(exampleStream, segment(0xE8, 'm', 'r', 'f', 'x', 4)),
		"an exabyte":      huge,
	} {
		if _, _, err := jpegls.Decode(nil, stream, 0); !isUnsupported(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// CharLS 2.4 takes the largest sample that is declared for the thresholds only.
// The stream is one of its own, of noise in 10 bits with a largest sample of 700.
func TestStreamsOfCharLSWithALargestSampleAreRead(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 18))
	h := jpegls.Head{Width: 40, Height: 40, Components: 1, Precision: 10}
	in := picture(r, h, 700, ramps)
	// Its thresholds are those of 700, all else is that of 1023.
	h.Preset = jpegls.Preset{MaxVal: 1023, T1: 5, T2: 15, T3: 55, Reset: 64}
	stream, err := jpegls.Encode(nil, in, h, 0)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(stream, []byte{0xFF, 0xF8})
	for _, c := range []struct {
		maxval int
		ok     bool
	}{{1023, true}, {700, true}, {4, false}} {
		b := changed(stream, at+5, byte(c.maxval>>8), byte(c.maxval))
		if got, _, err := jpegls.Decode(nil, b, 0); (err == nil && bytes.Equal(got, in)) != c.ok {
			t.Errorf("largest sample %d: %v", c.maxval, err)
		}
	}
}

func TestTheObjectMustAgreeBeforeAnythingIsAllocated(t *testing.T) {
	good := pixel.Header{Rows: 4, Cols: 4, Samples: 1, Allocated: 8, Stored: 8, HighBit: 7}
	for name, change := range map[string]func(*pixel.Header){
		"rows":    func(h *pixel.Header) { h.Rows = 5 },
		"columns": func(h *pixel.Header) { h.Cols = 3 },
		"samples": func(h *pixel.Header) { h.Samples = 3 },
		"float":   func(h *pixel.Header) { h.Allocated, h.Float = 32, true },
	} {
		h := good
		change(&h)
		if _, err := (jpegls.Decoder{}).Decode(nil, exampleStream, &h); !isInvalid(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	h := good
	h.Allocated = 1
	if _, err := (jpegls.Decoder{}).Decode(nil, exampleStream, &h); !isUnsupported(err) {
		t.Errorf("1 bit: %v", err)
	}
	for _, bits := range []int{8, 16, 32} {
		h := good
		h.Allocated, h.Planar = bits, true
		dst := make([]byte, 0, 64)
		got, err := jpegls.Decoder{}.Decode(dst, exampleStream, &h)
		if err != nil || len(got) != 2*bits || h.Planar || &got[0] != &dst[:1][0] {
			t.Fatalf("%d bits: %v %v", bits, got, err)
		}
		for i, v := range exampleImage {
			if got[i*bits/8] != v {
				t.Errorf("%d bits: %v", bits, got)
			}
		}
	}
}

func TestJPEGLSChromaIsNeverSubsampled(t *testing.T) {
	stream, err := jpegls.Encode(nil, []byte{1, 2, 3, 4, 5, 6}, jpegls.Head{Width: 2, Height: 1, Components: 3, Precision: 8, Interleave: jpegls.Sample}, 0)
	if err != nil {
		t.Fatal(err)
	}
	h := pixel.Header{Rows: 1, Cols: 2, Samples: 3, Allocated: 8, Stored: 8, HighBit: 7, Photometric: "YBR_FULL_422"}
	got, err := jpegls.Decoder{}.Decode(nil, stream, &h)
	if err != nil || !bytes.Equal(got, []byte{1, 2, 3, 4, 5, 6}) || h.Photometric != "YBR_FULL" {
		t.Errorf("%v %s %v", got, h.Photometric, err)
	}
	h.Photometric = "YBR_PARTIAL_420"
	if _, err := (jpegls.Decoder{}).Decode(nil, stream, &h); !isUnsupported(err) {
		t.Errorf("YBR_PARTIAL_420: %v", err)
	}
}
