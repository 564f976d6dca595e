package pixel

import (
	"math"
	"sync/atomic"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Through is the window followed by a Presentation LUT (PS3.3 C.11.6.1), as one
// table of 65,536 entries: the light of the window, over all the entries of l, is
// the entry that is shown. l is read from its first entry on, whatever it says of a
// first input.
func (w Window) Through(l *LUT) Window {
	if l == nil || len(l.Values) == 0 {
		return w
	}
	const entries = 1 << 16
	voi := w.VOI()
	low, high := voi.ends()
	first := math.Floor(low)
	out := &LUT{First: int(first), Step: max(high-first, 1e-6) / (entries - 1), Bits: 16, Explanation: w.Explanation, Values: make([]uint16, entries)}
	full := float64(int(1)<<l.Bits - 1)
	for i := range out.Values {
		y := voi.At(first + float64(i)*out.Step)
		p := float64(l.Values[int(y*float64(len(l.Values)-1)+0.5)]) / full
		out.Values[i] = uint16(min(p, 1)*0xFFFF + 0.5)
	}
	return Window{Center: w.Center, Width: w.Width, Function: VOILUT, Explanation: w.Explanation, LUT: out}
}

// ends are inputs below and above which the light does not change: of a sigmoid,
// by less than a 16-bit step.
func (v *VOI) ends() (low, high float64) {
	switch v.kind {
	case curved:
		return v.c - 3*v.w, v.c + 3*v.w
	case tabled:
		return float64(v.lut.First), float64(v.lut.First) + v.lut.step()*float64(len(v.lut.Values)-1)
	}
	return v.low, v.high
}

// Presented is a window as this image is shown through it: followed by the image's
// own Presentation LUT, if it brings one.
// The same window gives the same table, so that what was made of it can be kept.
func (im *Image) Presented(w Window) Window {
	if im.presentation == nil {
		return w
	}
	return im.presentation.through(w)
}

// presentation is an image's Presentation LUT and the table made of it last.
type presentation struct {
	lut  *LUT
	last atomic.Pointer[[2]Window] // a window, and what became of it
}

func (p *presentation) through(w Window) Window {
	if last := p.last.Load(); last != nil && last[0] == w {
		return last[1]
	}
	out := w.Through(p.lut)
	p.last.Store(&[2]Window{w, out})
	return out
}

// presentationOf reads the Presentation LUT Sequence, nil where there is none.
func presentationOf(d *dicom.Dataset) (*presentation, error) {
	it := d.Seq(dicom.PresentationLUTSequence)
	if len(it) == 0 {
		return nil, nil
	}
	l, err := lutOf(it[0], false)
	if err != nil || l == nil {
		return nil, err
	}
	return &presentation{lut: l}, nil
}
