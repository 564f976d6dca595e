package app

import (
	"cmp"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/ui/widget"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/ups"
)

// caseKey sends a key of the case page to the report or to the images.
func (m *Model) caseKey(name string, msg tea.KeyMsg) tea.Cmd {
	c := m.open
	if c.page.Typing && c.page.Editor != nil {
		return c.reportKey(m, name, msg)
	}
	if cmd, ok := m.notOneKey(name, msg); ok {
		return cmd
	}
	return m.imageKey(name)
}

// notOneKey takes what is no single key: dictated or pasted text, which is held, and
// keys that came together.
func (m *Model) notOneKey(name string, msg tea.KeyMsg) (tea.Cmd, bool) {
	c := m.open
	text := printable(name, msg)
	if text == "" && !(name == "enter" && m.Now().Before(c.burst)) {
		return nil, false
	}
	if c.stray(text, msg.Paste, m.Now()) {
		m.warn("Text arrived while the keys belong to the images; nothing was executed. F3 puts it into the report.")
		return nil, true
	}
	if len([]rune(text)) > 1 {
		return m.oneByOne(text), true // the first may open a prompt that the rest is meant for
	}
	return nil, false
}

// printable is the text a key stands for, "" when it is none.
func printable(name string, msg tea.KeyMsg) string {
	if name == "space" {
		return " "
	}
	if msg.Type == tea.KeyRunes && !msg.Alt {
		return string(msg.Runes)
	}
	return "" // Enter ends a line of dictation
}

// A burst is four or more characters at once, and whatever follows it within a
// moment: dictation or a paste, not keys (N2). Letters that come one by one are
// watched by the viewer itself.
const (
	burst  = 4
	moment = 60 * time.Millisecond
)

// stray holds text back that was not meant as keys.
func (c *openCase) stray(text string, pasted bool, now time.Time) bool {
	goesOn := now.Before(c.burst)
	if !pasted && !goesOn && (len([]rune(text)) < burst || repeated(text)) {
		return false
	}
	if goesOn {
		c.held += cmp.Or(text, "\n")
	} else {
		c.hold(text)
	}
	c.burst = now.Add(moment)
	return true
}

// hold keeps stray text behind what is held already: a reader dictates phrase by
// phrase.
func (c *openCase) hold(text string) {
	if c.held != "" && !strings.HasSuffix(c.held, "\n") && !strings.HasSuffix(c.held, " ") {
		c.held += " "
	}
	c.held += text
}

// repeated reports whether a text is one letter again and again: a held key.
func repeated(text string) bool {
	return strings.Trim(text, string([]rune(text)[:1])) == ""
}

// imageKey does what a key does at the images.
func (m *Model) imageKey(name string) tea.Cmd {
	if b, ok := m.Keymap.Lookup(viewer.InImages, viewer.Key(name)); ok {
		if _, own := actions()[b.Action]; own {
			return m.act(b.Action)
		}
	}
	if name == "esc" && len(m.alarm.rows) > 0 {
		m.alarm.acknowledge()
		return m.tellSite()
	}
	return m.toViewer(func(v viewer.Viewer, epoch uint64) error { return v.Press(epoch, viewer.Key(name)) })
}

// reportKey is a key while the reader types: F-keys and control keys act, all else
// is text.
func (c *openCase) reportKey(m *Model, name string, msg tea.KeyMsg) tea.Cmd {
	if c.listing && name != "f3" {
		c.ahead = append(c.ahead, msg)
		return nil
	}
	if text, ok := typed(msg); ok && !msg.Paste && (c.page.Editor.Picking() || c.page.Editor.Normal() && len([]rune(text)) < burst) {
		return m.oneByOne(text) // four at once are dictation and text, also among vim's commands (N2)
	} else if ok {
		if !c.signed {
			c.page.Editor.Insert(text)
		}
		return c.takeEdits(m)
	}
	if b, ok := m.Keymap.Lookup(viewer.InText, viewer.Key(name)); ok {
		if _, own := actions()[b.Action]; own {
			return m.act(b.Action)
		}
	}
	if name == "esc" && (c.page.Editor.Escape() || c.closePrior()) {
		return nil
	}
	if do, ok := normalKeys()[name]; ok && c.page.Editor.Normal() {
		return do(m)
	}
	if c.scrollPrior(name) {
		return nil
	}
	if name == "esc" {
		m.alarm.acknowledge()
		return m.tellSite()
	}
	if c.signed {
		m.say("This report is signed. F12 takes it back while it is not sent; :addendum :correct :withdraw follow it.")
		return nil
	}
	if !c.page.Editor.Key(name) {
		return nil
	}
	c.draft.Saw()
	return c.takeEdits(m)
}

// swapFocus gives the keys to the report or to the images (F3). Stray text that
// was held goes into the report (N2).
func (m *Model) swapFocus() tea.Cmd {
	c := m.open
	if c == nil {
		return nil
	}
	m.closePages()
	if c.page.Typing {
		c.page.Typing = false
		c.settleField()
		return tea.Batch(m.tellSite(), c.takeEdits(m), m.toViewer(func(v viewer.Viewer, epoch uint64) error { return v.Focus(epoch) }))
	}
	if c.page.Editor == nil {
		m.say("No report is open here: " + c.page.ReadOnly)
		return nil
	}
	c.page.Typing = true
	if c.held != "" && !c.signed {
		m.insertHeld(c)
	}
	if c.draft != nil {
		c.draft.Saw()
	}
	return tea.Batch(c.takeEdits(m), m.tellSite(), m.repaint())
}

