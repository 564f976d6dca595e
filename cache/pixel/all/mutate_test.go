package all_test

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"strconv"
)

// series is which mutants there are: NOCTURNE_SEED, if that is a number.
var series = func() uint64 {
	if n, err := strconv.ParseUint(os.Getenv("NOCTURNE_SEED"), 10, 64); err == nil {
		return n
	}
	return 20260101
}()

// mutant is object b, damaged in one to four places: the same for the same i and
// series, whatever ran before.
func mutant(b []byte, i int) []byte {
	r := rand.New(rand.NewPCG(series, uint64(i)))
	b = bytes.Clone(b)
	for range 1 + r.IntN(4) {
		if len(b) < 300 {
			return b
		}
		b = damages[r.IntN(len(damages))](r, b)
	}
	return b
}

// damages are what a mutant suffers, each as likely as the others.
var damages = []func(r *rand.Rand, b []byte) []byte{
	flipBits, flipBits, overwrite, attribute, attribute, length, marker, marker, segmentLength, truncate, duplicate, swap, remove, insertItem, fill,
}

// somewhere is a place in the header, in the first bytes of the pixel data or
// anywhere.
func somewhere(r *rand.Rand, b []byte, room int) int {
	pixels := max(bytes.LastIndex(b, []byte{0xE0, 0x7F, 0x10, 0x00}), 132)
	switch r.IntN(4) {
	case 0:
		return min(132+r.IntN(max(1, pixels-132)), len(b)-room)
	case 1:
		return min(pixels+r.IntN(200), len(b)-room)
	case 2:
		return min(pixels+r.IntN(max(1, len(b)-pixels)), len(b)-room)
	}
	return r.IntN(len(b) - room)
}

func flipBits(r *rand.Rand, b []byte) []byte {
	for range 1 + r.IntN(8) {
		b[somewhere(r, b, 1)] ^= 1 << r.IntN(8)
	}
	return b
}

// numbers are those at which sizes break.
var numbers = []uint64{0, 1, 2, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 255, 256, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF}

func overwrite(r *rand.Rand, b []byte) []byte {
	at, n := somewhere(r, b, 8), numbers[r.IntN(len(numbers))]
	switch r.IntN(5) {
	case 0:
		b[at] = byte(n)
	case 1:
		binary.LittleEndian.PutUint16(b[at:], uint16(n))
	case 2:
		binary.BigEndian.PutUint16(b[at:], uint16(n))
	case 3:
		binary.LittleEndian.PutUint32(b[at:], uint32(n))
	default:
		binary.BigEndian.PutUint32(b[at:], uint32(n))
	}
	return b
}

// attribute gives an element that says how the pixels lie another number.
func attribute(r *rand.Rand, b []byte) []byte {
	element := [...]byte{0x02, 0x04, 0x06, 0x08, 0x10, 0x11, 0x00, 0x01, 0x02, 0x03, 0x20, 0x21}
	e := element[r.IntN(len(element))]
	for _, high := range [...]byte{0, 1} {
		at := bytes.Index(b, []byte{0x28, 0, e, high})
		if at < 0 || at+16 > len(b) {
			continue
		}
		at += 8
		switch {
		case e == 0x08 && high == 0: // Number of Frames, an integer string
			copy(b[at:min(at+2, len(b))], [...]string{"-1", "0 ", "99", "9 ", "00"}[r.IntN(5)])
		case e == 0x04 && high == 0: // Photometric Interpretation
			copy(b[at:], [...]string{"RGB ", "YBR_FULL", "YBR_FULL_422", "MONOCHROME1 ", "PALETTE COLO", "YBR_ICT ", "YBR_RCT "}[r.IntN(7)])
		case r.IntN(2) == 0:
			binary.LittleEndian.PutUint16(b[at:], uint16(numbers[r.IntN(len(numbers))]))
		default:
			binary.LittleEndian.PutUint16(b[at:], binary.LittleEndian.Uint16(b[at:])+uint16(r.IntN(5))-2)
		}
		return b
	}
	return b
}

