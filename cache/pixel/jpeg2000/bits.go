package jpeg2000

// bitReader reads the bits of packet headers: after a byte FF the next holds seven
// (B.10.1). Past the end it gives zeros and sets short.
type bitReader struct {
	b     []byte
	at    int
	cur   byte
	left  uint
	short bool
}

func (r *bitReader) bit() int {
	if r.left == 0 {
		r.next()
	}
	r.left--
	return int(r.cur>>r.left) & 1
}

func (r *bitReader) next() {
	stuffed := r.cur == 0xFF
	r.cur, r.left = 0, 8
	if r.at < len(r.b) {
		r.cur = r.b[r.at]
		r.at++
	} else {
		r.short = true
	}
	if stuffed {
		r.left = 7
	}
}

func (r *bitReader) bits(n int) int {
	v := 0
	for ; n > 0; n-- {
		v = v<<1 | r.bit()
	}
	return v
}

// align ends a header: a last byte FF has a stuffed one behind it.
func (r *bitReader) align() {
	if r.cur == 0xFF {
		r.next()
	}
	r.cur, r.left = 0, 0
}

// passes reads a number of coding passes, 1 to 164 (table B.4).
func (r *bitReader) passes() int {
	if r.bit() == 0 {
		return 1
	}
	if r.bit() == 0 {
		return 2
	}
	if v := r.bits(2); v < 3 {
		return 3 + v
	}
	if v := r.bits(5); v < 31 {
		return 6 + v
	}
	return 37 + r.bits(7)
}

// ones counts bits of 1 up to the next 0, at most limit.
func (r *bitReader) ones(limit int) int {
	n := 0
	for n < limit && r.bit() == 1 {
		n++
	}
	return n
}

// node is a node of a tag tree (B.10.2): its value is at least low, and low when
// known.
type node struct {
	low   uint16
	known bool
}

// treeShape is where the nodes of a tag tree over w × h leaves lie: row by row, the
// leaves first, the root last.
type treeShape struct {
	depth int
	off   [17]int
	width [17]int
	total int
}

func shapeOf(w, h int) (s treeShape) {
	for {
		s.off[s.depth], s.width[s.depth] = s.total, w
		s.total += w * h
		s.depth++
		if w <= 1 && h <= 1 {
			return s
		}
		w, h = (w+1)/2, (h+1)/2
	}
}

// reach reads what is needed to know whether the value of leaf (x, y) is less than
// limit; if so it is the value.
func (s *treeShape) reach(tree []node, r *bitReader, x, y, limit int) (value int, less bool) {
	low := 0
	for d := s.depth - 1; d >= 0; d-- {
		n := &tree[s.off[d]+(y>>d)*s.width[d]+x>>d]
		v := max(int(n.low), low)
		known := n.known
		for !known && v < limit {
			if r.bit() == 1 {
				known = true
			} else {
				v++
			}
		}
		n.low, n.known = uint16(v), known
		low = v
		if !known && d > 0 && v >= limit {
			// What lies below cannot be less either; it need not be touched.
			return v, false
		}
		if d == 0 {
			return v, known && v < limit
		}
	}
	return low, false
}
