package app

import (
	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/ui/outbox"
)

// onOutbox is the page of the reports under way.
const onOutbox pageName = 100

// outboxPage is the page of the reports under way, and where it was opened.
type outboxPage struct {
	outbox.Page
	from  pageName
	epoch uint64 // of the case there
	turn  int    // counts the stories asked for: a late one is dropped
}

// openOutbox shows the reports under way. A report being written stays as it is.
func (m *Model) openOutbox() tea.Cmd {
	if m.page == onOutbox || m.sheet != nil && m.sheet.signing {
		return nil
	}
	from := m.page
	if from != onList && from != onCase {
		from = onList
		if m.open != nil {
			from = onCase
		}
	}
	m.sent = &outboxPage{from: from, epoch: m.epoch, Page: outbox.Page{Who: m.whoOf, Phone: m.phone}}
	m.page, m.help, m.status = onOutbox, false, status{}
	return tea.Batch(m.clearPicture(), m.tellSite(), m.lookAtOutbox(0, false))
}

// whoOf is the patient of a study that is listed or open.
func (m *Model) whoOf(study string) string {
	if m.open != nil && m.open.row.StudyUID == study {
		return dicom.ParsePN(m.open.row.PatientName).Display()
	}
	for _, r := range m.snapshot.Rows {
		if r.StudyUID == study {
			return dicom.ParsePN(r.PatientName).Display()
		}
	}
	return ""
}

// closeOutbox goes back to where the page was opened, if that is still there.
func (m *Model) closeOutbox() tea.Cmd {
	p := m.sent
	m.sent, m.page = nil, onList
	if p.from == onCase && m.open != nil && p.epoch == m.epoch {
		m.page = onCase
	}
	return tea.Batch(m.tellSite(), m.repaint())
}

// outboxKey is a key on the outbox page: those of the page, then the F-keys and control
// keys that act anywhere.
func (m *Model) outboxKey(name string, msg tea.KeyMsg) tea.Cmd {
	p := m.sent
	if m.open != nil {
		if cmd, ok := m.notOneKey(name, msg); ok {
			return cmd
		}
	} else if text, ok := typed(msg); ok {
		if msg.Paste || len([]rune(text)) >= burst {
			m.say("Text does nothing among the reports under way; nothing was executed.")
			return nil
		}
		return m.oneByOne(text)
	}
	lines := max(1, m.height-6)
	if p.Open != nil {
		lines = -lines // a story begins at its end
	}
	one := lines / max(1, max(lines, -lines))
	switch name {
	case "down", "j":
		p.Move(one)
	case "up", "k":
		p.Move(-one)
	case "pgdown", "space":
		p.Move(lines)
	case "pgup":
		p.Move(-lines)
	case "home":
		p.Move(-one << 30)
	case "end":
		p.Move(one << 30)
	case "enter", "e":
		if m.inConflict() {
			return m.openConflict(nil)
		}
		return m.explain()
	case "r":
		return m.askResend()
	case "c":
		return m.askCopy()
	case "p":
		return m.askPaper()
	case "esc":
		return m.leaveOutbox()
	case ":":
		return m.askCommand()
	case "?":
		m.help = true
	default:
		return m.anywhere(name)
	}
	return nil
}

func (m *Model) leaveOutbox() tea.Cmd {
	switch {
	case len(m.alarm.rows) > 0:
		m.alarm.acknowledge()
		return m.tellSite()
	case m.sent.Open != nil:
		m.sent.Open = nil
		return nil
	}
	return m.closeOutbox()
}

// explain reads all that happened to the row under the cursor.
func (m *Model) explain() tea.Cmd {
	row, ok := m.sent.Row()
	if !ok || m.sent.Open != nil {
		return nil
	}
	m.sent.turn++
	return m.readStory(row.ID, m.sent.turn)
}

func (m *Model) readStory(id int64, turn int) tea.Cmd {
	led, ctx := m.Room.Ledger, m.ctx
	return func() tea.Msg {
		row, err := led.Row(ctx, id)
		if err != nil {
			return failedMsg{err: err}
		}
		steps, err := led.Steps(ctx, id)
		if err != nil {
			return failedMsg{err: err}
		}
		n := len(row.Object)
		row.Object = nil
		return storyMsg{outbox.Story{Row: row, Bytes: n, Steps: steps}, turn}
	}
}

type storyMsg struct {
	story outbox.Story
	turn  int
}

func (m *Model) told(s storyMsg) {
	p := m.sent
	if p == nil || p.turn != s.turn {
		return
	}
	if p.Open != nil {
		s.story.From(p.Open)
	}
	p.Open = &s.story
}

// chosen is the row that a key means: the one explained, else that under the cursor.
func (p *outboxPage) chosen() (ledger.OutboxRow, bool) {
	if p.Open != nil {
		return p.Open.Row, true
	}
	return p.Row()
}

// outboxHints are the keys that matter on the outbox page.
func (m *Model) outboxHints() string {
	if m.sent.Open != nil {
		return "↑↓ back and on · r sends again · c copies the text · p PDF · Esc to the list"
	}
	return "↑↓ choose · Enter explains · r sends again · c copies the text · p PDF · Esc"
}
