package dicom

import (
	"bytes"
	"math"
	"strings"
)

// decode turns a value's bytes into an element.
func (p *parser) decode(h header, raw []byte, sc *scope) Element {
	vr := p.vrFor(h, sc)
	e := Element{Tag: h.tag, VR: vr}
	in := vr.info()
	if len(raw) == 0 {
		return e
	}
	switch in.kind {
	case kindText:
		e.Text = splitText(raw, vr, in, sc.cs, p.f)
	case kindInt:
		e.Ints = p.ints(h, raw, in)
	case kindFloat:
		e.Floats = p.floats(h, raw, in)
	default:
		e.Bytes = p.bytes(raw, in)
	}
	return e
}

// vrFor settles "US or SS" and "US or OW" where implicit VR leaves it open.
func (p *parser) vrFor(h header, sc *scope) VR {
	if p.explicit || h.vr != "US" {
		return h.vr
	}
	info, _ := h.tag.info()
	switch {
	case len(info.VRs) < 2:
		return "US"
	case info.VRs[len(info.VRs)-1] == "OW":
		return "OW"
	case sc.signed:
		return "SS"
	}
	return "US"
}

func (p *parser) ints(h header, raw []byte, in vrInfo) []int64 {
	size := int(in.size)
	if len(raw)%size != 0 {
		p.f.note("%s has a value of odd length", h.tag)
	}
	out := make([]int64, len(raw)/size)
	for i := range out {
		b := raw[i*size:]
		switch {
		case h.vr == "AT":
			out[i] = int64(p.order.Uint16(b))<<16 | int64(p.order.Uint16(b[2:]))
		case size == 2 && in.signed:
			out[i] = int64(int16(p.order.Uint16(b)))
		case size == 2:
			out[i] = int64(p.order.Uint16(b))
		case size == 4 && in.signed:
			out[i] = int64(int32(p.order.Uint32(b)))
		case size == 4:
			out[i] = int64(p.order.Uint32(b))
		default:
			out[i] = int64(p.order.Uint64(b))
		}
	}
	return out
}

func (p *parser) floats(h header, raw []byte, in vrInfo) []float64 {
	size := int(in.size)
	if len(raw)%size != 0 {
		p.f.note("%s has a value of odd length", h.tag)
	}
	out := make([]float64, len(raw)/size)
	for i := range out {
		if size == 4 {
			out[i] = float64(math.Float32frombits(p.order.Uint32(raw[4*i:])))
		} else {
			out[i] = math.Float64frombits(p.order.Uint64(raw[8*i:]))
		}
	}
	return out
}

// bytes returns the value little endian; only a big endian one is a copy, or
// one of a header read.
func (p *parser) bytes(raw []byte, in vrInfo) []byte {
	if p.order.String() == "BigEndian" && in.size > 1 {
		return swapped(raw, int(in.size))
	}
	if p.opt.header {
		return bytes.Clone(raw)
	}
	return raw
}

// swapped returns a copy of b with the bytes of each size-byte word reversed.
func swapped(b []byte, size int) []byte {
	out := bytes.Clone(b)
	for i := 0; i+size <= len(out); i += size {
		for a, z := i, i+size-1; a < z; a, z = a+1, z-1 {
			out[a], out[z] = out[z], out[a]
		}
	}
	return out
}

// splitText decodes, splits and trims a text value (PS3.5 6.2).
func splitText(raw []byte, vr VR, in vrInfo, cs *charset, f *File) []string {
	s := cs.decode(raw, vr, in, f)
	if !in.multi || strings.IndexByte(s, '\\') < 0 {
		if s = trim(s, in); s == "" {
			return nil
		}
		return []string{s}
	}
	parts := strings.Split(s, `\`)
	for i := range parts {
		parts[i] = trim(parts[i], in)
	}
	return parts
}

func trim(s string, in vrInfo) string {
	s = strings.TrimRight(s, " \x00")
	if !in.leading {
		s = strings.TrimLeft(s, " \x00")
	}
	return s
}
