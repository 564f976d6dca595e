package dicom

import (
	"bytes"
	"math"
	"strings"
)

// value says how the bytes of a value are to be understood.
type value struct {
	code  vrCode
	order endian
	cs    *charset
	notes *notes // nil: nothing is noted
}

// decode fills in e from the bytes of its value.
func (v value) decode(e *Element, raw []byte) {
	if len(raw) == 0 {
		return
	}
	in := v.code.info()
	switch in.kind {
	case kindText:
		e.Text = v.text(raw, in)
	case kindInt:
		e.Ints = v.ints(raw, in)
	case kindFloat:
		e.Floats = v.floats(raw, in)
	default:
		e.Bytes = v.bytes(raw, in)
	}
}

// check notes what decode will have to tolerate. Text is looked at until something
// was wrong with it, and no more than a megabyte: decoding is not free.
func (v value) check(t Tag, raw []byte) {
	in := v.code.info()
	switch in.kind {
	case kindText:
		if v.notes.looks(raw) && !plain(raw) {
			v.cs.decode(raw, v.code, v.notes)
		}
	case kindInt, kindFloat:
		if len(raw)%int(in.size) != 0 {
			v.notes.add("%s has a value of odd length", t)
		}
	}
}

// implicitVR settles "US or SS" and "US or OW", which implicit VR leaves open.
func implicitVR(t Tag, sc *scope) vrCode {
	switch _, last := t.codes(); {
	case last == vrOW:
		return vrOW
	case last == vrSS && sc.signed:
		return vrSS
	}
	return vrUS
}

func (v value) ints(raw []byte, in *vrInfo) []int64 {
	size := int(in.size)
	out := make([]int64, len(raw)/size)
	for i := range out {
		b := raw[i*size:]
		switch {
		case v.code == vrAT:
			out[i] = int64(v.order.uint16(b))<<16 | int64(v.order.uint16(b[2:]))
		case size == 2 && in.signed:
			out[i] = int64(int16(v.order.uint16(b)))
		case size == 2:
			out[i] = int64(v.order.uint16(b))
		case size == 4 && in.signed:
			out[i] = int64(int32(v.order.uint32(b)))
		case size == 4:
			out[i] = int64(v.order.uint32(b))
		default:
			out[i] = int64(v.order.uint64(b))
		}
	}
	return out
}

func (v value) floats(raw []byte, in *vrInfo) []float64 {
	out := make([]float64, len(raw)/int(in.size))
	for i := range out {
		if in.size == 4 {
			out[i] = float64(math.Float32frombits(v.order.uint32(raw[4*i:])))
		} else {
			out[i] = math.Float64frombits(v.order.uint64(raw[8*i:]))
		}
	}
	return out
}

// bytes returns the value little endian; only a big endian one is a copy.
func (v value) bytes(raw []byte, in *vrInfo) []byte {
	if v.order == bigEndian && in.size > 1 {
		return swapped(raw, int(in.size))
	}
	return raw[:len(raw):len(raw)]
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
func (v value) text(raw []byte, in *vrInfo) []string {
	s := v.cs.decode(raw, v.code, v.notes)
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

func trim(s string, in *vrInfo) string {
	for len(s) > 0 && (s[len(s)-1] == ' ' || s[len(s)-1] == 0) {
		s = s[:len(s)-1]
	}
	for !in.leading && len(s) > 0 && (s[0] == ' ' || s[0] == 0) {
		s = s[1:]
	}
	return s
}
