package jpeg_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/pixel/jpeg"
)

var one = [][2]int{{1, 1}}

// layouts are the components that streams of all kinds have.
var layouts = [][][2]int{
	one, {{2, 2}}, {{1, 1}, {1, 1}}, {{1, 1}, {1, 1}, {1, 1}}, {{1, 1}, {1, 1}, {1, 1}, {1, 1}},
	{{2, 1}, {1, 1}, {1, 1}}, {{2, 2}, {1, 1}, {1, 1}}, {{2, 2}, {2, 1}, {1, 2}}, {{4, 1}, {2, 1}, {1, 1}, {4, 1}},
	{{2, 2}, {2, 2}, {2, 2}}, {{1, 2}, {1, 1}},
}

func decodes(t *testing.T, p losslessPicture, at samplesFunc, cell int) {
	t.Helper()
	got, h, err := jpeg.Decode(nil, p.encode(at), cell)
	if cell == 0 {
		cell = 1 + (p.bits-1)/8
	}
	if err != nil || h.Width != p.width || h.Height != p.height || h.Precision != p.bits || !h.Lossless() {
		t.Errorf("%v: %+v, %v", p, h, err)
		return
	}
	want := p.pixels(cell, at)
	for i := range want {
		if len(got) != len(want) || got[i] != want[i] {
			t.Errorf("%v: byte %d of %d differs, of %d", p, i, len(want), len(got))
			return
		}
	}
}

func TestLosslessStreamsOfEveryKindAreExact(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for bits := 2; bits <= 16; bits++ {
		for predictor := 1; predictor <= 7; predictor++ {
			for i, sampling := range layouts {
				p := losslessPicture{width: 1 + r.IntN(40), height: 1 + r.IntN(20), bits: bits, sampling: sampling, predictor: predictor}
				p.separate, p.dnl = r.IntN(2) == 0, r.IntN(4) == 0
				p.restart = max(r.IntN(5)-1, 0)
				if r.IntN(3) == 0 {
					p.shift = r.IntN(bits)
				}
				at := p.wild(uint64(i))
				if r.IntN(2) == 0 {
					at = p.noisy(uint64(i))
				}
				decodes(t, p, at, []int{0, 2, 4}[r.IntN(3)])
			}
		}
	}
}

// TestLongLosslessScansCrossTheWindow: data of more than the decoder's window,
// lines of more samples than it takes at once, more than eight intervals.
func TestLongLosslessScansCrossTheWindow(t *testing.T) {
	for _, p := range []losslessPicture{
		{width: 700, height: 300, bits: 16, sampling: one, predictor: 4},
		{width: 700, height: 300, bits: 12, sampling: one, predictor: 7, restart: 11},
		{width: 65535, height: 2, bits: 16, sampling: one, predictor: 5},
		{width: 20001, height: 3, bits: 8, sampling: [][2]int{{1, 1}, {1, 1}, {1, 1}}, predictor: 6},
		{width: 20001, height: 3, bits: 9, sampling: [][2]int{{1, 1}, {1, 1}}, predictor: 2},
		{width: 1, height: 70000 - 4465, bits: 16, sampling: one, predictor: 1, restart: 1},
	} {
		decodes(t, p, p.wild(3), 0)
	}
}

// TestBitsBehindCategorySixteenAreTakenWhereTheyStand: the standard has none, some
// writers 16; both streams give their frame.
func TestBitsBehindCategorySixteenAreTakenWhereTheyStand(t *testing.T) {
	for _, restart := range []int{0, 2} {
		for predictor := 1; predictor <= 7; predictor++ {
			p := losslessPicture{width: 61, height: 23, bits: 16, sampling: one, predictor: predictor, restart: restart}
			at := func(_, x, y int) int { return x*y%7*y&0xFF | ((x*x + y*y*3) % 11 / 9 << 15) }
			for _, p.wide = range []bool{false, true} {
				if n := sixteens(p, at); n == 0 {
					t.Fatalf("%v: no category 16", p)
				}
				decodes(t, p, at, 2)
			}
		}
	}
}

// sixteens counts the differences of category 16.
func sixteens(p losslessPicture, at samplesFunc) int {
	p.wide = false
	short := len(p.encode(at))
	p.wide = true
	return len(p.encode(at)) - short
}

func TestEncodedLosslessFramesComeBack(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	var dst []byte
	for bits := 2; bits <= 16; bits++ {
		for predictor := 1; predictor <= 7; predictor++ {
			for components := 1; components <= 4; components++ {
				p := losslessPicture{width: 1 + r.IntN(50), height: 1 + r.IntN(30), bits: bits, sampling: layouts[9][:1]}
				for len(p.sampling) < components {
					p.sampling = append([][2]int{{2, 2}}, p.sampling...)
				}
				at, cell := p.noisy(uint64(bits)), []int{1 + (bits-1)/8, 2, 4}[r.IntN(3)]
				if r.IntN(2) == 0 {
					at = p.wild(uint64(predictor))
				}
				frame := p.pixels(cell, at)
				var err error
				if dst, err = jpeg.EncodeLossless(dst, frame, p.head(), predictor); err != nil {
					t.Fatal(err)
				}
				got, h, err := jpeg.Decode(nil, dst, cell)
				if err != nil || !bytes.Equal(got, frame) || h.Precision != bits || h.Components != components {
					t.Errorf("%v of %d bytes by %d: %+v %v", p, cell, predictor, h, err)
				}
			}
		}
	}
}

