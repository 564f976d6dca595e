package dicom

import (
	"bytes"
	"cmp"
	"slices"
	"sync"
)

const (
	undefined = 0xFFFFFFFF // length, PS3.5 7.1.1

	tagItem     Tag = 0xFFFEE000
	tagItemEnd  Tag = 0xFFFEE00D
	tagSeqEnd   Tag = 0xFFFEE0DD
	tagPadding  Tag = 0xFFFCFFFC // data set trailing padding, PS3.10 7.2
	tagEOT      Tag = 0x7FE00001
	tagEOTLen   Tag = 0x7FE00002
	tagEncapLen Tag = 0x7FE00003
)

// parser walks the bytes of one object and notes where the elements of one level
// stand; what is below is only walked, and read when it is asked for. cut is set
// when the bytes end early; every level then returns with what it has.
type parser struct {
	b        []byte
	pos      int
	explicit bool
	order    endian
	f        *File // nil where items are read again
	notes    *notes
	opt      *Options
	lim      Limits
	site     *charset // Options.Charset
	header   bool     // stop at the pixel data
	partial  bool     // b is the head of a longer file
	trusted  bool     // b was walked before
	deflated bool     // the body is another's work
	cut      bool
	stop     bool // pixel data reached in a header

	undelimited bool // fragments that no delimiter ends
	count       int
	budget      int64 // bytes that may still be allocated
	want        int   // in a partial read: how many bytes the element at its end needs
	zeros       int   // all bytes from here on are zero; -1 until looked at
	stack       []rawElem
	scratch     *[512]rawElem // what stack begins in
}

// header is one element's head. length may be undefined.
type header struct {
	tag    Tag
	vr     vrCode
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

// head reads an element's head that must lie before end. ok is false when the
// bytes end first.
func (p *parser) head(end int) (h header, ok bool) {
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
		return p.explicitHead(h, b)
	}
	h.vr, h.length = h.tag.code(), p.order.uint32(b[4:])
	p.pos += 8
	return h, true
}

