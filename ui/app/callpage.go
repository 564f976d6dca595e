package app

import (
	"fmt"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/ui/theme"
	"github.com/nocturne/nocturne/ui/widget"
)

// linesMsg brings a page of lines that was read off the disk.
type linesMsg struct {
	lines *lines
	err   error
}

func (l linesMsg) take(m *Model) tea.Cmd {
	if l.err != nil {
		m.warn(sentence(l.err))
		return nil
	}
	if m.locked {
		return nil
	}
	m.showLines(l.lines)
	return m.clearPicture()
}

// readLines has a page of lines made beside, after all that was handed to the journal
// is on disk.
func (m *Model) readLines(read func() (*lines, error)) tea.Cmd {
	room, ctx := m.Room, m.ctx
	return func() tea.Msg {
		if err := room.Journal.Wait(ctx); err != nil {
			return linesMsg{err: err}
		}
		l, err := read()
		return linesMsg{l, err}
	}
}

// openCalls is the page of the call log: what interrupted the reader, the last first.
func (m *Model) openCalls() tea.Cmd {
	room, ctx, now := m.Room, m.ctx, m.Now()
	return m.readLines(func() (*lines, error) {
		calls, err := room.Calls(ctx, time.Time{})
		return &lines{title: "INTERRUPTIONS", notice: callsIn(calls, now), rows: CallLines(calls, time.Local), hint: "↑↓ PgUp PgDn · Esc back"}, err
	})
}

func callsIn(calls []reading.Call, now time.Time) string {
	hour, day := 0, 0
	for _, c := range calls {
		if now.Sub(c.From) <= time.Hour {
			hour++
		}
		if now.Sub(c.From) <= 12*time.Hour {
			day++
		}
	}
	return fmt.Sprintf("%d within the last hour · %d within 12 hours", hour, day)
}

// CallLines are interruptions in lines, the last first.
func CallLines(calls []reading.Call, zone *time.Location) (out []string) {
	for i := len(calls) - 1; i >= 0; i-- {
		c := calls[i]
		took := "not ended"
		if !c.To.IsZero() {
			took = fmt.Sprintf("%d min", c.Minutes())
		}
		parts := []string{c.From.In(zone).Format("2006-01-02 15:04 MST"), took, c.Cause}
		if c.Accession != "" {
			parts = append(parts, "during acc "+c.Accession+" "+c.Exam)
		}
		for _, s := range []string{c.Who, c.Why} {
			if s != "" {
				parts = append(parts, s)
			}
		}
		out = append(out, strings.Join(parts, " · "))
	}
	return out
}

// callRows are the running call and, on return, where the reader was.
func (m *Model) callRows(width int) (rows []string) {
	i := &m.interruptions
	if r := i.running; r != nil {
		left := fmt.Sprintf(" ☎ ON THE TELEPHONE %d:%02d", int(m.Now().Sub(r.From).Minutes()), int(m.Now().Sub(r.From).Seconds())%60)
		for _, s := range []string{r.Who, r.Why} {
			if s != "" {
				left += " · " + s
			}
		}
		right := " Ctrl+F ends it "
		if i.frozen != nil {
			right = " Ctrl+F goes back to acc " + i.frozen.row.Accession + " "
		}
		rows = append(rows, theme.Warning.Render(widget.Ends(dicom.Clean(left), dicom.Clean(right), width)))
	}
	if i.back != "" && m.Now().Before(i.until) {
		for n, l := range widget.Wrap(dicom.Clean("BACK · "+i.back), max(1, width-2)) {
			if n < 2 {
				rows = append(rows, theme.Selected.Render(widget.Fit(" "+l, width)))
			}
		}
	}
	return rows
}

type callsMsg struct{ calls []reading.Call }

// recentCalls reads what interrupted the reader within the last hour, also in a
// program before this one.
func (m *Model) recentCalls() tea.Cmd {
	room, ctx, since := m.Room, m.ctx, m.Now().Add(-time.Hour)
	return func() tea.Msg {
		calls, err := room.Calls(ctx, since)
		if err != nil {
			return failedMsg{err: err}
		}
		return callsMsg{calls}
	}
}

func (c callsMsg) take(m *Model) tea.Cmd {
	for _, call := range c.calls {
		m.interruptions.starts = append(m.interruptions.starts, call.From)
	}
	return nil
}
