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
		e.Text = p.text(raw, vr, in, sc.cs)
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
			out[i] = int64(p.order.uint16(b))<<16 | int64(p.order.uint16(b[2:]))
		case size == 2 && in.signed:
			out[i] = int64(int16(p.order.uint16(b)))
		case size == 2:
			out[i] = int64(p.order.uint16(b))
		case size == 4 && in.signed:
			out[i] = int64(int32(p.order.uint32(b)))
		case size == 4:
			out[i] = int64(p.order.uint32(b))
		default:
			out[i] = int64(p.order.uint64(b))
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
			out[i] = float64(math.Float32frombits(p.order.uint32(raw[4*i:])))
		} else {
			out[i] = math.Float64frombits(p.order.uint64(raw[8*i:]))
		}
	}
	return out
}

// bytes returns the value little endian; only a big endian one is a copy, or
// one of a header read.
func (p *parser) bytes(raw []byte, in vrInfo) []byte {
	if p.order == bigEndian && in.size > 1 {
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

// text decodes, splits and trims a text value (PS3.5 6.2).
func (p *parser) text(raw []byte, vr VR, in vrInfo, cs *charset) []string {
	s := cs.decode(raw, vr, in, p.f)
	if !in.multi || strings.IndexByte(s, '\\') < 0 {
		if s = trim(s, in); s == "" {
			return nil
		}
		return p.one(s)
	}
	parts := strings.Split(s, `\`)
	for i := range parts {
		parts[i] = trim(parts[i], in)
	}
	return parts
}

// one makes a slice of one string out of a slab: most elements have one value.
func (p *parser) one(s string) []string {
	if len(p.slab) == cap(p.slab) {
		p.slab = make([]string, 0, 32)
	}
	p.slab = append(p.slab, s)
	n := len(p.slab)
	return p.slab[n-1 : n : n]
}

func trim(s string, in vrInfo) string {
	for len(s) > 0 && (s[len(s)-1] == ' ' || s[len(s)-1] == 0) {
		s = s[:len(s)-1]
	}
	for !in.leading && len(s) > 0 && (s[0] == ' ' || s[0] == 0) {
		s = s[1:]
	}
	return s
}
