package pixel

// Threshold is what is added to 255·y at a screen pixel, counted from the picture's
// corner, before the rest is cut off: Bayer's 8 × 8 pattern, (n + ½)/64 for n in
// 0…63. Black and white stay what they are.
func Threshold(x, y int) float64 {
	n := 0
	for bit := range 3 { // the lowest bits of x and y weigh most
		a, b := x>>bit&1, y>>bit&1
		n = n<<2 | (2*a+3*b)&3
	}
	return (float64(n) + 0.5) / 64
}

// round is what is added before a byte is cut off: a half, or the pattern.
func (p *painter) round(x, y int) float64 {
	if p.dither {
		return Threshold(x, y)
	}
	return 0.5
}

// level is the byte of a modality value.
func (p *painter) level(x, round float64) uint8 {
	y := p.voi.At(x)
	if p.invert {
		y = 1 - y
	}
	return uint8(y*255 + round)
}

// ditheredRow is nearestRow without a table of bytes.
func (p *painter) ditheredRow(y int) {
	line := p.line(y)
	for x := 0; 4*x < len(line); x++ {
		var g uint8
		if u, v, in := p.point(x, y); in {
			if s := p.im.Stored[int(v)*p.im.Cols+int(u)]; !p.im.IsPadding(s) {
				g = p.level(p.im.Modality(s), p.round(x, y))
			}
		}
		set(line[4*x:], g)
	}
}
