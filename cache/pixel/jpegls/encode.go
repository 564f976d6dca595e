package jpegls

import (
	"encoding/binary"
	"slices"
)

// Encode appends the codestream of an image to dst[:0] and returns it. samples
// are as Decode gives them: cells of 1, 2 or 4 bytes, the samples of a pixel
// side by side. h says how it is to be coded; Mapped has no meaning here, the
// interleaving of a single component none either, and Transform is for three
// interleaved ones. An *dicom.InvalidError names what T.87 has no room for: a
// sample above Preset.MaxVal too.
func Encode(dst, samples []byte, h Head, cell int) ([]byte, error) {
	e := encoder{h: h, samples: samples}
	if err := e.check(cell); err != nil {
		return nil, err
	}
	e.b = dst[:0]
	e.segments()
	per := e.h.Components
	if e.h.Interleave == None {
		per = 1
	}
	for c := 0; c < e.h.Components; c += per {
		if err := e.scan(c, per); err != nil {
			return nil, err
		}
	}
	e.marker(mEOI)
	return e.b, nil
}

type encoder struct {
	coder
	layer
	h       Head
	preset  Preset // filled
	samples []byte
	cell    int
	rgb     [3][]uint16 // a line before and after its colour transform
}

// check holds what was asked for against what can be coded.
func (e *encoder) check(asked int) error {
	h := &e.h
	switch {
	case h.Width < 1 || h.Height < 1 || h.Width > 1<<31-1 || h.Height > 1<<31-1:
		return invalid("JPEG-LS image without lines or columns")
	case h.Components < 1 || h.Components > maxComponents || h.Precision < 2 || h.Precision > 16:
		return invalid("JPEG-LS image of %d components of %d bits", h.Components, h.Precision)
	case h.Interleave < None || h.Interleave > Sample || h.Restart < 0 || h.Restart > 1<<31-1:
		return invalid("JPEG-LS interleave mode or restart interval")
	case h.Transform < 0 || h.Transform > 3 || h.Transform > 0 && (h.Components != 3 || h.Interleave == None):
		return invalid("JPEG-LS colour transform of what is no interleaved colour")
	}
	if h.Components == 1 {
		h.Interleave = None
	}
	e.preset = h.Preset.filled(h.Precision, h.Near)
	if !e.preset.valid(h.Precision, h.Near) || h.Transform > 0 && e.preset.MaxVal != 1<<h.Precision-1 {
		return invalid("JPEG-LS coding parameters out of their range")
	}
	var err error
	if e.cell, err = cell(asked, h.Precision); err != nil {
		return err
	}
	if n, err := h.bytes(e.cell); err != nil || n != int64(len(e.samples)) {
		return invalid("samples of another number than the JPEG-LS image has")
	}
	return nil
}

// segments writes all that stands in front of the first scan. Coding parameters
// are written above 12 bits too: HP's decoder has other defaults there.
func (e *encoder) segments() {
	h := &e.h
	e.marker(mSOI)
	if h.Transform > 0 {
		e.marker(mAPP8, 'm', 'r', 'f', 'x', byte(h.Transform))
	}
	rows, columns := h.Height, h.Width
	if rows > 0xFFFF || columns > 0xFFFF {
		e.marker(mLSE, append(append([]byte{4, 4}, quad(rows)...), quad(columns)...)...)
		rows, columns = 0, 0
	}
	b := []byte{byte(h.Precision), byte(rows >> 8), byte(rows), byte(columns >> 8), byte(columns), byte(h.Components)}
	for i := range h.Components {
		b = append(b, byte(i+1), 0x11, 0)
	}
	e.marker(mSOF55, b...)
	if h.Preset != (Preset{}) || h.Precision > 12 {
		b := []byte{1}
		for _, v := range []int{e.preset.MaxVal, e.preset.T1, e.preset.T2, e.preset.T3, e.preset.Reset} {
			b = append(b, byte(v>>8), byte(v))
		}
		e.marker(mLSE, b...)
	}
	switch {
	case h.Restart > 0xFFFF:
		e.marker(mDRI, quad(h.Restart)...)
	case h.Restart > 0:
		e.marker(mDRI, byte(h.Restart>>8), byte(h.Restart))
	}
}

func quad(v int) []byte { return []byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)} }

// scan codes n components from c on.
func (e *encoder) scan(c, n int) error {
	b := []byte{byte(n)}
	for i := range n {
		b = append(b, byte(c+i+1), 0)
	}
	e.marker(mSOS, append(b, byte(e.h.Near), byte(e.h.Interleave), 0)...)
	e.set(&scanHead{preset: e.preset, near: e.h.Near})
	e.lay(e.h.Width, n, e.h.Interleave)
	e.restart()
	e.reset()
	for y := range e.h.Height {
		if r := e.h.Restart; r > 0 && y > 0 && y%r == 0 {
			e.flush()
			e.marker(mRST0 + byte((y/r-1)%8))
			e.restart()
			e.reset()
		}
		if err := e.fetch(c, n, y); err != nil {
			return err
		}
		e.layer.code(&e.coder)
	}
	e.flush()
	return nil
}

// fetch brings line y of n components from c on into the layer.
func (e *encoder) fetch(c, n, y int) error {
	e.turn()
	row := len(e.samples) / e.h.Height
	b := e.samples[y*row:][:row]
	step := e.h.Components * e.cell
	for i := range n {
		to, every := e.component(i)
		for at, o := 0, (c+i)*e.cell; o < len(b); at, o = at+every, o+step {
			v := value(b[o:], e.cell)
			if v > uint32(e.preset.MaxVal) {
				return invalid("a sample larger than the JPEG-LS image may have")
			}
			to[at] = uint16(v)
		}
	}
	if e.h.Transform > 0 {
		e.transform()
	}
	return nil
}

// value is one cell.
func value(b []byte, cell int) uint32 {
	switch cell {
	case 1:
		return uint32(b[0])
	case 2:
		return uint32(binary.LittleEndian.Uint16(b))
	}
	return binary.LittleEndian.Uint32(b)
}

// transform is image.untransform the other way round.
func (e *encoder) transform() {
	for i := range e.rgb {
		from, step := e.component(i)
		e.rgb[i] = slices.Grow(e.rgb[i][:0], e.h.Width)[:e.h.Width]
		for x := range e.rgb[i] {
			e.rgb[i][x] = from[x*step]
		}
	}
	do[e.h.Transform](e.rgb[0], e.rgb[1], e.rgb[2], 1<<e.h.Precision)
	for i, from := range e.rgb {
		to, step := e.component(i)
		for x, v := range from {
			to[x*step] = v
		}
	}
}
