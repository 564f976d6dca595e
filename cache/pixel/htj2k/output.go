package htj2k

// whole gives the samples of d.line as μ with its sign: all there is of a block
// whose cleanup pass is of plane 0, on a reversible path.
func (d *Decoder) whole(to rowPair[int32]) {
	top, bottom := to.top, to.bottom
	for j := range len(top) / 2 {
		q, t, b := &d.line[j&(maxRow-1)], (*[2]int32)(top[2*j:]), (*[2]int32)(bottom[2*j:])
		t[0], t[1] = unfold(q[0]), unfold(q[2])
		b[0], b[1] = unfold(q[1]), unfold(q[3])
	}
	if x := len(top) - 1; x&1 == 0 {
		q := &d.line[x>>1]
		top[x], bottom[x] = unfold(q[0]), unfold(q[1])
	}
}

// doubled gives them as ±(2·μ+1), moved up to their plane.
func (d *Decoder) doubled(to rowPair[int32]) {
	top, bottom, shift := to.top, to.bottom, d.shift&31
	for j := range len(top) / 2 {
		q, t, b := &d.line[j&(maxRow-1)], (*[2]int32)(top[2*j:]), (*[2]int32)(bottom[2*j:])
		t[0], t[1] = double(q[0])<<shift, double(q[2])<<shift
		b[0], b[1] = double(q[1])<<shift, double(q[3])<<shift
	}
	if x := len(top) - 1; x&1 == 0 {
		q := &d.line[x>>1]
		top[x], bottom[x] = double(q[0])<<shift, double(q[1])<<shift
	}
}

// scaled gives them as ±(2·μ+1)·unit.
func (d *Decoder) scaled(to rowPair[float32], unit float32) {
	top, bottom := to.top, to.bottom
	for j := range len(top) / 2 {
		q, t, b := &d.line[j&(maxRow-1)], (*[2]float32)(top[2*j:]), (*[2]float32)(bottom[2*j:])
		t[0], t[1] = float32(double(q[0]))*unit, float32(double(q[2]))*unit
		b[0], b[1] = float32(double(q[1]))*unit, float32(double(q[3]))*unit
	}
	if x := len(top) - 1; x&1 == 0 {
		q := &d.line[x>>1]
		top[x], bottom[x] = float32(double(q[0]))*unit, float32(double(q[1]))*unit
	}
}

// unfold is ±μ.
func unfold(x folded) int32 {
	s := -int32(x & 1)
	return int32(x>>1) ^ s - s
}

// double is ±(2·μ+1), or 0.
func double(x folded) int32 {
	s := -int32(x & 1)
	return int32(x&^1|min(x, 1)) ^ s - s
}
