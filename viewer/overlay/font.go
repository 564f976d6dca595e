package overlay

import (
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// FontTTF is the house font: whoever paints a List must use it, or the widths
// by which texts were laid out are wrong. It has Latin, Greek and Cyrillic.
func FontTTF() []byte { return goregular.TTF }

// advances are widths in units of a 1000-pixel em, by rune.
var advances = struct {
	sync.Mutex
	font *sfnt.Font
	buf  sfnt.Buffer
	of   map[rune]float64
}{of: map[rune]float64{}}

// Width is how wide a text is at an em of size device pixels, without kerning.
// It is safe for concurrent use.
func Width(s string, size float64) float64 {
	advances.Lock()
	defer advances.Unlock()
	w := 0.0
	for _, r := range s {
		w += advance(r)
	}
	return w * size / 1000
}

func advance(r rune) float64 {
	if a, ok := advances.of[r]; ok {
		return a
	}
	if advances.font == nil {
		f, err := sfnt.Parse(goregular.TTF)
		if err != nil {
			return 600
		}
		advances.font = f
	}
	a := 600.0
	if g, err := advances.font.GlyphIndex(&advances.buf, r); err == nil {
		if w, err := advances.font.GlyphAdvance(&advances.buf, g, fixed.I(1000), 0); err == nil {
			a = float64(w) / 64
		}
	}
	advances.of[r] = a
	return a
}

// Fit shortens a text with an ellipsis until it is no wider than room. What has
// no room for two letters becomes "".
func Fit(s string, size, room float64) string {
	if Width(s, size) <= room {
		return s
	}
	for n := utf8.RuneCountInString(s) - 1; n >= 2; n-- {
		t := strings.TrimRight(string([]rune(s)[:n]), " ·^") + "…"
		if Width(t, size) <= room {
			return t
		}
	}
	return ""
}
