package pixel

import "math"

func (j *job) line(y int) []uint8 {
	return j.dst.Pix[y*j.dst.Stride : y*j.dst.Stride+4*j.size.X]
}

func (j *job) stored(row int) []uint16 {
	return j.im.Stored[row*j.im.Cols : (row+1)*j.im.Cols]
}

// blacken is what lies beside the image.
func blacken(px []uint8) {
	for i := 0; i+3 < len(px); i += 4 {
		px[i], px[i+1], px[i+2], px[i+3] = 0, 0, 0, 255
	}
}

// beside blackens what of a row lies beside the image, and reports whether anything
// of the row lies in it.
func (j *job) beside(line []uint8, y int) bool {
	if y < j.rows.from || y >= j.rows.to || j.cols.from >= j.cols.to {
		blacken(line)
		return false
	}
	blacken(line[:4*j.cols.from])
	blacken(line[4*j.cols.to:])
	return true
}

func (j *job) nearest(from, to int) {
	last := int32(-1)
	for y := from; y < to; y++ {
		line := j.line(y)
		if !j.beside(line, y) {
			last = -1
			continue
		}
		if j.rows.here[y] == last {
			copy(line, j.line(y-1))
			continue
		}
		last = j.rows.here[y]
		row := j.stored(int(last))
		for x := j.cols.from; x < j.cols.to; x++ {
			set(line[4*x:], j.lut[row[j.cols.here[x]]])
		}
	}
}

// strip is a row of the image, interpolated to the columns of the screen. Of its
// pixels none in [left, right) is padding.
type strip struct {
	row         int
	values      []int32
	left, right int
}

// bilinear interpolates each image row once for all screen rows it takes part in.
func (j *job) bilinear(from, to int) {
	var above, below strip
	above.row, below.row = -1, -1
	samples := make([]int32, j.size.X)
	above.values, below.values = make([]int32, j.size.X), make([]int32, j.size.X)
	for y := from; y < to; y++ {
		line := j.line(y)
		if !j.beside(line, y) {
			j.nothing(y)
			continue
		}
		a, b := int(j.rows.at[y]), int(j.rows.next[y])
		if below.row == a || above.row == b {
			above, below = below, above
		}
		j.strip(&above, a)
		j.strip(&below, b)
		from, to := j.inner(max(above.left, below.left), min(above.right, below.right))
		between(samples[from:to], above.values[from:], below.values[from:], j.rows.weight[y])
		j.padded(samples, y, j.cols.from, from)
		j.padded(samples, y, to, j.cols.to)
		j.row(y, j.cols.from, samples[j.cols.from:j.cols.to])
	}
}

// inner are the screen columns that lie between image columns of [left, right) alone.
func (j *job) inner(left, right int) (from, to int) {
	in := func(x int) bool {
		a, b := int(j.cols.at[x]), int(j.cols.next[x])
		return a >= left && b < right
	}
	for from = j.cols.from; from < j.cols.to && !in(from); {
		from++
	}
	for to = j.cols.to; to > from && !in(to-1); {
		to--
	}
	return from, to
}

// between interpolates two rows.
func between(out, above, below []int32, weight int64) {
	above, below = above[:len(out)], below[:len(out)]
	for i := range out {
		a := int64(above[i])
		out[i] = int32(a + (int64(below[i])-a)*weight>>weightBits)
	}
}

func (j *job) strip(s *strip, row int) {
	if s.row == row {
		return
	}
	line := j.stored(row)
	s.row, s.left, s.right = row, 0, len(line)
	if j.pad.ok {
		s.left, s.right = j.clean(line)
	}
	c, flip := j.cols, j.flip
	at, next, weight, out := c.at[c.from:c.to], c.next[c.from:c.to], c.weight[c.from:c.to], s.values[c.from:c.to]
	next, weight, out = next[:len(at)], weight[:len(at)], out[:len(at)]
	for i := range at {
		a, b := int64(line[at[i]]^flip), int64(line[next[i]]^flip)
		out[i] = int32(a<<fixBits + (b-a)*weight[i]>>(weightBits-fixBits))
	}
}

// clean are the pixels of a row between padding at its ends; none where there is
// padding among them.
func (j *job) clean(line []uint16) (left, right int) {
	for right = len(line); right > 0 && j.pad.has(line[right-1]^j.flip); {
		right--
	}
	for left < right && j.pad.has(line[left]^j.flip) {
		left++
	}
	for _, v := range line[left:right] {
		if v^j.flip-j.pad.low <= j.pad.span {
			return 0, 0
		}
	}
	return left, right
}

