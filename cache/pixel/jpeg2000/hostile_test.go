package jpeg2000

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

// ours says whether an error is of one of the two kinds promised.
func ours(err error) bool {
	var inv *dicom.InvalidError
	var uns *dicom.UnsupportedError
	return errors.As(err, &inv) || errors.As(err, &uns)
}

func TestAStreamThatBreaksOffIsRefused(t *testing.T) {
	src := encoded(t, grey8, false)
	want := grey8.samples()
	for n := range len(src) {
		got, _, err := Decode(nil, src[:n], 0)
		switch {
		case n >= len(src)-2:
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("only the end mark is gone: %v", err)
			}
		case err == nil:
			t.Fatalf("%d of %d bytes were decoded", n, len(src))
		case !ours(err):
			t.Fatalf("%d bytes: %v", n, err)
		}
	}
}

func TestLayersMayLackOnlyWhereItWasLossyAnyway(t *testing.T) {
	cut := func(src []byte) []byte { // the tile-part made shorter by its last packet, and saying so
		c, _, _ := taken(t, src)
		at := bytes.LastIndex(src, []byte{0xFF, 0xD9})
		last := bytes.LastIndex(src[:at], []byte{0xFF, 0x91})
		b := append(bytes.Clone(src[:last]), 0xFF, 0xD9)
		binary.BigEndian.PutUint32(b[c.begin+6:], uint32(last-c.begin))
		return b
	}
	args := []string{"-r", "30,10,3", "-SOP"}
	if _, _, err := Decode(nil, cut(compressed(t, grey8, args...)), 0); !ours(err) {
		t.Errorf("a reversible stream without its last packet: %v", err)
	}
	lossy := compressed(t, grey8, append(args, "-I")...)
	want, err := decompressed(t, cut(lossy), 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := Decode(nil, cut(lossy), 0)
	if worst, n := differ(got, want, 1, false); err != nil || n > 0 {
		t.Errorf("%v, %d samples differ by up to %d", err, n, worst)
	}
}

// headerOf is a main header of the given size over nothing.
func headerOf(w, h, tw, th, levels, block, precinct int) []byte {
	b := []byte{0xFF, 0x4F, 0xFF, 0x51, 0, 41, 0, 0}
	for _, v := range []int{w, h, 0, 0, tw, th, 0, 0} {
		b = binary.BigEndian.AppendUint32(b, uint32(v))
	}
	b = append(b, 0, 1, 7, 1, 1, 0xFF, 0x52, 0, byte(12+levels+1), 1, 0, 0, 1, 0, byte(levels), byte(block), byte(block), 0, 1)
	b = append(b, bytes.Repeat([]byte{byte(precinct)}, levels+1)...)
	b = append(b, 0xFF, 0x5C, 0, byte(4+3*levels), 0x40)
	b = append(b, bytes.Repeat([]byte{8 << 3}, 3*levels+1)...)
	return b
}

func TestBombsAreRefusedWithoutMuchWork(t *testing.T) {
	part := append([]byte{0xFF, 0x90, 0, 10, 0, 0, 0, 0, 0, 0, 0, 1, 0xFF, 0x93}, make([]byte, 64)...)
	for name, src := range map[string][]byte{
		"smallest precincts":     append(headerOf(60000, 60000, 60000, 60000, 5, 0, 0x11), part...),
		"precincts, one level":   append(headerOf(30000, 30000, 30000, 30000, 1, 0, 0x11), part...),
		"65,000 tiles":           append(headerOf(65000, 1000, 1000, 1, 5, 4, 0xFF), part...),
		"too many tiles":         append(headerOf(65000, 65000, 1, 1, 5, 4, 0xFF), part...),
		"a tile of nothing":      append(headerOf(60000, 15000, 60000, 15000, 5, 4, 0xFF), part[:14]...),
		"an endless grid":        append(headerOf(1<<31-1, 1<<31-1, 1<<31-1, 1<<31-1, 5, 4, 0xFF), part...),
		"32 levels, small tiles": append(headerOf(4000, 4000, 64, 64, 32, 4, 0xFF), part...),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		from := time.Now()
		h := pixel.Header{Rows: 15000, Cols: 60000, Samples: 1, Allocated: 8}
		_, err := Decoder{}.Decode(nil, src, &h)
		if err == nil {
			t.Errorf("%s was decoded", name)
		}
		_, _, err = Decode(nil, src, 0)
		took := time.Since(from)
		runtime.ReadMemStats(&after)
		if !ours(err) || took > 2*time.Second || after.TotalAlloc-before.TotalAlloc > 64<<20 {
			t.Errorf("%s: %v after %v and %d MB", name, err, took, (after.TotalAlloc-before.TotalAlloc)>>20)
		}
	}
}

func TestNoMutantGetsFurtherThanAnError(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	var sources [][]byte
	for _, args := range []string{"", "-I -r 5", "-t 20,30 -n 3 -M 5 -r 9,1", "-p CPRL -c [16,16] -SOP -EPH -n 3"} {
		sources = append(sources, compressed(t, picture{48, 40, 1, 8, false}, strings.Fields(args)...))
	}
	for n := range 4000 {
		src := bytes.Clone(sources[n%len(sources)])
		for range 1 + r.IntN(4) {
			src[r.IntN(len(src))] = byte(r.IntN(256))
		}
		from := time.Now()
		got, h, err := Decode(nil, src, 0)
		if time.Since(from) > 2*time.Second {
			t.Errorf("mutant %d took %v: %+v, %v", n, time.Since(from), h, err)
		}
		if err != nil && !ours(err) || err == nil && len(got) != h.Width*h.Height*h.Components*h.Cell() {
			t.Fatalf("mutant %d: %v, %d bytes of %+v", n, err, len(got), h)
		}
	}
}

func TestDecodingTakesAtMostThreeFrames(t *testing.T) {
	for _, p := range []picture{{1500, 1200, 1, 16, false}, {1500, 1200, 1, 8, false}, {1100, 900, 3, 8, false}} {
		src := encoded(t, p, p.n == 3)
		runtime.GC() // twice: what pools keep is dropped
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		out, _, err := Decode(nil, src, 0)
		runtime.ReadMemStats(&after)
		took := int(after.TotalAlloc - before.TotalAlloc)
		if constant := 8 << 20; err != nil || took > 3*len(out)+constant {
			t.Errorf("%+v: %v, %d bytes for a frame of %d", p, err, took, len(out))
		}
		t.Logf("%d × %d × %d, %d bits: %.2f frames", p.w, p.h, p.n, p.bits, float64(took)/float64(len(out)))
	}
}

func TestAnEmptyFrameCostsNoMoreThanItsMemory(t *testing.T) {
	p := picture{9000, 8000, 1, 16, false}
	head := headerOf(p.w, p.h, p.w, p.h, 5, 4, 0xFF)
	head[8+34] = 15 // bits less one
	part := append([]byte{0xFF, 0x90, 0, 10, 0, 0, 0, 0, 0, 20, 0, 1, 0xFF, 0x93}, make([]byte, 6)...)
	from := time.Now()
	got, _, err := Decode(nil, append(head, part...), 0)
	if took := time.Since(from); err != nil || took > 2*time.Second {
		t.Fatalf("%v after %v", err, took)
	}
	for i := range p.w * p.h {
		if v := binary.LittleEndian.Uint16(got[2*i:]); v != 0x8000 {
			t.Fatalf("sample %d is %d", i, v)
		}
	}
}

// seeds are small streams, in testdata too.
func seeds(t testing.TB) [][]byte {
	names, err := filepath.Glob("testdata/seeds/*")
	if err != nil || len(names) < 8 {
		t.Fatalf("%d seeds: %v", len(names), err)
	}
	var all [][]byte
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b)
	}
	return all
}

