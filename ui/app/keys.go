package app

import (
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/viewer"
)

// key sends a key to whom it belongs: the locked screen, the prompt, the help, the
// sign sheet, the report being typed, the images, the list. Keys that arrive right
// after a case change are dropped: they were meant for another patient (N1).
func (m *Model) key(msg tea.KeyMsg) tea.Cmd {
	name := keyName(msg)
	m.interruptions.back, m.touched = "", m.Now()
	switch {
	case msg.Alt && !m.altKey(name):
		return m.escapeThen(msg)
	case m.locked:
		return m.lockedKey(name, msg)
	case name == "ctrl+c":
		return m.quit()
	case m.locks(name):
		return m.lock()
	case m.Now().Before(m.deaf):
		return nil
	case m.prompt.Open:
		return m.promptKey(name, msg)
	case m.criticalKey(name):
		return m.openCritical()
	case m.help:
		if m.turnHelp(name); m.help {
			return nil
		}
		return m.repaintDocument() // its page was not sent while the help lay over it
	case m.page == onLines && m.lines != nil:
		return m.linesKey(name)
	case m.page == onContact && m.criticals.form != nil:
		return m.contactKey(name, msg)
	case m.page == onSheet:
		return m.sheetKey(name)
	case m.page == onCase:
		return m.caseKey(name, msg)
	case m.page == onOutbox && m.sent != nil:
		return m.outboxKey(name, msg)
	case m.page == onDocuments && m.open != nil:
		return m.documentsKey(name, msg)
	case m.page == onLesions && m.open != nil:
		return m.lesionKey(name, msg)
	case m.page == onCalculators && m.open != nil:
		return m.calculatorKey(name, msg)
	}
	if text, ok := typed(msg); ok && !msg.Paste {
		return m.oneByOne(text)
	}
	return m.listKey(name)
}

// locks reports whether a key locks, wherever the reader is: at the sheet, in a
// prompt, in the help.
func (m *Model) locks(name string) bool {
	b, ok := m.Keymap.Lookup(viewer.InText, viewer.Key(name))
	return ok && b.Action == viewer.SessionLock
}

// turnHelp shows the help's next page, or closes it.
func (m *Model) turnHelp(name string) {
	if m.helpAt++; name != "space" || m.helpAt >= len(m.helpPages(m.width, m.room())) {
		m.help, m.helpAt = false, 0
	}
}

// altKey reports whether a key with Alt means something here: the reader's key map
// has it, or the editor moves and erases by words with it.
func (m *Model) altKey(name string) bool {
	place := viewer.InImages
	switch {
	case m.page == onList:
		place = viewer.InList
	case m.open != nil && m.open.page.Typing:
		place = viewer.InText
	}
	if _, ok := m.Keymap.Lookup(place, viewer.Key(name)); ok && !m.prompt.Open {
		return true
	}
	return m.page == onCase && m.open != nil && m.open.page.Typing && slices.Contains([]string{"alt+left", "alt+right", "alt+backspace"}, name)
}

// escapeThen takes Esc and the key right after it, which a terminal sends alike to
// Alt and the key, as the two they were.
func (m *Model) escapeThen(msg tea.KeyMsg) tea.Cmd {
	msg.Alt = false
	return tea.Batch(m.key(tea.KeyMsg{Type: tea.KeyEsc}), m.key(msg))
}

// oneByOne takes keys that arrived together as the keys they were.
func (m *Model) oneByOne(text string) tea.Cmd {
	var cmds []tea.Cmd
	for _, r := range text {
		cmds = append(cmds, m.key(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}}))
	}
	return tea.Batch(cmds...)
}

// keyName is the key as the key map names it.
func keyName(msg tea.KeyMsg) string {
	if msg.Type == tea.KeySpace {
		return "space"
	}
	return msg.String()
}

// typed is the text of a key that brings text: a paste or several runes at once
// come as one.
func typed(msg tea.KeyMsg) (string, bool) {
	if msg.Type == tea.KeyRunes && !msg.Alt && (msg.Paste || len(msg.Runes) > 1) {
		return string(msg.Runes), true
	}
	return "", false
}

// flush is how long keys are dropped after another case came on screen.
const flush = 120 * time.Millisecond

func (m *Model) listKey(name string) tea.Cmd {
	if m.counts(name) {
		return nil
	}
	b, ok := m.Keymap.Lookup(viewer.InList, viewer.Key(name))
	n := m.times(b.Action)
	if !ok {
		return nil
	}
	if do, ok := listActions()[b.Action]; ok {
		var cmds []tea.Cmd
		for range n {
			cmds = append(cmds, do(m))
		}
		return tea.Batch(cmds...)
	}
	return m.act(b.Action)
}

