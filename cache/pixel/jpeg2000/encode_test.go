package jpeg2000

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
)

// written are pictures for our encoder.
var written = []struct {
	picture
	transform bool
}{
	{grey8, false}, {grey12, false}, {signed16, false}, {rgb8, true}, {rgb8, false},
	{picture{1, 1, 1, 8, false}, false}, {picture{1, 9, 3, 8, false}, true}, {picture{2, 3, 1, 16, false}, false},
	{picture{65, 64, 1, 1, false}, false}, {picture{700, 90, 1, 16, true}, false}, {picture{90, 60, 3, 16, false}, true},
	{picture{90, 60, 2, 10, true}, false}, {picture{64, 64, 1, 24, false}, false}, {picture{64, 64, 3, 26, true}, true},
}

func (p picture) head() Head {
	return Head{Width: p.w, Height: p.h, Components: p.n, Precision: p.bits, Signed: p.signed}
}

func encoded(t testing.TB, p picture, transform bool) []byte {
	t.Helper()
	b, err := Encode(nil, p.samples(), p.head(), transform)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestWhatIsEncodedComesBack(t *testing.T) {
	for _, p := range written {
		got, h, err := Decode(nil, encoded(t, p.picture, p.transform), 0)
		if err != nil || !bytes.Equal(got, p.samples()) || !h.Reversible || h.Precision != p.bits || h.Signed != p.signed {
			t.Errorf("%+v: %v, %+v", p, err, h)
		}
	}
}

func TestTheWorstOfSamplesComeBack(t *testing.T) {
	for _, bits := range []int{1, 8, 16} {
		for kind, at := range []func(x, y int) bool{
			func(x, y int) bool { return (x+y)%2 == 0 }, func(x, y int) bool { return x%2 == 0 },
			func(x, y int) bool { return x%4 < 2 != (y%4 < 2) }, func(x, y int) bool { return true },
		} {
			p := picture{64, 64, 3, bits, false}
			b := make([]byte, 64*64*3*p.cell())
			for i := range 64 * 64 {
				for c := range 3 {
					if at(i%64+c, i/64) {
						putCell(b[(3*i+c)*p.cell():], 1<<bits-1, p.cell())
					}
				}
			}
			src, err := Encode(nil, b, p.head(), true)
			if err != nil {
				t.Fatal(err)
			}
			if got, _, err := Decode(nil, src, 0); err != nil || !bytes.Equal(got, b) {
				t.Errorf("%d bits, pattern %d: %v", bits, kind, err)
			}
		}
	}
}

func TestOpenJPEGReadsWhatIsEncoded(t *testing.T) {
	for _, p := range written {
		if p.bits > 16 || p.n == 2 {
			continue // its raw files have no such
		}
		got, err := decompressed(t, encoded(t, p.picture, p.transform), p.n, p.cell())
		if err != nil || !bytes.Equal(extended(got, p.picture), p.samples()) {
			t.Errorf("%+v: %v", p, err)
		}
	}
}

func TestGDCMReadsWhatIsEncoded(t *testing.T) {
	gdcmconv := oracle.Tool(t, "gdcmconv")
	for _, p := range []picture{grey8, grey12, rgb8} {
		dir := t.TempDir()
		in, out := filepath.Join(dir, "in.dcm"), filepath.Join(dir, "out.dcm")
		if err := os.WriteFile(in, part10(p, encoded(t, p, p.n == 3)), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := run(t, gdcmconv, "--raw", in, out); err != nil {
			t.Fatal(err)
		}
		f, err := dicom.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := f.Frame(0); err != nil || !bytes.HasPrefix(got, p.samples()) {
			t.Errorf("%+v: %v", p, err)
		}
	}
}

// part10 wraps a codestream into a file.
func part10(p picture, frame []byte) []byte {
	var b []byte
	el := func(group, elem uint16, vr, v string) {
		b = binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(b, group), elem)
		if len(v)%2 != 0 {
			v += "\x00"
		}
		b = append(binary.LittleEndian.AppendUint16(append(b, vr...), uint16(len(v))), v...)
	}
	us := func(elem uint16, v int) {
		el(0x28, elem, "US", string(binary.LittleEndian.AppendUint16(nil, uint16(v))))
	}
	b = append(make([]byte, 128), "DICM"...)
	el(2, 0, "UL", "\x5A\x00\x00\x00")
	el(2, 2, "UI", "1.2.840.10008.5.1.4.1.1.7")
	el(2, 3, "UI", "1.2.3.4")
	el(2, 0x10, "UI", "1.2.840.10008.1.2.4.90")
	el(2, 0x12, "UI", "1.2.3")
	binary.LittleEndian.PutUint32(b[140:], uint32(len(b)-144))
	el(8, 0x16, "UI", "1.2.840.10008.5.1.4.1.1.7")
	el(8, 0x18, "UI", "1.2.3.4")
	us(2, p.n)
	if p.n == 3 {
		el(0x28, 4, "CS", "YBR_RCT")
		us(6, 0)
	} else {
		el(0x28, 4, "CS", "MONOCHROME2")
	}
	us(0x10, p.h)
	us(0x11, p.w)
	us(0x100, 8*p.cell())
	us(0x101, p.bits)
	us(0x102, p.bits-1)
	us(0x103, 0)
	if len(frame)%2 != 0 {
		frame = append(frame, 0)
	}
	b = append(b, "\xE0\x7F\x10\x00OB\x00\x00\xFF\xFF\xFF\xFF\xFE\xFF\x00\xE0\x00\x00\x00\x00\xFE\xFF\x00\xE0"...)
	b = append(binary.LittleEndian.AppendUint32(b, uint32(len(frame))), frame...)
	return append(b, "\xFE\xFF\xDD\xE0\x00\x00\x00\x00"...)
}

func TestSamplesThatDoNotFitAreRefused(t *testing.T) {
	var inv *dicom.InvalidError
	var uns *dicom.UnsupportedError
	for _, c := range []struct {
		samples []byte
		h       Head
		as      any
	}{
		{[]byte{1, 2, 16}, Head{Width: 3, Height: 1, Components: 1, Precision: 4}, &inv},
		{[]byte{0xF7}, Head{Width: 1, Height: 1, Components: 1, Precision: 4, Signed: true}, &inv},
		{[]byte{1, 2, 3}, Head{Width: 2, Height: 1, Components: 1, Precision: 8}, &inv},
		{[]byte{1, 2}, Head{Width: 2, Height: 1, Components: 1, Precision: 12}, &inv},
		{nil, Head{Width: 0, Height: 1, Components: 1, Precision: 8}, &inv},
		{make([]byte, 4), Head{Width: 1, Height: 1, Components: 1, Precision: 27}, &uns},
		{nil, Head{Width: 1 << 20, Height: 1 << 20, Components: 1, Precision: 8}, &uns},
	} {
		if _, err := Encode(nil, c.samples, c.h, false); !errors.As(err, c.as) {
			t.Errorf("%+v: %v", c.h, err)
		}
	}
}
