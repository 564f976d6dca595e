package dicom

import (
	"bytes"
	"cmp"
	"slices"
)

const (
	maxDepth    = 64      // levels of sequences; real objects stay under 12
	maxElements = 2 << 20 // elements and items of one object, 0.4 GB of them at worst

	undefined = 0xFFFFFFFF // length, PS3.5 7.1.1

	tagItem     Tag = 0xFFFEE000
	tagItemEnd  Tag = 0xFFFEE00D
	tagSeqEnd   Tag = 0xFFFEE0DD
	tagPadding  Tag = 0xFFFCFFFC // data set trailing padding, PS3.10 7.2
	tagEOT      Tag = 0x7FE00001
	tagEOTLen   Tag = 0x7FE00002
	tagEncapLen Tag = 0x7FE00003
)

type options struct {
	header  bool // stop at the pixel data and copy values
	partial bool // b is the head of a longer file
}

// parser walks the bytes of one object. cut is set when they end early; every
// level then returns with what it has.
type parser struct {
	b        []byte
	pos      int
	explicit bool
	order    endian
	f        *File
	opt      options
	count    int
	cut      bool
	stop     bool // pixel data reached in header mode
	slab     []string
	zeros    int // all bytes from here on are zero; -1 until looked at
}

// header is one element's head. length may be undefined.
type header struct {
	tag    Tag
	vr     VR
	length uint32
	at     int // offset of the tag
}

// scope is what an element inherits from where it stands.
type scope struct {
	depth  int
	cs     *charset
	signed bool // Pixel Representation is 1: "US or SS" means SS
}

func (p *parser) tagAt(i int) Tag {
	return Tag(p.order.uint16(p.b[i:]))<<16 | Tag(p.order.uint16(p.b[i+2:]))
}

// header reads an element's head that must lie before end. ok is false when
// the bytes end first.
func (p *parser) header(end int) (h header, ok bool) {
	if end-p.pos < 8 {
		return h, false
	}
	h.at, h.tag = p.pos, p.tagAt(p.pos)
	b := p.b[p.pos:end]
	if h.tag.Group() == 0xFFFE {
		h.length = p.order.uint32(b[4:])
		p.pos += 8
		return h, true
	}
	if p.explicit {
		return p.explicitHeader(h, b)
	}
	h.vr, h.length = h.tag.VR(), p.order.uint32(b[4:])
	p.pos += 8
	return h, true
}

// explicitHeader reads VR and length (PS3.5 7.1.2). A VR that is none of the
// standard's but is two capitals has a long header (6.2.2); anything else is
// an element that a careless writer left implicit.
func (p *parser) explicitHeader(h header, b []byte) (header, bool) {
	h.vr = knownVR(b[4], b[5])
	switch {
	case h.vr == "" && !(capital(b[4]) && capital(b[5])):
		p.f.note("%s has no value representation", h.tag)
		h.vr, h.length = h.tag.VR(), p.order.uint32(b[4:])
		p.pos += 8
		return h, true
	case h.vr == "":
		p.f.note("%s has an unknown value representation", h.tag)
		h.vr = "UN"
	case !h.vr.info().long:
		h.length = uint32(p.order.uint16(b[6:]))
		p.pos += 8
		return h, true
	}
	if len(b) < 12 {
		return h, false
	}
	h.length = p.order.uint32(b[8:])
	p.pos += 12
	return h, true
}

func capital(c byte) bool { return 'A' <= c && c <= 'Z' }

