package pixel

import "math"

// cubic are Catmull-Rom's weights (a = −½) of the four samples about a point that
// lies f behind the second: they sum to 1 and pass through the samples.
func cubic(f float64) [4]float64 {
	return [4]float64{
		f * (-0.5 + f*(1-0.5*f)), 1 + f*f*(-2.5+1.5*f),
		f * (0.5 + f*(2-1.5*f)), f * f * (-0.5 + 0.5*f),
	}
}

// cubicTaps are the columns or rows about a coordinate, clamped, and their weights.
func cubicTaps(u float64, size int) (at [4]int, w [4]float64) {
	low := math.Floor(u - 0.5)
	for i := range at {
		at[i] = min(max(int(low)-1+i, 0), size-1)
	}
	return at, cubic(u - 0.5 - low)
}

func (p *painter) bicubicRow(y int) {
	line := p.line(y)
	for x := 0; 4*x < len(line); x++ {
		var g uint8
		if u, v, in := p.point(x, y); in {
			g = p.bicubic(u, v, p.round(x, y))
		}
		set(line[4*x:], g)
	}
}

// bicubic treats padding as bilinear does.
func (p *painter) bicubic(u, v, round float64) uint8 {
	im := p.im
	here := im.Stored[int(v)*im.Cols+int(u)]
	if im.padding.ok && im.IsPadding(here) {
		return 0
	}
	cols, wx := cubicTaps(u, im.Cols)
	rows, wy := cubicTaps(v, im.Rows)
	sum := 0.0
	for j, row := range rows {
		line, part := im.Stored[row*im.Cols:(row+1)*im.Cols], 0.0
		for i, col := range cols {
			s := line[col]
			if im.padding.ok && im.IsPadding(s) {
				s = here
			}
			part += wx[i] * im.Modality(s)
		}
		sum += wy[j] * part
	}
	return p.level(sum, round)
}

// colourCubic may overshoot: what leaves the range is cut.
func (im *Image) colourCubic(u, v float64) (c [3]float64) {
	cols, wx := cubicTaps(u, im.Cols)
	rows, wy := cubicTaps(v, im.Rows)
	for j, row := range rows {
		for i, col := range cols {
			px := im.RGB[3*(row*im.Cols+col):]
			for k := range c {
				c[k] += wy[j] * wx[i] * float64(px[k])
			}
		}
	}
	for k := range c {
		c[k] = min(max(c[k], 0), 255)
	}
	return c
}
