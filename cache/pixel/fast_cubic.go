package pixel

import "math"

// cubicAxis is where screen pixels lie along one axis of the image, between four of
// its pixels. Those before from and from to on lie beside the image.
type cubicAxis struct {
	at [][4]int32
	w  [][4]float64
}

func cubicAxisOf(a axis, scale, start float64, size int) cubicAxis {
	out := cubicAxis{at: make([][4]int32, len(a.at)), w: make([][4]float64, len(a.at))}
	for i := a.from; i < a.to; i++ {
		at, w := cubicTaps(scale*(float64(i)+0.5)+start, size)
		for k, v := range at {
			out.at[i][k] = int32(v)
		}
		out.w[i] = w
	}
	return out
}

// cubicStrip is strip for Bicubic.
type cubicStrip struct {
	row         int
	values      []float64
	left, right int
}

// bicubic interpolates each image row once for all screen rows it takes part in: of
// the last eight rows, four are about a screen row.
func (j *job) bicubic(from, to int) {
	var strips [8]cubicStrip
	for i := range strips {
		strips[i] = cubicStrip{row: -1, values: make([]float64, j.size.X)}
	}
	samples := make([]int32, j.size.X)
	for y := from; y < to; y++ {
		if !j.beside(j.line(y), y) {
			j.nothing(y)
			continue
		}
		var about [4]*cubicStrip
		left, right := 0, j.im.Cols
		for k, row := range j.down.at[y] {
			about[k] = &strips[row%8]
			j.cubicStrip(about[k], int(row))
			left, right = max(left, about[k].left), min(right, about[k].right)
		}
		in, end := j.innerCubic(left, right)
		w := j.down.w[y]
		a, b, c, d := about[0].values, about[1].values, about[2].values, about[3].values
		for x := in; x < end; x++ {
			samples[x] = fixed(w[0]*a[x] + w[1]*b[x] + w[2]*c[x] + w[3]*d[x])
		}
		j.paddedCubic(samples, y, j.cols.from, in)
		j.paddedCubic(samples, y, end, j.cols.to)
		j.row(y, j.cols.from, samples[j.cols.from:j.cols.to])
	}
}

// fixed rounds a sample.
func fixed(v float64) int32 { return int32(math.Floor(v*(1<<fixBits) + 0.5)) }

func (j *job) cubicStrip(s *cubicStrip, row int) {
	if s.row == row {
		return
	}
	line := j.stored(row)
	s.row, s.left, s.right = row, 0, len(line)
	if j.pad.ok {
		s.left, s.right = j.clean(line)
	}
	for x := j.cols.from; x < j.cols.to; x++ {
		at, w := &j.over.at[x], &j.over.w[x]
		s.values[x] = w[0]*float64(line[at[0]]^j.flip) + w[1]*float64(line[at[1]]^j.flip) +
			w[2]*float64(line[at[2]]^j.flip) + w[3]*float64(line[at[3]]^j.flip)
	}
}

// innerCubic is inner for Bicubic.
func (j *job) innerCubic(left, right int) (from, to int) {
	in := func(x int) bool { return int(j.over.at[x][0]) >= left && int(j.over.at[x][3]) < right }
	for from = j.cols.from; from < j.cols.to && !in(from); {
		from++
	}
	for to = j.cols.to; to > from && !in(to-1); {
		to--
	}
	return from, to
}

// paddedCubic is padded for Bicubic.
func (j *job) paddedCubic(samples []int32, y, from, to int) {
	here := j.stored(int(j.rows.here[y]))
	for x := from; x < to; x++ {
		own := here[j.cols.here[x]] ^ j.flip
		if j.pad.has(own) {
			samples[x] = black
			continue
		}
		sum := 0.0
		for k, row := range j.down.at[y] {
			line, part := j.stored(int(row)), 0.0
			for i, col := range j.over.at[x] {
				v := line[col] ^ j.flip
				if j.pad.has(v) {
					v = own
				}
				part += j.over.w[x][i] * float64(v)
			}
			sum += j.down.w[y][k] * part
		}
		samples[x] = fixed(sum)
	}
}