// listActions are what only the list can do.
func listActions() map[viewer.Action]func(*Model) tea.Cmd {
	return map[viewer.Action]func(*Model) tea.Cmd{
		viewer.RowNext:      func(m *Model) tea.Cmd { m.list.Move(1); return nil },
		viewer.RowPrev:      func(m *Model) tea.Cmd { m.list.Move(-1); return nil },
		viewer.RowPageDown:  func(m *Model) tea.Cmd { m.list.Move(max(1, m.height-10)); return nil },
		viewer.RowPageUp:    func(m *Model) tea.Cmd { m.list.Move(-max(1, m.height-10)); return nil },
		viewer.RowFirst:     func(m *Model) tea.Cmd { m.list.Ends(-1); return nil },
		viewer.RowLast:      func(m *Model) tea.Cmd { m.list.Ends(1); return nil },
		viewer.MatchNext:    func(m *Model) tea.Cmd { m.list.Move(1); return nil },
		viewer.MatchPrev:    func(m *Model) tea.Cmd { m.list.Move(-1); return nil },
		viewer.ListNextView: func(m *Model) tea.Cmd { m.list.StepView(1); return nil },
		viewer.ListPrevView: func(m *Model) tea.Cmd { m.list.StepView(-1); return nil },
		viewer.ListSort:     func(m *Model) tea.Cmd { m.list.StepSort(); return nil },
		viewer.ListDetails:  func(m *Model) tea.Cmd { m.list.Big = !m.list.Big; return nil },
		viewer.ListPriors:   (*Model).showPriors,
		viewer.Filter:       (*Model).askFilter,
		viewer.CaseOpen:     func(m *Model) tea.Cmd { return m.openSelected(false) },
		viewer.CaseLook:     func(m *Model) tea.Cmd { return m.openSelected(true) },
		viewer.CaseGiveBack: (*Model).askGiveBack,
		viewer.Escape:       (*Model).escapeList,
		viewer.PaneNext:     func(m *Model) tea.Cmd { m.list.Big = !m.list.Big; return nil },
		viewer.PanePrev:     func(m *Model) tea.Cmd { m.list.Big = !m.list.Big; return nil },
	}
}

func (m *Model) escapeList() tea.Cmd {
	switch {
	case len(m.alarm.rows) > 0:
		m.alarm.acknowledge() // no case is open: the window shows no banner
	case m.list.Priors != nil:
		m.list.Priors = nil
	case m.list.Filter != "":
		m.list.SetFilter("")
	default:
		m.status = status{}
	}
	return nil
}

// act does an action of the terminal, wherever its key was pressed: here or in the
// window.
func (m *Model) act(a viewer.Action) tea.Cmd {
	if do, ok := actions()[a]; ok {
		return do(m)
	}
	return nil
}

// actions are the terminal's own, whatever page is on screen.
func actions() map[viewer.Action]func(*Model) tea.Cmd {
	return map[viewer.Action]func(*Model) tea.Cmd{
		viewer.Help:           func(m *Model) tea.Cmd { m.help = true; return nil },
		viewer.Command:        (*Model).askCommand,
		viewer.Palette:        (*Model).askPalette,
		viewer.ListRefresh:    func(m *Model) tea.Cmd { m.say("Asking the sites …"); return m.pollOnce() },
		viewer.SessionLock:    (*Model).lock,
		viewer.ReportLesions:  (*Model).openLesions,
		viewer.ReportGrade:    func(m *Model) tea.Cmd { return m.openCalculator("") },
		viewer.CaseDocuments:  (*Model).openDocuments,
		viewer.OutboxShow:     (*Model).openOutbox,
		viewer.CaseNext:       (*Model).nextCase,
		viewer.CaseAside:      (*Model).putAside,
		viewer.FocusSwap:      (*Model).swapFocus,
		viewer.ReportInsert:   (*Model).insertMark,
		viewer.ReportSign:     (*Model).openSheet,
		viewer.ReportAccept:   (*Model).acceptText,
		viewer.ReportTemplate: (*Model).pickHere,
		viewer.CallToggle:     (*Model).toggleCall,
		viewer.ReportImage:    (*Model).showLinked,
		viewer.ReportSpell:    (*Model).suggest,
		viewer.CaseCall:       (*Model).openCritical,
		viewer.ReportWetRead:  (*Model).askWetRead,
		viewer.DictationSwap:  (*Model).swapDictation,
		viewer.ReportPull:     (*Model).pullPrior,
		viewer.ReportPrior:    (*Model).otherPrior,
	}
}

func (m *Model) quit() tea.Cmd {
	if m.quitting {
		return tea.Quit
	}
	if m.unsent() == 0 {
		return tea.Quit
	}
	m.ask(quitLabel, "", func(m *Model, reason string) tea.Cmd {
		if reason == "" {
			m.warn("Reports wait to be sent: quitting needs a reason.")
			return nil
		}
		m.quitting = true
		m.Room.KeepReason("left with unsent reports: " + reason)
		return tea.Quit
	})
	return nil
}

const quitLabel = "Reports are not delivered yet. Reason to quit (they are sent at the next start): "

// unsent is how many signed reports are not delivered.
func (m *Model) unsent() (n int) {
	for _, l := range m.outbox {
		if !l.done {
			n++
		}
	}
	return n
}