func TestEverySeedDecodes(t *testing.T) {
	for i, b := range seeds(t) {
		if _, h, err := Decode(nil, b, 0); err != nil {
			t.Errorf("seed %d: %v %+v", i, err, h)
		}
	}
}

// FuzzDecode promises: errors are ours; what is decoded has the size of its head, a
// reduced size and a region agree with it; encoded again it decodes to the same.
func FuzzDecode(f *testing.F) {
	for _, b := range seeds(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := ReadHead(b)
		if err != nil {
			if !ours(err) {
				t.Fatalf("not our error: %v", err)
			}
			return
		}
		if h.Width*h.Height*h.Components > 1<<20 {
			return
		}
		got, h, err := Decode(nil, b, 0)
		if err != nil {
			if !ours(err) {
				t.Fatalf("not our error: %v", err)
			}
			return
		}
		if len(got) != h.Width*h.Height*h.Components*h.Cell() {
			t.Fatalf("%d bytes of %+v", len(got), h)
		}
		if h.Precision > maxEncode {
			return
		}
		src, err := Encode(nil, got, h, false)
		if err != nil {
			var inv *dicom.InvalidError
			if errors.As(err, &inv) {
				return // components of different precision or sign
			}
			t.Fatal(err)
		}
		again, _, err := Decode(nil, src, 0)
		if err != nil || !bytes.Equal(again, got) {
			t.Fatalf("not stable: %v", err)
		}
	})
}
