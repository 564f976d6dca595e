package editor

import (
	"unicode"

	"github.com/mattn/go-runewidth"
)

// line is one row of wrapped text: the runes [from, to). A line that ends in a
// line break does not contain it.
type line struct{ from, to int }

// shown gives what a rune looks like: itself, or a token's text.
type shown func(r rune) string

func (s shown) width(r rune) int { return runewidth.StringWidth(s(r)) }

// wrap breaks text into lines of at most width columns, at spaces where there is
// one. It always returns at least one line.
func wrap(text []rune, width int, show shown) []line {
	var out []line
	start, col, space := 0, 0, -1
	for i := 0; i < len(text); i++ {
		if text[i] == '\n' {
			out = append(out, line{start, i})
			start, col, space = i+1, 0, -1
			continue
		}
		w := show.width(text[i])
		if col+w > width && i > start && !unicode.IsSpace(text[i]) {
			cut := i
			if space >= start {
				cut = space + 1
			}
			out = append(out, line{start, cut})
			start, col, space = cut, span(text[cut:i], show), -1
		}
		if unicode.IsSpace(text[i]) {
			space = i
		}
		col += w
	}
	return append(out, line{start, len(text)})
}

func span(text []rune, show shown) int {
	n := 0
	for _, r := range text {
		n += show.width(r)
	}
	return n
}

// place finds the caret's row and column.
func place(lines []line, text []rune, caret int, show shown) (row, col int) {
	for i, l := range lines {
		last := i == len(lines)-1
		if caret < l.to || last || caret == l.to && lines[i+1].from > l.to {
			return i, span(text[l.from:max(l.from, caret)], show)
		}
	}
	return 0, 0
}

// MoveLine steps the caret up or down by rows of text wrapped at width, keeping
// its column. It returns false at the first or last row.
func (b *Buffer) MoveLine(by, width int, show shown) bool {
	lines := wrap(b.text, width, show)
	row, col := place(lines, b.text, b.caret, show)
	if b.column < 0 {
		b.column = col
	}
	row += by
	if row < 0 || row >= len(lines) {
		return false
	}
	want, l := b.column, lines[row]
	i, at := l.from, 0
	for i < l.to && at+show.width(b.text[i]) <= want {
		at += show.width(b.text[i])
		i++
	}
	if i == l.to && i > l.from && row < len(lines)-1 && lines[row+1].from == l.to {
		i-- // the end of a wrapped row is the start of the next
	}
	b.moveTo(i)
	b.column = want
	return true
}

// MoveEnds puts the caret at the start (−1) or end (+1) of its row.
func (b *Buffer) MoveEnds(direction, width int, show shown) {
	lines := wrap(b.text, width, show)
	row, _ := place(lines, b.text, b.caret, show)
	if direction < 0 {
		b.moveTo(lines[row].from)
		return
	}
	end := lines[row].to
	if row < len(lines)-1 && lines[row+1].from == end && end > lines[row].from {
		end--
	}
	b.moveTo(end)
}
