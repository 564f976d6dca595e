package dicom

import "bytes"

// nested walks SQ and UN. A UN of undefined length is a sequence in implicit
// VR little endian (PS3.5 6.2.2); a UN of a tag that the dictionary knows is
// read as what the dictionary says, in the same encoding.
func (p *parser) nested(set *rawSet, h header, end int, sc *scope) error {
	if h.vr == vrSQ {
		return p.sequence(set, h, end, sc)
	}
	explicit, order := p.explicit, p.order
	defer func() { p.explicit, p.order = explicit, order }()
	p.explicit, p.order = false, littleEndian
	vr := h.tag.code()
	if h.length == undefined || vr == vrSQ {
		p.explicit = p.itemLooksExplicit(end)
		h.vr = vrSQ
		return p.sequence(set, h, end, sc)
	}
	at, ok, err := p.value(h, end)
	if !ok {
		return err
	}
	if vr == vrUN && p.privateSequence(at, sc) {
		h.vr = vrSQ
		if set == nil {
			return nil
		}
		return p.push(h, at, int(h.length), rawGuess)
	}
	h.vr = vr
	return p.keep(set, h, at, sc)
}

// itemLooksExplicit looks into the first item of a UN sequence: some archives
// leave its content in explicit VR.
func (p *parser) itemLooksExplicit(end int) bool {
	b := p.b[p.pos:end]
	if len(b) < 16 || p.tagAt(p.pos) != tagItem {
		return false
	}
	t, vr := p.tagAt(p.pos+8), knownVR(b[12], b[13])
	return vr != 0 && (t.Private() || t.code() == vr) && t.Group() != 0xFFFE
}

// privateSequence reports whether a private value, from at to p.pos, that begins
// with an item is the sequence that it very likely is: implicit VR does not say.
// Where anything in it is not as it must be it stays bytes.
func (p *parser) privateSequence(at int, sc *scope) bool {
	if p.pos-at < 8 || !bytes.Equal(p.b[at:at+4], []byte{0xFE, 0xFF, 0x00, 0xE0}) {
		return false
	}
	if sc.depth >= p.lim.Depth {
		return false
	}
	try := *p
	try.b, try.pos, try.stack, try.trusted = p.b[:p.pos], at, nil, false
	before := p.notes.total
	p.notes.mute++
	err := try.items(p.pos, false, sc, nil)
	p.notes.mute--
	p.count = try.count
	return err == nil && !try.cut && try.pos == p.pos && p.notes.total == before
}

// undefinedLength walks a value of undefined length that is no sequence by its
// VR: encapsulated bytes inside an item (an icon) are kept as they stand, item
// heads included; anything else is tried as a sequence.
func (p *parser) undefinedLength(set *rawSet, h header, end int, sc *scope) error {
	if h.vr.info().kind != kindBytes {
		p.notes.add("%s has undefined length", h.tag)
		h.vr = vrSQ
		return p.sequence(set, h, end, sc)
	}
	from := p.pos
	for {
		it, ok := p.head(end)
		if !ok {
			p.cut, p.pos = true, end
			return nil
		}
		if it.tag == tagSeqEnd {
			h.vr, h.length = vrOB, uint32(it.at-from)
			if it.at-from >= undefined {
				return beyond("length", undefined-1, int64(it.at-from), h.at)
			}
			return p.keep(set, h, from, sc)
		}
		if it.tag != tagItem || it.length == undefined {
			return invalid(it.at, "no fragment where one must stand")
		}
		if _, ok, err := p.value(it, end); !ok {
			return err
		}
	}
}

// sequence walks the items of h.
func (p *parser) sequence(set *rawSet, h header, end int, sc *scope) error {
	if sc.depth >= p.lim.Depth {
		return beyond("depth of sequences", int64(p.lim.Depth), int64(sc.depth)+1, h.at)
	}
	stop, clipped := end, false
	if h.length != undefined {
		if clipped = uint64(h.length) > uint64(end-p.pos); !clipped {
			stop = p.pos + int(h.length)
		} else if end != len(p.b) {
			return tooLong(h, end-p.pos)
		}
	}
	from, upTo := p.pos, stop
	if p.trusted && h.length != undefined {
		p.pos = stop
	} else if err := p.items(stop, h.length == undefined, sc, nil); err != nil {
		return err
	}
	if h.length == undefined {
		if upTo = p.pos; !p.cut && upTo-from >= 8 && p.tagAt(upTo-8) == tagSeqEnd {
			upTo -= 8
		}
	}
	if p.cut = p.cut || clipped; p.partial && p.cut {
		if h.length != undefined {
			p.want = max(p.want, from+int(h.length))
		}
		return nil
	}
	if set == nil {
		return nil
	}
	h.vr = vrSQ
	return p.push(h, from, upTo-from, 0)
}

// items walks items up to stop, or to a delimiter; into takes them when it is
// not nil.
func (p *parser) items(stop int, delimited bool, sc *scope, into *[]*Dataset) error {
	for p.pos < stop && !p.cut {
		h, ok := p.head(stop)
		if !ok {
			p.short(stop)
			return nil
		}
		if h.tag == tagSeqEnd {
			if !delimited {
				p.notes.add("delimiter in a sequence of defined length", 0)
			}
			if !delimited && p.pos < stop {
				continue
			}
			return nil
		}
		if h.tag != tagItem {
			return invalid(h.at, "%s where an item must stand", h.tag)
		}
		if err := p.item(h, stop, sc, into); err != nil {
			return err
		}
	}
	if delimited {
		p.cut = p.cut || stop == len(p.b)
	}
	return nil
}

func (p *parser) item(h header, stop int, sc *scope, into *[]*Dataset) error {
	if err := p.counted(h.at); err != nil {
		return err
	}
	end, clipped := stop, false
	if h.length != undefined {
		if clipped = uint64(h.length) > uint64(stop-p.pos); !clipped {
			end = p.pos + int(h.length)
		} else if stop != len(p.b) {
			return tooLong(h, stop-p.pos)
		}
	}
	var set *rawSet
	if into != nil {
		set = new(rawSet)
		*into = append(*into, &Dataset{raw: set, from: int64(h.at) + 1})
	}
	inner := scope{depth: sc.depth + 1, cs: sc.cs, signed: sc.signed}
	err := p.dataset(set, end, h.length == undefined, &inner)
	p.cut = p.cut || clipped
	return err
}
