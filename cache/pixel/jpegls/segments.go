package jpegls

import "bytes"

// Markers of T.81 table B.1 and T.87 table C.1, without their 0xFF.
const (
	mRST0  = 0xD0
	mRST7  = 0xD7
	mSOI   = 0xD8
	mEOI   = 0xD9
	mSOS   = 0xDA
	mDNL   = 0xDC
	mDRI   = 0xDD
	mAPP8  = 0xE8
	mSOF55 = 0xF7
	mLSE   = 0xF8
	mSOF57 = 0xF9 // T.870
)

// stream is a codestream as far as its segments have been read.
type stream struct {
	src    []byte
	pos    int
	head   Head
	framed bool // SOF55 was met
	// precision is that of the coded samples.
	precision int
	comps     [maxComponents]component
	now       scanHead
	tables    map[byte]*table
}

type component struct {
	id   byte
	done bool
}

// scanHead is the last SOS segment: which components its samples are of.
type scanHead struct {
	n      int
	index  [maxComponents]int
	table  [maxComponents]*table // nil: samples are no indices
	near   int
	ilv    Interleave
	preset Preset // filled
}

// table is a mapping table of T.87 C.2.4.1.2.
type table struct {
	width   int // bytes of an entry
	entries []uint16
}

// marker reads the next marker. Fill bytes in front of it are passed over.
func (s *stream) marker() (byte, error) {
	if s.pos >= len(s.src) {
		return 0, errShort
	}
	if s.src[s.pos] != 0xFF {
		return 0, invalid("no JPEG-LS marker where one must stand")
	}
	for s.pos < len(s.src) && s.src[s.pos] == 0xFF {
		s.pos++
	}
	if s.pos >= len(s.src) {
		return 0, errShort
	}
	s.pos++
	return s.src[s.pos-1], nil
}

// segment returns what the next segment holds behind its length.
func (s *stream) segment() ([]byte, error) {
	if len(s.src)-s.pos < 2 {
		return nil, errShort
	}
	n := int(s.src[s.pos])<<8 | int(s.src[s.pos+1])
	if n < 2 || n > len(s.src)-s.pos {
		return nil, errShort
	}
	b := s.src[s.pos+2 : s.pos+n]
	s.pos += n
	return b, nil
}

// start reads SOI.
func (s *stream) start() error {
	if m, err := s.marker(); err != nil || m != mSOI {
		return invalid("no JPEG-LS codestream")
	}
	return nil
}

// scan reads segments to the next SOS and reports true, or to EOI.
func (s *stream) scan() (bool, error) {
	for {
		m, err := s.marker()
		if err != nil || m == mEOI {
			return false, err
		}
		if m < 0xC0 || m >= mRST0 && m <= mSOI {
			return false, invalid("JPEG-LS marker %02X out of place", m)
		}
		b, err := s.segment()
		if err != nil {
			return false, err
		}
		if err := s.read(m, b); err != nil || m == mSOS {
			return true, err
		}
	}
}

func (s *stream) read(m byte, b []byte) error {
	switch {
	case m == mSOF55:
		return s.frame(b)
	case m == mSOS:
		return s.scanHead(b)
	case m == mLSE:
		return s.lse(b)
	case m == mDRI:
		v, ok := number(b, len(b))
		if !ok {
			return invalid("JPEG-LS restart interval of %d bytes", len(b))
		}
		s.head.Restart = v
	case m == mAPP8 && len(b) == 5 && bytes.HasPrefix(b, []byte("mrfx")):
		if b[4] > 3 {
			return unsupported("JPEG-LS colour transform %d", b[4])
		}
		s.head.Transform = int(b[4])
	case m == mSOF57, m >= 0xC0 && m < mRST0 && m != 0xC4 && m != 0xC8 && m != 0xCC:
		return unsupported("a JPEG process (SOF %d) that is not JPEG-LS", m-0xC0)
	}
	return nil
}

// number is the first n bytes of b, most significant first; n is 2 to 4.
func number(b []byte, n int) (int, bool) {
	if n < 2 || n > 4 || len(b) < n {
		return 0, false
	}
	v := 0
	for _, c := range b[:n] {
		v = v<<8 | int(c)
	}
	return v, true
}

// frame reads SOF55 (T.87 C.2.2).
func (s *stream) frame(b []byte) error {
	if s.framed {
		return invalid("a second JPEG-LS frame header")
	}
	if len(b) < 6 || len(b) != 6+3*int(b[5]) || b[5] == 0 {
		return invalid("JPEG-LS frame header of a wrong length")
	}
	h := &s.head
	s.framed = true
	s.precision, h.Components = int(b[0]), int(b[5])
	if err := s.size(int(b[1])<<8|int(b[2]), int(b[3])<<8|int(b[4])); err != nil {
		return err
	}
	switch {
	case s.precision < 2 || s.precision > 16:
		return invalid("JPEG-LS samples of %d bits", s.precision)
	case h.Components > maxComponents:
		return unsupported("JPEG-LS of %d components", h.Components)
	}
	for i := range h.Components {
		c := b[6+3*i:]
		s.comps[i].id = c[0]
		if h.Components > 1 && c[1] != 0x11 {
			return unsupported("JPEG-LS with subsampled components")
		}
	}
	return nil
}

// size notes rows and columns, 0 where they stand elsewhere: a frame header has
// no room for more than 65535, an LSE segment has.
func (s *stream) size(rows, columns int) error {
	h := &s.head
	if rows != 0 && h.Height != 0 && rows != h.Height || columns != 0 && h.Width != 0 && columns != h.Width {
		return invalid("JPEG-LS dimensions that contradict each other")
	}
	h.Height, h.Width = max(h.Height, rows), max(h.Width, columns)
	return nil
}
