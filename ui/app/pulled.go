package app

import (
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/ui/study"
	"github.com/nocturne/nocturne/worklist/report"
)

// pullPrior shows the report of a prior beside the text; when it stands there, its
// section of the name that the caret is in comes into the text, marked until it is
// accepted or changed (F9).
func (m *Model) pullPrior() tea.Cmd {
	c := m.open
	switch {
	case c == nil || c.page.Editor == nil || c.signed || m.page != onCase:
		m.say("There is no report to pull a prior's section into.")
	case !c.page.Typing:
		m.say("The keys belong to the images. F3 goes to the report, F9 there shows the prior's.")
	case c.page.Beside == nil:
		room, epoch, row, priors := m.Room, c.epoch, c.row, c.priors
		return func() tea.Msg { return priorTextsMsg{epoch: epoch, texts: room.PriorTexts(row, priors)} }
	default:
		return c.pull(m)
	}
	return nil
}

type priorTextsMsg struct {
	epoch    uint64
	texts    []reading.PriorText
	differs  bool // show what differs from them
	versions bool // they are earlier versions of this report
	err      error
}

func (p priorTextsMsg) ofEpoch() uint64 { return p.epoch }

func (p priorTextsMsg) apply(m *Model, c *openCase) tea.Cmd {
	if c.page.Editor == nil {
		return nil
	}
	if p.err != nil {
		m.warn(sentence(p.err))
		return nil
	}
	if len(p.texts) == 0 {
		why := c.priors.Sentence()
		if p.versions {
			why = "this report has no earlier version that was signed or kept apart"
		}
		if why == "" {
			why = "no report of a prior is here"
		}
		m.say("Nothing to show beside the text: " + why + ".")
		return nil
	}
	c.texts, c.beside, c.differs = p.texts, 0, p.differs
	c.showPrior()
	return nil
}

// showPrior puts the prior's report beside the text.
func (c *openCase) showPrior() {
	t := c.texts[c.beside]
	b := &study.Beside{Title: "PRIOR " + t.Study.Day() + " " + t.Study.Description, Keys: "F9 pulls the section · PgUp PgDn scroll · Esc closes"}
	if t.Study.UID == "" {
		b.Title, b.Keys = "THIS REPORT, "+t.Title, "PgUp PgDn scroll · Esc closes"
	}
	if n := len(c.texts); n > 1 {
		b.Title = fmt.Sprintf("%s · %d of %d, Ctrl+N the next", b.Title, c.beside+1, n)
	}
	if len(t.Differs) > 0 {
		b.Warning = "ANOTHER PATIENT'S: " + strings.Join(t.Differs, ", ") + " differ. Nothing of it can be pulled."
	}
	if c.differs {
		b.Title, b.Sections = b.Title+": what differs", c.differing(t)
		c.page.Beside = b
		return
	}
	for _, s := range t.Sections {
		b.Sections = append(b.Sections, study.Part{Key: string(s.Key), Title: s.Title, Text: s.Text})
	}
	if len(b.Sections) == 0 {
		b.Sections = []study.Part{{Title: "Report", Text: t.Text}}
	}
	c.page.Beside = b
}

// otherPrior shows the next prior's report (Ctrl+N).
func (m *Model) otherPrior() tea.Cmd {
	c := m.open
	if c == nil || c.page.Beside == nil {
		m.say("F9 shows a prior's report beside the text.")
		return nil
	}
	if len(c.texts) < 2 {
		m.say("No other prior's report is here.")
		return nil
	}
	c.beside = (c.beside + 1) % len(c.texts)
	c.showPrior()
	return nil
}

func (c *openCase) closePrior() bool {
	open := c.page.Beside != nil
	c.page.Beside, c.texts = nil, nil
	return open
}

// scrollPrior moves the prior's report under its window.
func (c *openCase) scrollPrior(key string) bool {
	if c.page.Beside == nil || key != "pgup" && key != "pgdown" {
		return false
	}
	if c.page.Beside.Scroll += 8; key == "pgup" {
		c.page.Beside.Scroll -= 16
	}
	return true
}

// pull takes the section over.
func (c *openCase) pull(m *Model) tea.Cmd {
	t, section := c.texts[c.beside], report.Section(c.page.Editor.Active().Key)
	if t.Study.UID == "" {
		m.say("This is an earlier version of this report: nothing is pulled from it.")
		return nil
	}
	from := report.Source{StudyUID: t.Study.UID, Date: t.Study.Date, Title: t.Study.Description}
	switch {
	case len(t.Differs) > 0:
		m.warn(c.page.Beside.Warning)
		return nil
	case strings.TrimSpace(t.Section(section)) == "":
		m.say("That report has nothing under " + section.Title() + ". Tab goes to another section.")
		return nil
	case slices.ContainsFunc(c.draft.Placed(section), func(p report.Placed) bool {
		return p.Kind == report.Pulled && p.Span.From.StudyUID == t.Study.UID && !p.Confirmed
	}):
		m.say("It stands in the text already: Ctrl+K accepts it, Ctrl+Z takes it back.")
		return nil
	}
	text, ok := c.draft.Pull(t.Section(section), from)
	if !ok {
		m.say("Nothing was pulled: this report has no room for more marks.")
		return nil
	}
	c.page.Editor.InsertFramed(text)
	m.say(section.Title() + " of " + t.Study.Day() + " pulled, not accepted: change it or accept it by Ctrl+K.")
	return c.takeEdits(m)
}
