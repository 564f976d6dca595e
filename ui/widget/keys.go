package widget

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/nocturne/nocturne/ui/theme"
	"github.com/nocturne/nocturne/viewer"
)

// Help draws the bindings of a place in columns by group, for `?`. It is made from
// the key map, so it cannot say what a key does not do.
func Help(m *viewer.Keymap, places []viewer.Place, width, height int) []string {
	var blocks [][]string
	for _, p := range places {
		blocks = append(blocks, helpBlocks(m.Bindings(p))...)
	}
	column := 36
	columns := max(1, width/column)
	return flow(blocks, columns, min(column, width), height)
}

func helpBlocks(bindings []viewer.Binding) [][]string {
	var order []string
	groups := map[string][]string{}
	for _, b := range bindings {
		if _, ok := groups[b.Group]; !ok {
			order = append(order, b.Group)
			groups[b.Group] = []string{theme.Heading.Render(strings.ToUpper(b.Group))}
		}
		groups[b.Group] = append(groups[b.Group], helpLine(b))
	}
	var out [][]string
	for _, g := range order {
		out = append(out, append(groups[g], ""))
	}
	return out
}

func helpLine(b viewer.Binding) string {
	var keys []string
	for _, k := range b.Keys {
		keys = append(keys, k.Label())
	}
	note := ""
	if b.WindowOnly {
		note = theme.Muted.Render(" (window)")
	}
	return theme.Accent.Render(FitRight(strings.Join(keys, " "), 10)) + "  " + b.Help + note
}

// flow sets blocks into columns of equal width, filling the first before the next.
func flow(blocks [][]string, columns, width, height int) []string {
	cols := make([][]string, columns)
	at := 0
	for _, b := range blocks {
		if len(cols[at])+len(b) > height && at < columns-1 {
			at++
		}
		cols[at] = append(cols[at], b...)
	}
	out := make([]string, height)
	for y := range out {
		for _, c := range cols {
			cell := ""
			if y < len(c) {
				cell = c[y]
			}
			out[y] += Fit(cell, width)
		}
	}
	return out
}

// Hints is the status line's row of the keys that matter here, as many as fit.
func Hints(m *viewer.Keymap, p viewer.Place, actions []viewer.Action, width int) string {
	var out string
	for _, a := range actions {
		for _, b := range m.Bindings(p) {
			if b.Action != a {
				continue
			}
			hint := theme.Accent.Render(b.Keys[0].Label()) + theme.Muted.Render(" "+b.Help)
			if ansi.StringWidth(out)+ansi.StringWidth(hint)+3 > width {
				return out
			}
			if out != "" {
				out += theme.Muted.Render(" · ")
			}
			out += hint
			break
		}
	}
	return out
}
