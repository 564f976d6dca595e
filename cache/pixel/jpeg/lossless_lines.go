package jpeg

import "encoding/binary"

// store puts line y of a component where it belongs in the frame.
func (l *lossless) store(t *lossLines, line []uint16, y, shift int) {
	s, f := l.s, &l.s.comps[t.comp]
	if y >= f.height {
		return // it fills up an MCU
	}
	if across := s.hmax / f.h; across > 1 || shift > 0 {
		line = l.restored(line, across, shift)
	}
	line = line[:s.Width]
	stride := s.Width * s.Components * l.cell
	down := s.vmax / f.v
	for row := y * down; row < min((y+1)*down, s.Height); row++ {
		out := l.dst[row*stride : (row+1)*stride]
		switch {
		case l.cell == 4:
			cells32(out, line, t.comp, s.Components)
		case l.cell == 1:
			cells8(out, line, t.comp, s.Components)
		case s.Components == 1:
			whole16(out, line)
		default:
			cells16(out, line, t.comp, s.Components)
		}
	}
}

// restored is a line with the low bits that the point transform took, as zeros,
// and at full resolution: libjpeg repeats samples, it interpolates none in
// lossless frames.
func (l *lossless) restored(line []uint16, across, shift int) []uint16 {
	l.full = l.full[:0]
	for _, v := range line {
		for range across {
			l.full = append(l.full, v<<shift)
		}
	}
	return l.full
}

// whole16 stores a line of cells without gaps, four at a time.
func whole16(out []byte, line []uint16) {
	for len(line) >= 4 && len(out) >= 8 {
		v := uint64(line[0]) | uint64(line[1])<<16 | uint64(line[2])<<32 | uint64(line[3])<<48
		binary.LittleEndian.PutUint64(out, v)
		line, out = line[4:], out[8:]
	}
	cells16(out, line, 0, 1)
}

// cells8 stores a line into every step-th byte from at on; cells16 and cells32
// into cells of 2 and 4.
func cells8(out []byte, line []uint16, at, step int) {
	for _, v := range line {
		if uint(at) < uint(len(out)) {
			out[at] = byte(v)
		}
		at += step
	}
}

func cells16(out []byte, line []uint16, at, step int) {
	for _, v := range line {
		binary.LittleEndian.PutUint16(out[2*at:], v)
		at += step
	}
}

func cells32(out []byte, line []uint16, at, step int) {
	for _, v := range line {
		binary.LittleEndian.PutUint32(out[4*at:], uint32(v))
		at += step
	}
}

// predict turns the differences in row into samples (H.1.2.1). up is the line
// above; first says that there is none, and that left stands for the sample before
// the first. Everything is modulo 2¹⁶ but what the predictors themselves compute.
func predict(selection int, row, up []uint16, first bool, left uint16) {
	switch {
	case first:
		fromLeft(row, left)
		return
	case selection == 1:
		fromLeft(row, up[0])
		return
	}
	up = up[:len(row)]
	row[0] += up[0]
	switch selection {
	case 2:
		for x := 1; x < len(row); x++ {
			row[x] += up[x]
		}
	case 3:
		for x := 1; x < len(row); x++ {
			row[x] += up[x-1]
		}
	case 4:
		leftAndStep(row, up)
	case 5:
		leftAndSlope(row, up)
	case 6:
		aboveAndSlope(row, up)
	case 7:
		mean(row, up)
	}
}

// fromLeft: Ra.
func fromLeft(row []uint16, a uint16) {
	for x, d := range row {
		a += d
		row[x] = a
	}
}

// leftAndStep: Ra + Rb − Rc.
func leftAndStep(row, up []uint16) {
	a, c := row[0], up[0]
	up = up[:len(row)]
	for x, d := range row {
		if x == 0 {
			continue
		}
		b := up[x]
		a += b - c + d
		row[x], c = a, b
	}
}

// leftAndSlope: Ra + (Rb − Rc)/2, the half rounded down.
func leftAndSlope(row, up []uint16) {
	a, c := row[0], int32(up[0])
	up = up[:len(row)]
	for x, d := range row {
		if x == 0 {
			continue
		}
		b := int32(up[x])
		a += uint16((b-c)>>1) + d
		row[x], c = a, b
	}
}

// aboveAndSlope: Rb + (Ra − Rc)/2, the half rounded down.
func aboveAndSlope(row, up []uint16) {
	a, c := int32(row[0]), int32(up[0])
	up = up[:len(row)]
	for x, d := range row {
		if x == 0 {
			continue
		}
		b := int32(up[x])
		a = (b + (a-c)>>1 + int32(d)) & 0xFFFF
		row[x], c = uint16(a), b
	}
}

// mean: (Ra + Rb)/2.
func mean(row, up []uint16) {
	a := uint32(row[0])
	up = up[:len(row)]
	for x, d := range row {
		if x == 0 {
			continue
		}
		a = ((a+uint32(up[x]))>>1 + uint32(d)) & 0xFFFF
		row[x] = uint16(a)
	}
}
