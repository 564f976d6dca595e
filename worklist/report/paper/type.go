package paper

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"
)

// Faces of the pages: text, headings, and tables, whose columns need it.
const (
	serifless = "Go"
	mono      = "Go Mono"
)

// missingNote explains what stands for a character that no face has.
const missingNote = "Characters that this page cannot print stand as their Unicode numbers, [U+…]; the structured report has them as they were written."

// face is the fonts with what the page needs to know of them. All three have the same
// repertoire: Latin, Greek and Cyrillic, and signs.
type face struct {
	font    *sfnt.Font
	buffer  sfnt.Buffer
	missing bool // something was printed as its number
}

func newFace() (*face, error) {
	f, err := sfnt.Parse(goregular.TTF)
	if err != nil {
		return nil, fmt.Errorf("read the page's type: %w", err)
	}
	return &face{font: f}, nil
}

// addFonts gives a document the faces: copies, as making its part of a font writes into
// the font's bytes.
func addFonts(p *fpdf.Fpdf) {
	p.AddUTF8FontFromBytes(serifless, "", bytes.Clone(goregular.TTF))
	p.AddUTF8FontFromBytes(serifless, "B", bytes.Clone(gobold.TTF))
	p.AddUTF8FontFromBytes(mono, "", bytes.Clone(gomono.TTF))
}

// printable is text in characters that the type has. Another is printed as its number:
// nothing is left out, and nothing stands that looks like something else.
func (f *face) printable(s string) string {
	var b strings.Builder
	for _, r := range norm.NFC.String(s) {
		i, err := f.font.GlyphIndex(&f.buffer, r)
		switch {
		case r == '\n':
			b.WriteRune(r)
		case r == '\t':
			b.WriteString("    ")
		case err != nil || i == 0 || r > 0xFFFF || unicode.IsControl(r):
			fmt.Fprintf(&b, "[U+%04X]", r)
			f.missing = true
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// columns reports whether text is laid out in columns by blanks, as tables are.
func columns(text string) bool {
	for l := range strings.Lines(text) {
		if strings.Contains(strings.TrimSpace(l), "   ") {
			return true
		}
	}
	return false
}

// wrap breaks text into lines that are no wider than width: at blanks where there are
// any, else anywhere. Blanks before a line stay.
func wrap(text string, width float64, measure func(string) float64) (out []string) {
	for l := range strings.SplitSeq(strings.TrimRight(text, "\n "), "\n") {
		for rest := []rune(strings.TrimRight(l, " ")); ; {
			n := fitting(rest, width, measure)
			if n == len(rest) {
				out = append(out, string(rest))
				break
			}
			out = append(out, strings.TrimRight(string(rest[:n]), " "))
			rest = rest[n:]
			for len(rest) > 0 && rest[0] == ' ' {
				rest = rest[1:]
			}
		}
	}
	return out
}

// mostOnALine is more characters than a line of a page holds in any type.
const mostOnALine = 1000

// fitting is how many of the runes go on one line, at least one.
func fitting(l []rune, width float64, measure func(string) float64) int {
	l = l[:min(len(l), mostOnALine)]
	if measure(string(l)) <= width {
		return len(l)
	}
	low, high := 1, len(l)
	for low < high-1 {
		if mid := (low + high) / 2; measure(string(l[:mid])) <= width {
			low = mid
		} else {
			high = mid
		}
	}
	indent := 0
	for indent < len(l) && l[indent] == ' ' {
		indent++
	}
	for at := low; at > indent; at-- {
		if l[at] == ' ' {
			return at
		}
	}
	return low
}
