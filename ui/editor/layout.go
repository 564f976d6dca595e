package editor

import (
	"slices"
	"sort"
	"unicode"

	"github.com/mattn/go-runewidth"
)

// line is one row of wrapped text: the runes [from, to). A line that ends in a
// line break does not contain it.
type line struct{ from, to int }

// shown gives what stands on the screen for the rune at i: itself, a token's text,
// nothing or a sign for the ends of a frame.
type shown func(text []rune, i int) string

func (s shown) width(text []rune, i int) int {
	switch r := text[i]; {
	case r >= ' ' && r < 0x7f:
		return 1
	case isSpecial(r):
		return runewidth.StringWidth(s(text, i))
	default:
		return runewidth.RuneWidth(r)
	}
}

// wrap breaks text into lines of at most width columns, at spaces where there is
// one. It always returns at least one line.
func wrap(text []rune, width int, show shown) []line {
	var out []line
	for at, more := 0, true; more; {
		var l line
		l, at, more = row(text, at, width, show)
		out = append(out, l)
	}
	return out
}

// row is the line that begins at start, and where the next one does.
func row(text []rune, start, width int, show shown) (l line, next int, more bool) {
	col, space := 0, -1
	for i := start; i < len(text); i++ {
		if text[i] == '\n' {
			return line{start, i}, i + 1, true
		}
		w, blank := show.width(text, i), unicode.IsSpace(text[i])
		if col+w > width && i > start && !blank {
			cut := i
			if space >= start {
				cut = space + 1
			}
			return line{start, cut}, cut, true
		}
		if blank {
			space = i
		}
		col += w
	}
	return line{start, len(text)}, len(text), false
}

// span is the width of the runes [from, to).
func span(text []rune, from, to int, show shown) int {
	n := 0
	for i := from; i < to; i++ {
		n += show.width(text, i)
	}
	return n
}

// layout is the wrapped rows of a buffer. After an edit only the rows from the one
// before it on are wrapped again, until they fall together with those there were.
type layout struct {
	rows  []line
	width int
	shown map[rune]int // widths of tokens and frames; a frame's end under −rune of its beginning
	valid bool
	// What changed since: text[from:to) is new, and all behind it moved by delta.
	dirty           bool
	from, to, delta int
}

// changed notes that [from, to) became put runes.
func (y *layout) changed(from, to, put int) {
	if !y.dirty {
		y.dirty, y.from, y.to, y.delta = true, from, from+put, put-(to-from)
		return
	}
	y.from, y.to = min(y.from, from), max(y.to, to)+put-(to-from)
	y.delta += put - (to - from)
}

// rows are the buffer's lines at a width.
func (b *Buffer) rows(width int, show shown) []line {
	y := &b.layout
	same := y.valid && y.width == width && b.sameWidths(show)
	switch {
	case same && !y.dirty:
	case same:
		y.rewrap(b.text, show)
	default:
		y.rows = wrap(b.text, width, show)
	}
	y.valid, y.width, y.dirty = true, width, false
	return y.rows
}

// sameWidths reports whether all that was wrapped still shows as wide as it did, and
// notes how wide it shows now.
func (b *Buffer) sameWidths(show shown) bool {
	y, s, same := &b.layout, b.marks(), true
	if y.shown == nil {
		y.shown = map[rune]int{}
	}
	note := func(key rune, at int) {
		w := show.width(b.text, at)
		old, known := y.shown[key] // one that is new came by an edit, which is wrapped anyway
		same, y.shown[key] = same && (!known || old == w), w
	}
	for _, f := range s.frames {
		note(f.rune, f.open)
		note(-f.rune, f.end)
	}
	for _, i := range s.tokens {
		note(b.text[i], i)
	}
	return same
}

// rewrap wraps what changed.
func (y *layout) rewrap(text []rune, show shown) {
	k := max(0, rowOf(y.rows, y.from)-1)
	var fresh []line
	rest := len(y.rows)
	for at, more := y.rows[k].from, true; more; {
		var l line
		l, at, more = row(text, at, y.width, show)
		fresh = append(fresh, l)
		if j, met := y.meets(at, k); more && met {
			rest = j
			break
		}
	}
	for j := rest; j < len(y.rows); j++ {
		y.rows[j].from += y.delta
		y.rows[j].to += y.delta
	}
	y.rows = slices.Replace(y.rows, k, rest, fresh...)
}

// meets finds the old row that begins where a new one does, behind what changed.
func (y *layout) meets(at, after int) (int, bool) {
	old := at - y.delta
	if at < y.to || old < y.to-y.delta {
		return 0, false
	}
	j := after + sort.Search(len(y.rows)-after, func(i int) bool { return y.rows[after+i].from >= old })
	return j, j < len(y.rows) && y.rows[j].from == old
}

// rowOf is the last row that begins at or before a rune.
func rowOf(rows []line, at int) int {
	return max(0, sort.Search(len(rows), func(i int) bool { return rows[i].from > at })-1)
}

// place finds the caret's row and column.
func (b *Buffer) place(width int, show shown) (row, col int) {
	rows := b.rows(width, show)
	row = rowOf(rows, b.caret)
	return row, span(b.text, rows[row].from, b.caret, show)
}

// MoveLine steps the caret up or down by rows of text wrapped at width, keeping
// its column. It returns false at the first or last row.
func (b *Buffer) MoveLine(by, width int, show shown) bool {
	row, col := b.place(width, show)
	lines := b.rows(width, show)
	if b.column < 0 {
		b.column = col
	}
	row += by
	if row < 0 || row >= len(lines) {
		return false
	}
	want, l := b.column, lines[row]
	i, at := l.from, 0
	for i < l.to && at+show.width(b.text, i) <= want {
		at += show.width(b.text, i)
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
	lines := b.rows(width, show)
	row := rowOf(lines, b.caret)
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
