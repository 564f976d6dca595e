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

// encode is the reverse of Decode, written as plainly as the standard puts it.
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

func TestOurFramesComeBackFromEveryLayout(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 1))
	for _, h := range []pixel.Header{
		{Rows: 5, Cols: 7, Samples: 1, Allocated: 8}, {Rows: 7, Cols: 300, Samples: 1, Allocated: 16},
		{Rows: 3, Cols: 5, Samples: 1, Allocated: 64}, {Rows: 40, Cols: 129, Samples: 3, Allocated: 8},
		{Rows: 9, Cols: 20, Samples: 3, Allocated: 16, Planar: true}, {Rows: 9, Cols: 16, Samples: 1, Allocated: 1},
		{Rows: 9, Cols: 15, Samples: 1, Allocated: 1}, {Rows: 90, Cols: 515, Samples: 3, Allocated: 32, Planar: true},
		{Rows: 2, Cols: 2, Samples: 3, Allocated: 8, Photometric: "YBR_FULL_422"},
	} {
		full := h
		full.Upsampled()
		native := make([]byte, full.Bytes())
		for i := range native {
			if i > 0 && r.IntN(3) > 0 {
				native[i] = native[i-1]
			} else {
				native[i] = byte(r.IntN(256))
			}
		}
		coded, err := rle.Encode(nil, native, h)
		if err != nil {
			t.Errorf("%+v: %v", h, err)
			continue
		}
		checkSegments(t, coded, h)
		want := native
		if h.Planar {
			want = byPixel(native, h)
		}
		layout := h
		got, err := rle.Decoder{}.Decode(bytes.Repeat([]byte{0xAA}, len(native)+9), coded, &layout)
		if err != nil || !bytes.Equal(got, want) || layout.Planar {
			t.Errorf("%+v: %v, equal %v", h, err, bytes.Equal(got, want))
		}
	}
}

func byPixel(planes []byte, h pixel.Header) (out []byte) {
	size, plane := h.Allocated/8, len(planes)/3
	for i := 0; i < plane; i += size {
		for s := range 3 {
			out = append(out, planes[s*plane+i:s*plane+i+size]...)
		}
	}
	return out
}

// checkSegments: even lengths, and runs that end with each row (PS3.5 G.3.1, G.4).
func checkSegments(t *testing.T, coded []byte, h pixel.Header) {
	t.Helper()
	n := int(binary.LittleEndian.Uint32(coded))
	for i := range n {
		from, to := int(binary.LittleEndian.Uint32(coded[4+4*i:])), len(coded)
		if i+1 < n {
			to = int(binary.LittleEndian.Uint32(coded[8+4*i:]))
		}
		if (to-from)%2 != 0 {
			t.Errorf("%+v: segment %d has %d bytes", h, i, to-from)
		}
		seg, at := coded[from:to], 0
		for rows := 0; rows < h.Rows && h.Allocated > 1; rows++ {
			sum := 0
			for sum < h.Cols {
				c := int(seg[at])
				if c > 128 {
					sum, at = sum+257-c, at+2
				} else {
					sum, at = sum+c+1, at+c+2
				}
			}
			if sum != h.Cols {
				t.Fatalf("%+v: a run goes over the end of row %d", h, rows)
			}
		}
	}
}

func TestWhatIsNoFrameIsNotEncoded(t *testing.T) {
	var inv *dicom.InvalidError
	if _, err := rle.Encode(nil, make([]byte, 3), pixel.Header{Rows: 2, Cols: 2, Samples: 1, Allocated: 8}); !errors.As(err, &inv) {
		t.Errorf("three bytes for four: %v", err)
	}
	var uns *dicom.UnsupportedError
	if _, err := rle.Encode(nil, make([]byte, 24), pixel.Header{Rows: 1, Cols: 1, Samples: 3, Allocated: 64}); !errors.As(err, &uns) {
		t.Errorf("24 segments: %v", err)
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
