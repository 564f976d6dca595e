package jpeg

import (
	"bytes"
	"encoding/binary"
)

// Second bytes of markers (ISO/IEC 10918-1 table B.1).
const (
	mDHT, mDAC             = 0xC4, 0xCC
	mSOI, mEOI, mSOS, mDQT = 0xD8, 0xD9, 0xDA, 0xDB
	mDNL, mDRI, mDHP, mEXP = 0xDC, 0xDD, 0xDE, 0xDF
	mAPP0, mAPP14, mCOM    = 0xE0, 0xEE, 0xFE
)

// component is one of a frame's (B.2.2).
type component struct {
	id   byte
	h, v int // sampling factors, 1 to 4
	tq   byte
	// width and height in samples are the image's share: A.1.1.
	width, height int
	// quant is the table in force at the component's first scan, in zigzag order;
	// nil where there was none.
	quant *[64]uint16
}

// scan is one SOS segment, what was in force at it, and its data (B.2.3).
type scan struct {
	n     int    // components
	comps [4]int // indices into the frame's
	// dc and ac are the Huffman tables of each of them; without counts where none
	// was defined.
	dc, ac [4]huffSpec
	// dcTable and acTable are the numbers of each one's tables.
	dcTable, acTable [4]byte
	// dcCond and acCond are the arithmetic conditioning of each of them: L and U
	// in the lower and upper four bits, and Kx.
	dcCond, acCond [4]byte
	// ss and se are the band of coefficients, ah and al the bits; lossless: ss is
	// the selection value of the predictor and al the point transform.
	ss, se, ah, al int
	restart        int // MCUs in an interval; 0: no restarts
	// data are the entropy-coded segments with stuffed zeros and RST markers, up to
	// the next other marker or the end of the stream.
	data []byte
}

// stream is a whole parsed JPEG: its scans are not decoded yet.
type stream struct {
	Head
	comps      [4]component
	hmax, vmax int
	scans      []scan
	ended      bool // by EOI; without it the stream may be cut
}

// parser walks from marker to marker. Tables alias src.
type parser struct {
	stream
	src      []byte
	pos      int
	headOnly bool

	quant    [4]*[64]uint16
	dc, ac   [4]huffSpec
	dcCond   [4]byte
	acCond   [4]byte
	interval int // MCUs between restarts, in force
	jfif     bool
	adobe    int // transform of an Adobe segment; −1: there was none
}

// parseStream reads all markers of a JPEG, in whatever legal order.
func parseStream(src []byte) (*stream, error) {
	p := parser{src: src}
	if err := p.parse(); err != nil {
		return nil, err
	}
	return &p.stream, nil
}

func (p *parser) parse() error {
	if len(p.src) < 2 || p.src[0] != 0xFF || p.src[1] != mSOI {
		return invalid("JPEG stream without SOI")
	}
	p.pos, p.adobe = 2, -1
	p.dcCond, p.acCond = [4]byte{0x10, 0x10, 0x10, 0x10}, [4]byte{5, 5, 5, 5} // F.1.4.4.1.4
	for {
		done, err := p.segment()
		if err != nil {
			return err
		}
		if done {
			return p.finish()
		}
	}
}

// marker goes behind the next marker. Bytes between segments that are none are
// passed by, as fill bytes are; ok is false at the end.
func (p *parser) marker() (m byte, ok bool) {
	for {
		i := bytes.IndexByte(p.src[p.pos:], 0xFF)
		if i < 0 {
			p.pos = len(p.src)
			return 0, false
		}
		p.pos += i + 1
		for p.pos < len(p.src) && p.src[p.pos] == 0xFF {
			p.pos++
		}
		if p.pos == len(p.src) {
			return 0, false
		}
		if m = p.src[p.pos]; m != 0 {
			p.pos++
			return m, true
		}
	}
}

// segment reads the next marker and what belongs to it. done: there is nothing
// more to be read.
func (p *parser) segment() (done bool, err error) {
	m, ok := p.marker()
	switch {
	case !ok:
		return true, nil
	case m == mEOI:
		p.ended = true
		return true, nil
	case m == mSOI:
		return false, invalid("JPEG stream with a second SOI")
	case m >= 0xD0 && m <= 0xD7, m == 0x01: // RST, TEM: alone
		return false, nil
	}
	body, ok := p.body()
	if !ok {
		if len(p.scans) > 0 {
			return true, nil // cut between scans: whoever decodes sees what is missing
		}
		return false, invalid("JPEG stream ends within a marker segment")
	}
	if m == mSOS {
		return p.sos(body)
	}
	return false, p.table(m, body)
}

func (p *parser) body() ([]byte, bool) {
	if len(p.src)-p.pos < 2 {
		return nil, false
	}
	n := int(binary.BigEndian.Uint16(p.src[p.pos:]))
	if n < 2 || n > len(p.src)-p.pos {
		return nil, false
	}
	b := p.src[p.pos+2 : p.pos+n]
	p.pos += n
	return b, true
}

// table reads any segment but SOS.
func (p *parser) table(m byte, b []byte) error {
	switch {
	case m == mDHT:
		return p.dht(b)
	case m == mDQT:
		return p.dqt(b)
	case m == mDAC:
		return p.dac(b)
	case m == mDRI:
		return p.dri(b)
	case m == mDNL:
		return p.dnl(b)
	case m == mDHP, m == mEXP:
		return unsupported("hierarchical JPEG")
	case m == mAPP0:
		p.jfif = p.jfif || bytes.HasPrefix(b, []byte("JFIF\x00"))
	case m == mAPP14:
		if len(b) >= 12 && bytes.HasPrefix(b, []byte("Adobe")) {
			p.adobe = int(b[11])
		}
	case m >= 0xC0 && m <= 0xCF && m != 0xC8:
		return p.sof(m, b)
	case m > mAPP0 && m <= 0xEF, m == mCOM:
	case m == 0xF7:
		return unsupported("JPEG-LS in place of JPEG")
	default:
		return unsupported("JPEG marker FF%02X", m)
	}
	return nil
}

// scanData cuts the entropy-coded segments that start at pos.
func (p *parser) scanData() []byte {
	b := p.src[p.pos:]
	for at := 0; ; {
		i := bytes.IndexByte(b[at:], 0xFF)
		if i < 0 {
			p.pos = len(p.src)
			return b
		}
		start := at + i
		at = start + 1
		for at < len(b) && b[at] == 0xFF {
			at++
		}
		if at < len(b) && b[at] != 0 && b[at]&0xF8 != 0xD0 {
			p.pos += start
			return b[:start]
		}
	}
}

// finish settles what only the whole stream says.
func (p *parser) finish() error {
	if len(p.scans) == 0 {
		return invalid("JPEG stream without a scan")
	}
	if p.Height == 0 {
		return invalid("JPEG stream without a number of lines")
	}
	p.measure()
	return nil
}

// colour: JFIF and Adobe segments are statements; so are the letters R, G, B as
// component identifiers, as libjpeg takes them. The identifiers 1, 2, 3 are not:
// DICOM writers give them to RGB too.
func (p *parser) colour() Colour {
	switch {
	case p.Components != 3:
		return ColourUnsaid
	case p.jfif, p.adobe == 1:
		return ColourYBR
	case p.adobe == 0:
		return ColourRGB
	case p.comps[0].id == 'R' && p.comps[1].id == 'G' && p.comps[2].id == 'B':
		return ColourRGB
	}
	return ColourUnsaid
}
