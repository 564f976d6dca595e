package dicom

import "encoding/binary"

// ordinary walks elements as almost all are: explicit VR little endian, public or
// private, ascending, whole, no sequence, with nothing to be noted or settled. It
// stops before the first that is otherwise, which element then handles; whatever it
// takes, element would take in the same way, at a third of the speed. last is the tag
// before; that of the last element taken is returned.
func (p *parser) ordinary(set *rawSet, end int, last Tag, sc *scope) Tag {
	if !p.explicit || p.order != littleEndian || end > maxOffset || p.header && p.opt.Stop != 0 {
		return last
	}
	b, pos, depth0 := p.b[:end], p.pos, sc.depth == 0
	for len(b)-pos >= 12 {
		h := b[pos : pos+12]
		tag := Tag(binary.LittleEndian.Uint16(h))<<16 | Tag(binary.LittleEndian.Uint16(h[2:]))
		vr := knownVR(h[4], h[5])
		if vr == 0 || vr == vrUN || vr == vrSQ || tag <= last || tag >= 0x7FE00000 || h[0] == 0 && depth0 ||
			tag&0xFFFF == 0 || tag == SpecificCharacterSet || tag == PixelRepresentation {
			break
		}
		in := &vrInfos[vr]
		n, at := int(binary.LittleEndian.Uint16(h[6:])), pos+8
		if in.long {
			n, at = int(binary.LittleEndian.Uint32(h[8:])), pos+12
		}
		if n > len(b)-at || p.count >= p.lim.Elements || !in.unremarkable(b[at:at+n]) {
			break
		}
		if set != nil {
			if len(p.stack) == cap(p.stack) {
				break
			}
			p.stack = append(p.stack, rawElem{tag, uint32(n), uint64(at)<<16 | uint64(vr)<<8 | rawExplicit})
		}
		p.count++
		pos, last = at+n, tag
	}
	p.pos = pos
	return last
}

// unremarkable: value.check would note nothing.
func (in *vrInfo) unremarkable(raw []byte) bool {
	switch in.kind {
	case kindText:
		return plain(raw)
	case kindInt, kindFloat:
		return len(raw)&int(in.size-1) == 0
	}
	return true
}
