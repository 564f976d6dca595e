package dicom

// PixelData says where the stored pixels lie. The zero value: there are none.
type PixelData struct {
	VR           VR
	Tag          Tag // PixelData, FloatPixelData or DoubleFloatPixelData
	Encapsulated bool
	// Native is the value as stored in the file, aliasing the input; big endian
	// stays big endian (see File.BigEndian). Nil when encapsulated, and of a file that
	// was opened or of which only the header was read.
	Native []byte
	// Fragments are the items after the offset table, aliasing the input; nil where
	// Native is.
	Fragments [][]byte
	// BOT is the Basic Offset Table (PS3.5 A.4), EOT and EOTLengths the extended
	// one (PS3.3 C.7.6.3.1.8); empty when absent.
	BOT             []uint32
	EOT, EOTLengths []uint64
}

// Present reports whether the object has pixel data at all.
func (p PixelData) Present() bool { return p.Tag != 0 }

// offsetTable takes the extended offset table out of the data set: it belongs
// to the encapsulation, not to the object (PS3.3 C.7.6.3.1.8).
func (p *parser) offsetTable(h header, raw []byte) (mine bool, err error) {
	switch h.tag {
	case tagEOT:
		p.f.Pixel.EOT, err = p.uint64s(raw)
	case tagEOTLen:
		p.f.Pixel.EOTLengths, err = p.uint64s(raw)
	case tagEncapLen:
	default:
		return false, nil
	}
	return true, err
}

func (p *parser) uint64s(raw []byte) ([]uint64, error) {
	if err := p.spend(int64(len(raw))); err != nil {
		return nil, err
	}
	out := make([]uint64, len(raw)/8)
	for i := range out {
		out[i] = p.order.uint64(raw[8*i:])
	}
	return out, nil
}

// pixelData notes where the stored pixels lie. A second one is passed over.
func (p *parser) pixelData(h header, end int) error {
	px := &p.f.Pixel
	if px.Present() {
		p.notes.add("%s after other pixel data", h.tag)
		px = &PixelData{}
	}
	px.Tag, px.VR, px.Encapsulated = h.tag, h.vr.name(), h.length == undefined
	if !p.explicit && h.tag == PixelDataTag {
		px.VR = "OW" // PS3.5 A.1
	}
	if p.header {
		p.f.src.at, p.f.src.length, p.f.src.order = int64(p.pos), h.length, p.order
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
// in part. A writer that left the table out, or has something else where the delimiter
// belongs, is followed.
func (p *parser) fragments(px *PixelData, end int) error {
	count := *p
	count.notes = nil
	n := 0
	if err := count.eachFragment(end, func([]byte) { n++ }); err != nil {
		return err
	}
	if err := p.spend(24 * int64(n)); err != nil {
		return err
	}
	all := make([][]byte, 0, n)
	if err := p.eachFragment(end, func(raw []byte) { all = append(all, raw) }); err != nil {
		return err
	}
	px.Fragments = all
	if n == 0 {
		return nil
	}
	if begins(all[0]) != beginsOther { // the first offset of a table is 0
		p.notes.add("fragments without an offset table in front", 0)
		return nil
	}
	px.Fragments = all[1:]
	if err := p.spend(int64(len(all[0]))); err != nil {
		return err
	}
	px.BOT = offsets(all[0], p.order)
	return nil
}

func (p *parser) eachFragment(end int, take func(raw []byte)) error {
	for first := true; ; first = false {
		h, ok := p.head(end)
		if !ok {
			p.cut, p.pos = true, end
			return nil
		}
		switch {
		case h.tag == tagSeqEnd:
			return nil
		case h.tag == tagItem && h.length != undefined:
		case first || h.tag == tagItem:
			return invalid(h.at, "no fragment where one must stand")
		default:
			p.undelimited, p.pos = true, h.at
			return nil
		}
		if err := p.counted(h.at); err != nil {
			return err
		}
		n := min(uint64(h.length), uint64(end-p.pos))
		p.cut = n < uint64(h.length)
		take(p.b[p.pos : p.pos+int(n) : p.pos+int(n)])
		if p.pos += int(n); p.cut {
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
