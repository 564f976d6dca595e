package ebcot

// folded is a magnitude with its sign above it in two's complement.
func folded(m uint32) int32 {
	s := int32(m) >> 31
	return (int32(m&^signBit) ^ s) - s
}

// rowsOf are the four rows of stripe s in out, each as long as the block is wide;
// spare stands for those below the block.
func rowsOf[T any](f *field, s int, out []T, stride int, spare *[1024]T) (r0, r1, r2, r3 []T) {
	rows := [4][]T{spare[:f.width], spare[:f.width], spare[:f.width], spare[:f.width]}
	for r := range min(4, f.height-4*s) {
		rows[r] = out[(4*s+r)*stride:][:f.width]
	}
	return rows[0], rows[1], rows[2], rows[3]
}

// doubled writes stripe s as it is.
func (d *Decoder) doubled(s int, out []int32, stride int) {
	src := d.mag[d.magAt(s, 0):d.magAt(s+1, 0)]
	r0, r1, r2, r3 := rowsOf(&d.field, s, out, stride, &d.spare)
	for x := range r0 {
		m := src[4*x:][:4]
		r0[x], r1[x], r2[x], r3[x] = folded(m[0]), folded(m[1]), folded(m[2]), folded(m[3])
	}
}

// halved writes stripe s divided by 2, towards zero.
func (d *Decoder) halved(s int, out []int32, stride int) {
	src := d.mag[d.magAt(s, 0):d.magAt(s+1, 0)]
	r0, r1, r2, r3 := rowsOf(&d.field, s, out, stride, &d.spare)
	r1, r2, r3 = r1[:len(r0)], r2[:len(r0)], r3[:len(r0)]
	for x := range r0 {
		if len(src) < 4 {
			break // never
		}
		r0[x], r1[x], r2[x], r3[x] = folded(half(src[0])), folded(half(src[1])), folded(half(src[2])), folded(half(src[3]))
		src = src[4:]
	}
}

// half is m with its magnitude halved.
func half(m uint32) uint32 { return m&signBit | m&^signBit>>1 }

// scaled writes stripe s times step.
func (d *Decoder) scaled(s int, out []float32, stride int, step float32) {
	src := d.mag[d.magAt(s, 0):d.magAt(s+1, 0)]
	r0, r1, r2, r3 := rowsOf(&d.field, s, out, stride, &d.spareFloats)
	r1, r2, r3 = r1[:len(r0)], r2[:len(r0)], r3[:len(r0)]
	for x := range r0 {
		if len(src) < 4 {
			break // never
		}
		r0[x] = float32(folded(src[0])) * step
		r1[x] = float32(folded(src[1])) * step
		r2[x] = float32(folded(src[2])) * step
		r3[x] = float32(folded(src[3])) * step
		src = src[4:]
	}
}
