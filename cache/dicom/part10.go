package dicom

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
)

// parse reads b. more means: b is only the head of a file, and its end was
// reached before the pixel data.
func parse(b []byte, opt options) (f *File, more bool, err error) {
	f = &File{Meta: &Dataset{}, Dataset: &Dataset{}}
	p := &parser{b: b, f: f, opt: opt, order: littleEndian, zeros: -1}
	p.pos, f.Preamble = preamble(b)
	if err := p.meta(); err != nil {
		return nil, false, err
	}
	f.TransferSyntax = UID(f.Meta.Str(TransferSyntaxUID))
	if f.TransferSyntax == DeflatedExplicitVRLittleEndian {
		if opt.partial {
			return nil, true, nil
		}
		if err := p.inflate(); err != nil {
			return nil, false, err
		}
	}
	if !p.cut && p.pos < len(p.b) {
		if err := p.body(); err != nil {
			return nil, false, err
		}
	}
	if opt.partial && !p.stop {
		return nil, true, nil
	}
	f.Truncated = f.Truncated || p.cut
	if f.Dataset.Len() == 0 && f.Meta.Len() == 0 && !f.Pixel.Present() {
		return nil, false, invalid(p.pos, "no data element")
	}
	return f, false, nil
}

// body reads the data set.
func (p *parser) body() error {
	if err := p.encoding(); err != nil {
		return err
	}
	p.f.Dataset.elems = make([]Element, 0, 64)
	return p.dataset(p.f.Dataset, len(p.b), false, scope{})
}

// preamble returns where the first element stands (PS3.10 7.1).
func preamble(b []byte) (pos int, full bool) {
	const magic = "DICM"
	if len(b) >= 132 && string(b[128:132]) == magic {
		return 132, true
	}
	if len(b) >= 4 && string(b[:4]) == magic {
		return 4, false
	}
	return 0, false
}

// meta reads group 0002, which is explicit VR little endian; writers that got
// that wrong are followed. Its end is where the group ends: the group length is
// trusted only to tell meta information from a deflated stream.
func (p *parser) meta() error {
	end := -1
	sc := scope{}
	for len(p.b)-p.pos >= 8 && p.tagAt(p.pos).Group() == 2 {
		if p.pos == end && UID(p.f.Meta.Str(TransferSyntaxUID)) == DeflatedExplicitVRLittleEndian {
			break
		}
		p.explicit = knownVR(p.b[p.pos+4], p.b[p.pos+5]) != ""
		h, ok := p.header(len(p.b))
		if !ok {
			p.cut = true
			return nil
		}
		if h.tag == FileMetaInformationGroupLength && h.length == 4 && len(p.b)-p.pos >= 4 {
			end = p.pos + 4 + int(p.order.uint32(p.b[p.pos:]))
		}
		if err := p.element(p.f.Meta, h, len(p.b), &sc); err != nil || p.cut {
			return err
		}
	}
	return nil
}

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
	if bare && (!plausible || p.pos+seen.size > len(p.b) && !p.opt.partial) {
		return invalid(p.pos, "neither Part 10 nor a data set")
	}
	if p.f.TransferSyntax == "" {
		p.f.TransferSyntax = seen.uid()
		p.f.note("no transfer syntax declared")
	} else if !plausible || !seen.sure || seen.explicit == p.explicit && seen.order == p.order {
		return nil
	} else {
		p.f.note("encoded otherwise than the transfer syntax says")
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
	known := t.VR()
	if known == "UN" || t.Group() > PixelDataTag.Group() {
		return looks{order: order}, false
	}
	vr := knownVR(b[4], b[5])
	switch {
	case vr == "" && order == littleEndian:
		n := order.uint32(b[4:])
		if n == undefined {
			n = 0
		}
		return looks{false, order, 8 + int(n), true}, true
	case vr == "" || vr != known && vr != "UN" && !t.Private() && !t.ambiguous():
		return looks{order: order}, false
	case vr.info().long:
		return looks{true, order, 12, vr == known}, true
	}
	return looks{true, order, 8 + int(order.uint16(b[6:])), vr == known}, true
}

func (t Tag) ambiguous() bool { in, _ := t.info(); return len(in.VRs) > 1 }

const (
	inflateFloor = 64 << 20
	inflateRatio = 100 // a real header deflates 3:1, an empty image 1000:1
	inflateMost  = 1 << 30
)

// inflate replaces the rest of the bytes by their inflated form (PS3.5 A.5),
// of bounded size.
func (p *parser) inflate() error {
	most := min(max(inflateFloor, inflateRatio*int64(len(p.b))), inflateMost)
	r := flate.NewReader(bytes.NewReader(p.b[p.pos:]))
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	if int64(len(b)) > most {
		return &UnsupportedError{What: fmt.Sprintf("a data set that inflates to more than %d MiB", most>>20)}
	}
	if err != nil && len(b) == 0 {
		return invalid(p.pos, "deflated data set cannot be inflated")
	}
	if err != nil {
		p.f.note("deflated data set ends early")
	}
	p.b, p.pos, p.f.Truncated = b, 0, err != nil
	return nil
}
