package dicom

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// Character sets that are read (PS3.3 C.12.1.1.2), each also as an extension by
// ISO 2022 where the standard has it so:
//
//	ISO_IR 6 100 101 109 110 144 127 126 138 148 203 166 13   one byte
//	ISO 2022 IR 87 159 149 58                                 two bytes, by escape
//	ISO_IR 192 GB18030 GBK (and GB2312 as part of it)         the whole value
//
// Text that does not fit its declaration is never lost, and the file's Notes say
// so. It is read by the site's default (Options.Charset) where it fits that; else as
// UTF-8 if nothing or nothing known is declared and it is that, or as Windows-1252;
// what no set has a character for is U+FFFD.
type charset struct {
	whole encoding.Encoding // not nil: the whole value is in it, no escapes
	utf8  bool
	g0    *codeset // what a value starts in, and returns to at a delimiter
	g1    *codeset // nil: bytes from 0x80 have no meaning
	bare  *codeset // what they are taken for then, without the escape that they need
	loose bool     // nothing or nothing known declared
	site  *charset // the site's default; nil for none
}

// codeset is a graphic set in use. Its bytes come with the high bit set.
type codeset struct {
	width  int
	decode func(b []byte) string
}

// table makes a one-byte set of the upper half of a code page.
func table(cm *charmap.Charmap) *codeset {
	return &codeset{1, func(b []byte) string {
		var s strings.Builder
		for _, c := range b {
			s.WriteRune(cm.DecodeByte(c))
		}
		return s.String()
	}}
}

// euc makes a two-byte set of an EUC encoding; shift stands before each pair.
func euc(enc encoding.Encoding, shift ...byte) *codeset {
	return &codeset{2, func(b []byte) string {
		if len(shift) > 0 {
			var pairs []byte
			for i := 0; i+1 < len(b); i += 2 {
				pairs = append(append(pairs, shift...), b[i], b[i+1])
			}
			b = pairs
		}
		out, _ := enc.NewDecoder().Bytes(b)
		return string(out)
	}}
}

var (
	setASCII    = &codeset{1, func(b []byte) string { return string(lower(b)) }}
	setRomaji   = &codeset{1, func(b []byte) string { return romaji.Replace(string(lower(b))) }}
	setKatakana = &codeset{1, katakana}
	setJIS208   = euc(japanese.EUCJP)
	setJIS212   = euc(japanese.EUCJP, 0x8F)
	setKorean   = euc(korean.EUCKR)
	setChinese  = euc(simplifiedchinese.GBK)

	romaji = strings.NewReplacer("\\", "¥", "~", "‾")
)

// upperSets are the sets of ISO_IR n that sit above an ASCII lower half.
var upperSets = map[string]*codeset{
	"6":   nil,
	"100": table(charmap.Windows1252), // Latin 1; 0x80 to 0x9F are C1 there, which no text has
	"101": table(charmap.ISO8859_2),
	"109": table(charmap.ISO8859_3),
	"110": table(charmap.ISO8859_4),
	"144": table(charmap.ISO8859_5),
	"127": table(charmap.ISO8859_6),
	"126": table(charmap.ISO8859_7),
	"138": table(charmap.ISO8859_8),
	"148": table(charmap.ISO8859_9),
	"203": table(charmap.ISO8859_15),
	"166": table(charmap.Windows874), // TIS 620 and a few signs below it
	"13":  setKatakana,
	"87":  nil,
	"159": nil,
	"149": setKorean,
	"58":  setChinese,
}

var (
	noCharset   = &charset{g0: setASCII, loose: true}
	utf8Charset = &charset{utf8: true}
)

func lower(b []byte) []byte {
	out := make([]byte, len(b))
	for i, c := range b {
		out[i] = c & 0x7F
	}
	return out
}

func katakana(b []byte) string {
	var s strings.Builder
	for _, c := range b {
		if c < 0xA1 || c > 0xDF {
			s.WriteRune(utf8.RuneError)
		} else {
			s.WriteRune(0xFF61 + rune(c-0xA1))
		}
	}
	return s.String()
}

