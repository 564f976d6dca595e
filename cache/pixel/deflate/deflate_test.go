package deflate_test

import (
	"bytes"
	"compress/zlib"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/pixel/deflate"
)

func native(h pixel.Header) []byte {
	r := rand.New(rand.NewPCG(3, 4))
	out := make([]byte, h.Bytes())
	for i := range out {
		out[i] = byte(r.IntN(5))
	}
	return out
}

func encoded(t testing.TB, b []byte) []byte {
	t.Helper()
	out, err := deflate.Encode(nil, b)
	if err != nil || len(out)%2 != 0 {
		t.Fatalf("%d bytes, %v", len(out), err)
	}
	return out
}

func TestEveryLayoutComesBackAsItWas(t *testing.T) {
	for _, h := range []pixel.Header{
		{Rows: 5, Cols: 7, Samples: 1, Allocated: 1}, {Rows: 16, Cols: 8, Samples: 1, Allocated: 1},
		{Rows: 31, Cols: 7, Samples: 1, Allocated: 16}, {Rows: 5, Cols: 8, Samples: 3, Allocated: 8, Planar: true, Photometric: "RGB"},
		{Rows: 5, Cols: 8, Samples: 3, Allocated: 8, Photometric: "YBR_FULL_422"}, {Rows: 3, Cols: 3, Samples: 1, Allocated: 64, Float: true},
		{Rows: 700, Cols: 701, Samples: 1, Allocated: 16},
	} {
		want, layout := native(h), h
		got, err := deflate.Decoder{}.Decode(bytes.Repeat([]byte{9}, 40), encoded(t, want), &layout)
		if err != nil || !bytes.Equal(got, want) || layout != h {
			t.Errorf("%+v: %v, equal %v, now %+v", h, err, bytes.Equal(got, want), layout)
		}
	}
}

func TestBrokenStreamsAreInvalidAndLongOnesCut(t *testing.T) {
	h := pixel.Header{Rows: 20, Cols: 20, Samples: 1, Allocated: 16}
	good := encoded(t, native(h))
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	w.Write(native(h))
	w.Close()
	for name, b := range map[string][]byte{
		"nothing": nil, "half": good[:len(good)/2], "less than a frame": encoded(t, native(h)[:799]),
		"zlib around it": z.Bytes(), "reserved block type": {0xFF, 0xFF},
	} {
		var inv *dicom.InvalidError
		if _, err := (deflate.Decoder{}).Decode(nil, b, &h); !errors.As(err, &inv) {
			t.Errorf("%s: %v", name, err)
		}
	}
	bomb := encoded(t, make([]byte, 64<<20))
	dst := make([]byte, 0, 800)
	n := testing.AllocsPerRun(3, func() {
		if out, err := (deflate.Decoder{}).Decode(dst, bomb, &h); err != nil || len(out) != 800 {
			t.Errorf("a stream that goes on: %d bytes, %v", len(out), err)
		}
	})
	if n > 20 {
		t.Errorf("%v allocations for a frame that was asked for", n)
	}
	huge := pixel.Header{Rows: 65535, Cols: 65535, Samples: 1, Allocated: 16}
	var inv *dicom.InvalidError
	if _, err := (deflate.Decoder{}).Decode(nil, good, &huge); !errors.As(err, &inv) {
		t.Errorf("a frame of 8 GB in %d bytes: %v", len(good), err)
	}
}

// FuzzDecode promises: errors are ours, and what is decoded has the frame's size.
func FuzzDecode(f *testing.F) {
	f.Add(encoded(f, []byte{1, 2, 3, 4}), 1, 2, 16)
	f.Add(encoded(f, make([]byte, 300)), 30, 80, 1)
	f.Add([]byte{0x03, 0x00}, 1, 1, 8)
	f.Fuzz(func(t *testing.T, b []byte, rows, cols, bits int) {
		h := pixel.Header{Rows: 1 + rows&0xFFF, Cols: 1 + cols&0xFFF, Samples: 1, Allocated: []int{1, 8, 16, 32}[bits&3]}
		out, err := deflate.Decoder{}.Decode(nil, b, &h)
		var inv *dicom.InvalidError
		if err != nil && !errors.As(err, &inv) || err == nil && int64(len(out)) != h.Bytes() {
			t.Fatalf("%d bytes, %v", len(out), err)
		}
	})
}

func BenchmarkDecode1024x1024x16(b *testing.B) {
	h := pixel.Header{Rows: 1024, Cols: 1024, Samples: 1, Allocated: 16}
	in := encoded(b, native(h))
	var dst []byte
	b.SetBytes(h.Bytes())
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if dst, err = (deflate.Decoder{}).Decode(dst, in, &h); err != nil {
			b.Fatal(err)
		}
	}
}
