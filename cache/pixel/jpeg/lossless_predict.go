package jpeg

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
		for x := range row[1:] {
			row[x+1] += up[x+1]
		}
	case 3:
		for x := range row[1:] {
			row[x+1] += up[x]
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
