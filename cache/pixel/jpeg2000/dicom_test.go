package jpeg2000

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"os"
	"path/filepath"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

func (p picture) header(allocated int) pixel.Header {
	h := pixel.Header{Rows: p.h, Cols: p.w, Samples: p.n, Allocated: allocated, Stored: p.bits, HighBit: p.bits - 1, Photometric: "MONOCHROME2"}
	if p.n == 3 {
		h.Photometric, h.Planar = "YBR_RCT", true
	}
	return h
}

func TestAFrameHasItsObjectsCells(t *testing.T) {
	for _, c := range []struct {
		p         picture
		allocated int
	}{{grey8, 8}, {grey8, 16}, {grey12, 16}, {grey12, 32}, {signed16, 16}, {rgb8, 8}} {
		h := c.p.header(c.allocated)
		got, err := Decoder{}.Decode(nil, encoded(t, c.p, true), &h)
		if err != nil || int64(len(got)) != h.Bytes() || h.Planar || c.p.n == 3 && h.Photometric != "RGB" {
			t.Fatalf("%+v: %v, %+v", c, err, h)
		}
		want := c.p.samples()
		for i := range c.p.w * c.p.h * c.p.n {
			if a, b := cellAt(got, i, c.allocated/8, c.p.signed), cellAt(want, i, c.p.cell(), c.p.signed); a != b {
				t.Fatalf("%+v: sample %d is %d, want %d", c, i, a, b)
			}
		}
	}
}

func TestBitsArePackedLowestFirst(t *testing.T) {
	p := picture{13, 9, 1, 1, false}
	h := p.header(1)
	got, err := Decoder{}.Decode(nil, encoded(t, p, false), &h)
	if err != nil || len(got) != (13*9+7)/8 {
		t.Fatal(err, len(got))
	}
	for i, want := range p.samples() {
		if got[i/8]>>(i%8)&1 != want {
			t.Fatalf("bit %d", i)
		}
	}
}

func TestReducedFramesSayTheirSize(t *testing.T) {
	h := rgb8.header(8)
	src := encoded(t, rgb8, true)
	got, err := Decoder{}.DecodeReduced(nil, src, 2, &h)
	if err != nil || h.Rows != 33 || h.Cols != 38 || int64(len(got)) != h.Bytes() {
		t.Errorf("%v, %+v, %d bytes", err, h, len(got))
	}
	want, _, err := DecodeRegion(nil, src, 0, 2, image.Rectangle{})
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%v, equal %v", err, bytes.Equal(got, want))
	}
	var uns *dicom.UnsupportedError
	h = rgb8.header(8)
	if _, err := (Decoder{}).DecodeReduced(nil, src, 6, &h); !errors.As(err, &uns) {
		t.Errorf("six of five levels: %v", err)
	}
}

func TestAnotherSizeThanTheObjectsIsRefusedBeforeMemoryIsTaken(t *testing.T) {
	src := append(headerOf(60000, 60000, 60000, 60000, 5, 4, 0xFF), 0xFF, 0x90)
	h := grey8.header(8)
	var inv *dicom.InvalidError
	if _, err := (Decoder{}).Decode(nil, src, &h); !errors.As(err, &inv) {
		t.Error(err)
	}
	h = grey8.header(1)
	if _, err := (Decoder{}).Decode(nil, encoded(t, grey8, false), &h); !errors.As(err, &inv) {
		t.Error("eight bits in a cell of one:", err)
	}
}

