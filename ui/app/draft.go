package app

import (
	"fmt"
	"maps"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/ui/editor"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/template"
)

// useDraft opens the report for writing. The caret stands in Findings.
func (c *openCase) useDraft(m *Model, d *report.Draft) {
	c.draft, c.keeper = d, m.Room.Keeper(d)
	var sections []*editor.Section
	for _, s := range report.Order {
		if !shownIn(d, s) {
			continue
		}
		sections = append(sections, &editor.Section{Key: string(s), Title: s.Title(), Buffer: editor.NewBuffer(d.Sections[s])})
	}
	c.page.Editor = editor.New(sections, firstSection(d))
	c.page.Editor.Token = c.token
	c.page.Editor.Marks = c.marksIn
	c.useFields(m)
	c.useMacros()
	c.page.Report = "draft"
	c.refreshTokens(m)
}

// token is what the editor shows for a token's rune.
func (c *openCase) token(r rune) (text string, stale, ok bool) {
	t, ok := c.draft.Token(r)
	return t.Text, t.Stale(), ok
}

// takeEdits moves what the editor changed into the draft and asks for it to be
// saved.
func (c *openCase) takeEdits(m *Model) tea.Cmd {
	if c.page.Editor == nil {
		return nil
	}
	changed := c.page.Editor.Changed()
	for _, key := range changed {
		for _, s := range c.page.Editor.Sections {
			if s.Key == key {
				c.draft.Edit(report.Section(key), s.Buffer.String(), m.Now())
				c.dirty = true
			}
		}
	}
	if len(changed) > 0 {
		c.recheck()
	}
	c.note(m)
	c.compareAgain()
	return tea.Batch(m.saveSoon(c), m.askSpelling())
}

// saveEvery bounds what a crash can take: a draft is on disk this long after a
// keystroke at the latest.
const saveEvery = 300 * time.Millisecond

type saveMsg struct{ epoch uint64 }

func (s saveMsg) ofEpoch() uint64 { return s.epoch }

func (s saveMsg) apply(m *Model, c *openCase) tea.Cmd {
	c.saving = false
	m.saveDraft(c)
	journal, ctx, epoch := m.Room.Journal, m.ctx, c.epoch
	return func() tea.Msg {
		journal.Wait(ctx)
		return savedMsg{epoch}
	}
}

// savedMsg: the journal has had its turn. Only what the disk took is called saved.
type savedMsg struct{ epoch uint64 }

func (s savedMsg) ofEpoch() uint64 { return s.epoch }

func (s savedMsg) apply(_ *Model, c *openCase) tea.Cmd {
	c.sayWhenSaved()
	return nil
}

func (c *openCase) sayWhenSaved() {
	if c.keeper == nil || c.signed || c.keeper.Saved().IsZero() {
		return
	}
	c.page.Report = "draft · saved " + c.keeper.Saved().Local().Format("15:04:05")
}

func (m *Model) saveSoon(c *openCase) tea.Cmd {
	if !c.dirty || c.saving {
		return nil
	}
	c.saving = true
	epoch := c.epoch
	return tea.Tick(saveEvery, func(time.Time) tea.Msg { return saveMsg{epoch} })
}

// saveDraft hands the draft to the journal. While it is being signed it stands as it
// is on disk.
func (m *Model) saveDraft(c *openCase) {
	if c.draft == nil || !c.dirty || c.signed || m.sheet != nil && m.sheet.signing {
		return
	}
	c.dirty = false
	if err := c.keeper.Keep(c.draft); err != nil {
		m.warn(sentence(err))
	}
}

// prefill writes Indication, Technique and Comparison from the facts (N17); the
// facts are read off the disk, so it comes back as a message.
func (c *openCase) prefill(m *Model) tea.Cmd {
	if c.draft == nil {
		return nil
	}
	gather := m.facts(c)
	epoch := c.epoch
	return func() tea.Msg { return factsMsg{epoch, gather()} }
}

type factsMsg struct {
	epoch uint64
	facts report.Facts
}

func (f factsMsg) ofEpoch() uint64 { return f.epoch }

