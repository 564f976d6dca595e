package app

import (
	"fmt"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/ui/reading"
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