// newCharset reads the values of Specific Character Set. The first names what
// text starts in; the others only announce escapes, which are obeyed announced
// or not. site is what text is taken for that does not fit; nil for none.
func newCharset(terms []string, site *charset, n *notes) *charset {
	c := declared(terms, n)
	if site == nil || site == c {
		return c
	}
	with := *c
	with.site = site
	return &with
}

func declared(terms []string, n *notes) *charset {
	for _, t := range terms {
		switch normal(t) {
		case "ISOIR192", "UTF8":
			return utf8Charset
		case "GB18030":
			return &charset{whole: simplifiedchinese.GB18030}
		case "GBK", "GB2312":
			return &charset{whole: simplifiedchinese.GBK}
		}
	}
	if len(terms) == 0 || len(terms) == 1 && (terms[0] == "" || normal(terms[0]) == "ISOIR6") {
		return noCharset
	}
	c := &charset{g0: setASCII}
	for i, t := range slices.Backward(terms) {
		set, known := upperSets[number(t)]
		switch {
		case t == "" && i == 0:
		case !known && i == 0:
			n.add("unknown character set", 0)
			return noCharset
		case set == nil:
		case i > 0 || set.width == 2 && strings.HasPrefix(normal(t), "ISO2022"):
			c.bare = set // stands in G1 only after its escape
		case set == setKatakana:
			c.g0, c.g1 = setRomaji, set
		default:
			c.g1 = set
		}
	}
	return c
}

// number is the registration number in ISO_IR n and ISO 2022 IR n.
func number(term string) string {
	n := strings.TrimPrefix(strings.TrimPrefix(normal(term), "ISO2022"), "ISO")
	return strings.TrimPrefix(n, "IR")
}

// normal reduces a defined term to what its misspellings share.
func normal(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z':
			return r - 'a' + 'A'
		case 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
			return r
		}
		return -1
	}, s)
}

// decode turns the bytes of a text value into UTF-8. Backslashes that separate
// values are kept, and no other byte becomes one.
func (c *charset) decode(raw []byte, code vrCode, n *notes) string {
	if plain(raw) && (c == nil || c.g0 != setRomaji || !code.info().charset) {
		return string(raw)
	}
	if c == nil {
		c = noCharset
	}
	s, fault := c.try(raw, code)
	if fault == "" {
		return s
	}
	n.add(fault, 0)
	if c.site != nil && (!c.site.oneByte() || !utf8.Valid(raw)) {
		if by, fault := c.site.try(raw, code); fault == "" {
			return by
		}
	}
	return s
}

// try decodes and says what was wrong with it, "" for nothing.
func (c *charset) try(raw []byte, code vrCode) (s, fault string) {
	switch {
	case !code.info().charset, c.loose && bytes.IndexByte(raw, 0x1B) < 0, c.utf8 && !utf8.Valid(raw):
		if utf8.Valid(raw) {
			return string(raw), outside
		}
		return upperSets["100"].decode(raw), outside
	case c.utf8:
		return string(raw), ""
	case c.whole != nil:
		out, _ := c.whole.NewDecoder().Bytes(raw)
		s = string(out)
	default:
		s, fault = c.decode2022(raw, code)
	}
	if fault == "" && strings.ContainsRune(s, utf8.RuneError) {
		fault = outside
	}
	return s, fault
}

// oneByte: any bytes fit, so that text which is UTF-8 must be that.
func (c *charset) oneByte() bool {
	return c.whole == nil && !c.utf8 && c.bare == nil && c.g1 != nil && c.g1.width == 1
}

// plain reports whether b is ASCII without an escape.
func plain(b []byte) bool {
	for len(b) >= 8 {
		w := binary.LittleEndian.Uint64(b)
		esc := w ^ 0x1B1B1B1B1B1B1B1B // a byte of it is zero where b has an ESC
		if (w|(esc-0x0101010101010101)&^esc)&0x8080808080808080 != 0 {
			return false
		}
		b = b[8:]
	}
	for _, c := range b {
		if c >= 0x80 || c == 0x1B {
			return false
		}
	}
	return true
}
