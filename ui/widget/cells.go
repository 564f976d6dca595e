// Package widget holds the small drawing tools of the terminal: fitting text to
// cells, scrolling rows, key help, one-line prompts.
package widget

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Fit cuts or pads s to exactly width cells. What was cut ends in "…". Styles in
// s are kept.
func Fit(s string, width int) string {
	if width <= 0 {
		return ""
	}
	if w := ansi.StringWidth(s); w <= width {
		return s + strings.Repeat(" ", width-w)
	}
	cut := ansi.Truncate(s, width, "…")
	return cut + strings.Repeat(" ", max(0, width-ansi.StringWidth(cut))) // a wide letter may leave a cell
}

// FitRight is Fit with the text at the right edge.
func FitRight(s string, width int) string {
	if w := ansi.StringWidth(s); w < width {
		return strings.Repeat(" ", width-w) + s
	}
	return Fit(s, width)
}

// Ends puts left and right at the ends of a line of width cells; where both do not
// fit, left is cut.
func Ends(left, right string, width int) string {
	room := width - ansi.StringWidth(right)
	if room <= 0 {
		return Fit(right, width)
	}
	return Fit(left, room) + right
}

// Rows cuts or fills lines to exactly height lines of exactly width cells.
func Rows(lines []string, width, height int) []string {
	out := make([]string, max(0, height))
	for i := range out {
		if i < len(lines) {
			out[i] = Fit(lines[i], width)
		} else {
			out[i] = strings.Repeat(" ", max(0, width))
		}
	}
	return out
}

// Wrap breaks text at spaces into lines of at most width cells.
func Wrap(text string, width int) []string {
	return strings.Split(ansi.Wrap(text, max(1, width), ""), "\n")
}

// Window gives the first row to draw so that the cursor is in sight and as little
// moves as possible.
func Window(first, cursor, height, total int) int {
	if cursor < first {
		first = cursor
	}
	if cursor >= first+height {
		first = cursor - height + 1
	}
	return max(0, min(first, total-height))
}
