package jpegls

import (
	"bytes"
	"math/bits"
	"slices"
)

// ReadHead reads the segments in front of the first scan. What it returns has
// dimensions that are not 0. Errors are *dicom.InvalidError and
// *dicom.UnsupportedError, as everywhere in this package.
func ReadHead(src []byte) (Head, error) {
	s := stream{src: src}
	err := s.open()
	return s.head, err
}

// open reads to the first scan's samples.
func (s *stream) open() error {
	if err := s.start(); err != nil {
		return err
	}
	more, err := s.scan()
	if err != nil {
		return err
	}
	if !more {
		return invalid("a JPEG-LS codestream without a scan")
	}
	h := &s.head
	h.Near, h.Interleave = s.now.near, s.now.ilv
	h.Precision = s.precision
	if t := s.now.table[0]; t != nil {
		h.Mapped = true
		h.Precision = t.precision()
		for _, t := range s.now.table[1:s.now.n] {
			if t != nil {
				h.Precision = max(h.Precision, t.precision())
			}
		}
	}
	if h.Height == 0 {
		h.Height = s.lines()
	}
	if h.Height == 0 || h.Width == 0 {
		return invalid("a JPEG-LS image without lines or columns")
	}
	return nil
}

// precision is the bits that every entry fits in.
func (t *table) precision() int {
	if len(t.entries) == 0 {
		return 1
	}
	return max(bits.Len16(slices.Max(t.entries)), 1)
}

// lines is what the DNL segment after the first scan says (T.81 B.2.5), or 0.
func (s *stream) lines() int {
	at := s.pos
	for {
		i := bytes.IndexByte(s.src[at:], 0xFF)
		if i < 0 || len(s.src)-at-i < 8 {
			return 0
		}
		at += i + 2
		switch m := s.src[at-1]; {
		case m == 0xFF:
			at--
		case m == mDNL:
			tail := stream{src: s.src, pos: at}
			b, err := tail.segment()
			if err != nil {
				return 0
			}
			n, _ := number(b, len(b))
			return n
		case m >= 0x80 && (m < mRST0 || m > mRST7):
			return 0
		}
	}
}
