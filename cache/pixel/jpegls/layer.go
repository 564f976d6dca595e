package jpegls

import "slices"

// layer is the line being coded and the one above it, of each component of a
// scan or of all of them mixed, with a sample or pixel more on either side.
type layer struct {
	n         int // lines of each kind
	pixel     int // samples side by side in a line
	prev, cur [maxComponents][]uint16
	runIndex  [maxComponents]int
	rows      []uint16 // where the lines lie
}

// lay makes room for the lines of comps components.
func (l *layer) lay(width, comps int, how Interleave) {
	l.n, l.pixel = comps, 1
	if how == Sample && comps > 1 {
		l.n, l.pixel = 1, comps
	}
	size := (width + 2) * l.pixel
	l.rows = slices.Grow(l.rows[:0], 2*l.n*size)
	at := l.rows[:cap(l.rows)]
	for i := range l.n {
		l.prev[i], l.cur[i], at = at[:size:size], at[size:2*size:2*size], at[2*size:]
	}
}

// reset is the state before the first line: samples of 0 above it.
func (l *layer) reset() {
	for i := range l.n {
		clear(l.cur[i])
	}
	l.runIndex = [maxComponents]int{}
}

// turn makes the current lines those above.
func (l *layer) turn() { l.prev, l.cur = l.cur, l.prev }

// component is the samples of component i of the scan: each step-th of a slice.
func (l *layer) component(i int) (samples []uint16, step int) {
	if l.pixel > 1 {
		return l.cur[0][l.pixel+i : len(l.cur[0])-l.pixel], l.pixel
	}
	return l.cur[i][1 : len(l.cur[i])-1], 1
}

// code codes the next line of each component.
func (l *layer) code(s *coder) {
	for i := range l.n {
		if l.pixel > 1 {
			s.mixed(l.prev[i], l.cur[i], l.pixel, &l.runIndex[i])
		} else {
			s.line(l.prev[i], l.cur[i], &l.runIndex[i])
		}
	}
}

// decode decodes the next line of each component.
func (l *layer) decode(s *scan) error {
	l.turn()
	for i := range l.n {
		var err error
		if l.pixel > 1 {
			err = s.mixed(l.prev[i], l.cur[i], l.pixel, &l.runIndex[i])
		} else {
			err = s.line(l.prev[i], l.cur[i], &l.runIndex[i])
		}
		if err != nil {
			return err
		}
	}
	return nil
}