// insertHeld puts the held text into the report. What another program typed is
// forgotten there only after this draft is on disk.
func (m *Model) insertHeld(c *openCase) {
	c.page.Editor.Insert(c.held)
	c.held = ""
	if len(c.apart) == 0 {
		return
	}
	c.takeEdits(m)
	m.saveDraft(c)
	m.Room.Joined(c.apart)
	c.apart = nil
}

// nextCase opens the case to read next (F6): the loudest STAT, else the first of
// the list that nobody holds. What is open is put aside.
func (m *Model) nextCase() tea.Cmd {
	row, ok := m.suggested(m.free)
	if !ok {
		m.say("No other case waits.")
		return nil
	}
	m.alarm.opened(row)
	put := m.setAside()
	var before *feed.Row
	if put != nil {
		left := m.open.row
		before = &left
	}
	open := m.openRow(row, false)
	if before != nil {
		m.interrupted = before
		m.passedOver(*before)
		m.say("The case before was put aside. F5 brings it back.")
	}
	return tea.Batch(put, open)
}

// free: the case may be read next, and is not the one on screen.
func (m *Model) free(r feed.Row) bool {
	return (m.open == nil || r.StudyUID != m.open.row.StudyUID) && !r.Finished() && (r.ClaimedBy == nil || r.Mine) && !m.isAside(r) && m.mayOpen(r) == nil
}

// suggested is the STAT that the banner names, else the first that is free.
func (m *Model) suggested(free func(feed.Row) bool) (feed.Row, bool) {
	for _, rows := range [][]feed.Row{m.alarm.rows, m.snapshot.Rows} {
		if i := slices.IndexFunc(rows, free); i >= 0 {
			return m.current(rows[i]), true
		}
	}
	return feed.Row{}, false
}

func (m *Model) isAside(r feed.Row) bool {
	return slices.ContainsFunc(m.aside, func(a feed.Row) bool { return a.StudyUID == r.StudyUID })
}

// setAside remembers the case on screen for F5 and tells the worklist.
func (m *Model) setAside() tea.Cmd {
	if m.open == nil || m.open.look || m.open.signed {
		return nil
	}
	row := m.open.row
	m.aside = slices.DeleteFunc(m.aside, func(a feed.Row) bool { return a.StudyUID == row.StudyUID })
	m.aside = append(m.aside, row)
	return m.tellAside(row.StudyUID, true)
}

func (m *Model) tellAside(study string, aside bool) tea.Cmd {
	room, ctx := m.Room, m.ctx
	return func() tea.Msg {
		if err := room.Aside(ctx, study, aside); err != nil {
			return nil // the list shows it at the next poll; nothing depends on it
		}
		return nil
	}
}

// putAside goes back to the case that this one interrupted, else leaves the case
// for the list (F5); on the list it brings the last one back.
func (m *Model) putAside() tea.Cmd {
	if m.page == onList {
		if len(m.aside) == 0 {
			m.say("Nothing is put aside.")
			return nil
		}
		return m.takeUp(m.aside[len(m.aside)-1])
	}
	cmd := m.setAside()
	if m.interrupted != nil {
		return tea.Batch(cmd, m.takeUp(*m.interrupted))
	}
	m.leaveCase()
	m.page, m.sheet = onList, nil
	if m.view != nil {
		m.view.Blank()
	}
	return tea.Batch(cmd, m.clearPicture())
}

// takeUp opens a case that was put aside and tells the worklist that it is read
// again.
func (m *Model) takeUp(row feed.Row) tea.Cmd {
	m.aside = slices.DeleteFunc(m.aside, func(a feed.Row) bool { return a.StudyUID == row.StudyUID })
	return tea.Batch(m.tellAside(row.StudyUID, false), m.openRow(m.current(row), false))
}

// current is the row as the list has it now.
func (m *Model) current(row feed.Row) feed.Row {
	for _, r := range m.snapshot.Rows {
		if r.Site == row.Site && r.StudyUID == row.StudyUID {
			return r
		}
	}
	return row
}

// giveBack releases a held case with the reader's reason.
func (m *Model) giveBack(row feed.Row, why ups.Reason) tea.Cmd {
	room, ctx := m.Room, m.ctx
	m.say("Giving back " + row.Accession + " …")
	return func() tea.Msg {
		if err := room.Release(ctx, row.StudyUID, why); err != nil {
			return failedMsg{err: err}
		}
		return doneMsg{"Given back: " + row.Accession + " waits for another reader."}
	}
}

type doneMsg struct{ text string }

// showPriors opens the priors pane of the row under the cursor.
func (m *Model) showPriors() tea.Cmd {
	row, ok := m.list.Selected()
	if !ok {
		return nil
	}
	if m.list.Priors != nil {
		m.list.Priors = nil
		return nil
	}
	m.list.Priors = []string{"  searching priors …"}
	room, ctx, width := m.Room, m.ctx, m.width
	return func() tea.Msg { return priorPane{row, priorLines(room, room.FindPriors(ctx, row), width)} }
}

type priorPane struct {
	row   feed.Row
	lines []string
}

func priorLines(room *reading.Room, p reading.Priors, width int) []string {
	var out []string
	if s := p.Sentence(); s != "" {
		out = append(out, "  "+s)
	}
	for _, s := range p.Studies {
		out = append(out, "  "+s.Day()+" "+s.Description+" · "+s.Reason)
		for _, l := range widget.Wrap(room.PriorReport(s.UID), width-6) {
			if l != "" {
				out = append(out, "    "+l)
			}
		}
	}
	return out
}
