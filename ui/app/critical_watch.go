package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/ui/theme"
	"github.com/nocturne/nocturne/ui/widget"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/report/critical"
)

// lookEvery is how often the ledger is read for results that others opened or closed.
const lookEvery = 5 * time.Second

type criticalsMsg struct {
	turn int
	open []critical.Result
	err  error
}

// lookAtCriticals reads the open results, after all that was handed to the journal.
func (m *Model) lookAtCriticals() tea.Cmd {
	k := &m.criticals
	k.asked = m.Now()
	room, ctx, turn := m.Room, m.ctx, k.turn
	return func() tea.Msg {
		open, err := openCriticals(ctx, room)
		return criticalsMsg{turn, open, err}
	}
}

func openCriticals(ctx context.Context, room *reading.Room) ([]critical.Result, error) {
	if err := room.Journal.Wait(ctx); err != nil {
		return nil, err
	}
	return room.OpenCriticals(ctx)
}

func (c criticalsMsg) take(m *Model) tea.Cmd {
	k := &m.criticals
	if c.err != nil {
		if m.ctx.Err() == nil {
			m.warn(sentence(c.err))
		}
		return nil
	}
	if c.turn == k.turn {
		k.open = c.open
	}
	return m.tellSite()
}

// watchCriticals is what a second brings: another look, and a word when one becomes
// pressing; an overdue one is heard every minute.
func (m *Model) watchCriticals() tea.Cmd {
	k := &m.criticals
	var cmds []tea.Cmd
	if m.Now().Sub(k.asked) >= lookEvery {
		cmds = append(cmds, m.lookAtCriticals(), m.tellSite())
	}
	if k.said == nil {
		k.said = map[string]critical.Level{}
	}
	overdue := false
	for _, r := range k.open {
		level := r.Level(m.Now())
		overdue = overdue || level == critical.Red
		if level > k.said[r.ID] {
			k.said[r.ID] = level
			m.warn(fmt.Sprintf("%s · acc %s · F7", r.Line(m.Now()), r.Accession))
		}
	}
	if out := m.Out; overdue && out != nil && m.Now().Sub(k.rung) >= time.Minute {
		k.rung = m.Now()
		cmds = append(cmds, func() tea.Msg { fmt.Fprint(out, "\a"); return nil })
	}
	return tea.Batch(cmds...)
}

// criticalRow is the timer that follows the reader on every page; "" when none is open.
func (m *Model) criticalRow(width int) string {
	k := &m.criticals
	if len(k.open) == 0 || m.page == onContact && k.form != nil && len(k.open) == 1 && k.open[0].ID == k.form.Result.ID {
		return ""
	}
	r := k.open[0]
	left := " " + r.Line(m.Now()) + " · " + r.Finding
	right := " acc " + r.Accession + " · F7 "
	if n := len(k.open) - 1; n > 0 {
		right = fmt.Sprintf(" and %d more ·", n) + right
	}
	style := theme.Bar
	switch r.Level(m.Now()) {
	case critical.Amber:
		style = theme.Warning
	case critical.Red:
		style = theme.Banner
	}
	return style.Render(widget.Ends(dicom.Clean(left), dicom.Clean(right), width))
}

// lockedTimer is the timer on a locked screen: category and time, and nothing else.
func (m *Model) lockedTimer() string {
	if len(m.criticals.open) == 0 {
		return ""
	}
	r := m.criticals.open[0]
	return theme.Muted.Render(fmt.Sprintf("  CRITICAL %d · %s", r.Category, r.Left(m.Now())))
}

// criticalBanner repeats the timer in the image window; "" while none is open.
func (m *Model) criticalBanner() string {
	k := &m.criticals
	if m.page == onContact {
		return "critical result: the form is open in the terminal"
	}
	if len(k.open) == 0 {
		return ""
	}
	return dicom.Clean(k.open[0].Line(m.Now()) + " · acc " + k.open[0].Accession + " · F7")
}

// callRuns reports whether somebody has still to be called, or is being called: no
// idle lock may fire then (N19).
func (m *Model) callRuns() bool {
	return m.page == onContact || m.interruptions.running != nil || slices.ContainsFunc(m.criticals.open, func(r critical.Result) bool { return r.Told.IsZero() })
}

// criticalKey reports whether a key means the form, wherever the reader is.
func (m *Model) criticalKey(name string) bool {
	b, ok := m.Keymap.Lookup(viewer.InText, viewer.Key(name))
	return ok && b.Action == viewer.CaseCall
}
