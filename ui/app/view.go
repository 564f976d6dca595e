package app

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/ui/command"
	"github.com/nocturne/nocturne/ui/lesions"
	"github.com/nocturne/nocturne/ui/theme"
	"github.com/nocturne/nocturne/ui/widget"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/feed"
)

// View draws the screen: header, banner if any, the page, the status line. It is
// always exactly height rows.
func (m *Model) View() string {
	if m.locked {
		return strings.Join(m.lockedView(), "\n")
	}
	rows := append(m.top(), m.body(m.width, m.room())...)
	rows = append(rows[:max(0, min(len(rows), m.height-1))], m.bottom())
	return strings.Join(rows, "\n")
}

// top is the list's header and the banner of a STAT that arrived.
func (m *Model) top() []string {
	var rows []string
	if m.page == onList {
		rows = append(rows, m.header())
	}
	if text := m.alarm.text(m.Now()); text != "" {
		rows = append(rows, theme.Banner.Render(widget.Ends(" "+text, "F6 opens it · Esc heard ", m.width)))
	}
	rows = append(append(rows, m.glassRows(m.width)...), m.callRows(m.width)...)
	if row := m.criticalRow(m.width); row != "" {
		rows = append(rows, row)
	}
	return rows
}

// room is how many rows are left for the page.
func (m *Model) room() int { return m.height - len(m.top()) - 1 }

func (m *Model) body(width, height int) []string {
	switch {
	case m.help:
		pages := m.helpPages(width, height)
		return widget.Rows(pages[min(m.helpAt, len(pages)-1)], width, height)
	case m.page == onLines && m.lines != nil:
		return m.lines.view(width, height)
	case m.page == onContact && m.criticals.form != nil:
		return m.criticals.form.View(width, height)
	case m.page == onSheet && m.sheet != nil:
		return m.sheet.view(m, width, height)
	case m.page == onOutbox && m.sent != nil:
		return m.sent.View(width, height)
	case m.page == onDocuments && m.open != nil && m.open.documents != nil:
		return m.open.documents.View(width, height)
	case m.page == onCalculators && m.open != nil && m.open.calculator != nil:
		return m.open.calculator.View(width, height)
	case m.page == onLesions && m.open != nil && m.open.lesions != nil:
		return m.open.lesions.View(width, height)
	case m.page == onCase && m.open != nil:
		return m.open.page.View(width, height)
	}
	return m.list.View(width, height)
}

// helpPages are the help's pages for where the reader is.
func (m *Model) helpPages(width, height int) [][]string {
	places := []viewer.Place{viewer.InList}
	if m.page == onCase || m.page == onDocuments {
		places = []viewer.Place{viewer.InImages, viewer.InTool}
		if m.open != nil && m.open.page.Typing {
			places = []viewer.Place{viewer.InText}
		}
	}
	commands := command.Usage()
	if m.page == onCalculators || m.page == onLesions {
		places = []viewer.Place{viewer.InText}
	}
	if m.page == onLesions {
		commands = lesions.Help()
	}
	return widget.Help(m.Keymap, places, commands, width, height)
}

// header says who reads, how much there is, and how fresh each site is (N11).
func (m *Model) header() string {
	held := 0
	for _, r := range m.snapshot.Rows {
		if r.Mine {
			held++
		}
	}
	left := fmt.Sprintf("%d cases · you hold %d", m.list.Total(), held)
	if name := m.list.ViewName(); name != "all" {
		left += " · view " + name
	}
	if m.list.Filter != "" {
		left += " · filter " + m.list.Filter
	}
	if m.Banner != "" {
		left += " · " + m.Banner
	}
	name, sites := dicom.ParsePN(m.Room.Reader.Name).Display()+" · ", m.sites()
	if ansi.StringWidth(" NOCTURNE  "+name+left+sites) > m.width {
		name = "" // what the reader holds stays in sight (N15)
	}
	return theme.BarBold.Render(widget.Ends(dicom.Clean(" NOCTURNE  "+name+left), sites, m.width))
}

