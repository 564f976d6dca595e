package jpeg2000

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// codestream is a frame taken apart: the main header and, by tile, where its
// tile-parts lie. It refers to the frame's bytes.
type codestream struct {
	size
	main  params
	tiles map[int]*tileData
	ppm   packed
	parts int // tile-parts met
	begin int // where the first stands
}

// tileData are the tile-parts of a tile, in the order of the codestream.
type tileData struct {
	set     params
	bodies  [][]byte
	headers [][]byte // packet headers kept apart (PPM, PPT); none: they stand in the bodies
	packed  bool
	open    bool // nothing says where the last one ends
}

// bytes is the size of all of it.
func (t *tileData) bytes() (n int) {
	for _, b := range t.bodies {
		n += len(b)
	}
	for _, b := range t.headers {
		n += len(b)
	}
	return n
}

// packed collects PPM or PPT marker segments, each with its index.
type packed struct {
	parts []packedPart
	split [][]byte // of PPM: the headers of each tile-part
}

type packedPart struct {
	index int
	b     []byte
}

func (p *packed) add(body []byte) error {
	if len(body) < 1 {
		return invalid("packed packet headers without an index")
	}
	p.parts = append(p.parts, packedPart{int(body[0]), body[1:]})
	return nil
}

// joined is what the segments hold, in the order of their indices.
func (p *packed) joined() []byte {
	slices.SortStableFunc(p.parts, func(a, b packedPart) int { return a.index - b.index })
	if len(p.parts) == 1 {
		return p.parts[0].b
	}
	var all []byte
	for _, part := range p.parts {
		all = append(all, part.b...)
	}
	return all
}

// splitPPM cuts the joined PPM segments into the headers of each tile-part (A.7.4).
func (p *packed) splitPPM() error {
	b := p.joined()
	for len(b) > 0 {
		if len(b) < 4 {
			return invalid("packed packet headers end early")
		}
		n := int(binary.BigEndian.Uint32(b))
		if n > len(b)-4 {
			return invalid("packed packet headers end early")
		}
		p.split = append(p.split, b[4:4+n])
		b = b[4+n:]
	}
	return nil
}

// unwrapped is the codestream within a JP2 file (annex I), or src itself. DICOM
// asks for the bare codestream, but wrapped ones are met.
func unwrapped(src []byte) ([]byte, error) {
	if len(src) < 12 || !bytes.Equal(src[:8], []byte("\x00\x00\x00\x0CjP  ")) {
		return src, nil
	}
	for at := 0; at+8 <= len(src); {
		n, head := int(binary.BigEndian.Uint32(src[at:])), 8
		if n == 1 && at+16 <= len(src) {
			if binary.BigEndian.Uint32(src[at+8:]) != 0 {
				return nil, invalid("a box of more than 4 GB")
			}
			n, head = int(binary.BigEndian.Uint32(src[at+12:])), 16
		}
		if n == 0 {
			n = len(src) - at
		}
		if n < head || n > len(src)-at {
			return nil, invalid("a JP2 box ends early")
		}
		if string(src[at+4:at+8]) == "jp2c" {
			return src[at+head : at+n], nil
		}
		at += n
	}
	return nil, invalid("a JP2 file without a codestream")
}

// readMain reads the main header.
func (c *codestream) readMain(src []byte) error {
	if len(src) < 4 || binary.BigEndian.Uint16(src) != mSOC {
		return invalid("no codestream")
	}
	for at := 2; ; {
		marker, body, next, err := cut(src, at)
		if err != nil {
			return err
		}
		if marker == mSOT {
			if c.comps == nil {
				return invalid("a main header without a size")
			}
			c.begin = at
			return c.main.ready()
		}
		if err := c.readMainSegment(marker, body); err != nil {
			return err
		}
		at = next
	}
}

