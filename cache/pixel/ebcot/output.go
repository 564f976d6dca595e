package ebcot

// folded is a magnitude with its sign above it in two's complement.
func folded(m uint32) int32 {
	s := int32(m) >> 31
	return (int32(m&^signBit) ^ s) - s
}

// stripe writes the rows of stripe s, halved towards zero if so asked.
func (f *field) stripe(s int, out []int32, stride int, halved bool) {
	src := f.mag[f.magAt(s, 0):f.magAt(s+1, 0)]
	shift := 0
	if halved {
		shift = 1
	}
	rows := min(4, f.height-4*s)
	out = out[4*s*stride:]
	if rows < 4 {
		for r := range rows {
			row := out[r*stride:][:f.width]
			for x := range row {
				m := src[4*x+r]
				row[x] = folded(m&signBit | m&^signBit>>shift)
			}
		}
		return
	}
	r0, r1 := out[:f.width], out[stride:][:f.width]
	r2, r3 := out[2*stride:][:f.width], out[3*stride:][:f.width]
	for x := range r0 {
		m := src[4*x:][:4]
		r0[x] = folded(m[0]&signBit | m[0]&^signBit>>shift)
		r1[x] = folded(m[1]&signBit | m[1]&^signBit>>shift)
		r2[x] = folded(m[2]&signBit | m[2]&^signBit>>shift)
		r3[x] = folded(m[3]&signBit | m[3]&^signBit>>shift)
	}
}

// floatStripe writes the rows of stripe s times half.
func (f *field) floatStripe(s int, out []float32, stride int, half float32) {
	src := f.mag[f.magAt(s, 0):f.magAt(s+1, 0)]
	for r := range min(4, f.height-4*s) {
		row := out[(4*s+r)*stride:][:f.width]
		for x := range row {
			row[x] = float32(folded(src[4*x+r])) * half
		}
	}
}
