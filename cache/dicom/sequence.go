package dicom

import (
	"bytes"
)

// nested reads SQ and UN. A UN of undefined length is a sequence in implicit
// VR little endian (PS3.5 6.2.2); a UN of a tag that the dictionary knows is
// read as what the dictionary says, in the same encoding.
func (p *parser) nested(d *Dataset, h header, end int, sc *scope) error {
	if h.vr == "SQ" {
		return p.sequence(d, h, end, sc)
	}
	explicit, order := p.explicit, p.order
	defer func() { p.explicit, p.order = explicit, order }()
	p.explicit, p.order = false, littleEndian
	vr := h.tag.VR()
	if h.length == undefined || vr == "SQ" {
		if h.length == undefined {
			p.explicit = p.itemLooksExplicit(end)
		}
		h.vr = "SQ"
		return p.sequence(d, h, end, sc)
	}
	raw, ok, err := p.value(h, end)
	if !ok {
		return err
	}
	if vr == "UN" && p.privateSequence(d, h, raw, sc) {
		return nil
	}
	h.vr = vr
	p.add(d, h, raw, sc)
	return nil
}

// itemLooksExplicit looks into the first item of a UN sequence: some archives
// leave its content in explicit VR.
func (p *parser) itemLooksExplicit(end int) bool {
	b := p.b[p.pos:end]
	if len(b) < 16 || p.tagAt(p.pos) != tagItem {
		return false
	}
	t, vr := p.tagAt(p.pos+8), knownVR(b[12], b[13])
	return vr != "" && (t.Private() || t.VR() == vr) && t.Group() != 0xFFFE
}

// privateSequence reads a private value that begins with an item as the
// sequence it very likely is: implicit VR does not say. Where it turns out not
// to be one, it stays bytes.
func (p *parser) privateSequence(d *Dataset, h header, raw []byte, sc *scope) bool {
	if len(raw) < 8 || !bytes.Equal(raw[:4], []byte{0xFE, 0xFF, 0x00, 0xE0}) {
		return false
	}
	try := *p
	quiet := File{}
	try.f, try.b, try.pos = &quiet, p.b[:p.pos], p.pos-len(raw)
	var part Dataset
	h.vr, h.length = "SQ", uint32(len(raw))
	err := try.sequence(&part, h, try.pos+len(raw), sc)
	p.count, p.slab = try.count, try.slab
	if err != nil || try.cut || try.pos != p.pos || len(quiet.Notes) > 0 {
		return false
	}
	d.elems = append(d.elems, part.elems...)
	return true
}

// undefinedLength reads a value of undefined length that is no sequence by its
// VR: encapsulated bytes inside an item (an icon) are kept as they stand, item
// heads included; anything else is tried as a sequence.
func (p *parser) undefinedLength(d *Dataset, h header, end int, sc *scope) error {
	if h.vr.info().kind != kindBytes {
		p.f.note("%s has undefined length", h.tag)
		h.vr = "SQ"
		return p.sequence(d, h, end, sc)
	}
	from := p.pos
	for {
		it, ok := p.header(end)
		if !ok {
			p.cut, p.pos = true, end
			return nil
		}
		if it.tag == tagSeqEnd {
			h.vr, h.length = "OB", 0
			p.add(d, h, p.b[from:it.at:it.at], sc)
			return nil
		}
		if it.tag != tagItem || it.length == undefined {
			return invalid(it.at, "no fragment where one must stand")
		}
		if _, ok, err := p.value(it, end); !ok {
			return err
		}
	}
}

// sequence reads the items of h.
func (p *parser) sequence(d *Dataset, h header, end int, sc *scope) error {
	if sc.depth >= maxDepth {
		return invalid(h.at, "sequences nested deeper than %d", maxDepth)
	}
	stop, clipped := end, false
	if h.length != undefined {
		if clipped = uint64(h.length) > uint64(end-p.pos); !clipped {
			stop = p.pos + int(h.length)
		} else if end != len(p.b) {
			return invalid(h.at, "%s is longer than the item it stands in", h.tag)
		}
	}
	items, err := p.items(stop, h.length == undefined, sc)
	if err != nil {
		return err
	}
	p.cut = p.cut || clipped
	if p.opt.partial && p.cut {
		return nil
	}
	d.elems = append(d.elems, Element{Tag: h.tag, VR: "SQ", Items: items})
	return nil
}

func (p *parser) items(stop int, delimited bool, sc *scope) ([]*Dataset, error) {
	items := []*Dataset{}
	for p.pos < stop && !p.cut {
		h, ok := p.header(stop)
		if !ok {
			p.short(stop)
			return items, nil
		}
		if h.tag == tagSeqEnd {
			if !delimited {
				p.f.note("delimiter in a sequence of defined length")
			}
			if !delimited && p.pos < stop {
				continue
			}
			return items, nil
		}
		if h.tag != tagItem {
			return nil, invalid(h.at, "%s where an item must stand", h.tag)
		}
		it, err := p.item(h, stop, sc)
		if err != nil {
			return nil, err
		}
		items = append(items, it)
	}
	if delimited {
		p.cut = p.cut || stop == len(p.b)
	}
	return items, nil
}

func (p *parser) item(h header, stop int, sc *scope) (*Dataset, error) {
	if err := p.counted(h.at); err != nil {
		return nil, err
	}
	end, clipped := stop, false
	if h.length != undefined {
		if clipped = uint64(h.length) > uint64(stop-p.pos); !clipped {
			end = p.pos + int(h.length)
		} else if stop != len(p.b) {
			return nil, invalid(h.at, "item is longer than its sequence")
		}
	}
	d := &Dataset{}
	inner := scope{depth: sc.depth + 1, cs: sc.cs, signed: sc.signed}
	err := p.dataset(d, end, h.length == undefined, inner)
	p.cut = p.cut || clipped
	return d, err
}