func (c *codestream) readMainSegment(marker int, body []byte) (err error) {
	if (c.comps != nil) != (marker != mSIZ) {
		return invalid("the size does not come first, or twice")
	}
	switch marker {
	case mSIZ:
		c.size, err = readSIZ(body)
		c.main.comps = make([]compParams, len(c.comps))
		return err
	case mPPM:
		return c.ppm.add(body)
	case mPPT, mSOD, mEOC, mSOC:
		return invalid("marker %X in the main header", marker)
	}
	_, err = c.main.read(marker, body) // unknown ones are passed over (A.2)
	return err
}

// readParts takes the tile-parts apart that follow the main header. Every tile must
// come; a codestream that ends before a tile-part does is invalid, one without its
// EOC is not.
func (c *codestream) readParts(src []byte) (err error) {
	at := c.begin
	if err := c.ppm.splitPPM(); err != nil {
		return err
	}
	c.tiles = map[int]*tileData{}
	for at+2 <= len(src) && binary.BigEndian.Uint16(src[at:]) == mSOT {
		if at, err = c.readPart(src, at); err != nil {
			return err
		}
	}
	if want := c.tilesWide * c.tilesHi; len(c.tiles) != want {
		return invalid("the data end after %d of %d tiles", len(c.tiles), want)
	}
	return nil
}

// readPart reads the tile-part whose SOT stands at src[at:] and returns where the
// next begins (A.4.2).
func (c *codestream) readPart(src []byte, at int) (int, error) {
	_, body, next, err := cut(src, at)
	if err != nil {
		return 0, err
	}
	s := segment{b: body}
	tile, length := s.u16(), s.u32()
	if s.short || tile >= c.tilesWide*c.tilesHi {
		return 0, invalid("a tile-part of tile %d", tile)
	}
	end, open := at+length, false
	switch {
	case length == 0:
		end, open = lastEnd(src)
	case length == 12: // met in the wild: an empty tile-part without SOD
		return at + length, nil
	case length < 14:
		return 0, invalid("a tile-part of %d bytes", length)
	case end > len(src):
		return 0, invalid("the data end within a tile-part, %d bytes early", end-len(src))
	}
	if end < next {
		return 0, invalid("the data end within a tile-part")
	}
	t := c.tiles[tile]
	if t == nil {
		t = &tileData{set: c.main.tile()}
		c.tiles[tile] = t
	}
	t.open = t.open || open
	err = t.read(c, src[next:end])
	c.parts++
	return end, err
}

// lastEnd is where a last tile-part of unsaid length ends: before EOC, after which
// padding may stand. Without one it is open where it was to end.
func lastEnd(src []byte) (end int, open bool) {
	n := len(src)
	for n > 0 && src[n-1] == 0 {
		n--
	}
	if n >= 2 && binary.BigEndian.Uint16(src[n-2:]) == mEOC {
		return n - 2, false
	}
	return len(src), true
}

// read takes a tile-part: its header behind SOT, and its body.
func (t *tileData) read(c *codestream, b []byte) error {
	var ppt packed
	at := 0
	for {
		if at+2 <= len(b) && binary.BigEndian.Uint16(b[at:]) == mSOD {
			break
		}
		marker, body, next, err := cut(b, at)
		if err != nil {
			return err
		}
		switch marker {
		case mPPT:
			err = ppt.add(body)
		case mSIZ, mPPM, mSOT, mSOC, mEOC:
			err = invalid("marker %X in a tile-part", marker)
		default:
			_, err = t.set.read(marker, body)
		}
		if err != nil {
			return err
		}
		at = next
	}
	t.bodies = append(t.bodies, b[at+2:])
	switch {
	case c.parts < len(c.ppm.split):
		t.headers = append(t.headers, c.ppm.split[c.parts])
		t.packed = true
	case len(ppt.parts) > 0:
		t.headers = append(t.headers, ppt.joined())
		t.packed = true
	}
	return t.set.ready()
}

// flat joins the pieces of a tile, without copying a single one.
func flat(pieces [][]byte) []byte {
	if len(pieces) == 1 {
		return pieces[0]
	}
	return bytes.Join(pieces, nil)
}
