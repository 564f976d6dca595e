package diff

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/ui/theme"
)

// Lines draws pieces in rows of at most width cells. What was taken out stands in
// [-brackets-], what was put in in {+braces+}, so that nothing is told by colour alone.
func Lines(ps []Piece, width int) []string {
	var all strings.Builder
	for _, p := range ps {
		text := dicom.Clean(p.Text)
		switch p.Kind {
		case Removed:
			text = dress(text, "[-", "-]", theme.Red)
		case Added:
			text = dress(text, "{+", "+}", theme.Green.Bold(true))
		default:
			text = styled(text, theme.Text)
		}
		all.WriteString(text)
	}
	return strings.Split(ansi.Wrap(all.String(), max(8, width), ""), "\n")
}

func dress(text, open, end string, style lipgloss.Style) string {
	return styled(open+text+end, style)
}

// styled styles each word of its own, so that a row broken between two keeps its
// colour.
func styled(text string, style lipgloss.Style) string {
	var out strings.Builder
	for _, part := range strings.SplitAfter(text, " ") {
		for i, line := range strings.Split(part, "\n") {
			if i > 0 {
				out.WriteString("\n")
			}
			if line != "" {
				out.WriteString(style.Render(line))
			}
		}
	}
	return out.String()
}
