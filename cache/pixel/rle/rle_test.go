package rle_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/pixel/rle"
)

// packed is PackBits with literal runs only where nothing repeats.
func packed(b []byte) (out []byte) {
	for len(b) > 0 {
		n := 1
		for n < len(b) && n < 128 && b[n] == b[0] {
			n++
		}
		if n > 1 {
			out = append(out, byte(1-n), b[0])
		} else {
			out = append(out, 0, b[0])
		}
		b = b[n:]
	}
	return out
}

// frame joins segments behind their head (PS3.5 G.5).
func frame(segments ...[]byte) []byte {
	head := make([]byte, 64)
	binary.LittleEndian.PutUint32(head, uint32(len(segments)))
	for i, s := range segments {
		if i < 15 {
			binary.LittleEndian.PutUint32(head[4+4*i:], uint32(len(head)))
		}
		head = append(head, s...)
	}
	return head
}

// encode is the reverse of Decode.
func encode(native []byte, h pixel.Header) []byte {
	size := max(h.Allocated/8, 1)
	step := size * h.Samples
	var segments [][]byte
	for s := range h.Samples {
		for k := range size {
			var plane []byte
			for at := s*size + size - 1 - k; at < len(native); at += step {
				plane = append(plane, native[at])
			}
			segments = append(segments, packed(plane))
		}
	}
	return frame(segments...)
}

func TestEveryCellSizeComesBack(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, h := range []pixel.Header{
		{Rows: 5, Cols: 7, Samples: 1, Allocated: 8}, {Rows: 5, Cols: 7, Samples: 1, Allocated: 16},
		{Rows: 5, Cols: 7, Samples: 1, Allocated: 32}, {Rows: 5, Cols: 7, Samples: 3, Allocated: 8},
		{Rows: 9, Cols: 20, Samples: 3, Allocated: 16, Planar: true}, {Rows: 3, Cols: 3, Samples: 1, Allocated: 1},
		{Rows: 5, Cols: 8, Samples: 3, Allocated: 32}, {Rows: 100, Cols: 100, Samples: 1, Allocated: 16},
	} {
		native := make([]byte, h.Bytes())
		for i := range native {
			native[i] = byte(r.IntN(3)) // runs and singles
		}
		layout := h
		got, err := rle.Decoder{}.Decode(nil, append(encode(native, h), 0, 0), &layout)
		if err != nil || !bytes.Equal(got, native) || layout.Planar {
			t.Errorf("%+v: %v, equal %v", h, err, bytes.Equal(got, native))
		}
	}
}

func TestRunsAreReadAsTheStandardWritesThem(t *testing.T) {
	// Two literals, no operation, four repeats, one literal.
	seg := []byte{1, 10, 11, 0x80, 0xFD, 20, 0, 30}
	h := pixel.Header{Rows: 1, Cols: 7, Samples: 1, Allocated: 8}
	got, err := rle.Decoder{}.Decode(nil, frame(seg), &h)
	if want := []byte{10, 11, 20, 20, 20, 20, 30}; err != nil || !bytes.Equal(got, want) {
		t.Errorf("%v %v, want %v", got, err, want)
	}
}

func TestRLEChromaIsNeverSubsampled(t *testing.T) {
	h := pixel.Header{Rows: 1, Cols: 2, Samples: 3, Allocated: 8, Photometric: "YBR_FULL_422"}
	got, err := rle.Decoder{}.Decode(nil, encode([]byte{1, 2, 3, 4, 5, 6}, h), &h)
	if err != nil || len(got) != 6 || h.Photometric != "YBR_FULL" {
		t.Errorf("%v %v %s", got, err, h.Photometric)
	}
}

func TestBrokenFramesAreInvalid(t *testing.T) {
	good := frame([]byte{0xFD, 20})
	outside := bytes.Clone(good)
	outside[4] = 200
	intoHead := bytes.Clone(good)
	intoHead[4] = 8
	backwards := frame([]byte{0xFD, 1}, []byte{0xFD, 2})
	copy(backwards[4:8], []byte{66, 0, 0, 0})
	copy(backwards[8:12], []byte{64, 0, 0, 0})
	for name, c := range map[string]struct {
		frame []byte
		h     pixel.Header
	}{
		"empty":              {nil, pixel.Header{Rows: 1, Cols: 4, Samples: 1, Allocated: 8}},
		"no head":            {good[:63], pixel.Header{Rows: 1, Cols: 4, Samples: 1, Allocated: 8}},
		"other segments":     {good, pixel.Header{Rows: 1, Cols: 4, Samples: 1, Allocated: 16}},
		"ends early":         {good, pixel.Header{Rows: 1, Cols: 5, Samples: 1, Allocated: 8}},
		"literal ends early": {frame([]byte{5, 1, 2}), pixel.Header{Rows: 1, Cols: 4, Samples: 1, Allocated: 8}},
		"offset outside":     {outside, pixel.Header{Rows: 1, Cols: 4, Samples: 1, Allocated: 8}},
		"offset in the head": {intoHead, pixel.Header{Rows: 1, Cols: 4, Samples: 1, Allocated: 8}},
		"offsets backwards":  {backwards, pixel.Header{Rows: 1, Cols: 4, Samples: 1, Allocated: 16}},
		"a bomb":             {good, pixel.Header{Rows: 60000, Cols: 15000, Samples: 1, Allocated: 8}},
	} {
		var inv *dicom.InvalidError
		if _, err := (rle.Decoder{}).Decode(nil, c.frame, &c.h); !errors.As(err, &inv) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzDecode promises: errors are ours, what is decoded has the frame's size and
// at most 64 times the input's, and encoding it again decodes to the same.
func FuzzDecode(f *testing.F) {
	f.Add(frame([]byte{0xFD, 20}), 1, 4, 1, 8)
	f.Add(frame([]byte{1, 1, 2}, []byte{0xFF, 7}), 1, 2, 1, 16)
	f.Add([]byte{}, 1, 1, 3, 8)
	f.Fuzz(func(t *testing.T, b []byte, rows, cols, samples, bits int) {
		h := pixel.Header{Rows: 1 + rows&0xFFF, Cols: 1 + cols&0xFFF, Samples: 1 + 2*(samples&1), Allocated: 8 << (bits & 1)}
		got, err := rle.Decoder{}.Decode(nil, b, &h)
		var inv *dicom.InvalidError
		if err != nil {
			if !errors.As(err, &inv) {
				t.Fatalf("not our error: %v", err)
			}
			return
		}
		if int64(len(got)) != h.Bytes() || len(got) > 64*len(b) {
			t.Fatalf("%d bytes of %d", len(got), len(b))
		}
		again, err := rle.Decoder{}.Decode(nil, encode(got, h), &h)
		if err != nil || !bytes.Equal(again, got) {
			t.Fatalf("not stable: %v", err)
		}
	})
}

func BenchmarkDecode512x512x16(b *testing.B) {
	h := pixel.Header{Rows: 512, Cols: 512, Samples: 1, Allocated: 16}
	native := make([]byte, h.Bytes())
	for i := range native {
		native[i] = byte(i / 5)
	}
	in := encode(native, h)
	b.SetBytes(h.Bytes())
	for b.Loop() {
		if _, err := (rle.Decoder{}).Decode(nil, in, &h); err != nil {
			b.Fatal(err)
		}
	}
}
