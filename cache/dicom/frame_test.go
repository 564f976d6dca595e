package dicom

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"
)

// image is a native object of 2 × 2 pixels.
func image(bits, samples, frames int, native []byte) *File {
	d := &Dataset{}
	d.SetInt(Rows, 2)
	d.SetInt(Columns, 2)
	d.SetInt(BitsAllocated, bits)
	d.SetInt(SamplesPerPixel, samples)
	d.SetInt(NumberOfFrames, frames)
	return &File{Dataset: d, Pixel: PixelData{Tag: PixelDataTag, VR: "OW", Native: native}}
}

func TestNativeFramesAreCutByBits(t *testing.T) {
	f := image(16, 1, 2, []byte("ABCDEFGHabcdefgh"))
	if b, err := f.Frame(1); err != nil || string(b) != "abcdefgh" {
		t.Errorf("%q %v", b, err)
	}
	one := image(1, 1, 3, []byte{0b0110_1001, 0b0000_1101})
	for i, want := range []byte{0b1001, 0b0110, 0b1101} {
		if b, err := one.Frame(i); err != nil || len(b) != 1 || b[0]&0xF != want {
			t.Errorf("1-bit frame %d: %v %v", i, b, err)
		}
	}
	ybr := image(8, 3, 2, []byte("YYUVYYUVyyuvyyuv"))
	ybr.Dataset.SetStr(PhotometricInterpretation, "YBR_FULL_422")
	if b, err := ybr.Frame(1); err != nil || string(b) != "yyuvyyuv" {
		t.Errorf("%q %v", b, err)
	}
}

func TestFramesBeyondTheBytesAreErrors(t *testing.T) {
	var inv *InvalidError
	f := image(16, 1, 1<<31-1, []byte("ABCDEFGHab"))
	if b, err := f.Frame(1); !errors.As(err, &inv) || string(b) != "ab" {
		t.Errorf("cut frame: %q %v", b, err)
	}
	for _, i := range []int{-1, 2, 1 << 30, 1<<31 - 1} {
		if b, err := f.Frame(i); !errors.As(err, &inv) || b != nil {
			t.Errorf("frame %d: %q %v", i, b, err)
		}
	}
	f.Dataset.SetInt(Rows, 0)
	if _, err := f.Frame(0); !errors.As(err, &inv) {
		t.Errorf("no rows: %v", err)
	}
	var uns *UnsupportedError
	if _, err := (&File{Dataset: &Dataset{}}).Frame(0); !errors.As(err, &uns) {
		t.Errorf("no pixels: %v", err)
	}
	d := &Dataset{}
	d.SetStr(NumberOfFrames, "-1")
	if n := Frames(&File{Dataset: d}); n != 1 {
		t.Errorf("%d frames", n)
	}
}

func TestFragmentsAreGroupedToFrames(t *testing.T) {
	a, b, c := []byte{0xFF, 0xD8, 0xFF, 1}, []byte{2, 2}, []byte{0xFF, 0xD8, 0xFF, 3}
	ab := append(bytes.Clone(a), b...)
	for name, tc := range map[string]struct {
		p    PixelData
		want [][]byte
	}{
		"one to one":          {PixelData{Fragments: [][]byte{a, c}}, [][]byte{a, c}},
		"all in one":          {PixelData{Fragments: [][]byte{a, b}}, [][]byte{ab}},
		"basic table":         {PixelData{Fragments: [][]byte{a, b, c}, BOT: []uint32{0, 22}}, [][]byte{ab, c}},
		"extended table":      {PixelData{Fragments: [][]byte{a, c}, EOT: []uint64{0, 12}, EOTLengths: []uint64{3, 4}}, [][]byte{a[:3], c}},
		"wrong table, marker": {PixelData{Fragments: [][]byte{a, b, c}, BOT: []uint32{0, 23}}, [][]byte{ab, c}},
		"marker":              {PixelData{Fragments: [][]byte{a, b, c}}, [][]byte{ab, c}},
		"fewer than claimed":  {PixelData{Fragments: [][]byte{a}}, [][]byte{a, nil}},
	} {
		tc.p.Tag, tc.p.Encapsulated = PixelDataTag, true
		f := image(8, 1, len(tc.want), nil)
		f.Pixel = tc.p
		for i, want := range tc.want {
			got, err := f.Frame(i)
			if !bytes.Equal(got, want) || (err == nil) != (want != nil) {
				t.Errorf("%s, frame %d: % x %v", name, i, got, err)
			}
		}
	}
	f := image(8, 1, 2, nil)
	f.Pixel = PixelData{Tag: PixelDataTag, Encapsulated: true, Fragments: [][]byte{b, b, b}}
	var uns *UnsupportedError
	if _, err := f.Frame(0); !errors.As(err, &uns) {
		t.Errorf("no way to group: %v", err)
	}
}

func TestOffsetTablesAreReadAndLeaveTheDataSet(t *testing.T) {
	eot := string(binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, 0), 12))
	lens := string(binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, 3), 4))
	body := join(evle.el(NumberOfFrames, "IS", "2 "), evle.el(tagEOT, "OV", eot), evle.el(tagEOTLen, "OV", lens),
		evle.head(PixelDataTag, "OB", undefined), evle.el(tagItem, "", "\x00\x00\x00\x00\x0c\x00\x00\x00"),
		evle.el(tagItem, "", "abc\x00"), evle.el(tagItem, "", "defg"), evle.head(tagSeqEnd, "", 0), evle.el(0xFFFAFFFA, "SQ", ""))
	f := parsed(t, part10(JPEG2000Lossless, body))
	if f.Dataset.Has(tagEOT) || len(f.Pixel.EOT) != 2 || len(f.Pixel.BOT) != 2 || f.Pixel.BOT[1] != 12 || !f.Dataset.Has(0xFFFAFFFA) {
		t.Errorf("%+v", f.Pixel)
	}
	if b, err := f.Frame(0); err != nil || string(b) != "abc" {
		t.Errorf("%q %v", b, err)
	}
	if b, err := f.Frame(1); err != nil || string(b) != "defg" {
		t.Errorf("%q %v", b, err)
	}
}
