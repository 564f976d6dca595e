package dicom

import "strings"

// escapes are the designations that DICOM allows (PS3.3 tables C.12-3 and
// C.12-4), without the ESC, and what they put where.
var escapes = map[string]struct {
	upper bool // G1
	set   *codeset
}{
	"(B":  {false, setASCII},
	"(J":  {false, setRomaji},
	")I":  {true, setKatakana},
	"-A":  {true, upperSets["100"]},
	"-B":  {true, upperSets["101"]},
	"-C":  {true, upperSets["109"]},
	"-D":  {true, upperSets["110"]},
	"-L":  {true, upperSets["144"]},
	"-G":  {true, upperSets["127"]},
	"-F":  {true, upperSets["126"]},
	"-H":  {true, upperSets["138"]},
	"-M":  {true, upperSets["148"]},
	"-b":  {true, upperSets["203"]},
	"-T":  {true, upperSets["166"]},
	"$B":  {false, setJIS208},
	"$@":  {false, setJIS208}, // JIS C 6226-1978, all but a few signs alike
	"$(D": {false, setJIS212},
	"$)C": {true, setKorean},
	"$)A": {true, setChinese},
}

// shifter decodes one value with code extensions (ISO/IEC 2022, PS3.5 6.1.2.5):
// two sets in use, bytes collected in run until the set changes.
type shifter struct {
	out    strings.Builder
	run    []byte
	set    *codeset // of run
	g0, g1 *codeset
	bare   *codeset
	fault  string
}

func (s *shifter) flush() {
	if len(s.run) > 0 {
		s.out.WriteString(s.set.decode(s.run))
		s.run = s.run[:0]
	}
}

func (s *shifter) emit(set *codeset, b ...byte) {
	if set != s.set {
		s.flush()
		s.set = set
	}
	for _, c := range b {
		s.run = append(s.run, c|0x80)
	}
}

// verbatim writes a character that is the same in every set.
func (s *shifter) verbatim(c byte) {
	s.flush()
	s.out.WriteByte(c)
}

// decode2022 also says what was wrong with raw, "" for nothing.
func (c *charset) decode2022(raw []byte, code vrCode) (text, fault string) {
	s := shifter{g0: c.g0, g1: c.g1, bare: c.bare}
	for i := 0; i < len(raw); {
		b := raw[i]
		if b == 0x1B {
			i += s.escape(raw[i:])
			continue
		}
		set := s.g0
		if b >= 0x80 {
			set = s.upper()
		}
		switch {
		case set == nil || b >= 0x80 && b < 0xA0 && set.width == 1:
			s.fault = outside
			s.emit(upperSets["100"], b)
		case b <= ' ' || b == 0x7F || b < 0x80 && set.width == 1 && delimiter(b, code):
			s.verbatim(b)
			if b != ' ' {
				s.reset(c)
			}
		case set.width == 2 && i+1 < len(raw) && raw[i+1]&0x7F > ' ' && raw[i+1]&0x80 == b&0x80:
			s.emit(set, b, raw[i+1])
			i++
		case set.width == 2:
			s.flush()
			s.out.WriteRune('\uFFFD')
		default:
			s.emit(set, b)
		}
		i++
	}
	s.flush()
	return s.out.String(), s.fault
}

// upper is the set of bytes from 0x80; without one, what was announced and not
// designated.
func (s *shifter) upper() *codeset {
	if s.g1 == nil && s.bare != nil {
		s.fault = outside
		return s.bare
	}
	return s.g1
}

// delimiter reports whether b ends the reach of escapes (PS3.5 6.1.2.5.3).
// Control characters do so too.
func delimiter(b byte, code vrCode) bool {
	return b == '\\' && code.info().multi || code == vrPN && (b == '^' || b == '=')
}

// reset returns to the initial sets. A G1 set stays where there is no initial
// one: writers that forget to repeat the escape can mean nothing else.
func (s *shifter) reset(c *charset) {
	s.g0 = c.g0
	if c.g1 != nil {
		s.g1 = c.g1
	}
}

// escape obeys an escape sequence and returns its length. An unknown one is
// left to be seen.
func (s *shifter) escape(b []byte) int {
	for n := 3; n <= 4 && n <= len(b); n++ {
		if e, ok := escapes[string(b[1:n])]; ok {
			if e.upper {
				s.g1 = e.set
			} else {
				s.g0 = e.set
			}
			return n
		}
	}
	s.fault = unknownEscape
	s.flush()
	s.out.WriteRune('\uFFFD')
	return 1
}
