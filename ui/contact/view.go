package contact

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/ui/theme"
	"github.com/nocturne/nocturne/ui/widget"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/critical"
)

// Hints are the keys of the field the cursor is in, for the line at the bottom.
func (f *Form) Hints() string {
	const around = " · Tab next field · Esc leaves it open"
	switch f.at {
	case category:
		return "1 minutes · 2 hours · 3 days" + around
	case who:
		return "Enter calls · ↑↓ or a number chooses" + around
	case result:
		return "r reached · p in person · s message · n no answer · m left message · Esc"
	case readBack:
		return "y read back · n not" + around
	case acknowledged:
		return "y acknowledged: into the report · n not yet" + around
	case closing:
		return "Enter closes it with this reason" + around
	}
	return "Enter goes on" + around
}

// View draws the form in exactly height rows of width cells.
func (f *Form) View(width, height int) []string {
	r := f.Result
	right := "not recorded yet "
	if f.recorded {
		right = "found " + clock(r.Identified) + " · " + r.Left(f.now()) + " "
		if !r.Told.IsZero() {
			right = "told " + clock(r.Told) + " "
		}
	}
	out := []string{
		theme.BarBold.Render(widget.Ends(" CRITICAL RESULT · "+dicom.OneLine(dicom.ParsePN(r.Patient).Display()), right, width)),
		theme.Bar.Render(widget.Fit(" "+dicom.OneLine(r.Exam)+" · acc "+dicom.OneLine(r.Accession)+" · "+dicom.OneLine(r.Site), width)),
	}
	if f.Said != "" {
		out = append(out, theme.Warning.Render(widget.Fit(" "+dicom.OneLine(f.Said), width)))
	} else {
		out = append(out, "")
	}
	rows := f.rows(width)
	more := append(f.attempts(width), f.words(width)...)
	if room := height - len(out) - len(rows); len(more) > room {
		more = more[:max(0, room)]
	}
	return widget.Rows(append(append(out, rows...), more...), width, height)
}

func (f *Form) rows(width int) []string {
	var out []string
	out = append(out, f.prompt(finding, "Finding", width))
	out = append(out, f.choice(category, "Category", f.categories()))
	for i, l := range f.ladder(width) {
		name := ""
		if i == 0 {
			name = "Call"
		}
		out = append(out, f.label(who, name)+l)
	}
	out = append(out, f.prompt(to, "Told to", width), f.prompt(role, "Role", width))
	out = append(out, f.choice(result, "Result", "r reached · p in person · s message · n no answer · m left word"))
	out = append(out, f.choice(readBack, "Read back", mark("y", "yes", !f.Result.Told.IsZero() && f.Result.ReadBack)+" · "+mark("n", "no", false)))
	out = append(out, f.choice(acknowledged, "Acknowledged", mark("y", "yes, into the report", !f.Result.Acknowledged.IsZero())+" · "+mark("n", "not yet", false)))
	return append(out, f.prompt(closing, "Or close", width))
}

func (f *Form) categories() string {
	var out []string
	for _, c := range []critical.Category{critical.Minutes, critical.Hours, critical.Days} {
		within := f.within.Of(c)
		words := fmt.Sprintf("%s (%s)", c.Words(), short(within))
		out = append(out, mark(fmt.Sprint(int(c)), words, f.recorded && critical.Category(f.Result.Category) == c))
	}
	return strings.Join(out, " · ")
}

func short(d time.Duration) string {
	switch {
	case d%(24*time.Hour) == 0:
		return fmt.Sprintf("%d d", d/(24*time.Hour))
	case d >= 2*time.Hour && d%time.Hour == 0:
		return fmt.Sprintf("%d h", d/time.Hour)
	}
	return fmt.Sprintf("%d min", d/time.Minute)
}

func mark(key, words string, chosen bool) string {
	if chosen {
		return key + " " + words + " ✓"
	}
	return key + " " + words
}

// ladder is who can be called, the telephone numbers as links to dial.
func (f *Form) ladder(width int) []string {
	const most = 5
	ladder := f.Result.Ladder
	if len(ladder) == 0 {
		return []string{theme.Muted.Render("nobody is named: Tab, and type who is told")}
	}
	first := widget.Window(0, f.rung, most, len(ladder))
	var out []string
	for i := first; i < min(len(ladder), first+most); i++ {
		c, cursor, style := ladder[i], "  ", theme.Text
		if i == f.rung {
			cursor, style = "▸ ", theme.Bold
		}
		line := style.Render(fmt.Sprintf("%s%d %s", cursor, i+1, dicom.OneLine(c.Name)))
		if c.Role != "" {
			line += theme.Muted.Render(" · " + dicom.OneLine(c.Role))
		}
		if phone := dicom.OneLine(c.Phone); phone != "" {
			line += theme.Muted.Render(" · ") + dial(phone)
		} else {
			line += theme.Amber.Render(" · no number")
		}
		if c.Hours != "" {
			line += theme.Muted.Render(" · " + dicom.OneLine(c.Hours))
		}
		out = append(out, widget.Fit(line, max(1, width-labelCells)))
	}
	return out
}

// dial is a telephone number as a link that a terminal may dial (RFC 3966).
func dial(phone string) string {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, phone)
	return ansi.SetHyperlink("tel:"+digits) + theme.Bold.Render("☎ "+phone) + ansi.ResetHyperlink()
}

const labelCells = 16

func (f *Form) label(at field, name string) string {
	cursor, style := "  ", theme.Muted
	if f.at == at && name != "" {
		cursor, style = "▸ ", theme.Accent
	}
	return style.Render(widget.Fit(cursor+name, labelCells))
}

func (f *Form) prompt(at field, name string, width int) string {
	text := dicom.OneLine(f.text[at].Value())
	if r, room := []rune(text), width-labelCells-1; f.at == at && len(r) > room && room > 1 {
		text = "…" + string(r[len(r)-room+1:]) // the end is where one types
	}
	if f.at == at {
		return f.label(at, name) + theme.Text.Render(text) + theme.Caret.Render(" ")
	}
	if text == "" && at == closing {
		text = "reason, without telling anybody: entered in error, told by the surgeon"
		return f.label(at, name) + theme.Muted.Render(text)
	}
	return f.label(at, name) + theme.Text.Render(text)
}

func (f *Form) choice(at field, name, words string) string {
	style := theme.Muted
	if f.at == at {
		style = theme.Text
	}
	return f.label(at, name) + style.Render(words)
}

func (f *Form) attempts(width int) []string {
	if len(f.Result.Attempts) == 0 {
		return nil
	}
	out := []string{"", theme.Heading.Render("  ATTEMPTS")}
	for i, a := range f.Result.Attempts {
		out = append(out, theme.Text.Render(widget.Fit(fmt.Sprintf("  %d  %s  %s  %s", i+1, clock(a.At), dicom.OneLine(join(a)), a.Result), width)))
	}
	return out
}

func join(a report.Attempt) string {
	if a.Role == "" {
		return a.To
	}
	return a.To + " (" + a.Role + ")"
}

// words is what the report will say.
func (f *Form) words(width int) []string {
	if !f.recorded {
		return nil
	}
	out := []string{"", theme.Heading.Render("  THE REPORT WILL SAY")}
	for _, l := range widget.Wrap(dicom.OneLine(f.Result.Text(time.Local)), width-4) {
		out = append(out, theme.Text.Render("  "+l))
	}
	return out
}

func clock(t time.Time) string { return t.Local().Format("15:04 MST") }
