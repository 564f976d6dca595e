package app

import (
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/cache/access/policy"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/ui/theme"
	"github.com/nocturne/nocturne/ui/widget"
	"github.com/nocturne/nocturne/worklist/feed"
)

// glasses are the emergency accesses that are open, and when they and the policies were
// read last.
type glasses struct {
	open []reading.Glass
	at   time.Time
	busy bool // they are being read or ended
}

// of is the emergency access to a study that lasts still.
func (g *glasses) of(study string, now time.Time) (reading.Glass, bool) {
	i := slices.IndexFunc(g.open, func(o reading.Glass) bool { return o.StudyUID == study && now.Before(o.Until) })
	if i < 0 {
		return reading.Glass{}, false
	}
	return g.open[i], true
}

// may is nil when the reader may do it with the row's study, as far as is known here.
func (m *Model) may(row feed.Row, a policy.Action) error {
	_, emergency := m.glasses.of(row.StudyUID, m.Now())
	return m.Room.MayKnown(row, a, emergency)
}

func (m *Model) mayOpen(row feed.Row) error { return m.may(row, policy.Look) }

// refuseRow says why a case stays closed, and asks the policy once more as it is on disk.
func (m *Model) refuseRow(row feed.Row, look bool, why error) tea.Cmd {
	m.warn(sentence(why))
	room, ctx := m.Room, m.ctx
	return func() tea.Msg {
		if room.Permitted(ctx, row, policy.Look) != nil {
			return nil
		}
		open, err := room.Glasses(ctx)
		return openedAfterAll{row, look, open, err}
	}
}

type openedAfterAll struct {
	row  feed.Row
	look bool
	open []reading.Glass
	err  error
}

func (o openedAfterAll) take(m *Model) tea.Cmd {
	if o.err != nil || m.locked {
		return nil
	}
	m.glasses.open, m.status = o.open, status{}
	if m.mayOpen(o.row) != nil {
		return nil
	}
	return m.openRow(o.row, o.look)
}

// breakGlass is :breakglass REASON: emergency access to the case on screen, else to the
// row under the cursor. Without a reason it ends the one that is open, or asks for one.
func (m *Model) breakGlass(words []string) tea.Cmd {
	row, ok := m.list.Selected()
	if m.page != onList && m.open != nil {
		row, ok = m.open.row, true
	}
	if !ok {
		m.say("Choose the case first.")
		return nil
	}
	_, open := m.glasses.of(row.StudyUID, m.Now())
	reason := strings.Join(words, " ")
	switch {
	case reason == "" && open:
		return m.endGlass(row.StudyUID)
	case reason == "":
		m.ask("emergency access to "+row.Accession+", why (it is in the audit log): ", "", func(m *Model, reason string) tea.Cmd {
			if reason == "" {
				m.say("Nothing was opened: it needs a reason.")
				return nil
			}
			return m.breakFor(row, reason)
		})
		return nil
	}
	return m.breakFor(row, reason)
}

func (m *Model) breakFor(row feed.Row, reason string) tea.Cmd {
	room, ctx := m.Room, m.ctx
	return func() tea.Msg {
		g, err := room.BreakGlass(ctx, row, reason)
		return brokeMsg{row, g, err}
	}
}

type brokeMsg struct {
	row feed.Row
	g   reading.Glass
	err error
}

func (b brokeMsg) take(m *Model) tea.Cmd {
	if b.err != nil {
		m.warn(sentence(b.err))
		return nil
	}
	m.glasses.open = append(m.glasses.open, b.g)
	if m.locked {
		return nil
	}
	cmd := m.openRow(m.current(b.row), false)
	m.warn("Emergency access to " + b.row.Accession + " for " + b.g.Left(m.Now()) + ", in the audit log. It ends by itself; :breakglass ends it now.")
	return cmd
}

// watchGlasses is what a second brings: what is over ends; now and then they, and the
// policies, are read again, because other programs of the home change them.
func (m *Model) watchGlasses() tea.Cmd {
	g := &m.glasses
	over := slices.ContainsFunc(g.open, func(o reading.Glass) bool { return !m.Now().Before(o.Until) })
	if g.busy || !over && m.Now().Sub(g.at) < lookEvery {
		return nil
	}
	return m.endGlass("")
}

// endGlass ends what is over, and the access to the study given.
func (m *Model) endGlass(study string) tea.Cmd {
	room, ctx := m.Room, m.ctx
	m.glasses.busy, m.glasses.at = true, m.Now()
	return func() tea.Msg {
		room.RenewPolicies(ctx)
		ended, err := room.EndGlasses(ctx, study)
		open, more := room.Glasses(ctx)
		if err == nil {
			err = more
		}
		return glassesMsg{ended, open, err}
	}
}

type glassesMsg struct {
	ended, open []reading.Glass
	err         error
}

func (g glassesMsg) take(m *Model) tea.Cmd {
	m.glasses.busy = false
	if g.err != nil {
		if m.ctx.Err() == nil {
			m.warn(sentence(g.err))
		}
		return nil
	}
	before := m.glasses.open
	m.glasses.open = g.open
	ended := func(o reading.Glass) bool {
		return m.open != nil && o.StudyUID == m.open.row.StudyUID
	}
	if slices.ContainsFunc(g.ended, ended) || slices.ContainsFunc(before, ended) && !slices.ContainsFunc(g.open, ended) {
		return m.closeAfterGlass()
	}
	return m.tellSite()
}

// closeAfterGlass takes the case whose emergency access is over from the screen, or opens
// it anew with what is allowed without. What is typed is on disk.
func (m *Model) closeAfterGlass() tea.Cmd {
	row, look, accession := m.open.row, m.open.look, m.open.row.Accession
	if m.mayOpen(row) == nil {
		put := m.openRow(row, look)
		m.warn("Emergency access to " + accession + " is over. What was typed is kept.")
		return put
	}
	m.leaveCase()
	m.closePages()
	m.page, m.sheet, m.prompt = onList, nil, widget.Prompt{}
	if m.view != nil {
		m.view.Blank()
	}
	m.warn("Emergency access to " + accession + " is over, and the case is closed. What was typed is kept; :breakglass REASON opens it again.")
	return m.clearPicture()
}

// glassLine is the bar of the emergency access to the case on screen, else of the one that
// lasts longest; "" when there is none.
func (m *Model) glassLine() string {
	g, ok := reading.Glass{}, false
	if m.open != nil {
		g, ok = m.glasses.of(m.open.row.StudyUID, m.Now())
	}
	for _, o := range m.glasses.open {
		if !ok && m.Now().Before(o.Until) && o.Until.After(g.Until) {
			g = o
		}
	}
	if g.ID == "" {
		return ""
	}
	return g.Line(m.Now())
}

// glassRows are the bar on every page.
func (m *Model) glassRows(width int) []string {
	line := m.glassLine()
	if line == "" {
		return nil
	}
	return []string{theme.Banner.Render(widget.Ends(" "+line, " · :breakglass ends it ", width))}
}

// withGlass puts the bar before what else the image window is told, for its own case.
func (m *Model) withGlass(row feed.Row, banner string) string {
	g, ok := m.glasses.of(row.StudyUID, m.Now())
	switch {
	case !ok:
		return banner
	case banner == "":
		return g.Line(m.Now())
	}
	return g.Line(m.Now()) + " · " + banner
}
