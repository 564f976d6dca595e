package dicom

import (
	"bytes"
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
// Text that does not fit its declaration is never lost: bytes that are not of
// the set become U+FFFD or, in Latin sets and where none or an unknown one is
// declared, are read as UTF-8 if they are that and as Windows-1252 if not. The
// file's Notes say so.
type charset struct {
	whole encoding.Encoding // not nil: the whole value is in it, no escapes
	utf8  bool
	g0    *codeset // what a value starts in, and returns to at a delimiter
	g1    *codeset // nil: bytes from 0x80 have no meaning
	loose bool     // nothing or nothing known declared
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
// or not.
func newCharset(terms []string, f *File) *charset {
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
	if len(terms) == 0 || terms[0] == "" && len(terms) == 1 {
		return noCharset
	}
	n := strings.TrimPrefix(strings.TrimPrefix(normal(terms[0]), "ISO2022"), "ISO")
	set, known := upperSets[strings.TrimPrefix(n, "IR")]
	switch {
	case terms[0] == "":
		return &charset{g0: setASCII}
	case !known:
		f.note("unknown character set")
		return noCharset
	case set == setKatakana:
		return &charset{g0: setRomaji, g1: set}
	case strings.HasPrefix(normal(terms[0]), "ISO2022") && set != nil && set.width == 2:
		set = nil // stands in G1 only after its escape
	}
	return &charset{g0: setASCII, g1: set}
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
func (c *charset) decode(raw []byte, vr VR, in vrInfo, f *File) string {
	if c == nil {
		c = noCharset
	}
	switch {
	case !in.charset:
		return undeclared(raw, f)
	case plain(raw) && c.g0 != setRomaji:
		return string(raw)
	case c.utf8 && utf8.Valid(raw):
		return string(raw)
	case c.utf8 || c.loose && bytes.IndexByte(raw, 0x1B) < 0:
		return undeclared(raw, f)
	case c.whole != nil:
		out, _ := c.whole.NewDecoder().Bytes(raw)
		return checked(string(out), f)
	}
	return checked(c.decode2022(raw, vr, in, f), f)
}

func plain(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 || c == 0x1B {
			return false
		}
	}
	return true
}

// undeclared reads bytes whose character set is not known.
func undeclared(raw []byte, f *File) string {
	if plain(raw) {
		return string(raw)
	}
	f.note("text outside its declared character set")
	if utf8.Valid(raw) {
		return string(raw)
	}
	return upperSets["100"].decode(raw)
}

func checked(s string, f *File) string {
	if strings.ContainsRune(s, utf8.RuneError) {
		f.note("text outside its declared character set")
	}
	return s
}