func TestEncodedLosslessFramesSayTheirColour(t *testing.T) {
	for _, colour := range []jpeg.Colour{jpeg.ColourUnsaid, jpeg.ColourYBR, jpeg.ColourRGB} {
		b, err := jpeg.EncodeLossless(nil, make([]byte, 12), jpeg.Head{Width: 2, Height: 2, Components: 3, Precision: 8, Colour: colour}, 1)
		h, err2 := jpeg.ReadHead(b)
		if err != nil || err2 != nil || h.Colour != colour {
			t.Errorf("%d: %+v %v %v", colour, h, err, err2)
		}
	}
}

// TestLosslessCodesAreOptimal: for counts like Fibonacci's, whose Huffman code is
// the longest there is, none is over 16 bits; and a frame of one value takes a bit
// a sample.
func TestLosslessCodesAreOptimal(t *testing.T) {
	var frame []byte
	a, b, last := 1, 1, uint16(0x8000)
	for size := range 17 {
		for range a {
			last += uint16(1 << size >> 1) // a difference of that category
			frame = binary.LittleEndian.AppendUint16(frame, last)
		}
		a, b = b, a+b
	}
	h := jpeg.Head{Width: len(frame) / 2, Height: 1, Components: 1, Precision: 16}
	s, err := jpeg.EncodeLossless(nil, frame, h, 1)
	if err != nil {
		t.Fatal(err)
	}
	if got, _, err := jpeg.Decode(nil, s, 2); err != nil || !bytes.Equal(got, frame) {
		t.Fatal("a skewed frame does not come back", err)
	}
	flat := bytes.Repeat([]byte{128}, 80000)
	s, err = jpeg.EncodeLossless(nil, flat, jpeg.Head{Width: 400, Height: 200, Components: 1, Precision: 8}, 1)
	if err != nil || len(s) > 10000+100 {
		t.Fatalf("a flat frame takes %d bytes, %v", len(s), err)
	}
}

