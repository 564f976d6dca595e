package app

import (
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/cache/access/policy"
	"github.com/nocturne/nocturne/ui/contact"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/critical"
)

// criticals are the open critical results of this home, and the form of one of them.
type criticals struct {
	open  []critical.Result // the most pressing first
	asked time.Time         // when the ledger was read last
	turn  int               // counts what was changed here: an older answer is dropped
	said  map[string]critical.Level
	rung  time.Time // when an overdue one was heard last
	form  *contact.Form
	row   feed.Row // of the form
	from  pageName // where the form was opened
	epoch uint64   // of the case there
}

// openCritical opens the form (F7): of this case's open result, else of a new one;
// where no case is open, of the most pressing. Again, it goes to the next open one.
func (m *Model) openCritical() tea.Cmd {
	k := &m.criticals
	if m.sheet != nil && m.sheet.signing {
		return nil
	}
	if m.keepsNothing("critical") {
		return nil
	}
	m.help = false
	if m.page == onContact && k.form != nil {
		return m.nextCritical()
	}
	k.from, k.epoch = m.page, m.epoch
	if c := m.open; c != nil && m.page != onList {
		for _, r := range k.open {
			if r.StudyUID == c.row.StudyUID {
				return m.showCritical(r, c.row)
			}
		}
		if why := m.may(c.row, policy.Critical); why != nil {
			m.warn(sentence(why))
			return nil
		}
		return m.showCritical(m.Room.NewCritical(c.row, c.found()), c.row)
	}
	if len(k.open) == 0 {
		m.say("No critical result is open. F7 in a case begins one.")
		return nil
	}
	return m.showCritical(k.open[0], m.rowOf(k.open[0]))
}

func (m *Model) showCritical(r critical.Result, row feed.Row) tea.Cmd {
	m.criticals.form, m.criticals.row = contact.New(r, m.Room.Deadlines, m.Now), row
	m.page, m.status = onContact, status{}
	return tea.Batch(m.clearPicture(), m.tellSite())
}

// nextCritical goes on to another open result.
func (m *Model) nextCritical() tea.Cmd {
	k := &m.criticals
	at := slices.IndexFunc(k.open, func(r critical.Result) bool { return r.ID == k.form.Result.ID })
	if len(k.open) == 0 || at >= 0 && len(k.open) == 1 {
		m.say("No other critical result is open.")
		return nil
	}
	next := k.open[(at+1)%len(k.open)]
	return m.showCritical(next, m.rowOf(next))
}

// rowOf is the list's row of a result, else what the result itself knows.
func (m *Model) rowOf(r critical.Result) feed.Row {
	if m.open != nil && m.open.row.StudyUID == r.StudyUID {
		return m.open.row
	}
	return m.current(feed.Row{Site: r.Site, StudyUID: r.StudyUID, Accession: r.Accession, PatientName: r.Patient, Study: r.Exam})
}

// found proposes the finding: the impression's first words, else the last line of the
// section being written, else the selected mark.
func (c *openCase) found() string {
	if c.draft != nil {
		first, _, _ := strings.Cut(strings.TrimSpace(c.draft.Plain(report.Impression)), "\n")
		if asked := func(p report.Placed) bool { return p.Section == report.Impression }; first != "" && !slices.ContainsFunc(c.draft.Unfilled(), asked) {
			return proposal(first)
		}
		lines := strings.Split(strings.TrimSpace(c.draft.Plain(report.Findings)), "\n")
		if last := strings.TrimSpace(lines[len(lines)-1]); last != "" && c.draft.Applied[report.Findings] == "" { // a template's last line is none
			return proposal(last)
		}
	}
	if s := c.page.State; s != nil {
		for _, k := range c.marks {
			if k.ID == s.Selected {
				return proposal(k.Label + " " + reading.MarkText(k))
			}
		}
	}
	return ""
}

// proposal is the first sentence, at most 120 letters of it.
func proposal(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if i := strings.Index(text, ". "); i > 0 {
		text = text[:i+1]
	}
	if r := []rune(text); len(r) > 120 {
		return string(r[:120]) + "…"
	}
	return text
}

// contactKey is a key in the form. Dictated or pasted text is executed nowhere (N2).
func (m *Model) contactKey(name string, msg tea.KeyMsg) tea.Cmd {
	f := m.criticals.form
	if text, ok := typed(msg); ok {
		switch {
		case f.Insert(text):
		case msg.Paste || len([]rune(text)) >= burst && !repeated(text):
			m.warn("Text arrived where keys choose; nothing was executed. Tab goes to a field for text.")
		default:
			return m.oneByOne(text)
		}
		return nil
	}
	switch {
	case name == "?" && !f.Typing():
		m.help = true
		return nil
	case strings.HasPrefix(name, "f") && len(name) > 1 || strings.HasPrefix(name, "ctrl+") && name != "ctrl+u":
		if name == "f7" {
			return m.openCritical()
		}
		return tea.Batch(m.leaveCritical(), m.anywhere(name))
	}
	return m.contactDid(f, f.Key(name))
}

// contactDid keeps what a key changed, at every step.
func (m *Model) contactDid(f *contact.Form, did contact.Change) tea.Cmd {
	switch did {
	case contact.Kept:
		m.keepCritical(f.Result)
	case contact.Left:
		return m.leaveCritical()
	case contact.Dropped:
		m.keepCritical(f.Result)
		cmd := m.leaveCritical()
		m.say("Closed with its reason; the report says nothing of it.")
		return cmd
	case contact.Finished:
		m.keepCritical(f.Result)
		return tea.Batch(m.leaveCritical(), m.reportCritical(f.Result, m.criticals.row))
	}
	return nil
}

// keepCritical puts a result on disk and among the open ones.
func (m *Model) keepCritical(r critical.Result) {
	k := &m.criticals
	m.Room.KeepCritical(r)
	k.turn++
	k.open = slices.DeleteFunc(k.open, func(o critical.Result) bool { return o.ID == r.ID })
	if r.Open() {
		k.open = append(k.open, r)
	}
	critical.Sort(k.open)
}

// leaveCritical goes back to where the form was opened: the caret is where it was.
func (m *Model) leaveCritical() tea.Cmd {
	k := &m.criticals
	f := k.form
	if m.page != onContact || f == nil {
		return nil
	}
	if f.Recorded() && f.Result.Open() {
		m.keepCritical(f.Result)
	}
	k.form, m.page = nil, k.from
	switch {
	case m.open == nil || k.epoch != m.open.epoch:
		m.page = onList
	case m.page == onSheet:
		m.page, m.sheet = onCase, nil
		return tea.Batch(m.tellSite(), m.openSheet()) // its facts are other ones now
	}
	return tea.Batch(m.tellSite(), m.repaint(), m.repaintDocument())
}
