package jpeg2000

import "github.com/nocturne/nocturne/cache/pixel/wavelet"

// plane holds samples of a resolution within a window: before its wavelet step
// band by band (LL at the top left, HL, LH, HH), as package wavelet wants it, after
// it in their places. Reversible components are integers, others floats.
type plane struct {
	ints   []int32
	floats []float32
	rect        // the window, on the resolution's grid
	whole  bool // resolution 0: one band, no wavelet step

	spareInts   []int32 // the memory of both, kept
	spareFloats []float32
}

// shape gives the plane a window, with what memory it has. What is in it is
// undefined.
func (p *plane) shape(win rect, reversible, whole bool) {
	p.rect, p.whole = win, whole
	n := max(win.width(), 0) * max(win.height(), 0)
	if reversible {
		p.spareInts = grown(p.spareInts, n)
		p.ints, p.floats = p.spareInts, nil
	} else {
		p.spareFloats = grown(p.spareFloats, n)
		p.floats, p.ints = p.spareFloats, nil
	}
}

// room is how many coefficients the plane's memory holds.
func (p *plane) room() int { return cap(p.spareInts) + cap(p.spareFloats) }

func grown[T any](s []T, n int) []T {
	if cap(s) >= n {
		return s[:n]
	}
	return make([]T, n)
}

// band is the part of band orient within the window.
func (p *plane) band(orient int) rect {
	if p.whole {
		return p.rect
	}
	return p.rect.band(orient)
}

// at is the index of coefficient (x, y) of band orient.
func (p *plane) at(orient, x, y int) int {
	b := p.band(orient)
	x, y = x-b.x0, y-b.y0
	if !p.whole {
		low := p.rect.band(0)
		if orient&1 != 0 {
			x += low.width()
		}
		if orient&2 != 0 {
			y += low.height()
		}
	}
	return y*p.width() + x
}

// clear zeroes the part of area, in band orient, that the window has.
func (p *plane) clear(orient int, area rect) {
	area = area.and(p.band(orient))
	if area.empty() {
		return
	}
	for y := area.y0; y < area.y1; y++ {
		i := p.at(orient, area.x0, y)
		if p.ints != nil {
			clear(p.ints[i:][:area.width()])
		} else {
			clear(p.floats[i:][:area.width()])
		}
	}
}

// takeLow copies the LL band from the samples of the next lower resolution.
func (p *plane) takeLow(low *plane) {
	b := p.band(0)
	for y := b.y0; y < b.y1; y++ {
		to, from := p.at(0, b.x0, y), (y-low.y0)*low.width()+b.x0-low.x0
		p.copyRow(low, to, from, b.width())
	}
}

// takeTail copies the rows of the high bands that p and q both have.
func (p *plane) takeTail(q *plane) {
	for orient := 1; orient < 4; orient++ {
		b := p.band(orient).and(q.band(orient))
		for y := b.y0; y < b.y1 && !b.empty(); y++ {
			p.copyRow(q, p.at(orient, b.x0, y), q.at(orient, b.x0, y), b.width())
		}
	}
}

func (p *plane) copyRow(q *plane, to, from, n int) {
	if p.ints != nil {
		copy(p.ints[to:][:n], q.ints[from:][:n])
	} else {
		copy(p.floats[to:][:n], q.floats[from:][:n])
	}
}

// inverse turns the bands into samples.
func (p *plane) inverse(w *worker) {
	if p.whole || p.empty() {
		return
	}
	if p.ints != nil {
		wavelet.Inverse53(p.ints, p.width(), p.x0, p.y0, p.x1, p.y1, &w.scratch)
	} else {
		wavelet.Inverse97(p.floats, p.width(), p.x0, p.y0, p.x1, p.y1, &w.scratch)
	}
}