func (m *Model) sites() string {
	var parts []string
	if m.Unprotected {
		parts = append(parts, theme.Warning.Render(" key unprotected "))
	}
	for _, s := range m.snapshot.Sites {
		text := s.Text(m.Now())
		switch s.Level(m.Now()) {
		case feed.Red:
			parts = append(parts, theme.Banner.Render(" "+text+" "))
		case feed.Amber:
			parts = append(parts, theme.Warning.Render(" "+text+" "))
		default:
			parts = append(parts, theme.Bar.Render(s.Name+" ✓"))
		}
	}
	if waiting := m.waiting(); waiting != "" {
		parts = append(parts, theme.Warning.Render(" "+waiting+" "))
	}
	return strings.Join(append(parts, theme.Bar.Render(m.Now().Local().Format("15:04 MST "))), theme.Bar.Render(" "))
}

// bottom is the prompt, the status, or the keys that matter here.
func (m *Model) bottom() string {
	if m.prompt.Open {
		return widget.Fit(theme.Accent.Render(m.prompt.Label)+theme.Text.Render(m.prompt.Shown())+theme.Caret.Render(" "), m.width)
	}
	if m.status.text != "" {
		style := theme.Text
		if m.status.severe {
			style = theme.Amber
		}
		return widget.Fit(" "+style.Render(dicom.Clean(m.status.text)), m.width)
	}
	if m.page == onCase && m.open != nil && !m.help {
		if said := m.open.underCaret(); said != "" {
			return widget.Fit(" "+theme.Amber.Render(dicom.Clean(said)), m.width)
		}
	}
	return widget.Fit(" "+m.hints(), m.width)
}

func (m *Model) hints() string {
	switch {
	case m.help:
		if n := len(m.helpPages(m.width, m.room())); n > 1 {
			return theme.Muted.Render(fmt.Sprintf("page %d of %d · Space shows the next · any other key closes the help", min(m.helpAt, n-1)+1, n))
		}
		return theme.Muted.Render("any key closes the help")
	case m.page == onLines && m.lines != nil:
		return theme.Muted.Render(m.lines.hint)
	case m.page == onContact && m.criticals.form != nil:
		return theme.Muted.Render(m.criticals.form.Hints())
	case m.page == onSheet && m.sheet != nil && m.sheet.preview != nil:
		return theme.Muted.Render("p back to the sheet · PgDn PgUp move · nothing is signed from here")
	case m.page == onSheet && m.sheet != nil && !m.sheet.Ready:
		return theme.Muted.Render("Esc back to the report · o override with a reason · p preview")
	case m.page == onSheet:
		return theme.Muted.Render("Enter signs · o override with a reason · p preview · Esc back to the report")
	case m.page == onOutbox && m.sent != nil:
		return theme.Muted.Render(m.outboxHints())
	case m.page == onDocuments && m.open != nil && m.open.documents != nil:
		return theme.Muted.Render(m.open.documents.hints())
	case m.page == onCalculators && m.open != nil && m.open.calculator != nil:
		return theme.Muted.Render(m.open.calculator.Hints())
	case m.page == onLesions && m.open != nil && m.open.lesions != nil:
		return theme.Muted.Render(m.open.lesions.Hints())
	case m.page == onCase && m.open != nil && m.open.page.Typing && m.open.fieldHint() != "":
		return theme.Text.Render(m.open.fieldHint())
	case m.page == onCase && m.open != nil && m.open.page.Typing:
		return widget.Hints(m.Keymap, viewer.InText, []viewer.Action{viewer.FocusSwap, viewer.ReportInsert, viewer.PaneNext,
			viewer.ReportSign, viewer.CaseAside, viewer.CaseNext}, m.width-2)
	case m.page == onCase:
		return widget.Hints(m.Keymap, viewer.InImages, []viewer.Action{viewer.Help, viewer.FocusSwap, viewer.ToolLength, viewer.ReportInsert,
			viewer.PriorToggle, viewer.ReportSign, viewer.CaseAside}, m.width-2)
	}
	return widget.Hints(m.Keymap, viewer.InList, []viewer.Action{viewer.Help, viewer.CaseOpen, viewer.CaseLook, viewer.Filter, viewer.ListDetails,
		viewer.ListNextView, viewer.ListSort, viewer.CaseNext, viewer.ListRefresh}, m.width-2)
}
