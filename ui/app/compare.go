package app

import (
	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/ui/diff"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/ui/study"
	"github.com/nocturne/nocturne/worklist/report"
)

// compare shows beside the text, word by word, what differs from the prior's report
// (:diff) or from earlier versions of this one (:versions).
func (m *Model) compare(versions bool) tea.Cmd {
	c := m.open
	if c == nil || c.page.Editor == nil {
		m.say("There is no report to compare.")
		return nil
	}
	room, ctx, epoch, row, priors := m.Room, c.ctx, c.epoch, c.row, c.priors
	return func() tea.Msg {
		if !versions {
			return priorTextsMsg{epoch: epoch, texts: room.PriorTexts(row, priors), differs: true}
		}
		texts, err := room.Versions(ctx, row.StudyUID)
		return priorTextsMsg{epoch: epoch, texts: texts, differs: true, versions: true, err: err}
	}
}

// differing are the sections of either text with what differs between them.
func (c *openCase) differing(t reading.PriorText) (out []study.Part) {
	for _, s := range report.Order {
		before, now := t.Section(s), c.draft.Plain(s)
		if before != "" || now != "" {
			out = append(out, study.Part{Key: string(s), Title: s.Title(), Differs: diff.Words(before, now)})
		}
	}
	return out
}

// compareAgain tells the section apart that was just changed, while what differs is
// shown.
func (c *openCase) compareAgain() {
	if c.page.Beside == nil || !c.differs || c.draft == nil {
		return
	}
	key := c.page.Editor.Active().Key
	for i, s := range c.page.Beside.Sections {
		if s.Key == key {
			c.page.Beside.Sections[i].Differs = diff.Words(c.texts[c.beside].Section(report.Section(key)), c.draft.Plain(report.Section(key)))
			return
		}
	}
	c.page.Beside.Sections = c.differing(c.texts[c.beside])
}
