package jpegls

// scanHead reads SOS (T.87 C.2.3).
func (s *stream) scanHead(b []byte) error {
	if !s.framed {
		return invalid("a JPEG-LS scan before the frame header")
	}
	if len(b) < 4 || len(b) != 4+2*int(b[0]) || b[0] == 0 || int(b[0]) > s.head.Components {
		return invalid("JPEG-LS scan header of a wrong length")
	}
	h := &s.now
	h.n = int(b[0])
	tail := b[1+2*h.n:]
	h.near, h.ilv = int(tail[0]), Interleave(tail[1])
	switch {
	case h.ilv > Sample || h.ilv == None && h.n > 1:
		return invalid("JPEG-LS interleave mode %d for %d components", h.ilv, h.n)
	case tail[2]&0xF != 0:
		return unsupported("JPEG-LS with a point transform")
	case h.n == 1:
		h.ilv = None
	}
	h.preset = s.head.Preset.filled(s.precision, h.near)
	if !h.preset.valid(s.precision, h.near) {
		return invalid("JPEG-LS coding parameters out of their range")
	}
	return s.components(b[1:])
}

// components notes which components a scan is of: those of its names, or where
// there are none so called, as from some coders, the next ones.
func (s *stream) components(b []byte) error {
	for i := range s.now.n {
		at := -1
		for j := s.head.Components - 1; j >= 0; j-- {
			c := &s.comps[j]
			if !c.done && (at < 0 || c.id == b[2*i] || s.comps[at].id != b[2*i]) {
				at = j
			}
		}
		if at < 0 {
			return invalid("a JPEG-LS scan more than there are components")
		}
		s.comps[at].done = true
		s.now.index[i], s.now.table[i] = at, nil
		if id := b[2*i+1]; id != 0 {
			if s.now.table[i] = s.tables[id]; s.now.table[i] == nil {
				return invalid("a JPEG-LS mapping table that is not there")
			}
		}
	}
	return nil
}

// lse reads an LSE segment (T.87 C.2.4).
func (s *stream) lse(b []byte) error {
	if len(b) == 0 {
		return invalid("JPEG-LS LSE segment without a type")
	}
	id, b := b[0], b[1:]
	switch id {
	case 1:
		if len(b) != 10 {
			break
		}
		var v [5]int
		for i := range v {
			v[i], _ = number(b[2*i:], 2)
		}
		s.head.Preset = Preset{MaxVal: v[0], T1: v[1], T2: v[2], T3: v[3], Reset: v[4]}
		return nil
	case 2, 3:
		return s.mapping(id == 3, b)
	case 4:
		return s.dimensions(b)
	default:
		return unsupported("JPEG-LS LSE segment of type %d", id)
	}
	return invalid("JPEG-LS LSE segment of type %d with %d bytes", id, len(b))
}

// mapping reads a table or the continuation of one.
func (s *stream) mapping(more bool, b []byte) error {
	if len(b) < 2 || b[0] == 0 || b[1] == 0 || (len(b)-2)%int(b[1]) != 0 {
		return invalid("JPEG-LS mapping table of a wrong length")
	}
	id, width := b[0], int(b[1])
	if width > 2 {
		return unsupported("JPEG-LS mapping table with entries of %d bytes", width)
	}
	t := s.tables[id]
	switch {
	case !more:
		t = &table{width: width}
		if s.tables == nil {
			s.tables = map[byte]*table{}
		}
		s.tables[id] = t
	case t == nil || t.width != width:
		return invalid("JPEG-LS mapping table continued that was not begun so")
	}
	for b = b[2:]; len(b) > 0; b = b[width:] {
		v := uint16(b[0])
		if width == 2 {
			v = v<<8 | uint16(b[1])
		}
		t.entries = append(t.entries, v)
	}
	if len(t.entries) > 1<<16 {
		return invalid("JPEG-LS mapping table of more than 65536 entries")
	}
	return nil
}

// dimensions reads rows and columns that SOF55 has no room for.
func (s *stream) dimensions(b []byte) error {
	if len(b) > 0 {
		n := int(b[0])
		rows, ok := number(b[1:], n)
		if ok && len(b) == 1+2*n {
			columns, _ := number(b[1+n:], n)
			return s.size(rows, columns)
		}
	}
	return invalid("JPEG-LS dimensions of a wrong length")
}
