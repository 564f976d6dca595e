package pixel

// colours draws a row of colour, nearest or interpolated.
func (j *job) colours(from, to int) {
	if j.how == Nearest {
		j.nearestColours(from, to)
		return
	}
	n := 3 * j.size.X
	above, below := strip{row: -1, values: make([]int32, n)}, strip{row: -1, values: make([]int32, n)}
	samples := make([]int32, n)
	for y := from; y < to; y++ {
		line := j.line(y)
		if !j.beside(line, y) {
			continue
		}
		a, b := int(j.rows.at[y]), int(j.rows.next[y])
		if below.row == a || above.row == b {
			above, below = below, above
		}
		j.colourStrip(&above, a)
		j.colourStrip(&below, b)
		in := samples[3*j.cols.from : 3*j.cols.to]
		between(in, above.values[3*j.cols.from:], below.values[3*j.cols.from:], j.rows.weight[y])
		j.setColours(line[4*j.cols.from:], in)
	}
}

func (j *job) rgb(row int) []uint8 { return j.im.RGB[3*row*j.im.Cols : 3*(row+1)*j.im.Cols] }

func (j *job) nearestColours(from, to int) {
	for y := from; y < to; y++ {
		line := j.line(y)
		if !j.beside(line, y) {
			continue
		}
		row := j.rgb(int(j.rows.here[y]))
		for x := j.cols.from; x < j.cols.to; x++ {
			src, px := row[3*j.cols.here[x]:], line[4*x:4*x+4]
			px[0], px[1], px[2], px[3] = src[0], src[1], src[2], 255
			if j.invert {
				px[0], px[1], px[2] = ^px[0], ^px[1], ^px[2]
			}
		}
	}
}

func (j *job) colourStrip(s *strip, row int) {
	if s.row == row {
		return
	}
	s.row = row
	line := j.rgb(row)
	for x := j.cols.from; x < j.cols.to; x++ {
		a, b, w := line[3*j.cols.at[x]:], line[3*j.cols.next[x]:], j.cols.weight[x]
		out := s.values[3*x : 3*x+3]
		for k := range out {
			v := int64(a[k])
			out[k] = int32(v<<fixBits + (int64(b[k])-v)*w>>(weightBits-fixBits))
		}
	}
}

// setColours rounds halves up, as the reference does, inverted or not.
func (j *job) setColours(px []uint8, samples []int32) {
	const half, full = 1 << (fixBits - 1), 255 << fixBits
	for i := 0; i+2 < len(samples); i += 3 {
		to := px[4*(i/3) : 4*(i/3)+4]
		for k := range 3 {
			v := samples[i+k]
			if j.invert {
				v = full - v
			}
			to[k] = uint8((v + half) >> fixBits)
		}
		to[3] = 255
	}
}

// colourAreas averages what each screen pixel covers.
func (j *job) colourAreas(from, to int) {
	left, right := j.covered()
	sums := make([]float64, 3*j.im.Cols)
	samples := make([]int32, 3*j.size.X)
	for y := from; y < to; y++ {
		line, rows := j.line(y), j.high[y]
		if rows.to <= rows.from || left >= right {
			blacken(line)
			continue
		}
		clear(sums[3*left : 3*right])
		for r := rows.from; r < rows.to; r++ {
			w, src := rows.weight(r), j.rgb(r)
			for i := 3 * left; i < 3*right; i++ {
				sums[i] += w * float64(src[i])
			}
		}
		for x, s := range j.wide {
			if s.to > s.from {
				j.averageColour(samples[3*x:3*x+3], sums, s, width(rows)*width(s))
			}
		}
		j.setColours(line, samples)
		for x, s := range j.wide {
			if s.to <= s.from {
				blacken(line[4*x : 4*x+4])
			}
		}
	}
}

func (j *job) averageColour(out []int32, sums []float64, cols span, weight float64) {
	var c [3]float64
	for x := cols.from; x < cols.to; x++ {
		w := cols.weight(x)
		for k := range c {
			c[k] += w * sums[3*x+k]
		}
	}
	for k := range out {
		out[k] = int32(c[k]/weight*(1<<fixBits) + 0.5)
	}
}
