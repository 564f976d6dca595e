package jpeg

import "sync"

// Lossless JPEG, process 14: ISO/IEC 10918-1 annex H. A sample is predicted from
// its neighbours and the difference coded; the point transform drops low bits.

// lossless is what decoding needs beside the frame, kept from one frame to the
// next: 200 KiB, and two lines of each component.
type lossless struct {
	bits   lossReader
	tables [4]lossTable // by component of the scan
	lines  [4]lossLines // by component of the scan

	full []uint16 // a line of a subsampled component at full resolution

	s    *stream
	dst  []byte
	cell int
	left int // the most bits of data that an interval left over
}

// lossLines are the lines of one component that an MCU row has, below the last of
// the row before.
type lossLines struct {
	comp   int // index into the frame's
	h, v   int // samples of an MCU; 1 and 1 in a scan of one component
	width  int // samples of a line, whole MCUs
	line   [5][]uint16
	buffer []uint16
}

var losslesses = sync.Pool{New: func() any { return new(lossless) }}

// decodeLossless decodes a parsed lossless stream into dst, which has s.Size()
// samples of cell bytes.
//
// Some writers let 16 bits follow the category 16 where the standard has none.
// Nothing says so: where such a category occurs and data run out, or are left
// over, the frame is decoded that way too, and taken if then they end where they
// should. A stream without its end marker may have been cut and is not tried: it
// would give another frame where it should give none.
func (s *stream) decodeLossless(dst []byte, cell int) error {
	l := losslesses.Get().(*lossless)
	defer l.give()
	l.s, l.dst, l.cell = s, dst, cell
	err := l.decode(false)
	if (err == nil && l.left < 16) || !l.bits.seen || !s.ended {
		return err
	}
	if l.decode(true) == nil && l.left < 16 || err == nil && l.decode(false) == nil {
		return nil
	}
	return err
}

func (l *lossless) give() {
	l.s, l.dst, l.bits.src = nil, nil, nil
	losslesses.Put(l)
}

// decode decodes every scan.
func (l *lossless) decode(wide bool) error {
	l.bits.wide, l.bits.seen, l.left = wide, false, 0
	var have [4]bool
	for i := range l.s.scans {
		sc := &l.s.scans[i]
		if err := l.scan(sc); err != nil {
			return err
		}
		for _, c := range sc.comps[:sc.n] {
			have[c] = true
		}
	}
	for _, ok := range have[:l.s.Components] {
		if !ok {
			return invalid("JPEG lossless stream without a scan of each component")
		}
	}
	return nil
}

// scan decodes one scan, MCU row by MCU row.
func (l *lossless) scan(sc *scan) error {
	mcus, rows, err := l.layOut(sc)
	if err != nil {
		return err
	}
	if sc.restart%mcus != 0 {
		return invalid("JPEG lossless restart interval within a line") // H.1.1
	}
	interval := sc.restart / mcus
	l.bits.reset(sc.data)
	for y := range rows {
		first := y == 0
		if interval > 0 && y > 0 && y%interval == 0 {
			l.left = max(l.left, l.bits.left())
			if !l.bits.restart(y/interval - 1) {
				return invalid("JPEG lossless restart marker missing")
			}
			first = true
		}
		if !l.differences(sc, mcus) {
			return invalid("JPEG lossless scan ends early or has a code of no table")
		}
		l.reconstruct(sc, y, first)
	}
	l.left = max(l.left, l.bits.left())
	return nil
}

// layOut checks a scan's header and makes its tables and lines.
func (l *lossless) layOut(sc *scan) (mcus, rows int, err error) {
	s := l.s
	if sc.ss < 1 || sc.ss > 7 || sc.se != 0 || sc.ah != 0 || sc.al >= s.Precision {
		return 0, 0, invalid("JPEG lossless scan with the predictor %d and point transform %d", sc.ss, sc.al)
	}
	mcus, rows = (s.Width+s.hmax-1)/s.hmax, (s.Height+s.vmax-1)/s.vmax
	for i, c := range sc.comps[:sc.n] {
		f, t := &s.comps[c], &l.lines[i]
		if s.hmax%f.h != 0 || s.vmax%f.v != 0 {
			return 0, 0, unsupported("JPEG lossless components of %d:%d and %d:%d", s.hmax, f.h, s.vmax, f.v)
		}
		t.comp, t.h, t.v = c, f.h, f.v
		if sc.n == 1 {
			t.h, t.v, mcus, rows = 1, 1, f.width, f.height // A.2.2
		}
		t.size(mcus * t.h)
		if err := l.tables[i].build(sc.dc[i]); err != nil {
			return 0, 0, err
		}
	}
	return mcus, rows, nil
}

func (t *lossLines) size(width int) {
	t.width = width
	if n := width * (t.v + 1); cap(t.buffer) < n {
		t.buffer = make([]uint16, n)
	}
	for i := range t.v + 1 {
		t.line[i] = t.buffer[i*width : (i+1)*width : (i+1)*width]
	}
}

// differences decodes one MCU row into the lines.
func (l *lossless) differences(sc *scan, mcus int) bool {
	units := 0
	for i := range sc.n {
		units += l.lines[i].h * l.lines[i].v
	}
	switch {
	case sc.n == 1:
		return l.bits.row(&l.tables[0], l.lines[0].line[1])
	case sc.n == 3 && units == 3:
		return l.bits.triples(&l.tables, l.lines[0].line[1], l.lines[1].line[1], l.lines[2].line[1])
	}
	for m := range mcus {
		for i := range sc.n {
			if !l.unit(i, m) {
				return false
			}
		}
	}
	return l.bits.left() >= 0
}

// unit decodes the samples of component i in MCU m.
func (l *lossless) unit(i, m int) bool {
	t := &l.lines[i]
	for _, line := range t.line[1 : t.v+1] {
		for x := m * t.h; x < (m+1)*t.h; x++ {
			l.bits.ready(1)
			d, ok := l.tables[i].next(&l.bits)
			if !ok {
				return false
			}
			line[x] = d
		}
	}
	return true
}

// reconstruct makes samples of an MCU row's differences and stores them.
func (l *lossless) reconstruct(sc *scan, y int, first bool) {
	start := uint16(1) << (l.s.Precision - sc.al - 1)
	for i := range sc.n {
		t := &l.lines[i]
		for k := range t.v {
			predict(sc.ss, t.line[k+1], t.line[k], first && k == 0, start)
			l.store(t, t.line[k+1], y*t.v+k, sc.al)
		}
		t.line[0], t.line[t.v] = t.line[t.v], t.line[0]
	}
}
