package dicom

import "unicode/utf8"

// charset is what Specific Character Set (0008,0005) says of the text below it.
type charset struct{ terms []string }

// utf8Charset is what text from DICOM JSON is in.
var utf8Charset = newCharset([]string{"ISO_IR 192"}, nil)

func newCharset(terms []string, _ *File) *charset { return &charset{terms} }

func (c *charset) decode(raw []byte, _ VR, _ vrInfo, f *File) string {
	if utf8.Valid(raw) {
		return string(raw)
	}
	r := make([]rune, len(raw))
	for i, b := range raw {
		r[i] = rune(b)
	}
	return string(r)
}
