package list

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/ui/theme"
	"github.com/nocturne/nocturne/ui/widget"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// column is one column of the table: its width at 80 cells and its share of what a
// wider terminal has to give.
type column struct {
	title string
	width int
	grow  int
	text  func(p *Page, r feed.Row) (string, lipgloss.Style)
}

var columns = []column{
	{"PRIO", 4, 0, func(_ *Page, r feed.Row) (string, lipgloss.Style) { return priority(r.Priority) }},
	{"DUE", 8, 0, func(p *Page, r feed.Row) (string, lipgloss.Style) { return Due(r, p.Now()) }},
	{"PATIENT", 14, 3, patient},
	{"AGE", 6, 1, func(_ *Page, r feed.Row) (string, lipgloss.Style) { return ageSex(r), theme.Text }},
	{"MOD", 5, 0, func(_ *Page, r feed.Row) (string, lipgloss.Style) { return r.Modality, theme.Text }},
	{"STUDY", 11, 5, func(_ *Page, r feed.Row) (string, lipgloss.Style) { return r.Study, theme.Text }},
	{"SITE", 6, 1, site},
	{"STATE", 9, 2, state},
	{"READY", 7, 0, ready},
}

// View draws the table and the details in exactly height rows of width cells.
func (p *Page) View(width, height int) []string {
	details := p.details(width, height)
	table := height - len(details)
	widths := share(width)
	out := []string{p.titles(widths, width)}
	first := p.scroll(table - 1)
	for i := first; i < len(p.shown) && len(out) < table; i++ {
		out = append(out, p.row(p.shown[i], widths, width, i == p.cursor))
	}
	if len(p.shown) == 0 {
		out = append(out, theme.Muted.Render("  "+p.empty()))
	}
	return append(widget.Rows(out, width, table), widget.Rows(details, width, len(details))...)
}

func (p *Page) empty() string {
	switch {
	case len(p.all) == 0:
		return "No case is assigned to you. R asks the sites again."
	case p.Filter != "":
		return fmt.Sprintf("Nothing holds %q. Esc clears the filter.", p.Filter)
	}
	return "Nothing in this view. f goes to the next."
}

// share gives each column its width for a line of width cells; a marker and
// a gap before each column are taken off first.
func share(width int) []int {
	fixed, grow := 1, 0
	for _, c := range columns {
		fixed += c.width + 1
		grow += c.grow
	}
	extra := max(0, width-fixed)
	out := make([]int, len(columns))
	for i, c := range columns {
		out[i] = c.width + extra*c.grow/grow
	}
	return out
}

func (p *Page) titles(widths []int, width int) string {
	b := " "
	for i, c := range columns {
		b += " " + widget.Fit(c.title, widths[i])
	}
	return theme.Muted.Render(widget.Fit(b, width))
}

func (p *Page) row(r feed.Row, widths []int, width int, selected bool) string {
	mark := " "
	if r.Mine {
		mark = "●"
	}
	if selected {
		mark = "▸"
	}
	gap := theme.Text
	if selected {
		gap = theme.Selected
	}
	b := theme.Accent.Render(mark)
	for i, c := range columns {
		text, style := c.text(p, r)
		if r.Stale {
			style = theme.Muted
		}
		if selected {
			style = style.Background(theme.Selected.GetBackground())
		}
		b += gap.Render(" ") + style.Render(widget.Fit(dicom.Clean(text), widths[i]))
	}
	return widget.Fit(b, width)
}

func priority(p pacs.Priority) (string, lipgloss.Style) {
	switch p {
	case pacs.Stat:
		return "STAT", theme.Red
	case pacs.Urgent:
		return "URG", theme.Amber
	case pacs.Routine:
		return "rout", theme.Muted
	}
	return "n/s", theme.Muted // not stated (N14)
}

// Due is the time left to a case's due time: amber from 80 % of the time it was
// given, red once over (W4).
func Due(r feed.Row, now time.Time) (string, lipgloss.Style) {
	if r.Due.IsZero() || r.Finished() {
		return "–", theme.Muted
	}
	left := r.Due.Sub(now)
	given := r.Due.Sub(r.Arrived)
	switch {
	case left <= 0:
		return "-" + clock(-left), theme.Red
	case !r.Arrived.IsZero() && given > 0 && left < given/5:
		return clock(left), theme.Amber
	}
	return clock(left), theme.Text
}

func clock(d time.Duration) string {
	switch m := int(d.Minutes()); {
	case m < 1:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case m < 60:
		return fmt.Sprintf("%d min", m)
	case m < 48*60:
		return fmt.Sprintf("%d h %02d", m/60, m%60)
	default:
		return fmt.Sprintf("%d days", m/60/24)
	}
}

func patient(_ *Page, r feed.Row) (string, lipgloss.Style) {
	name := dicom.ParsePN(r.PatientName).Display()
	if len(r.Similar) > 0 {
		return "≈" + name, theme.Amber
	}
	return name, theme.Bold
}

func ageSex(r feed.Row) string {
	return strings.TrimSpace(strings.ReplaceAll(r.Age, " ", "") + " " + r.Sex)
}

func site(_ *Page, r feed.Row) (string, lipgloss.Style) {
	if r.Stale {
		return r.Site + "?", theme.Amber
	}
	return r.Site, theme.Text
}

func state(_ *Page, r feed.Row) (string, lipgloss.Style) {
	switch {
	case r.Mine && r.State == feed.Claimed:
		return "mine", theme.Accent
	case r.Mine:
		return string(r.State), theme.Accent
	case r.ClaimedBy != nil:
		return "held", theme.Amber
	case r.State == feed.Final:
		return "final", theme.Green
	case !r.Lockable:
		return "no lock", theme.Amber
	}
	return string(r.State), theme.Text
}

// gap is how many images of a study that is here in part are not (W12); 0 where
// nothing was fetched yet.
func gap(r feed.Row) int {
	if r.Cached == 0 {
		return 0
	}
	return max(0, r.Expected-r.Cached)
}

// ready is how soon the images are here, while they come; otherwise how many are.
func ready(p *Page, r feed.Row) (string, lipgloss.Style) {
	switch f := r.Forecast; {
	case f.Short == "":
	case f.State == feed.Coming || f.State == feed.Queued:
		return f.Short, theme.Muted
	case f.State == feed.Stopped:
		return f.Short, theme.Amber
	}
	return images(p, r)
}

func images(_ *Page, r feed.Row) (string, lipgloss.Style) {
	text := fmt.Sprintf("%d/%d", r.Cached, r.Expected)
	if r.Expected == 0 {
		text = fmt.Sprintf("%d/?", r.Cached)
	}
	if r.Expected > 0 && r.Cached >= r.Expected {
		return text, theme.Green
	}
	if gap(r) > 0 {
		return text, theme.Amber
	}
	return text, theme.Muted
}
