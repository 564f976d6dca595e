package jpegls_test

import (
	"bytes"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/nocturne/nocturne/cache/pixel/jpegls"
)

// small is a stream of every kind of interleaving, of few bytes.
func small(t testing.TB) [][]byte {
	t.Helper()
	r := rand.New(rand.NewPCG(19, 20))
	var out [][]byte
	for _, h := range []jpegls.Head{
		{Width: 9, Height: 7, Components: 1, Precision: 12},
		{Width: 9, Height: 7, Components: 1, Precision: 16, Near: 3},
		{Width: 5, Height: 6, Components: 3, Precision: 8, Restart: 2},
		{Width: 5, Height: 6, Components: 3, Precision: 8, Interleave: jpegls.Line, Transform: 1},
		{Width: 5, Height: 6, Components: 4, Precision: 8, Interleave: jpegls.Sample, Restart: 3},
		{Width: 20, Height: 6, Components: 2, Precision: 2, Interleave: jpegls.Sample, Near: 1},
		{Width: 70001, Height: 1, Components: 1, Precision: 8},
	} {
		kind := flats
		if h.Width > 100 {
			kind = bars + 1 // black
		}
		b, err := jpegls.Encode(nil, picture(r, h, 1<<h.Precision-1, kind), h, 0)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b)
	}
	return out
}

func TestStreamsCutAtAnyByteAreInvalid(t *testing.T) {
	for i, stream := range append(small(t), exampleStream) {
		for n := range stream {
			if _, _, err := jpegls.Decode(nil, stream[:n], 0); !isInvalid(err) {
				t.Errorf("stream %d cut to %d of %d bytes: %v", i, n, len(stream), err)
			}
		}
	}
}

func TestDamagedStreamsNeverPanic(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	for _, stream := range append(small(t), exampleStream) {
		for range 2000 {
			b := bytes.Clone(stream)
			for range 1 + r.IntN(3) {
				b[r.IntN(len(b))] = byte(r.Uint32())
			}
			if _, _, err := jpegls.Decode(nil, b, 0); err != nil && !isInvalid(err) && !isUnsupported(err) {
				t.Fatalf("not our error: %v", err)
			}
		}
	}
}

