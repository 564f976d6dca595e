package pixel

import "math"

// span is a stretch of one axis that a screen pixel covers, clipped to the
// image: pixels [from, to) of which the first and the last count in part.
type span struct {
	from, to    int
	first, last float64 // weight of pixel from and of pixel to−1, in 0…1
}

func spanOf(a, b float64, size int) (s span, ok bool) {
	if a > b {
		a, b = b, a
	}
	a, b = max(a, 0), min(b, float64(size))
	if b <= a {
		return span{}, false
	}
	s = span{from: int(a), to: int(math.Ceil(b))}
	s.first = min(float64(s.from+1), b) - a
	s.last = b - max(float64(s.to-1), a)
	return s, true
}

func (s span) weight(i int) float64 {
	switch i {
	case s.from:
		return s.first
	case s.to - 1:
		return s.last
	}
	return 1
}

// covered is what screen pixel (x, y) covers of the image.
func (p *painter) covered(x, y int) (cols, rows span, ok bool) {
	u0, v0 := p.inv.Apply(float64(x), float64(y))
	u1, v1 := p.inv.Apply(float64(x+1), float64(y+1))
	cols, okC := spanOf(u0, u1, p.im.Cols)
	rows, okR := spanOf(v0, v1, p.im.Rows)
	return cols, rows, okC && okR
}

func (p *painter) areaRow(y int) {
	line := p.line(y)
	for x := 0; 4*x < len(line); x++ {
		var g uint8
		if cols, rows, ok := p.covered(x, y); ok {
			g = p.area(cols, rows, p.round(x, y))
		}
		set(line[4*x:], g)
	}
}

func (p *painter) area(cols, rows span, round float64) uint8 {
	im := p.im
	var sum, weight, padded float64
	for y := rows.from; y < rows.to; y++ {
		wy := rows.weight(y)
		line := im.Stored[y*im.Cols : (y+1)*im.Cols]
		for x := cols.from; x < cols.to; x++ {
			w := wy * cols.weight(x)
			if im.padding.ok && im.IsPadding(line[x]) {
				padded += w
				continue
			}
			sum += w * im.Modality(line[x])
			weight += w
		}
	}
	if halfPadded(weight, padded) {
		return 0
	}
	return p.level(sum/weight, round)
}

// halfPadded: what a screen pixel covers is padding by half. Exactly half is, however
// the parts were added up.
func halfPadded(weight, padded float64) bool { return weight-padded <= 1e-9*(weight+padded) }

// colourRow paints a row of a colour image: the same points and weights, in RGB.
func (p *painter) colourRow(how Interpolation) func(y int) {
	return func(y int) {
		line := p.line(y)
		for x := 0; 4*x < len(line); x++ {
			c := [3]float64{}
			in := true
			if how == Area {
				c, in = p.colourArea(x, y)
			} else if u, v, inside := p.point(x, y); inside {
				c = p.colourAt(u, v, how)
			} else {
				in = false
			}
			p.setColour(line[4*x:], c, in)
		}
	}
}

func (p *painter) setColour(px []uint8, c [3]float64, in bool) {
	for k := range c {
		switch {
		case !in:
			px[k] = 0
		case p.invert:
			px[k] = uint8(255 - c[k] + 0.5)
		default:
			px[k] = uint8(c[k] + 0.5)
		}
	}
	px[3] = 255
}

func (p *painter) colourAt(u, v float64, how Interpolation) (c [3]float64) {
	im := p.im
	if how == Nearest {
		for k := range c {
			c[k] = float64(im.RGB[3*(int(v)*im.Cols+int(u))+k])
		}
		return c
	}
	if how == Bicubic {
		return im.colourCubic(u, v)
	}
	t := im.taps(u, v)
	for k := range c {
		at := func(x, y int) float64 { return float64(im.RGB[3*(y*im.Cols+x)+k]) }
		c[k] = t.mix(at(t.x0, t.y0), at(t.x1, t.y0), at(t.x0, t.y1), at(t.x1, t.y1))
	}
	return c
}

func (p *painter) colourArea(x, y int) (c [3]float64, in bool) {
	cols, rows, ok := p.covered(x, y)
	if !ok {
		return c, false
	}
	var weight float64
	for j := rows.from; j < rows.to; j++ {
		for i := cols.from; i < cols.to; i++ {
			w := rows.weight(j) * cols.weight(i)
			px := p.im.RGB[3*(j*p.im.Cols+i):]
			for k := range c {
				c[k] += w * float64(px[k])
			}
			weight += w
		}
	}
	for k := range c {
		c[k] /= weight
	}
	return c, weight > 0
}
