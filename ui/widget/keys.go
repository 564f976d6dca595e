package widget

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/nocturne/nocturne/ui/theme"
	"github.com/nocturne/nocturne/viewer"
)

// Help draws the bindings of places in columns by group, and the commands behind
// them, for `?`. It is made from the key map, so it cannot say what a key does not
// do. What does not fit on one page of height rows goes on the next; no word is
// cut.
func Help(m *viewer.Keymap, places []viewer.Place, commands []string, width, height int) [][]string {
	columns := max(1, width/36)
	column := width / columns
	var blocks [][]string
	for _, p := range places {
		blocks = append(blocks, helpBlocks(m.Bindings(p), column)...)
	}
	if len(commands) > 0 {
		block := []string{theme.Heading.Render("COMMANDS")}
		for _, c := range commands {
			block = append(block, hanging("  ", c, 6, column)...)
		}
		blocks = append(blocks, append(block, ""))
	}
	return flow(blocks, columns, column, max(1, height))
}

func helpBlocks(bindings []viewer.Binding, width int) [][]string {
	var order []string
	groups := map[string][]string{}
	for _, b := range bindings {
		if _, ok := groups[b.Group]; !ok {
			order = append(order, b.Group)
			groups[b.Group] = []string{theme.Heading.Render(strings.ToUpper(b.Group))}
		}
		groups[b.Group] = append(groups[b.Group], helpLines(b, width)...)
	}
	var out [][]string
	for _, g := range order {
		out = append(out, append(groups[g], ""))
	}
	return out
}

func helpLines(b viewer.Binding, width int) []string {
	var keys []string
	for _, k := range b.Keys {
		keys = append(keys, k.Label())
	}
	text := b.Help
	if b.WindowOnly {
		text += " (window)"
	}
	return hanging(theme.Accent.Render(FitRight(strings.Join(keys, " "), 10))+"  ", text, 12, width)
}

// hanging sets text behind a head, its further lines indented; a cell stays free
// to the next column.
func hanging(head, text string, indent, width int) []string {
	lines := Wrap(text, width-1-max(indent, ansi.StringWidth(head)))
	for i := range lines {
		if i > 0 {
			lines[i] = strings.Repeat(" ", indent) + lines[i]
		} else {
			lines[i] = head + lines[i]
		}
	}
	return lines
}

// flow sets each block into the first column that has room for it, and columns of
// equal width into pages.
func flow(blocks [][]string, columns, width, height int) [][]string {
	var cols [][]string
	for _, b := range blocks {
		for ; len(b)-1 > height; b = b[height:] {
			cols = append(cols, b[:height])
		}
		free := slices.IndexFunc(cols, func(c []string) bool { return len(c)+len(b)-1 <= height })
		if free < 0 {
			free, cols = len(cols), append(cols, nil)
		}
		cols[free] = append(cols[free], b...)
	}
	var pages [][]string
	for ; len(cols) > 0; cols = cols[min(columns, len(cols)):] {
		pages = append(pages, sheet(cols[:min(columns, len(cols))], width, height))
	}
	return pages
}

// sheet sets columns side by side.
func sheet(cols [][]string, width, height int) []string {
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
