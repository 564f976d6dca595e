package jpeg

import (
	"bytes"
	"encoding/binary"
)

const (
	window   = 1 << 16
	inWindow = window - 1
	// maxSample is the bytes of a code of 16 bits and 16 that follow it; maxRun the
	// samples that half a window surely has.
	maxSample, maxRun = 4, window / 2 / 4
)

// lossReader reads the entropy-coded segments of a lossless scan through a window
// of 64 KiB in which nothing is stuffed. Before a run of samples, ready puts as
// many bytes into the window as they can take at most, zeros after the last, so
// that nothing within the run asks where the data end; spent says afterwards.
type lossReader struct {
	acc uint64 // the next bits, left-justified; bits beyond n are those that follow
	n   uint   // bits in acc that p has gone past
	p   int    // next byte of the window; beyond end in the zeros
	end int    // end of its bytes of data
	src []byte // what of the scan is not in the window
	// marked: src starts with a marker, or with a lone 0xFF at the end.
	marked bool
	// wide: 16 bits follow the category 16. seen: there was one.
	wide, seen bool

	buf [window + 8]byte
}

// reset starts at the first byte of a scan.
func (b *lossReader) reset(src []byte) {
	b.src, b.marked, b.acc, b.n, b.p, b.end = src, false, 0, 0, 0, 0
}

// ready prepares for a run of samples and returns how many, 1 to want.
func (b *lossReader) ready(want int) int {
	k := min(want, maxRun)
	need := k*maxSample + 8 // p runs up to 8 bytes ahead of what is taken
	if b.p+need <= b.end {
		return k
	}
	b.acc &= ^(^uint64(0) >> b.n) // the bytes that follow will be others
	done := min(b.p, b.end)
	copy(b.buf[:], b.buf[done:b.end])
	b.p, b.end = b.p-done, b.end-done
	b.unstuff()
	if b.p+need > b.end {
		clear(b.buf[b.end : b.p+need])
	}
	return k
}

// unstuff fills the window's upper part with data up to a marker (B.1.1.5). Fill
// bytes before a stuffed zero are taken as one 0xFF, as libjpeg does.
func (b *lossReader) unstuff() {
	for len(b.src) > 0 && b.end < window && !b.marked {
		run := b.src[:min(len(b.src), window-b.end)]
		i := bytes.IndexByte(run, 0xFF)
		if i < 0 {
			i = len(run)
		}
		b.end += copy(b.buf[b.end:], run[:i])
		b.src = b.src[i:]
		if i == len(run) {
			continue
		}
		at := 1
		for at < len(b.src) && b.src[at] == 0xFF {
			at++
		}
		if b.marked = at >= len(b.src) || b.src[at] != 0; b.marked {
			return
		}
		b.buf[b.end] = 0xFF
		b.end++
		b.src = b.src[at+1:]
	}
}

// left is the bits of data not taken yet; below zero, more were taken than there
// are. Of a long segment it counts what is in the window.
func (b *lossReader) left() int { return 8*b.end - 8*b.p + int(b.n) }

// restart goes behind the marker RSTk (k modulo 8). It is false where the next
// marker is another one; data left over before it are passed by.
func (b *lossReader) restart(k int) bool {
	for {
		i := bytes.IndexByte(b.src, 0xFF)
		if i < 0 || i+1 >= len(b.src) {
			return false
		}
		c := b.src[i+1]
		b.src = b.src[i+1:]
		if c != 0 && c != 0xFF {
			b.reset(b.src[1:])
			return c == 0xD0|byte(k&7)
		}
	}
}

// load makes n at least 56. The window must be ready.
func (b *lossReader) load() {
	at := b.p & inWindow
	b.acc |= binary.BigEndian.Uint64(b.buf[at:at+8]) >> (b.n & 63)
	b.p += int((63 - b.n) >> 3)
	b.n |= 56
}

func (b *lossReader) skip(k uint) {
	b.acc <<= k
	b.n -= k
}

// lossEntry is what a code says of it and of the difference that follows
// (F.1.2.1.1, H.1.2.2), taken together as one number u. 16 bytes, so that it is
// read where it stands.
type lossEntry struct {
	mid  int32 // a smaller u is that of a negative difference
	zero int32 // the u of code and zeros
	fill int32 // 1 − 2^bits, what a negative difference adds
	rest int32 // 64 less the length of both
}

func newLossEntry(code uint32, length, category int) lossEntry {
	zero := int32(code) << category
	return lossEntry{zero + 1<<category>>1, zero, 1 - 1<<category, int32(64 - length - category)}
}

// value is the difference whose code is at the head of acc, modulo 2¹⁶. It has no
// branch: signs of differences are as good as random.
func (e *lossEntry) value(acc uint64) uint16 {
	u := int32(acc >> (e.rest & 63))
	return uint16(u - e.zero + (u-e.mid)>>31&e.fill)
}

// lossTable decodes the codes of one spec. 21 KiB.
type lossTable struct {
	codes huffTable
	// By the next lookBits bits: the length of code and difference, at most 25, and
	// how they are read. Length 0, where next must be asked: a longer code, none, or
	// the category 16. All the next sample waits for is take, hence on its own.
	take [1 << lookBits]uint8
	look [1 << lookBits]lossEntry
}

// build makes the table unless it is made. Symbols above 16 may stand in it, as
// dcmtk takes them: unoptimised tables have them. Their codes must not occur.
func (t *lossTable) build(s huffSpec) error {
	if t.codes.same(s) {
		return nil
	}
	if err := t.codes.build(s, 255); err != nil {
		return err
	}
	for i, e := range t.codes.look {
		t.take[i] = 0
		if length, symbol := int(e&255), int(e>>8); length > 0 && symbol < 16 {
			t.take[i] = uint8(length + symbol)
			t.look[i] = newLossEntry(uint32(i)>>(lookBits-length), length, symbol)
		}
	}
	return nil
}

// next decodes one difference, modulo 2¹⁶; ok is false where no code fits. The
// window must be ready.
func (t *lossTable) next(b *lossReader) (d uint16, ok bool) {
	b.load()
	i := b.acc >> (64 - lookBits)
	e, take := &t.look[i], uint(t.take[i])
	if take == 0 {
		symbol, length := t.codes.find(b.acc)
		switch {
		case length == 0 || symbol > 16:
			return 0, false
		case symbol == 16:
			return b.sixteen(length), true
		}
		longer := newLossEntry(uint32(b.acc>>(64-length)), length, symbol)
		e, take = &longer, uint(length+symbol)
	}
	d = e.value(b.acc)
	b.skip(take)
	return d, true
}

// sixteen is the difference of category 16: always 32768, and no bits follow
// (H.1.2.2, table H.2). Writers that do not take differences modulo 2¹⁶ let 16
// bits follow, as they do in the other categories.
func (b *lossReader) sixteen(length int) uint16 {
	b.seen = true
	b.skip(uint(length))
	if !b.wide {
		return 0x8000
	}
	v := uint16(b.acc >> 48)
	if v < 0x8000 {
		v++ // less 2¹⁶ − 1
	}
	b.skip(16)
	return v
}
