package dicom

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/suyashkumar/dicom/pkg/tag"
)

// Tag is a data element's tag: group in the upper, element in the lower 16 bits.
type Tag uint32

// Group is the group number.
func (t Tag) Group() uint16 { return uint16(t >> 16) }

// Element is the element number.
func (t Tag) Element() uint16 { return uint16(t) }

// Private reports whether the group is odd (PS3.5 7.8).
func (t Tag) Private() bool { return t.Group()%2 == 1 }

// String is the tag as the standard prints it: (0010,0020).
func (t Tag) String() string { return fmt.Sprintf("(%04X,%04X)", t.Group(), t.Element()) }

// Hex is the tag as DICOM JSON writes it: 00100020.
func (t Tag) Hex() string { return fmt.Sprintf("%08X", uint32(t)) }

// Keyword is the dictionary's keyword, "" for an unknown or private tag.
func (t Tag) Keyword() string {
	if t.Private() || t.code() == vrUN {
		return ""
	}
	if hi := t.Group() >> 8; hi == 0x60 || hi == 0x50 {
		t &= 0xFF00FFFF // repeating groups, PS3.5 7.6
	}
	info, err := tag.Find(tag.Tag{Group: t.Group(), Element: t.Element()})
	if err != nil {
		return ""
	}
	return info.Keyword
}

// VR is the dictionary's value representation, the first where it names
// several, "UN" when the tag is unknown.
func (t Tag) VR() VR { return t.code().name() }

func (t Tag) textVR() VR {
	if vr := t.VR(); vr != "UN" {
		return vr
	}
	return "LO"
}

// ParseTag reads "00100020", "0010,0020", "(0010,0020)" or a keyword.
func ParseTag(s string) (Tag, error) {
	if t, ok := hexTag(s); ok {
		return t, nil
	}
	if info, err := tag.FindByKeyword(s); err == nil {
		return Tag(info.Tag.Group)<<16 | Tag(info.Tag.Element), nil
	}
	return 0, fmt.Errorf("parse tag: %q is neither a tag nor a keyword", s)
}

// hexTag reads eight hexadecimal digits, with or without comma and brackets.
func hexTag(s string) (Tag, bool) {
	if len(s) > 8 {
		s = strings.TrimSuffix(strings.TrimPrefix(s, "("), ")")
		if len(s) == 9 && s[4] == ',' {
			s = s[:4] + s[5:]
		}
	}
	if len(s) != 8 {
		return 0, false
	}
	n, err := strconv.ParseUint(s, 16, 32)
	return Tag(n), err == nil
}
