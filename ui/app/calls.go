package app

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
)

// place is where a reader was in a case when something took them from it.
type place struct {
	row     feed.Row
	look    bool
	state   *viewer.State
	section string // of the report, with the caret's place in it, in runes
	caret   int
	typing  bool
	words   string // the last ones before the caret
	cut     bool   // an interruption, not a pause of the reader's own
}

// interruptions are what took the reader from cases, and where they were.
type interruptions struct {
	left    map[string]place         // by study
	running *reading.Call            // the telephone call under way
	frozen  *place                   // the case it froze; nil: it came on the list
	by      map[string]*reading.Call // by study: another case was taken up instead
	starts  []time.Time              // of the last hour
	back    string                   // what is said on return
	until   time.Time                // how long
	given   *viewer.State            // to the viewer on return, until it says where it is
	givenTo uint64                   // the case's epoch
}

// backFor is how long the strip of a return stays, unless a key comes before.
const backFor = 20 * time.Second

// here is where the reader is in the case on screen; false where there is none yet.
func (i *interruptions) here(c *openCase) (place, bool) {
	if c == nil || !c.begun {
		return place{}, false
	}
	p := place{row: c.row, look: c.look, typing: c.page.Typing}
	given := i.given
	if i.givenTo != c.epoch {
		given = nil
	}
	if s := cmp.Or(c.page.State, given); s != nil {
		at := *s
		at.Tiles = slices.Clone(s.Tiles)
		p.state = &at
	}
	if e := c.page.Editor; e != nil && c.draft != nil {
		p.section, p.caret = e.At()
		p.words = c.draft.LastWords(report.Section(p.section), p.caret, 40)
	}
	return p, true
}

// remember keeps where the reader is, for the return to this case. What a running call
// froze stays as it was then.
func (i *interruptions) remember(c *openCase) {
	p, ok := i.here(c)
	if !ok || i.frozen != nil && i.frozen.row.StudyUID == p.row.StudyUID {
		return
	}
	if i.left == nil {
		i.left = map[string]place{}
	}
	if c.signed {
		delete(i.left, p.row.StudyUID)
		return
	}
	i.left[p.row.StudyUID] = p
}

// passedOver notes that a case was left for another one (F6).
func (m *Model) passedOver(row feed.Row) {
	i := &m.interruptions
	if i.running != nil {
		return // the call is what took the reader from it
	}
	if i.by == nil {
		i.by = map[string]*reading.Call{}
	}
	i.by[row.StudyUID] = m.interruptedBy(reading.ByCase, row)
}

// interruptedBy notes that what is on screen was left for something else.
func (m *Model) interruptedBy(cause string, row feed.Row) *reading.Call {
	c := &reading.Call{ID: reading.NewID(reading.CallKind), Cause: cause, From: m.Now().UTC(),
		StudyUID: row.StudyUID, Accession: row.Accession, Site: row.Site, Exam: row.Study}
	m.interruptions.starts = append(m.interruptions.starts, m.Now())
	m.Room.KeepCall(*c)
	return c
}

func (m *Model) ended(c *reading.Call) {
	c.To = m.Now().UTC()
	m.Room.KeepCall(*c)
}

// toggleCall takes a telephone call, which freezes the case, or ends it and brings the
// case back as it was.
func (m *Model) toggleCall() tea.Cmd {
	if m.sheet != nil && m.sheet.signing {
		return nil
	}
	if m.interruptions.running != nil {
		return m.endCall()
	}
	m.takeCall("", "")
	return m.tellSite()
}

func (m *Model) takeCall(who, why string) {
	i := &m.interruptions
	row := feed.Row{}
	i.frozen = nil
	if p, ok := i.here(m.open); ok {
		m.saveDraft(m.open)
		m.open.capsuled = time.Time{}
		m.open.keepPlace(m)
		p.cut = true
		i.frozen, row = &p, p.row
	}
	i.running = m.interruptedBy(reading.ByPhone, row)
	i.running.Who, i.running.Why = who, why
	m.Room.KeepCall(*i.running)
	m.say("Telephone: the case is kept as it stands. Ctrl+F brings it back; :call NAME notes who.")
}

// noteCall is :call WHO [about WHY]: it takes a call, or says who is on the line.
func (m *Model) noteCall(args []string) tea.Cmd {
	who, why, _ := strings.Cut(strings.Join(args, " "), " about ")
	i := &m.interruptions
	if i.running == nil {
		m.takeCall(who, why)
		return m.tellSite()
	}
	if who == "" {
		return m.endCall()
	}
	i.running.Who, i.running.Why = who, why
	m.Room.KeepCall(*i.running)
	m.say("On the line: " + who + ". Ctrl+F ends the call.")
	return nil
}

// endCall ends the call and goes back to the slice, the window and the half sentence.
func (m *Model) endCall() tea.Cmd {
	i := &m.interruptions
	m.ended(i.running)
	minutes, p := i.running.Minutes(), i.frozen
	i.running, i.frozen = nil, nil
	if p == nil {
		m.say(fmt.Sprintf("Call ended after %d min.", minutes))
		return m.tellSite()
	}
	if i.left == nil {
		i.left = map[string]place{}
	}
	i.left[p.row.StudyUID] = *p
	if c := m.open; c != nil && c.row.StudyUID == p.row.StudyUID {
		m.closeDocuments()
		m.page, m.sheet = onCase, nil
		state := m.resume(c)
		if state == nil {
			state = c.page.State
		}
		c.page.State = state
		return tea.Batch(m.show(c, state), m.tellSite(), m.strip(c, *p))
	}
	put := m.setAside()
	if p.look {
		return tea.Batch(put, m.openRow(m.current(p.row), true))
	}
	return tea.Batch(put, m.takeUp(p.row))
}

// resume puts caret and keys back where the reader left them, and gives the state of
// the images then; nil where the case was not left.
func (m *Model) resume(c *openCase) *viewer.State {
	p, ok := m.interruptions.left[c.row.StudyUID]
	if !ok {
		return nil
	}
	if e := c.page.Editor; e != nil && p.section != "" && !c.signed {
		if e.Back(p.section, p.caret) {
			c.page.Typing = p.typing && c.held == "" // what is offered waits for F3
		}
	}
	return p.state
}

// returned is resume for a case that was opened again; the strip says where it was.
func (m *Model) returned(c *openCase) (*viewer.State, tea.Cmd) {
	i := &m.interruptions
	p, ok := i.left[c.row.StudyUID]
	if !ok || c.signed {
		return nil, nil
	}
	state := m.resume(c)
	i.given, i.givenTo = state, c.epoch
	delete(i.left, c.row.StudyUID)
	if by := i.by[c.row.StudyUID]; by != nil {
		m.ended(by)
		delete(i.by, c.row.StudyUID)
		p.cut = true
	}
	return state, tea.Batch(m.tellSite(), m.strip(c, p))
}
