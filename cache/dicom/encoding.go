package dicom

// encoding settles VR explicitness and byte order: as the transfer syntax says,
// unless the first element cannot be read so and can be read otherwise.
func (p *parser) encoding() error {
	p.explicit, p.order = true, littleEndian
	switch p.f.TransferSyntax {
	case ImplicitVRLittleEndian:
		p.explicit = false
	case gePrivateBigEndianPixels:
		p.explicit, p.f.BigEndian = false, true
	case ExplicitVRBigEndian:
		p.order, p.f.BigEndian = bigEndian, true
	}
	b := p.b[p.pos:]
	if len(b) < 8 {
		return nil
	}
	seen, plausible := look(b)
	bare := p.f.Meta.Len() == 0 && !p.f.Preamble
	if bare && (!plausible || p.pos+seen.size > len(p.b) && !p.partial) {
		return invalid(p.pos, "neither Part 10 nor a data set")
	}
	if p.f.TransferSyntax == "" {
		p.f.TransferSyntax = seen.uid()
		p.notes.add("no transfer syntax declared", 0)
	} else if !plausible || !seen.sure || seen.explicit == p.explicit && seen.order == p.order {
		return nil
	} else {
		p.notes.add("encoded otherwise than the transfer syntax says", 0)
	}
	p.explicit, p.order = seen.explicit, seen.order
	p.f.BigEndian = p.f.BigEndian && p.f.TransferSyntax == gePrivateBigEndianPixels || seen.order == bigEndian
	return nil
}

// looks is how the first element of a data set appears to be encoded, and the
// bytes that it would take.
type looks struct {
	explicit bool
	order    endian
	size     int
	sure     bool // the VR is the one that the dictionary has for the tag, or there is none
}

func (l looks) uid() UID {
	switch {
	case l.order == bigEndian:
		return ExplicitVRBigEndian
	case l.explicit:
		return ExplicitVRLittleEndian
	}
	return ImplicitVRLittleEndian
}

// look judges the first element by its tag, which the dictionary must know, and
// by its VR. Where both byte orders give a tag, the smaller group is meant: data
// sets begin with low groups. There is no implicit big endian.
func look(b []byte) (looks, bool) {
	l, lok := lookIn(b, littleEndian)
	g, gok := lookIn(b, bigEndian)
	if gok && (!lok || bigEndian.uint16(b) < littleEndian.uint16(b)) {
		return g, true
	}
	return l, lok
}

func lookIn(b []byte, order endian) (looks, bool) {
	t := Tag(order.uint16(b))<<16 | Tag(order.uint16(b[2:]))
	known := t.code()
	if known == vrUN || t.Group() > PixelDataTag.Group() {
		return looks{order: order}, false
	}
	vr := knownVR(b[4], b[5])
	switch {
	case vr == 0 && order == littleEndian:
		n := order.uint32(b[4:])
		if n == undefined {
			n = 0
		}
		return looks{false, order, 8 + int(n), true}, true
	case vr == 0 || vr != known && vr != vrUN && !t.Private() && !t.ambiguous():
		return looks{order: order}, false
	case vr.info().long:
		return looks{true, order, 12, vr == known}, true
	}
	return looks{true, order, 8 + int(order.uint16(b[6:])), vr == known}, true
}
