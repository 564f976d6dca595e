package jpegls

import "slices"

// The colour transforms of HP's coder, which writes their number in an APP8
// segment behind "mrfx". They work modulo size, the number of values that a
// sample has. Like other coders' we pass over them where the components are not
// interleaved.
var (
	undo = [4]func(v1, v2, v3 []uint16, size int){1: fromHP1, 2: fromHP2, 3: fromHP3}
	do   = [4]func(r, g, b []uint16, size int){1: toHP1, 2: toHP2, 3: toHP3}
)

// transform sets what is to be undone in the lines of the scan.
func (m *image) transform(s *stream) {
	m.undo, m.size = nil, 1<<s.precision
	if t := s.head.Transform; t > 0 && s.now.n == 3 {
		m.undo = undo[t]
		w := s.head.Width
		m.room = slices.Grow(m.room[:0], 3*w)[:3*w]
		m.rgb[0], m.rgb[1], m.rgb[2] = m.room[:w], m.room[w:2*w], m.room[2*w:]
	}
}

// untransform makes rgb of a line. The coded components stay as they are, for
// they predict the next line.
func (m *image) untransform(l *layer) {
	for i, to := range m.rgb[:3] {
		from, step := l.component(i)
		for x := range to {
			to[x] = from[x*step]
		}
	}
	m.undo(m.rgb[0], m.rgb[1], m.rgb[2], m.size)
}

func fromHP1(v1, v2, v3 []uint16, size int) {
	for x, v := range v2 {
		g := int(v)
		v1[x] = uint16((int(v1[x]) + g - size/2) & (size - 1))
		v3[x] = uint16((int(v3[x]) + g - size/2) & (size - 1))
	}
}

func fromHP2(v1, v2, v3 []uint16, size int) {
	for x, v := range v2 {
		g := int(v)
		r := (int(v1[x]) + g - size/2) & (size - 1)
		v1[x] = uint16(r)
		v3[x] = uint16((int(v3[x]) + (r+g)>>1 - size/2) & (size - 1))
	}
}

func fromHP3(v1, v2, v3 []uint16, size int) {
	for x, v := range v1 {
		b, r := int(v2[x]), int(v3[x])
		g := (int(v) - (r+b)>>2 + size/4) & (size - 1)
		v1[x] = uint16((r + g - size/2) & (size - 1))
		v2[x] = uint16(g)
		v3[x] = uint16((b + g - size/2) & (size - 1))
	}
}

func toHP1(r, g, b []uint16, size int) {
	for x, v := range g {
		r[x] = uint16((int(r[x]) - int(v) + size/2) & (size - 1))
		b[x] = uint16((int(b[x]) - int(v) + size/2) & (size - 1))
	}
}

func toHP2(r, g, b []uint16, size int) {
	for x, v := range g {
		red, green := int(r[x]), int(v)
		r[x] = uint16((red - green + size/2) & (size - 1))
		b[x] = uint16((int(b[x]) - (red+green)>>1 + size/2) & (size - 1))
	}
}

func toHP3(r, g, b []uint16, size int) {
	for x, v := range g {
		green := int(v)
		v2 := (int(b[x]) - green + size/2) & (size - 1)
		v3 := (int(r[x]) - green + size/2) & (size - 1)
		r[x] = uint16((green + (v2+v3)>>2 - size/4) & (size - 1))
		g[x], b[x] = uint16(v2), uint16(v3)
	}
}