func TestAJP2FileIsItsCodestream(t *testing.T) {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.rawl"), filepath.Join(dir, "out.jp2")
	if err := os.WriteFile(in, grey8.samples(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(t, "opj_compress", "-i", in, "-o", out, "-F", "137,111,1,8,u"); err != nil {
		t.Fatal(err)
	}
	src, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if got, _, err := Decode(nil, src, 0); err != nil || !bytes.Equal(got, grey8.samples()) {
		t.Errorf("%v", err)
	}
	for n := range 100 {
		if _, _, err := Decode(nil, src[:n], 0); !ours(err) {
			t.Fatalf("%d bytes: %v", n, err)
		}
	}
}

func TestWhatIsNotFollowedIsNamed(t *testing.T) {
	src := encoded(t, rgb8, true)
	cod := bytes.Index(src, []byte{0xFF, 0x52})
	for name, change := range map[string]func(b []byte) []byte{
		"subsampled components": func(b []byte) []byte { b[2+4+34+4] = 2; return b },
		"38 bits":               func(b []byte) []byte { b[2+4+34+2] = 37; return b },
		"array transformation":  func(b []byte) []byte { b[cod+8] = 2; return b },
		"wavelets of part 2":    func(b []byte) []byte { b[cod+13] = 2; return b },
		"mixed code-blocks":     func(b []byte) []byte { b[cod+12] = 0xC0; return b },
		"a marker of part 2": func(b []byte) []byte {
			return append(b[:cod:cod], append([]byte{0xFF, 0x75, 0, 2}, b[cod:]...)...)
		},
	} {
		var uns *dicom.UnsupportedError
		if _, _, err := Decode(nil, change(bytes.Clone(src)), 0); !errors.As(err, &uns) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A component's own style beats the common one and a tile's the main header's,
// whatever stands first (A.6.2, A.6.5).
func TestTheStrongerSegmentWins(t *testing.T) {
	cod := func(levels int) []byte { return []byte{0, 0, 0, 1, 0, byte(levels), 4, 4, 0, 1} }
	coc := func(i, levels int) []byte { return []byte{byte(i), 0, byte(levels), 4, 4, 0, 1} }
	qcd := func(e int) []byte { return []byte{0x40, byte(e << 3)} }
	qcc := func(i, e int) []byte { return append([]byte{byte(i)}, qcd(e)...) }
	main := params{comps: make([]compParams, 3)}
	read := func(p *params, marker int, body []byte) {
		t.Helper()
		if _, err := p.read(marker, body); err != nil {
			t.Fatal(err)
		}
	}
	read(&main, mCOC, coc(1, 2))
	read(&main, mCOD, cod(5))
	read(&main, mQCC, qcc(2, 9))
	read(&main, mQCD, qcd(8))
	tile := main.tile()
	read(&tile, mCOC, coc(0, 3))
	read(&tile, mCOD, cod(4))
	read(&tile, mQCD, qcd(7))
	want := [][2]int{{5, 8}, {2, 8}, {5, 9}}
	wantTile := [][2]int{{3, 7}, {4, 7}, {4, 7}}
	for i := range 3 {
		if got := [2]int{main.comps[i].style.levels, int(main.comps[i].quant.exponent[0])}; got != want[i] {
			t.Errorf("main header, component %d: %v, want %v", i, got, want[i])
		}
		if got := [2]int{tile.comps[i].style.levels, int(tile.comps[i].quant.exponent[0])}; got != wantTile[i] {
			t.Errorf("tile, component %d: %v, want %v", i, got, wantTile[i])
		}
	}
}

func TestARegionOfInterestIsToldFromTheBackgroundByItsMagnitude(t *testing.T) {
	v := []int32{2 * 15, -2 * 15, 2*15 + 1, 2 * 16, -2 * 16, 2*(37<<4) + 1, 0, 1}
	unshift(v, 4)
	want := []int32{30, -30, 31, 2, -2, 74, 0, 1}
	for i := range v {
		if v[i] != want[i] {
			t.Errorf("coefficient %d is %d, want %d", i, v[i], want[i])
		}
	}
}

// joined makes one codestream of three of one component each, component after
// component, with COC and QCC for what differs.
func joined(t *testing.T, a, b, c []byte) []byte {
	t.Helper()
	field := func(src []byte, marker byte) []byte { // the body of a main header's segment
		i := bytes.Index(src, []byte{0xFF, marker})
		return src[i+4 : i+2+int(binary.BigEndian.Uint16(src[i+2:]))]
	}
	out := []byte{0xFF, 0x4F}
	put := func(marker byte, body ...byte) {
		out = append(binary.BigEndian.AppendUint16(append(out, 0xFF, marker), uint16(2+len(body))), body...)
	}
	siz := bytes.Clone(field(a, 0x51))
	siz[35] = 3
	put(0x51, append(append(siz, siz[36:39]...), siz[36:39]...)...)
	cod := bytes.Clone(field(a, 0x52))
	cod[1] = orderCPRL
	put(0x52, cod...)
	put(0x5C, field(a, 0x5C)...)
	var body []byte
	for i, src := range [][]byte{a, b, c} {
		if i > 0 {
			k := field(src, 0x52)
			put(0x53, append([]byte{byte(i), k[0] & 1}, k[5:]...)...)
			put(0x5D, append([]byte{byte(i)}, field(src, 0x5C)...)...)
		}
		var s codestream
		if err := s.readMain(src); err != nil {
			t.Fatal(err)
		}
		if err := s.readParts(src); err != nil {
			t.Fatal(err)
		}
		body = append(body, s.tiles[0].bodies[0]...)
	}
	out = append(out, 0xFF, 0x90, 0, 10, 0, 0)
	out = binary.BigEndian.AppendUint32(out, uint32(14+len(body)))
	out = append(append(append(out, 0, 1, 0xFF, 0x93), body...), 0xFF, 0xD9)
	return out
}

func TestComponentsMayHaveStylesOfTheirOwn(t *testing.T) {
	p := picture{150, 130, 1, 8, false}
	streams := [][]byte{
		compressed(t, p), compressed(t, p, "-n", "2", "-b", "32,32"), compressed(t, p, "-I", "-n", "4", "-b", "16,64"),
		compressed(t, p, "-n", "1", "-b", "8,8"),
	}
	for _, k := range [][3]int{{0, 1, 2}, {2, 0, 1}, {0, 3, 1}, {3, 2, 0}} {
		src := joined(t, streams[k[0]], streams[k[1]], streams[k[2]])
		got, h, err := Decode(nil, src, 0)
		if err != nil {
			t.Fatal(err)
		}
		want, err := decompressed(t, src, 3, 1)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%v: %v, equal %v", k, err, bytes.Equal(got, want))
		}
		region, _, err := DecodeRegion(nil, src, 0, 0, image.Rect(33, 21, 80, 99))
		for y := range 99 - 21 {
			if err != nil || !bytes.Equal(region[y*47*3:(y+1)*47*3], got[((21+y)*h.Width+33)*3:][:47*3]) {
				t.Fatalf("%v: row %d of a region: %v", k, y, err)
			}
		}
	}
}
