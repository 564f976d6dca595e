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
