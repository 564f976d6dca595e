package jpeg

import "encoding/binary"

// maxScans bounds the scans of a stream. Progressive encoders write about ten;
// a hostile stream could have each image's block visited 100,000 times.
const maxScans = 128

// sof reads a frame header (B.2.2). It refuses by name what is not decoded.
func (p *parser) sof(m byte, b []byte) error {
	if p.SOF != 0 {
		return invalid("JPEG stream with a second frame")
	}
	p.SOF = m
	if what := p.unfollowed(); what != "" {
		return unsupported("%s", what)
	}
	if len(b) < 6 || len(b) < 6+3*int(b[5]) {
		return invalid("JPEG frame header too short")
	}
	p.Precision, p.Components = int(b[0]), int(b[5])
	p.Height, p.Width = int(binary.BigEndian.Uint16(b[1:])), int(binary.BigEndian.Uint16(b[3:]))
	switch {
	case p.Width == 0 || p.Components == 0:
		return invalid("JPEG frame of no columns or components")
	case p.Components > 4:
		return unsupported("JPEG of %d components", p.Components)
	case p.Lossless() && (p.Precision < 2 || p.Precision > 16), !p.Lossless() && p.Precision != 8 && p.Precision != 12:
		return invalid("JPEG frame of %d bits", p.Precision)
	}
	p.hmax, p.vmax = 1, 1
	for i := range p.Components {
		c := &p.comps[i]
		f := b[6+3*i:]
		c.id, c.h, c.v, c.tq = f[0], int(f[1]>>4), int(f[1]&15), f[2]
		if c.h < 1 || c.h > 4 || c.v < 1 || c.v > 4 || c.tq > 3 && !p.Lossless() {
			return invalid("JPEG component with impossible sampling factors")
		}
		if p.Components == 1 {
			c.h, c.v = 1, 1 // alone, a component is in raster order whatever they say (A.2.2)
		}
		p.hmax, p.vmax = max(p.hmax, c.h), max(p.vmax, c.v)
	}
	return nil
}

// measure sets the components' sizes once the height is known (A.1.1).
func (p *parser) measure() {
	for i := range p.Components {
		c := &p.comps[i]
		c.width = (p.Width*c.h + p.hmax - 1) / p.hmax
		c.height = (p.Height*c.v + p.vmax - 1) / p.vmax
	}
}

// dht reads Huffman tables (B.2.4.2).
func (p *parser) dht(b []byte) error {
	for len(b) > 0 {
		if len(b) < 17 {
			return invalid("JPEG Huffman table too short")
		}
		n := 0
		for _, c := range b[1:17] {
			n += int(c)
		}
		if n > 256 || len(b) < 17+n || b[0]&0xEF > 3 {
			return invalid("JPEG Huffman table with impossible counts or place")
		}
		s := huffSpec{counts: b[1:17], symbols: b[17 : 17+n]}
		if b[0]&0x10 == 0 {
			p.dc[b[0]&3] = s
		} else {
			p.ac[b[0]&3] = s
		}
		b = b[17+n:]
	}
	return nil
}

// dqt reads quantisation tables of 8 or 16 bits (B.2.4.1).
func (p *parser) dqt(b []byte) error {
	for len(b) > 0 {
		size := 1 + int(b[0]>>4)
		if len(b) < 1+64*size || size > 2 || b[0]&15 > 3 {
			return invalid("JPEG quantisation table too short or of no place")
		}
		q := new([64]uint16)
		for i := range q {
			if size == 1 {
				q[i] = uint16(b[1+i])
			} else {
				q[i] = binary.BigEndian.Uint16(b[1+2*i:])
			}
		}
		p.quant[b[0]&15] = q
		b = b[1+64*size:]
	}
	return nil
}

// dac reads arithmetic conditioning (B.2.4.3).
func (p *parser) dac(b []byte) error {
	for ; len(b) >= 2; b = b[2:] {
		at, v := b[0]&15, b[1]
		switch {
		case at > 3 || b[0] > 0x1F:
			return invalid("JPEG arithmetic conditioning of no place")
		case b[0]>>4 == 0 && v&15 > v>>4:
			return invalid("JPEG arithmetic conditioning out of range")
		case b[0]>>4 == 0:
			p.dcCond[at] = v
		default:
			p.acCond[at] = v
		}
	}
	return nil
}

func (p *parser) dri(b []byte) error {
	if len(b) < 2 {
		return invalid("JPEG restart interval too short")
	}
	p.interval = int(binary.BigEndian.Uint16(b))
	return nil
}

// dnl is the number of lines, which stands behind the first scan (B.2.5). Where
// the frame header has one already, that stands.
func (p *parser) dnl(b []byte) error {
	if len(b) < 2 {
		return invalid("JPEG number of lines too short")
	}
	if p.Height == 0 && len(p.scans) > 0 {
		p.Height = int(binary.BigEndian.Uint16(b))
	}
	return nil
}

// sos reads a scan header (B.2.3) and cuts its data.
func (p *parser) sos(b []byte) (done bool, err error) {
	switch {
	case p.SOF == 0:
		return false, invalid("JPEG scan before its frame")
	case len(b) < 1 || b[0] < 1 || b[0] > 4 || len(b) < 4+2*int(b[0]):
		return false, invalid("JPEG scan header too short")
	case len(p.scans) == maxScans:
		return false, unsupported("JPEG of more than %d scans", maxScans)
	}
	if len(p.scans) == 0 {
		p.Colour = p.colour()
	}
	s := scan{n: int(b[0]), restart: p.interval}
	for i := range s.n {
		if err := p.scanComponent(&s, i, b[1+2*i], b[2+2*i]); err != nil {
			return false, err
		}
	}
	rest := b[1+2*s.n:]
	s.ss, s.se, s.ah, s.al = int(rest[0]), int(rest[1]), int(rest[2]>>4), int(rest[2]&15)
	if !p.headOnly || p.Height == 0 {
		s.data = p.scanData()
	}
	p.scans = append(p.scans, s)
	return p.headOnly && p.Height > 0, nil
}

// scanComponent finds a scan's component in the frame: the first of that
// identifier that is not in the scan yet, since some writers give all the same.
func (p *parser) scanComponent(s *scan, i int, id, tables byte) error {
	at := -1
	for k := p.Components - 1; k >= 0; k-- {
		taken := false
		for _, c := range s.comps[:i] {
			taken = taken || c == k
		}
		if p.comps[k].id == id && !taken {
			at = k
		}
	}
	if at < 0 {
		return invalid("JPEG scan of a component that does not exist")
	}
	s.comps[i] = at
	p.scanTables(s, i, tables>>4, tables&15)
	if c := &p.comps[at]; c.quant == nil && c.tq < 4 {
		c.quant = p.quant[c.tq]
	}
	return nil
}

// scanTables notes the tables of a scan's i-th component. Where a scan needs none
// of a kind, writers name any: what is missing shows in decoding.
func (p *parser) scanTables(s *scan, i int, d, a byte) {
	s.dcTable[i], s.acTable[i] = d, a
	if d < 4 {
		s.dc[i], s.dcCond[i] = p.dc[d], p.dcCond[d]
	}
	if a < 4 {
		s.ac[i], s.acCond[i] = p.ac[a], p.acCond[a]
	}
	if p.SOF > 0xC1 {
		return
	}
	if s.dc[i].counts == nil && d < 2 { // Motion JPEG leaves the tables of K.3 out
		s.dc[i] = standardDC[d]
	}
	if s.ac[i].counts == nil && a < 2 {
		s.ac[i] = standardAC[a]
	}
}