func TestBrokenStreamsAreInvalid(t *testing.T) {
	head := exampleStream[:exampleScan]
	for name, stream := range map[string][]byte{
		"nothing":           {},
		"no SOI":            exampleStream[2:],
		"no frame":          with(exampleStream[:2], exampleStream[15:]),
		"two frames":        with(exampleStream, exampleStream[2:15]),
		"no scan":           {0xFF, 0xD8, 0xFF, 0xD9},
		"no samples":        append(bytes.Clone(head), 0xFF, 0xD9),
		"more samples":      append(append(bytes.Clone(exampleStream[:len(exampleStream)-2]), 1, 2, 3), 0xFF, 0xD9),
		"no EOI":            append(bytes.Clone(exampleStream[:len(exampleStream)-2]), 0, 0),
		"zeros for samples": append(append(bytes.Clone(head), make([]byte, 40)...), 0xFF, 0xD9),
		"1 bit":             changed(exampleStream, exampleP, 1),
		"17 bits":           changed(exampleStream, exampleP, 17),
		"NEAR too large":    changed(exampleStream, exampleTm+1, 128),
		"interleave mode 3": changed(exampleStream, exampleTm+2, 3),
		"T1 above T2":       with(exampleStream, segment(0xF8, 1, 0, 255, 0, 9, 0, 7, 0, 21, 0, 64)),
		"MAXVAL of 9 bits":  with(exampleStream, segment(0xF8, 1, 1, 255, 0, 3, 0, 7, 0, 21, 0, 64)),
		"a reset of 2":      with(exampleStream, segment(0xF8, 1, 0, 255, 0, 3, 0, 7, 0, 21, 0, 2)),
		"LSE too short":     with(exampleStream, segment(0xF8, 1, 0, 255)),
		"DRI of 5 bytes":    with(exampleStream, segment(0xDD, 0, 0, 0, 0, 1)),
		"no restart marker": with(exampleStream, segment(0xDD, 0, 2)),
		"a segment of 1":    with(exampleStream, []byte{0xFF, 0xFE, 0, 1}),
		"a restart marker":  with(exampleStream, []byte{0xFF, 0xD0}),
		"two scans":         append(bytes.Clone(exampleStream[:len(exampleStream)-2]), exampleStream[15:]...),
	} {
		if _, _, err := jpegls.Decode(nil, stream, 0); !isInvalid(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, cell := range []int{-1, 3, 5, 8} {
		if _, _, err := jpegls.Decode(nil, exampleStream, cell); !isInvalid(err) {
			t.Errorf("cells of %d bytes: %v", cell, err)
		}
	}
}

// A line of equal samples takes a bit for 32768 of them: what is larger than that
// cannot be, and is not allocated.
func TestAllocationIsBoundedByWhatTheBytesCanHold(t *testing.T) {
	bomb := changed(exampleStream, exampleRows, 0xFF, 0xFF, 0x40, 0)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, _, err := jpegls.Decode(nil, bomb, 0); !isInvalid(err) {
		t.Errorf("%v", err)
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
		t.Errorf("%d bytes allocated for 65535 lines of 16384", n)
	}
}

func TestDecodingIntoAFrameThatIsThereAllocatesNothing(t *testing.T) {
	stream := small(t)[0]
	dst, _, err := jpegls.Decode(nil, stream, 0)
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(50, func() { dst, _, _ = jpegls.Decode(dst, stream, 0) }); n > 2 {
		t.Errorf("%v allocations", n)
	}
}

func TestWhatCannotBeCodedIsInvalid(t *testing.T) {
	good := jpegls.Head{Width: 4, Height: 4, Components: 1, Precision: 8}
	for name, change := range map[string]func(*jpegls.Head){
		"no width":    func(h *jpegls.Head) { h.Width = 0 },
		"height":      func(h *jpegls.Head) { h.Height = 5 },
		"components":  func(h *jpegls.Head) { h.Components = 5 },
		"1 bit":       func(h *jpegls.Head) { h.Precision = 1 },
		"17 bits":     func(h *jpegls.Head) { h.Precision = 17 },
		"near":        func(h *jpegls.Head) { h.Near = 128 },
		"interleave":  func(h *jpegls.Head) { h.Interleave = 3 },
		"restart":     func(h *jpegls.Head) { h.Restart = -1 },
		"transform":   func(h *jpegls.Head) { h.Transform = 1 },
		"sample":      func(h *jpegls.Head) { h.Precision = 7 },
		"sample, too": func(h *jpegls.Head) { h.Preset.MaxVal = 204 },
		"thresholds":  func(h *jpegls.Head) { h.Preset.T1, h.Preset.T2 = 200, 100 },
	} {
		h := good
		change(&h)
		if _, err := jpegls.Encode(nil, exampleImage, h, 0); !isInvalid(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := jpegls.Encode(nil, exampleImage, jpegls.Head{Width: 4, Height: 2, Components: 1, Precision: 8}, 2); err == nil {
		t.Error("samples of more bits than declared are coded")
	}
}

// FuzzDecode promises: errors are ours, what is decoded has the size that its head
// says and no more than the bytes can hold, and encoding it again decodes to
// the same.
func FuzzDecode(f *testing.F) {
	f.Add(exampleStream)
	f.Fuzz(func(t *testing.T, b []byte) {
		head, err := jpegls.ReadHead(b)
		if err == nil && head.Width*head.Height*head.Components > 1<<16 {
			return // takes too long to fuzz
		}
		got, h, err := jpegls.Decode(nil, b, 0)
		if err != nil {
			if !isInvalid(err) && !isUnsupported(err) {
				t.Fatalf("not our error: %v", err)
			}
			return
		}
		if len(got) != h.Width*h.Height*h.Components*(1+(h.Precision-1)/8) || h.Height > 8*len(b) {
			t.Fatalf("%d bytes of %d: %+v", len(got), len(b), h)
		}
		again := jpegls.Head{Width: h.Width, Height: h.Height, Components: h.Components, Precision: max(h.Precision, 2), Interleave: h.Interleave, Restart: h.Restart}
		stream, err := jpegls.Encode(nil, got, again, 0)
		if err != nil {
			t.Fatalf("%+v: %v", again, err)
		}
		if back, _, err := jpegls.Decode(nil, stream, 0); err != nil || !bytes.Equal(back, got) {
			t.Fatalf("not stable: %+v %v", again, err)
		}
	})
}
