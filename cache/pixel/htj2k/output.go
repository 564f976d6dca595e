package htj2k

// emitWhole gives the samples that readSamples read as μ with its sign: all there
// is of a block whose cleanup pass is of plane 0, on a reversible path.
func (d *Decoder) emitWhole(to rowPair[int32]) {
	top, bottom := to.top, to.bottom[:len(to.top)]
	if d.isWide {
		for x := range top {
			q := &d.wide[x>>1]
			top[x], bottom[x] = unfold(q[x&1<<1]), unfold(q[x&1<<1|1])
		}
		return
	}
	for x := 0; x < len(top)-1; x += 2 {
		q := unfoldLanes(d.line[x>>1&(maxRow-1)])
		top[x], bottom[x], top[x+1], bottom[x+1] = lane(q, 0), lane(q, 1), lane(q, 2), lane(q, 3)
	}
	if x := len(top) - 1; x&1 == 0 {
		q := unfoldLanes(d.line[x>>1])
		top[x], bottom[x] = lane(q, 0), lane(q, 1)
	}
}

// emitDoubled gives them as ±(2·μ+1), moved up to their plane.
func (d *Decoder) emitDoubled(to rowPair[int32]) {
	top, bottom, up := to.top, to.bottom[:len(to.top)], d.shift&31
	if d.isWide {
		for x := range top {
			q := &d.wide[x>>1]
			top[x], bottom[x] = double(q[x&1<<1])<<up, double(q[x&1<<1|1])<<up
		}
		return
	}
	for x := 0; x < len(top)-1; x += 2 {
		q := doubleLanes(d.line[x>>1&(maxRow-1)])
		top[x], bottom[x] = lane(q, 0)<<up, lane(q, 1)<<up
		top[x+1], bottom[x+1] = lane(q, 2)<<up, lane(q, 3)<<up
	}
	if x := len(top) - 1; x&1 == 0 {
		q := doubleLanes(d.line[x>>1])
		top[x], bottom[x] = lane(q, 0)<<up, lane(q, 1)<<up
	}
}

// emitScaled gives them as ±(2·μ+1)·unit.
func (d *Decoder) emitScaled(to rowPair[float32], unit float32) {
	top, bottom := to.top, to.bottom[:len(to.top)]
	if d.isWide {
		for x := range top {
			q := &d.wide[x>>1]
			top[x], bottom[x] = float32(double(q[x&1<<1]))*unit, float32(double(q[x&1<<1|1]))*unit
		}
		return
	}
	for x := 0; x < len(top)-1; x += 2 {
		q := doubleLanes(d.line[x>>1&(maxRow-1)])
		top[x], bottom[x] = float32(lane(q, 0))*unit, float32(lane(q, 1))*unit
		top[x+1], bottom[x+1] = float32(lane(q, 2))*unit, float32(lane(q, 3))*unit
	}
	if x := len(top) - 1; x&1 == 0 {
		q := doubleLanes(d.line[x>>1])
		top[x], bottom[x] = float32(lane(q, 0))*unit, float32(lane(q, 1))*unit
	}
}

// lane is lane n as a two's complement number.
func lane(q uint64, n int) int32 { return int32(int16(q >> (16 * n))) }

// unfold is ±μ; unfoldLanes that of each lane.
func unfold(x folded) int32 {
	minus := -int32(x & 1)
	return int32(x>>1) ^ minus - minus
}

func unfoldLanes(q uint64) uint64 {
	minus := q & everyLane
	return (q >> 1 &^ (everyLane << 15)) ^ (minus<<16 - minus) + minus
}

// double is ±(2·μ+1), or 0; doubleLanes that of each lane. A lane is 0, or 2 to
// 2^14 + 1.
func double(x folded) int32 {
	minus := -int32(x & 1)
	return int32(x&^1|min(x, 1)) ^ minus - minus
}

func doubleLanes(q uint64) uint64 {
	minus := q & everyLane
	some := (q + everyLane*0x7FFE) >> 15 & everyLane
	return (q&^minus | some) ^ (minus<<16 - minus) + minus
}
