package app

import (
	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/ui/dictation"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/report"
)

// DictationOptions name the recogniser.
type DictationOptions struct {
	Command     []string // program and arguments; none: there is no dictation
	Punctuation bool     // it says "period" for a mark
}

// dictating is the recogniser at work. What is said belongs to the case on whose F2 it
// began, and goes into no other (N1).
type dictating struct {
	with    *dictation.Recogniser
	on      bool
	session int
	epoch   uint64 // of the case
	study   string
	site    string
}

type dictationStarted struct {
	r   *dictation.Recogniser
	err error
}

type dictationMsg struct {
	dictation.Event
	from *dictation.Recogniser
}

// swapDictation turns dictation on and off (F2), wherever the keys belong: one dictates
// while scrolling.
func (m *Model) swapDictation() tea.Cmd {
	if m.dictating.on {
		m.stopDictation("Dictation is off.")
		return nil
	}
	c := m.open
	if c == nil || c.draft == nil || c.page.Editor == nil || c.signed {
		m.say("There is no report to dictate into.")
		return nil
	}
	if m.dictating.with != nil {
		m.listenFor(c)
		return nil
	}
	ctx, argv := m.ctx, m.Dictation.Command
	m.say("Starting the recogniser …")
	return func() tea.Msg {
		r, err := dictation.Start(ctx, argv)
		return dictationStarted{r, err}
	}
}

func (m *Model) dictationReady(s dictationStarted) tea.Cmd {
	if s.err != nil {
		m.warn("No dictation: " + s.err.Error())
		return nil
	}
	m.dictating.with = s.r
	if c := m.open; c != nil && c.draft != nil && !c.signed {
		m.listenFor(c)
	}
	return m.hear(s.r)
}

func (m *Model) listenFor(c *openCase) {
	session, err := m.dictating.with.Listen()
	if err != nil {
		m.warn("No dictation: " + err.Error())
		return
	}
	d := &m.dictating
	d.on, d.session, d.epoch, d.study, d.site = true, session, c.epoch, c.row.StudyUID, c.row.Site
	c.page.Dictating = true
	m.say("Dictation is on: what is said goes to the caret of the report. F2 ends it.")
}

// stopDictation ends listening; said is for the reader. Words that are under way still
// come.
func (m *Model) stopDictation(said string) {
	d := &m.dictating
	if !d.on {
		return
	}
	d.on = false
	if err := d.with.Pause(); err != nil {
		said = err.Error()
	}
	if m.open != nil {
		m.open.page.Dictating = false
		if m.open.page.Editor != nil {
			m.open.page.Editor.Partial("")
		}
	}
	m.say(said)
}

func (m *Model) hear(r *dictation.Recogniser) tea.Cmd {
	return func() tea.Msg {
		e, ok := <-r.Events()
		if !ok {
			return nil
		}
		return dictationMsg{e, r}
	}
}

// heard takes one thing that the recogniser said.
func (m *Model) heard(msg dictationMsg) tea.Cmd {
	if msg.from != m.dictating.with {
		return nil
	}
	again := m.hear(msg.from)
	switch msg.Kind {
	case dictation.Ended:
		m.stopDictation("")
		m.dictating.with.Close()
		m.dictating = dictating{}
		m.warn("No dictation: " + msg.Text + ". F2 starts it again.")
		return nil
	case dictation.Error:
		m.warn("Dictation: " + msg.Text)
	case dictation.Partial:
		if c := m.dictatedCase(msg); c != nil && m.dictating.on {
			c.page.Editor.Partial(msg.Text)
		}
	case dictation.Final:
		return tea.Batch(again, m.takeWords(msg))
	case dictation.Command:
		return tea.Batch(again, m.spokenKey(msg, dictation.Commands[msg.Name]))
	case dictation.Key:
		return tea.Batch(again, m.spokenKey(msg, msg.Key))
	}
	return again
}

// dictatedCase is the case on screen if the words are its own.
func (m *Model) dictatedCase(msg dictationMsg) *openCase {
	c, d := m.open, m.dictating
	if c == nil || c.draft == nil || c.signed || c.page.Editor == nil || msg.Session != d.session || c.epoch != d.epoch {
		return nil
	}
	return c
}

// takeWords puts what was said at the caret. Words of a case that has gone are kept
// with that case and offered where it is opened next.
func (m *Model) takeWords(msg dictationMsg) tea.Cmd {
	text := msg.Text
	if m.Dictation.Punctuation {
		text = dictation.Punctuate(text)
	}
	c := m.dictatedCase(msg)
	if c == nil {
		if msg.Session == m.dictating.session && m.dictating.study != "" && text != "" {
			m.Room.KeepSaid(m.dictating.study, m.dictating.site, text)
			m.warn("Words were said after the case changed: they are kept with the case they were said for.")
		}
		return nil
	}
	e := c.page.Editor
	e.Partial("")
	_, caret := e.At()
	before := []rune(c.draft.Plain(report.Section(e.Active().Key)))
	if own := []rune(e.Active().Buffer.String()); len(own) >= caret {
		before = own[:caret]
	}
	e.Insert(dictation.Fit(string(before), text))
	c.draft.Saw()
	return c.takeEdits(m)
}

// spokenKey does what a spoken command or a button stands for, at the report only.
func (m *Model) spokenKey(msg dictationMsg, key string) tea.Cmd {
	c := m.dictatedCase(msg)
	if c == nil || m.page != onCase || m.locked || m.prompt.Open || m.help {
		return nil
	}
	if b, ok := m.Keymap.Lookup(viewer.InText, viewer.Key(key)); ok {
		if _, own := actions()[b.Action]; own {
			return m.act(b.Action)
		}
	}
	c.page.Editor.Key(key)
	return c.takeEdits(m)
}
