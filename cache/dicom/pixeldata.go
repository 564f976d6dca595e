package dicom

// offsetTable takes the extended offset table out of the data set: it belongs
// to the encapsulation, not to the object (PS3.3 C.7.6.3.1.8).
func (p *parser) offsetTable(t Tag, raw []byte) bool {
	switch t {
	case tagEOT:
		p.f.Pixel.EOT = p.uint64s(raw)
	case tagEOTLen:
		p.f.Pixel.EOTLengths = p.uint64s(raw)
	case tagEncapLen:
	default:
		return false
	}
	return true
}

func (p *parser) uint64s(raw []byte) []uint64 {
	out := make([]uint64, len(raw)/8)
	for i := range out {
		out[i] = p.order.uint64(raw[8*i:])
	}
	return out
}

// pixelData notes where the stored pixels lie. A second one is passed over.
func (p *parser) pixelData(h header, end int) error {
	px := &p.f.Pixel
	if px.Present() {
		p.f.note("%s after other pixel data", h.tag)
		px = &PixelData{}
	}
	px.Tag, px.VR, px.Encapsulated = h.tag, h.vr, h.length == undefined
	if !p.explicit && h.tag == PixelDataTag {
		px.VR = "OW" // PS3.5 A.1
	}
	if p.opt.header {
		p.stop = true
		return nil
	}
	if px.Encapsulated {
		return p.fragments(px, end)
	}
	n := min(uint64(h.length), uint64(end-p.pos))
	p.cut = n < uint64(h.length)
	px.Native = p.b[p.pos : p.pos+int(n) : p.pos+int(n)]
	p.pos += int(n)
	return nil
}

// fragments reads an encapsulated value (PS3.5 A.4): offset table, fragments,
// delimiter. Bytes that end early leave the fragments before, and the last one
// in part.
func (p *parser) fragments(px *PixelData, end int) error {
	px.Fragments = [][]byte{}
	for first := true; ; first = false {
		h, ok := p.header(end)
		if !ok {
			p.cut, p.pos = true, end
			return nil
		}
		if h.tag == tagSeqEnd {
			return nil
		}
		if h.tag != tagItem || h.length == undefined {
			return invalid(h.at, "no fragment where one must stand")
		}
		if err := p.counted(h.at); err != nil {
			return err
		}
		n := min(uint64(h.length), uint64(end-p.pos))
		p.cut = n < uint64(h.length)
		raw := p.b[p.pos : p.pos+int(n) : p.pos+int(n)]
		p.pos += int(n)
		if first {
			px.BOT = offsets(raw, p.order)
		} else {
			px.Fragments = append(px.Fragments, raw)
		}
		if p.cut {
			return nil
		}
	}
}

func offsets(raw []byte, order endian) []uint32 {
	out := make([]uint32, len(raw)/4)
	for i := range out {
		out[i] = order.uint32(raw[4*i:])
	}
	return out
}
