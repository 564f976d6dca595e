package hl7

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// charset turns a message's bytes into text. The zero value is what MSH-18 says
// nothing of: UTF-8 where the bytes are that, else Windows-1252.
type charset struct{ enc encoding.Encoding }

// charsets are the values of MSH-18 that are read (table 0211), upper case. nil: UTF-8,
// and ASCII as a part of it.
var charsets = map[string]encoding.Encoding{
	"": nil, "ASCII": nil, "ISO IR6": nil, "UNICODE UTF-8": nil, "UTF-8": nil, "UTF8": nil,
	"8859/1": charmap.Windows1252, "ISO IR100": charmap.Windows1252, "8859/2": charmap.ISO8859_2, "8859/3": charmap.ISO8859_3,
	"8859/4": charmap.ISO8859_4, "8859/5": charmap.ISO8859_5, "8859/6": charmap.ISO8859_6,
	"8859/7": charmap.ISO8859_7, "8859/8": charmap.ISO8859_8, "8859/9": charmap.ISO8859_9,
	"8859/15": charmap.ISO8859_15, "WINDOWS-1252": charmap.Windows1252,
	"GB 18030-2000": simplifiedchinese.GB18030, "KS X 1001": korean.EUCKR, "BIG-5": traditionalchinese.Big5,
}

// charsetOf finds the set that the value of MSH-18 names. Only the first repetition
// counts: the others need the escapes of ISO 2022.
func charsetOf(declared string) (charset, error) {
	name := strings.ToUpper(strings.TrimSpace(declared))
	enc, ok := charsets[strings.ReplaceAll(strings.ReplaceAll(name, "ISO-8859-", "8859/"), "ISO8859-", "8859/")]
	if !ok {
		return charset{}, &UnsupportedError{What: "the character set of MSH-18 is"}
	}
	return charset{enc}, nil
}

// decode never fails: what the set has no character for is U+FFFD.
func (c charset) decode(b []byte) string {
	enc := c.enc
	if enc == nil {
		if utf8.Valid(b) {
			return string(b)
		}
		enc = charmap.Windows1252
	}
	out, err := enc.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\uFFFD")
	}
	return string(out)
}
