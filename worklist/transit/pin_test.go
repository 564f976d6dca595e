package transit

import (
	"encoding/base64"
	"testing"
)

// A hash may begin with the stroke that curl writes before it: one key of 64 does.
func TestAPinThatBeginsWithAStrokeIsReadInEveryForm(t *testing.T) {
	for _, first := range []byte{0x00, 0xfc, 0xff} { // base64: A, / and two strokes
		var key [32]byte
		for i := range key {
			key[i] = first
		}
		text := base64.StdEncoding.EncodeToString(key[:])
		for _, form := range []string{text, " " + text, "sha256/" + text, "sha256//" + text} {
			if got, err := ParsePin(form); err != nil || got != key {
				t.Errorf("%q: %x, %v", form, got, err)
			}
		}
	}
	for _, bad := range []string{"", "/", "sha256/", "sha1/AAAA", "AAAA"} {
		if _, err := ParsePin(bad); err == nil {
			t.Errorf("%q passes", bad)
		}
	}
}