// follows writes what of the draft follows the facts: what Prefill wrote, and fields
// that a template merged in. It tells whether anything changed.
func (c *openCase) follows(f report.Facts, now time.Time) bool {
	filled := c.draft.Prefill(f, now)
	return len(template.Refresh(c.draft, f, now)) > 0 || filled
}

func (f factsMsg) apply(m *Model, c *openCase) tea.Cmd {
	c.live.learn(f.facts)
	if c.draft == nil || c.signed || !c.follows(f.facts, m.Now()) {
		c.recheck()
		return nil
	}
	for _, s := range c.page.Editor.Sections {
		if text := c.draft.Sections[report.Section(s.Key)]; text != s.Buffer.String() {
			s.Buffer.Replace(text)
		}
	}
	c.dirty = true
	c.recheck()
	m.renewSheet()
	return m.saveSoon(c)
}

// facts returns the gathering of the case's facts as they are now; it is run off
// the model's goroutine.
func (m *Model) facts(c *openCase) func() report.Facts {
	room, row, ctx := m.Room, c.row, m.ctx
	with := reading.Context{Priors: c.priors, Others: m.snapshot.Rows, Assumed: m.AssumedReader, Linked: m.linkedRows(c), Loaded: slices.Sorted(maps.Keys(c.compared))}
	if c.page.State != nil {
		with.Unseen, with.UnseenIn = c.page.State.Unseen, c.page.State.UnseenIn
		with.LateUnseen = c.late.unseen(c.seen, with.Unseen)
	}
	return func() report.Facts { return room.Facts(ctx, row, with) }
}

// refreshTokens tells the draft how the marks read now; what changed is said until
// it was on screen (N7).
func (c *openCase) refreshTokens(m *Model) {
	if c.draft == nil {
		return
	}
	ms := make([]report.Measurement, 0, len(c.marks))
	for _, k := range c.marks {
		ms = append(ms, reading.Measurement(k))
	}
	if changed := c.draft.Refresh(ms); len(changed) > 0 {
		c.dirty = true
		if !c.page.Typing {
			m.say(fmt.Sprintf("%d measurement(s) in the report changed with their marks.", len(changed)))
		}
	}
}

// inReport are the marks that stand in the report.
func (c *openCase) inReport() map[string]bool {
	out := map[string]bool{}
	if c.draft != nil {
		for _, t := range c.draft.Used() {
			out[t.MarkID] = true
		}
	}
	return out
}

// insertMark puts the selected mark, else the last one of the current study, into
// the report at the caret (F4).
func (m *Model) insertMark() tea.Cmd {
	c := m.open
	if c == nil || c.draft == nil || c.page.Editor == nil {
		m.say("There is no report to insert into.")
		return nil
	}
	if c.signed || m.page == onSheet {
		m.say("Nothing is inserted into a report that is signed or about to be.")
		return nil
	}
	if cmd, bound := c.bindTyped(m); bound {
		return cmd
	}
	mark, ok := c.toInsert()
	if !ok {
		m.say("Nothing measured yet: r ruler, e ellipse, t angle.")
		return nil
	}
	token, ok := c.draft.Bind(reading.Measurement(mark))
	if !ok {
		c.page.Editor.Insert(reading.MarkText(mark))
	} else {
		c.page.Editor.InsertToken(token.Rune)
	}
	m.say("Inserted " + reading.MarkText(mark) + " into " + c.page.Editor.Active().Title + ".")
	return c.takeEdits(m)
}

func (c *openCase) toInsert() (viewer.Mark, bool) {
	var wanted, last string
	if s := c.page.State; s != nil {
		wanted, last = s.Selected, s.Last
	}
	for _, id := range []string{c.drawn, wanted, last} {
		for _, k := range c.marks {
			if id != "" && k.ID == id {
				return k, true
			}
		}
	}
	for i := len(c.marks) - 1; i >= 0; i-- {
		if !c.marks[i].Prior {
			return c.marks[i], true
		}
	}
	return viewer.Mark{}, false
}
