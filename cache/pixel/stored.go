package pixel

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"

	"github.com/nocturne/nocturne/cache/dicom"
)

// StoredSHA256 is the SHA-256, in hex, of all frames' stored values: cells of
// Bits Allocated, little endian, in order, colour interleaved by pixel, no
// padding, bits above Bits Stored as they stand; palette indices and native
// YBR_FULL_422 as stored; cells of 1 bit packed, lowest bit first, across frame
// borders. One frame is in memory at a time.
//
// *dicom.UnsupportedError names a transfer syntax that is not read here.
func StoredSHA256(f *dicom.File) (string, error) {
	r, err := framesOf(f)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	tail := bitTail{w: sum}
	var buf []byte
	for i := range dicom.Frames(f) {
		b, h, own, err := r.frame(buf, i)
		if err != nil {
			return "", err
		}
		if own {
			buf = b // the next frame lies where this one lay
		}
		switch {
		case h.Allocated == 1:
			tail.write(b, h.Bits())
		case h.Samples == 3 && h.Planar && h.Bits() == h.cells()*int64(h.Allocated) && h.Allocated <= 32:
			sum.Write(interleaved(b, h.Allocated/8))
		default:
			sum.Write(b)
		}
	}
	tail.flush()
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// interleaved turns three planes into triples of cells of 1, 2 or 4 bytes.
func interleaved(b []byte, size int) []byte {
	n := len(b) / 3
	out := make([]byte, 3*n)
	switch x, y, z := b[:n], b[n:2*n], b[2*n:3*n]; size {
	case 1:
		to := out
		for i := range x {
			if len(to) < 3 || i >= len(y) || i >= len(z) {
				break
			}
			to[0], to[1], to[2] = x[i], y[i], z[i]
			to = to[3:]
		}
	default:
		for i, at := 0, 0; i < n; i, at = i+size, at+3*size {
			copy(out[at:at+size], x[i:i+size])
			copy(out[at+size:at+2*size], y[i:i+size])
			copy(out[at+2*size:at+3*size], z[i:i+size])
		}
	}
	return out
}

// bitTail joins frames of 1-bit pixels that need not end on a byte.
type bitTail struct {
	w    hash.Hash
	rest byte // bits not yet written, lowest first
	n    uint // how many
}

func (t *bitTail) write(b []byte, bits int64) {
	out := make([]byte, 0, len(b)+1)
	for _, c := range b {
		k := uint(min(bits, 8))
		bits -= int64(k)
		if k < 8 {
			c &= 1<<k - 1
		}
		v := uint(t.rest) | uint(c)<<t.n
		if t.n += k; t.n >= 8 {
			out = append(out, byte(v))
			v >>= 8
			t.n -= 8
		}
		t.rest = byte(v)
	}
	t.w.Write(out)
}

func (t *bitTail) flush() {
	if t.n > 0 {
		t.w.Write([]byte{t.rest})
		t.n, t.rest = 0, 0
	}
}
