package dicomweb

import (
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// wildcards are the value representations that match by wildcard (PS3.4
// C.2.2.2.4).
var wildcards = map[dicom.VR]bool{
	"AE": true, "CS": true, "LO": true, "LT": true, "PN": true, "SH": true, "ST": true, "UC": true, "UR": true, "UT": true,
}

// encodeValue writes a matching value into a query string. A UID list becomes a
// comma list (PS3.18 8.3.4.1).
//
// Escaped, everything but the unreserved characters of RFC 3986 and the
// wildcards is percent-encoded. Raw, nothing is, for servers that never decode:
// ^ and * stand as they are, and what could not stand is asked for by a wildcard,
// so that the answer is a superset, filtered on our side. Where the VR has no
// wildcards raw percent-encodes too.
func encodeValue(vr dicom.VR, v string, escaped bool) string {
	var b strings.Builder
	for _, r := range v {
		switch {
		case unreserved(r) || r == '*' || r == '?' || r == ':':
			b.WriteRune(r)
		case r == '\\' && vr == "UI":
			b.WriteByte(',')
		case r == '^' && !escaped:
			b.WriteByte('^')
		case escaped || !wildcards[vr] || r == '\\':
			percent(&b, r)
		case r < 0x80:
			b.WriteByte('?')
		case !strings.HasSuffix(b.String(), "*"):
			b.WriteByte('*') // servers that fold accents count letters their own way
		}
	}
	return b.String()
}

func unreserved(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '.' || r == '_' || r == '~'
}

func percent(b *strings.Builder, r rune) {
	const hex = "0123456789ABCDEF"
	for _, c := range []byte(string(r)) {
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
}

// special tells whether raw and escaped would differ.
func special(match map[dicom.Tag]string) bool {
	for t, v := range match {
		if encodeValue(t.VR(), v, false) != encodeValue(t.VR(), v, true) {
			return true
		}
	}
	return false
}