func TestLosslessFramesThatCannotBeEncodedAreRefused(t *testing.T) {
	good := jpeg.Head{Width: 4, Height: 2, Components: 1, Precision: 12}
	for name, c := range map[string]struct {
		samples   int
		predictor int
		set       func(h *jpeg.Head)
	}{
		"too few samples":    {15, 1, func(*jpeg.Head) {}},
		"no samples":         {0, 1, func(*jpeg.Head) {}},
		"cells of 3 bytes":   {24, 1, func(*jpeg.Head) {}},
		"cells too small":    {8, 1, func(*jpeg.Head) {}},
		"no predictor":       {16, 0, func(*jpeg.Head) {}},
		"no such predictor":  {16, 8, func(*jpeg.Head) {}},
		"no size":            {16, 1, func(h *jpeg.Head) { h.Height = 0 }},
		"too wide":           {16, 1, func(h *jpeg.Head) { h.Width = 65536 }},
		"five components":    {80, 1, func(h *jpeg.Head) { h.Components = 5 }},
		"one bit":            {16, 1, func(h *jpeg.Head) { h.Precision = 1 }},
		"17 bits":            {32, 1, func(h *jpeg.Head) { h.Precision = 17 }},
		"a sample too large": {16, 1, func(h *jpeg.Head) { h.Precision = 9 }},
	} {
		h := good
		c.set(&h)
		var inv *dicom.InvalidError
		if _, err := jpeg.EncodeLossless(nil, bytes.Repeat([]byte{0xFF, 0x03}, 40)[:c.samples], h, c.predictor); !errors.As(err, &inv) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := jpeg.EncodeLossless(nil, bytes.Repeat([]byte{0xFF, 0x03}, 8), good, 1); err != nil {
		t.Errorf("the frame that is not changed: %v", err)
	}
}

func TestWrongLosslessStreamsAreRefusedByKind(t *testing.T) {
	p := losslessPicture{width: 20, height: 12, bits: 12, sampling: one, predictor: 1}
	with := func(set func(p *losslessPicture)) []byte { q := p; set(&q); return q.encode(q.noisy(1)) }
	edit := func(b []byte, find string, at int, v byte) []byte {
		b[bytes.Index(b, []byte(find))+at] = v
		return b
	}
	colour := func(p *losslessPicture) { p.sampling, p.separate = layouts[3], true }
	fives := with(func(p *losslessPicture) { p.restart = 5 })
	lastScan := with(colour)
	lastScan = append(lastScan[:bytes.LastIndex(lastScan, []byte{0xFF, 0xDA})], 0xFF, 0xD9)
	var inv *dicom.InvalidError
	var uns *dicom.UnsupportedError
	for name, c := range map[string]struct {
		stream []byte
		want   any
	}{
		"arithmetic":                   {with(func(p *losslessPicture) { p.sof = 0xCB }), &uns},
		"hierarchical":                 {with(func(p *losslessPicture) { p.sof = 0xC7 }), &uns},
		"hierarchical and arithmetic":  {with(func(p *losslessPicture) { p.sof = 0xCF }), &uns},
		"a third of the columns":       {with(func(p *losslessPicture) { p.sampling = [][2]int{{3, 1}, {2, 1}} }), &uns},
		"predictor 0":                  {edit(with(func(*losslessPicture) {}), "\xFF\xDA", 7, 0), &inv},
		"predictor 8":                  {edit(with(func(*losslessPicture) {}), "\xFF\xDA", 7, 8), &inv},
		"a band":                       {edit(with(func(*losslessPicture) {}), "\xFF\xDA", 8, 63), &inv},
		"all bits shifted out":         {edit(with(func(*losslessPicture) {}), "\xFF\xDA", 9, 12), &inv},
		"17 bits":                      {edit(with(func(*losslessPicture) {}), "\xFF\xC3", 4, 17), &inv},
		"a table that is not there":    {edit(with(func(*losslessPicture) {}), "\xFF\xDA", 6, 0x30), &inv},
		"no scan of one component":     {lastScan, &inv},
		"restarts within a line":       {edit(bytes.Clone(fives), "\xFF\xDD", 5, 99), &inv},
		"another restart marker":       {edit(bytes.Clone(fives), "\xFF\xD1", 1, 0xD3), &inv},
		"restarts that do not come":    {edit(bytes.Clone(fives), "\xFF\xDD", 5, 80), &inv},
		"more lines than data":         {edit(with(func(*losslessPicture) {}), "\xFF\xC3", 6, 13), &inv},
		"a code that is not in table":  {unknownCode(p), &inv},
		"data that end in the shifted": {cutData(with(func(p *losslessPicture) { p.shift = 3 })), &inv},
	} {
		if _, _, err := jpeg.Decode(nil, c.stream, 2); !errors.As(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// unknownCode is a stream that starts with a code of ones.
func unknownCode(p losslessPicture) []byte {
	b := p.encode(p.noisy(1))
	at := bytes.Index(b, []byte{0xFF, 0xDA}) + 10
	return append(b[:at:at], append([]byte{0xFF, 0, 0xFF, 0, 0xFF, 0}, b[at:]...)...)
}

// cutData is a stream without the last 4 bytes of its data, but with EOI.
func cutData(b []byte) []byte { return append(b[:len(b)-6:len(b)-6], 0xFF, 0xD9) }

// TestCutLosslessStreamsAreNeverFilledUp: wherever a stream ends before its data
// do, it is invalid.
func TestCutLosslessStreamsAreNeverFilledUp(t *testing.T) {
	for _, p := range []losslessPicture{
		{width: 20, height: 12, bits: 12, sampling: one, predictor: 1},
		{width: 9, height: 12, bits: 16, sampling: layouts[3], predictor: 6, restart: 3},
		{width: 9, height: 12, bits: 8, sampling: layouts[6], predictor: 4},
		{width: 9, height: 12, bits: 8, sampling: layouts[3], predictor: 7, separate: true},
	} {
		b := p.encode(p.wild(1))
		var inv *dicom.InvalidError
		for n := range len(b) - 3 { // without EOI and the last byte of data
			if _, _, err := jpeg.Decode(nil, b[:n], 0); !errors.As(err, &inv) {
				t.Fatalf("%v: %d of %d bytes: %v", p, n, len(b), err)
			}
		}
		if _, _, err := jpeg.Decode(nil, b[:len(b)-2], 0); err != nil {
			t.Errorf("%v: all but EOI: %v", p, err)
		}
	}
}

// TestLosslessFramesAreDecodedIntoWhatIsGiven: nothing of the frame's size is
// allocated where dst has room.
func TestLosslessFramesAreDecodedIntoWhatIsGiven(t *testing.T) {
	p := losslessPicture{width: 300, height: 200, bits: 12, sampling: one, predictor: 1}
	at := p.noisy(1)
	src, dst := p.encode(at), make([]byte, 2*300*200)
	h := pixel.Header{Rows: 200, Cols: 300, Samples: 1, Allocated: 16, Stored: 12, Photometric: "MONOCHROME2"}
	n := testing.AllocsPerRun(20, func() {
		q := h
		if got, err := (jpeg.Decoder{}).Decode(dst, src, &q); err != nil || &got[0] != &dst[0] {
			t.Fatal(err)
		}
	})
	if n > 8 || !bytes.Equal(dst, p.pixels(2, at)) {
		t.Errorf("%.0f allocations", n)
	}
}
