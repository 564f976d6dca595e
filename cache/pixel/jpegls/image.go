package jpegls

import "encoding/binary"

// image is where decoded lines go.
type image struct {
	b     []byte
	cell  int // bytes of a sample
	comps int
	row   int // bytes of a row
	undo  func(a, b, c []uint16, size int)
	size  int                     // values of a sample
	rgb   [maxComponents][]uint16 // what undo makes of a line; empty without
	room  []uint16
}

// put writes line y of a scan.
func (m *image) put(l *layer, h *scanHead, y int) error {
	b := m.b[y*m.row:][:m.row]
	if m.undo != nil {
		m.untransform(l)
	} else if l.n == 1 && h.n == m.comps && inOrder(h) {
		m.cells(b, l.cur[0][l.pixel:len(l.cur[0])-l.pixel])
		return nil
	}
	for i := range h.n {
		side, step := m.rgb[i&3], 1
		if m.undo == nil {
			side, step = l.component(i)
		}
		if err := m.component(b, side, step, h.index[i], h.table[i]); err != nil {
			return err
		}
	}
	return nil
}

// inOrder reports that the scan's components are the image's.
func inOrder(h *scanHead) bool {
	for i, at := range h.index[:h.n] {
		if at != i || h.table[i] != nil {
			return false
		}
	}
	return true
}

// cells writes a whole row.
func (m *image) cells(b []byte, row []uint16) {
	switch m.cell {
	case 1:
		b = b[:len(row)]
		for i, v := range row {
			b[i] = byte(v)
		}
	case 2:
		for len(row) >= 4 && len(b) >= 8 {
			binary.LittleEndian.PutUint64(b, uint64(row[0])|uint64(row[1])<<16|uint64(row[2])<<32|uint64(row[3])<<48)
			row, b = row[4:], b[8:]
		}
		for i, v := range row {
			binary.LittleEndian.PutUint16(b[2*i:], v)
		}
	default:
		for i, v := range row {
			binary.LittleEndian.PutUint32(b[4*i:], uint32(v))
		}
	}
}

// component writes every n-th sample of side as component at of a row, through
// the mapping table where there is one.
func (m *image) component(b []byte, side []uint16, n, at int, t *table) error {
	step := m.comps * m.cell
	o := at * m.cell
	if t == nil && m.cell == 1 {
		for i := 0; i < len(side) && o < len(b); i, o = i+n, o+step {
			b[o] = byte(side[i])
		}
		return nil
	}
	for i := 0; i < len(side); i, o = i+n, o+step {
		v := side[i]
		if t != nil {
			if int(v) >= len(t.entries) || m.cell == 1 && t.entries[v] > 0xFF {
				return invalid("a JPEG-LS sample that its mapping table has no value for")
			}
			v = t.entries[v]
		}
		b[o] = byte(v)
		if m.cell > 1 {
			b[o+1] = byte(v >> 8)
		}
		if m.cell > 2 {
			b[o+2], b[o+3] = 0, 0
		}
	}
	return nil
}