// padded are columns of a row with padding near them: padding beside a point counts
// as the pixel the point lies in.
func (j *job) padded(samples []int32, y, from, to int) {
	if from >= to {
		return
	}
	out := samples[from:to]
	above, below, here := j.stored(int(j.rows.at[y])), j.stored(int(j.rows.next[y])), j.stored(int(j.rows.here[y]))
	wy, flip := j.rows.weight[y], j.flip
	for i := range out {
		x := from + i
		at, next := j.cols.at[x], j.cols.next[x]
		own := here[j.cols.here[x]] ^ flip
		if j.pad.has(own) {
			out[i] = black
			continue
		}
		taps := [4]uint16{above[at] ^ flip, above[next] ^ flip, below[at] ^ flip, below[next] ^ flip}
		for k, v := range taps {
			if j.pad.has(v) {
				taps[k] = own
			}
		}
		wx := j.cols.weight[x]
		a := int64(taps[0])<<fixBits + (int64(taps[1])-int64(taps[0]))*wx>>(weightBits-fixBits)
		b := int64(taps[2])<<fixBits + (int64(taps[3])-int64(taps[2]))*wx>>(weightBits-fixBits)
		out[i] = int32(a + (b-a)*wy>>weightBits)
	}
}

// pile is rows of the image added up: values of whole rows, with how many of them
// count where some are padding; sums are those with the rows at the ends, in part.
type pile struct {
	whole, count []int32
	sums, parts  []float64
}

// areas averages what each screen pixel covers: first down the columns, then along
// the row.
func (j *job) areas(from, to int) {
	p := pile{whole: make([]int32, j.im.Cols), sums: make([]float64, j.im.Cols)}
	if j.pad.ok {
		p.count, p.parts = make([]int32, j.im.Cols), make([]float64, j.im.Cols)
	}
	left, right := j.covered()
	samples := make([]int32, j.size.X)
	for y := from; y < to; y++ {
		if s := j.high[y]; s.to <= s.from || left >= right {
			blacken(j.line(y))
			j.nothing(y)
			continue
		}
		j.pile(&p, j.high[y], left, right)
		for x, s := range j.wide {
			samples[x] = black
			if s.to > s.from {
				samples[x] = j.average(&p, s, j.high[y])
			}
		}
		j.row(y, 0, samples)
	}
}

// covered are the columns that are on the screen.
func (j *job) covered() (left, right int) {
	left = j.im.Cols
	for _, s := range j.wide {
		if s.to > s.from {
			left, right = min(left, s.from), max(right, s.to)
		}
	}
	return left, right
}

func (j *job) pile(p *pile, rows span, left, right int) {
	whole := p.whole[left:right]
	clear(whole)
	if j.pad.ok {
		clear(p.count[left:right])
	}
	for y := rows.from + 1; y < rows.to-1; y++ {
		j.add(whole, p.count, j.stored(y), left)
	}
	first, last := j.stored(rows.from)[left:right], j.stored(rows.to - 1)[left:right]
	wf, wl := rows.first, rows.last
	if rows.to-1 == rows.from {
		wl = 0 // the same row
	}
	if j.pad.ok {
		j.paddedEnds(p, first, last, wf, wl, left)
		return
	}
	flip, sums := j.flip, p.sums[left:right]
	first, last, whole = first[:len(sums)], last[:len(sums)], whole[:len(sums)]
	for i := range sums {
		sums[i] = float64(whole[i]) + wf*float64(first[i]^flip) + wl*float64(last[i]^flip)
	}
}

func (j *job) add(whole, count []int32, line []uint16, left int) {
	line, flip := line[left:left+len(whole)], j.flip
	if !j.pad.ok {
		for i, v := range line {
			whole[i] += int32(v ^ flip)
		}
		return
	}
	count = count[left : left+len(whole)]
	for i, v := range line {
		if v ^= flip; v-j.pad.low > j.pad.span {
			whole[i] += int32(v)
			count[i]++
		}
	}
}

// paddedEnds takes the rows at the ends into a pile, their padding left out.
func (j *job) paddedEnds(p *pile, first, last []uint16, wf, wl float64, left int) {
	for i := range first {
		sum, part := float64(p.whole[left+i]), float64(p.count[left+i])
		if v := first[i] ^ j.flip; !j.pad.has(v) {
			sum, part = sum+wf*float64(v), part+wf
		}
		if v := last[i] ^ j.flip; !j.pad.has(v) {
			sum, part = sum+wl*float64(v), part+wl
		}
		p.sums[left+i], p.parts[left+i] = sum, part
	}
}

// average is the mean of what a pixel covers; padding weighs nothing, and half of it
// is too much.
func (j *job) average(p *pile, cols, rows span) int32 {
	sum := along(p.sums, cols)
	all := width(rows) * width(cols)
	weight := all
	if j.pad.ok {
		if weight = along(p.parts, cols); halfPadded(weight, all-weight) {
			return black
		}
	}
	return int32(math.Floor(sum/weight*(1<<fixBits) + 0.5))
}

// width is how much a span covers.
func width(s span) float64 {
	if s.to-s.from == 1 {
		return s.first
	}
	return s.first + s.last + float64(s.to-s.from-2)
}

// along adds up a span of a row.
func along(v []float64, s span) float64 {
	sum := v[s.from] * s.first
	if s.to-s.from == 1 {
		return sum
	}
	for _, x := range v[s.from+1 : s.to-1] {
		sum += x
	}
	return sum + v[s.to-1]*s.last
}