// length changes the length of an item or element near the pixel data.
func length(r *rand.Rand, b []byte) []byte {
	at := bytes.LastIndex(b[:len(b)-r.IntN(len(b)/2)], []byte{0xFE, 0xFF, 0x00, 0xE0})
	if at < 0 || at+8 > len(b) {
		return overwrite(r, b)
	}
	n := binary.LittleEndian.Uint32(b[at+4:])
	if r.IntN(2) == 0 {
		n += uint32(r.IntN(9)) - 4
	} else {
		n = uint32(numbers[r.IntN(len(numbers))])
	}
	binary.LittleEndian.PutUint32(b[at+4:], n)
	return b
}

// codes are marker codes of JPEG (T.81 B.1.1.3), JPEG-LS (T.87 C.1) and JPEG 2000
// (T.800 A.2, T.814 A.2).
var codes = []byte{0x01, 0x4F, 0x50, 0x51, 0x52, 0x53, 0x55, 0x57, 0x58, 0x59, 0x5C, 0x5D, 0x5E, 0x5F, 0x60, 0x61, 0x63, 0x64, 0x90, 0x91, 0x92, 0x93,
	0xC0, 0xC1, 0xC2, 0xC3, 0xC4, 0xC5, 0xC7, 0xC9, 0xCB, 0xCC, 0xCF, 0xD0, 0xD3, 0xD7, 0xD8, 0xD9, 0xDA, 0xDB, 0xDC, 0xDD, 0xDE, 0xE0, 0xEE, 0xF7, 0xF8, 0xFE, 0xFF, 0x00}

// markerAt is a byte FF in the pixel data, mostly of a marker.
func markerAt(r *rand.Rand, b []byte) int {
	from := somewhere(r, b, 1)
	if r.IntN(2) == 0 {
		from = max(bytes.LastIndex(b, []byte{0xE0, 0x7F, 0x10, 0x00}), 0)
		for range r.IntN(12) {
			if next := bytes.IndexByte(b[from+1:], 0xFF); next >= 0 {
				from += 1 + next
			}
		}
		return from
	}
	return from + max(bytes.IndexByte(b[from:], 0xFF), 0)
}

func marker(r *rand.Rand, b []byte) []byte {
	at, code := markerAt(r, b), codes[r.IntN(len(codes))]
	if at+2 > len(b) {
		return b
	}
	if r.IntN(3) == 0 {
		return append(b[:at], append([]byte{0xFF, code}, b[at:]...)...)
	}
	b[at], b[at+1] = 0xFF, code
	return b
}

func segmentLength(r *rand.Rand, b []byte) []byte {
	at := markerAt(r, b)
	if at+6 > len(b) {
		return b
	}
	switch r.IntN(3) {
	case 0:
		binary.BigEndian.PutUint16(b[at+2:], uint16(numbers[r.IntN(len(numbers))]))
	case 1:
		binary.BigEndian.PutUint16(b[at+2:], binary.BigEndian.Uint16(b[at+2:])+uint16(r.IntN(7))-3)
	default:
		b[at+2+r.IntN(4)] = byte(r.Uint32())
	}
	return b
}

func truncate(r *rand.Rand, b []byte) []byte { return b[:max(200, somewhere(r, b, 0))] }

func chunk(r *rand.Rand, b []byte) (at, n int) {
	at = somewhere(r, b, 1)
	return at, min(1+r.IntN(200), len(b)-at)
}

func duplicate(r *rand.Rand, b []byte) []byte {
	at, n := chunk(r, b)
	return append(b[:at+n], b[at:]...)
}

func remove(r *rand.Rand, b []byte) []byte {
	at, n := chunk(r, b)
	return append(b[:at], b[at+n:]...)
}

func swap(r *rand.Rand, b []byte) []byte {
	at, n := chunk(r, b)
	to := min(somewhere(r, b, 1), len(b)-n)
	for i := range n {
		b[at+i], b[to+i] = b[to+i], b[at+i]
	}
	return b
}

func fill(r *rand.Rand, b []byte) []byte {
	at, n := chunk(r, b)
	c := [...]byte{0, 0xFF, 0x80, byte(r.Uint32())}[r.IntN(4)]
	for i := range n {
		b[at+i] = c
	}
	return b
}

// insertItem cuts a fragment in two, or puts a false one in.
func insertItem(r *rand.Rand, b []byte) []byte {
	at := somewhere(r, b, 0)
	item := []byte{0xFE, 0xFF, 0x00, 0xE0, byte(r.IntN(64)), 0, 0, 0}
	return append(b[:at], append(item, b[at:]...)...)
}
