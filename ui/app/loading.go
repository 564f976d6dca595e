package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/ui/notice"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/ui/study"
	"github.com/nocturne/nocturne/viewer"
)

func sentence(err error) string { return notice.Of(err).Line() }

// loadedMsg is progress of one study of the case.
type loadedMsg struct {
	epoch uint64
	index int // into the case's studies
	reading.Progress
}

func (l loadedMsg) ofEpoch() uint64 { return l.epoch }

func (l loadedMsg) apply(m *Model, c *openCase) tea.Cmd {
	for i := len(c.page.Loading); i <= l.index; i++ {
		c.page.Loading = append(c.page.Loading, study.Loading{Label: c.label(i)})
	}
	drawn := c.takePreview(m, l)
	c.since(m, l)
	if l.index == 0 && c.late.arrived(m, l) {
		return tea.Batch(c.follow(), drawn)
	}
	line := study.Loading{Label: c.label(l.index), Have: l.Have, Expected: l.Expected, Done: l.Done}
	if l.Err != nil {
		line.Err = sentence(l.Err)
	}
	if l.index < len(c.studies) {
		line.Expected = max(line.Expected, c.studies[l.index].Expected) // what the list says, where the site says nothing
	}
	c.page.Loading[l.index] = line
	cmds := []tea.Cmd{c.follow(), drawn, c.add(m, l.New)}
	if l.index < len(c.studies) && l.Expected > c.studies[l.index].Expected {
		c.studies[l.index].Expected = l.Expected
		cmds = append(cmds, m.tellSite())
	}
	if l.Done {
		c.stopped.ended(l.index, l.Err)
		cmds = append(cmds, m.tellSite(), c.prefill(m), c.readPriorReport(m, l.index))
	}
	return tea.Batch(cmds...)
}

// label is what the loading calls one of the case's studies.
func (c *openCase) label(index int) string {
	if index == 0 {
		return "current"
	}
	return "prior " + c.page.Priors[index-1].Date
}

// follow waits for the next message of the case's loading.
func (c *openCase) follow() tea.Cmd {
	progress, left := c.progress, c.left
	return func() tea.Msg {
		select {
		case msg := <-progress:
			return msg
		case <-left:
			return nil
		}
	}
}

// load fetches the current study, then the priors, and reports on the way.
func (m *Model) load(c *openCase) tea.Cmd { return m.loadStudy(m.caseContext(c), c, 0) }

// caseContext ends with the case.
func (m *Model) caseContext(c *openCase) context.Context {
	ctx, cancel := context.WithCancel(m.ctx)
	stop := c.cancel
	c.cancel = func() { cancel(); stop() }
	return ctx
}

func (m *Model) loadStudy(ctx context.Context, c *openCase, index int) tea.Cmd {
	room, site, uid, epoch, progress := m.Room, c.row.Site, c.studies[index].UID, c.epoch, c.progress
	return func() tea.Msg {
		room.Load(ctx, site, uid, func(p reading.Progress) {
			select {
			case progress <- loadedMsg{epoch, index, p}:
			case <-ctx.Done():
			}
		})
		return nil
	}
}

// priorsMsg is what the search for priors found (N17).
type priorsMsg struct {
	epoch  uint64
	priors reading.Priors
	err    error // they could not be recorded as opened
}

func (p priorsMsg) ofEpoch() uint64 { return p.epoch }

func (m *Model) loadPriors(ctx context.Context, c *openCase) tea.Cmd {
	room, row, epoch := m.Room, c.row, c.epoch
	return func() tea.Msg {
		found := room.FindPriors(ctx, row)
		return priorsMsg{epoch, found, room.OpenedPriors(ctx, row, found)}
	}
}

func (p priorsMsg) apply(m *Model, c *openCase) tea.Cmd {
	if p.err != nil {
		m.warn("Priors are not shown: " + sentence(p.err))
		return nil
	}
	c.priors = p.priors
	c.page.Notice = p.priors.Sentence()
	var cmds []tea.Cmd
	var fresh []int
	for _, prior := range p.priors.Studies {
		if slices.ContainsFunc(c.studies, func(s viewer.Study) bool { return s.UID == prior.UID }) {
			continue // a linked order's
		}
		fresh = append(fresh, len(c.studies))
		c.studies = append(c.studies, prior.Study)
		c.page.Priors = append(c.page.Priors, study.Prior{UID: prior.UID, Date: prior.Day(), Label: prior.Description, Reason: prior.Reason, Newer: prior.Newer})
		if prior.Newer {
			m.warn(fmt.Sprintf("A newer study of this patient exists: %s %s.", prior.Day(), prior.Description))
		}
	}
	cmds = append(cmds, m.tellSite())
	ctx := m.caseContext(c)
	for _, i := range fresh {
		cmds = append(cmds, m.loadStudy(ctx, c, i))
	}
	return tea.Batch(append(cmds, c.prefill(m))...)
}

// readPriorReport shows the report of a prior once its objects are here (W11).
func (c *openCase) readPriorReport(m *Model, index int) tea.Cmd {
	if index == 0 {
		return nil
	}
	room, epoch, uid := m.Room, c.epoch, c.studies[index].UID
	return func() tea.Msg { return priorReport{epoch, index - 1, room.PriorReport(uid)} }
}

type priorReport struct {
	epoch uint64
	index int
	text  string
}

func (p priorReport) ofEpoch() uint64 { return p.epoch }

func (p priorReport) apply(m *Model, c *openCase) tea.Cmd {
	c.page.Priors[p.index].Report = p.text
	c.studies[p.index+1].PriorReport = p.text
	return nil
}

// note draws the page's marks anew from the case.
func (c *openCase) note(m *Model) {
	c.page.Marks = nil
	selected := ""
	if c.page.State != nil {
		selected = c.page.State.Selected
		c.alarm(c.page.State)
	}
	used := c.inReport()
	for _, k := range c.marks {
		c.page.Marks = append(c.page.Marks, study.MarkLine{
			ID: k.ID, Text: reading.MarkText(k), Slice: k.Slice, Prior: k.Prior, Selected: k.ID == selected, InReport: used[k.ID]})
	}
}

// alarm raises the red bar when an image is not of the order's patient (N4).
func (c *openCase) alarm(s *viewer.State) {
	c.page.Alarm = ""
	if len(s.Mismatch) > 0 {
		c.page.Alarm = "IMAGES DO NOT BELONG TO THIS ORDER: " + strings.Join(s.Mismatch, ", ") + " differ. Signing is blocked."
	}
}

func (c *openCase) takeMarks(changed []viewer.Mark, deleted []string) {
	for _, k := range changed {
		c.drop(k.ID)
		c.marks = append(c.marks, k)
	}
	for _, id := range deleted {
		c.drop(id)
	}
}

func (c *openCase) knows(mark string) bool {
	return slices.ContainsFunc(c.marks, func(k viewer.Mark) bool { return k.ID == mark })
}

func (c *openCase) drop(id string) {
	for i, k := range c.marks {
		if k.ID == id {
			c.marks = append(c.marks[:i:i], c.marks[i+1:]...)
			return
		}
	}
}