// explicitHead reads VR and length (PS3.5 7.1.2). A VR that is none of the
// standard's but is two capitals has a long header (6.2.2); anything else is
// an element that a careless writer left implicit.
func (p *parser) explicitHead(h header, b []byte) (header, bool) {
	h.vr = knownVR(b[4], b[5])
	switch {
	case h.vr == 0 && !(capital(b[4]) && capital(b[5])):
		p.notes.add("%s has no value representation", h.tag)
		return p.withoutVR(h, b), true
	case h.vr == 0:
		p.notes.add("%s has an unknown value representation", h.tag)
		h.vr = vrUN
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

// withoutVR reads a head that has none: its length is of 32 bits, as in implicit VR,
// or, where only that leads to a next element, of 16 behind two bytes of rubbish.
func (p *parser) withoutVR(h header, b []byte) header {
	h.vr = h.tag.code()
	p.pos += 8
	long, short := p.order.uint32(b[4:]), uint32(p.order.uint16(b[6:]))
	h.length = long
	if long != undefined && !p.leads(h.tag, b, long) && p.leads(h.tag, b, short) {
		h.length = short
	}
	return h
}

// leads reports whether behind a value of n bytes, that of the element at the
// beginning of b, the bytes end or a higher tag stands.
func (p *parser) leads(t Tag, b []byte, n uint32) bool {
	at := 8 + int64(n)
	if at+8 > int64(len(b)) {
		return at == int64(len(b))
	}
	next := Tag(p.order.uint16(b[at:]))<<16 | Tag(p.order.uint16(b[at+2:]))
	return next > t && (next <= 0x7FE1FFFF || next.Group() >= 0xFFFA)
}

func capital(c byte) bool { return 'A' <= c && c <= 'Z' }

// dataset walks elements until end, or until an item delimiter when delimited.
// set takes those of this level; nil: they are only walked.
func (p *parser) dataset(set *rawSet, end int, delimited bool, sc *scope) error {
	from, open, last, sorted := len(p.stack), delimited, Tag(0), true
	for p.pos < end && !p.cut && !p.stop {
		if last = p.ordinary(set, end, last, sc); p.pos == end || sc.depth == 0 && p.padding(end) {
			break
		}
		h, ok := p.head(end)
		if sc.depth == 0 && p.behind(h, ok, end) {
			break
		}
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
			p.notes.add("stray delimiter between elements", 0)
			continue
		}
		if err := p.element(set, h, end, sc); err != nil {
			return err
		}
		sorted = sorted && h.tag > last
		last = h.tag
	}
	if open {
		p.short(p.pos)
	}
	if !sorted {
		p.notes.add("elements repeated or out of order", 0)
	}
	if set == nil || p.partial && !p.stop {
		return nil // not wanted, or soon to be read again in full
	}
	return p.collect(set, from, sorted, sc)
}

// short handles fewer bytes than a head before end.
func (p *parser) short(end int) {
	if end == len(p.b) {
		p.cut = true
	} else if !p.cut && !p.stop {
		p.notes.add("item or sequence ends too early", 0)
	}
	p.pos = end
}

// padding reports whether only zero bytes remain, which writers leave behind.
func (p *parser) padding(end int) bool {
	if p.b[p.pos] != 0 || p.partial {
		return false
	}
	if p.zeros < 0 {
		p.zeros = len(bytes.TrimRight(p.b, "\x00"))
	}
	if p.pos < p.zeros {
		return false
	}
	p.notes.add("zero bytes after the last element", 0)
	p.pos = end
	return true
}

// behind reports whether what stands behind the pixel data is no element: too few
// bytes for a head, or a tag that belongs before them and a value that is not there.
func (p *parser) behind(h header, ok bool, end int) bool {
	if !p.f.Pixel.Present() || ok && (h.tag > p.f.Pixel.Tag || h.length == undefined || uint64(h.length) <= uint64(end-p.pos)) {
		return false
	}
	p.notes.add("bytes behind the pixel data that are no element", 0)
	p.pos = end
	return true
}

// element walks the value that belongs to h and notes it in set.
func (p *parser) element(set *rawSet, h header, end int, sc *scope) error {
	if err := p.counted(h.at); err != nil {
		return err
	}
	if sc.depth == 0 {
		if h.tag == PixelDataTag || h.tag == FloatPixelData || h.tag == DoubleFloatPixelData {
			return p.pixelData(h, end)
		}
		if p.header && p.opt.Stop != 0 && h.tag >= p.opt.Stop && h.tag.Group() != 2 {
			p.stop = true
			return nil
		}
	}
	if h.vr == vrUN || h.vr == vrSQ {
		return p.nested(set, h, end, sc)
	}
	if h.length == undefined {
		return p.undefinedLength(set, h, end, sc)
	}
	at, ok, err := p.value(h, end)
	if ok {
		return p.keep(set, h, at, sc)
	}
	return err
}

func (p *parser) counted(at int) error {
	if p.count++; p.count > p.lim.Elements {
		return beyond("elements", int64(p.lim.Elements), int64(p.count), at)
	}
	return nil
}

// value passes over the bytes of h and returns where they begin. ok is false when
// the value is cut off or err set.
func (p *parser) value(h header, end int) (at int, ok bool, err error) {
	if uint64(h.length) > uint64(end-p.pos) {
		if end != len(p.b) {
			return 0, false, tooLong(h, end-p.pos)
		}
		p.want = p.pos + int(h.length)
		p.cut, p.pos = true, end
		return 0, false, nil
	}
	at = p.pos
	p.pos += int(h.length)
	return at, true, nil
}

// keep takes the element h, whose value is the bytes from at to p.pos, leaving out
// what is of the file and not of the object: group lengths and trailing padding.
func (p *parser) keep(set *rawSet, h header, at int, sc *scope) error {
	if h.tag.Element() == 0 || h.tag == tagPadding {
		return nil
	}
	raw := p.b[at : at+int(h.length)]
	if sc.depth == 0 && h.tag>>16 == 0x7FE0 {
		if ok, err := p.offsetTable(h, raw); ok || err != nil {
			return err
		}
	}
	if !p.explicit && h.vr == vrUS {
		h.vr = implicitVR(h.tag, sc)
	}
	v := value{code: h.vr, order: p.order, cs: sc.cs, notes: p.notes}
	v.check(h.tag, raw)
	switch h.tag {
	case SpecificCharacterSet:
		var e Element
		v.decode(&e, raw[:min(len(raw), 1024)])
		sc.cs = newCharset(e.Text, p.site, p.notes)
	case PixelRepresentation:
		sc.signed = len(raw) >= 2 && p.order.uint16(raw) == 1
	}
	if set == nil {
		return nil
	}
	return p.push(h, at, len(raw), 0)
}

// push notes an element of the level that is collected.
func (p *parser) push(h header, at, n int, flags uint64) error {
	if at > maxOffset || uint64(n) >= undefined {
		return beyond("length", undefined-1, int64(n), h.at)
	}
	if p.order == bigEndian {
		flags |= rawBig
	}
	if p.explicit {
		flags |= rawExplicit
	}
	if len(p.stack) == cap(p.stack) {
		grown := max(256, 2*cap(p.stack))
		if err := p.spend(16 * int64(grown)); err != nil {
			return err
		}
		p.stack = append(make([]rawElem, 0, grown), p.stack...)
	}
	p.stack = append(p.stack, rawElem{h.tag, uint32(n), uint64(at)<<16 | uint64(h.vr)<<8 | flags})
	return nil
}

// collect takes the elements from the stack, in ascending order; of elements with
// one tag the first is kept.
func (p *parser) collect(set *rawSet, from int, sorted bool, sc *scope) error {
	level := p.stack[from:]
	if !sorted {
		slices.SortStableFunc(level, func(a, b rawElem) int { return cmp.Compare(a.tag, b.tag) })
		level = slices.CompactFunc(level, func(a, b rawElem) bool { return a.tag == b.tag })
	}
	if err := p.spend(16 * int64(len(level))); err != nil {
		return err
	}
	set.b, set.opt, set.elems = p.b, p.opt, slices.Clone(level)
	set.cs, set.signed, set.depth = sc.cs, sc.signed, sc.depth
	p.stack = p.stack[:from]
	return nil
}

// spend takes n bytes from what reading may allocate.
func (p *parser) spend(n int64) error {
	if p.budget -= n; p.budget < 0 {
		return beyond("memory", p.lim.Memory+p.lim.Factor*int64(len(p.b)), p.lim.Memory+p.lim.Factor*int64(len(p.b))-p.budget, p.pos)
	}
	return nil
}

// stacks are scratch of parsers: what a data set's elements are gathered in
// before their number is known.
var stacks = sync.Pool{New: func() any { return new([512]rawElem) }}