// dataset reads elements until end, or until an item delimiter when delimited.
func (p *parser) dataset(d *Dataset, end int, delimited bool, sc scope) error {
	sorted, open := true, delimited
	for p.pos < end && !p.cut && !p.stop {
		if sc.depth == 0 && p.padding(end) {
			break
		}
		h, ok := p.header(end)
		if !ok {
			p.short(end)
			break
		}
		if h.tag.Group() == 0xFFFE {
			if h.tag == tagItemEnd && delimited {
				open = false
				break
			}
			if h.tag == tagItem || sc.depth > 0 && h.tag != tagItemEnd {
				return invalid(h.at, "%s out of place", h.tag)
			}
			p.f.note("stray delimiter between elements")
			continue
		}
		if err := p.element(d, h, end, &sc); err != nil {
			return err
		}
		if n := len(d.elems); n > 1 && d.elems[n-1].Tag <= d.elems[n-2].Tag {
			sorted = false
		}
	}
	if open {
		p.short(p.pos)
	}
	if !sorted {
		d.sort()
		p.f.note("elements repeated or out of order")
	}
	return nil
}

// short handles fewer bytes than a head before end.
func (p *parser) short(end int) {
	if end == len(p.b) {
		p.cut = true
	} else if !p.cut && !p.stop {
		p.f.note("item or sequence ends too early")
	}
	p.pos = end
}

// padding reports whether only zero bytes remain, which writers leave behind.
func (p *parser) padding(end int) bool {
	if p.b[p.pos] != 0 || p.opt.partial {
		return false
	}
	if p.zeros < 0 {
		p.zeros = len(bytes.TrimRight(p.b, "\x00"))
	}
	if p.pos < p.zeros {
		return false
	}
	p.f.note("zero bytes after the last element")
	p.pos = end
	return true
}

// sort restores ascending order; of elements with one tag the first is kept.
func (d *Dataset) sort() {
	ordered := true
	for i := 1; i < len(d.elems); i++ {
		ordered = ordered && d.elems[i-1].Tag < d.elems[i].Tag
	}
	if ordered {
		return
	}
	slices.SortStableFunc(d.elems, func(a, b Element) int { return cmp.Compare(a.Tag, b.Tag) })
	d.elems = slices.CompactFunc(d.elems, func(a, b Element) bool { return a.Tag == b.Tag })
}

func (p *parser) counted(at int) error {
	if p.count++; p.count > maxElements {
		return &UnsupportedError{What: "an object of more than 2 million elements"}
	}
	return nil
}

// element reads the value that belongs to h and adds it to d.
func (p *parser) element(d *Dataset, h header, end int, sc *scope) error {
	if err := p.counted(h.at); err != nil {
		return err
	}
	if sc.depth == 0 && (h.tag == PixelDataTag || h.tag == FloatPixelData || h.tag == DoubleFloatPixelData) {
		return p.pixelData(h, end)
	}
	if h.vr == "UN" || h.vr == "SQ" {
		return p.nested(d, h, end, sc)
	}
	if h.length == undefined {
		return p.undefinedLength(d, h, end, sc)
	}
	raw, ok, err := p.value(h, end)
	if !ok {
		return err
	}
	p.add(d, h, raw, sc)
	return nil
}

// value takes the bytes of h. ok is false when the value is cut off or err set.
func (p *parser) value(h header, end int) (raw []byte, ok bool, err error) {
	if uint64(h.length) > uint64(end-p.pos) {
		if end != len(p.b) {
			return nil, false, invalid(h.at, "%s is longer than the item it stands in", h.tag)
		}
		p.cut, p.pos = true, end
		return nil, false, nil
	}
	raw = p.b[p.pos : p.pos+int(h.length) : p.pos+int(h.length)]
	p.pos += int(h.length)
	return raw, true, nil
}

// add decodes raw and appends the element, leaving out what is of the file and
// not of the object: group lengths and trailing padding.
func (p *parser) add(d *Dataset, h header, raw []byte, sc *scope) {
	switch {
	case h.tag.Element() == 0 || h.tag == tagPadding:
		return
	case sc.depth == 0 && p.offsetTable(h.tag, raw):
		return
	}
	e := p.decode(h, raw, sc)
	switch h.tag {
	case SpecificCharacterSet:
		sc.cs = newCharset(e.Text, p.f)
	case PixelRepresentation:
		sc.signed = len(e.Ints) > 0 && e.Ints[0] == 1
	}
	d.elems = append(d.elems, e)
}
