package app

import (
	"fmt"
	"os/exec"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/ui/list"
	"github.com/nocturne/nocturne/worklist/feed"
)

type snapshotMsg struct {
	feed.Snapshot
	again bool // from the watch of the sites, of which there is exactly one
}

// pollOnce asks the sites now, beside the watch.
func (m *Model) pollOnce() tea.Cmd {
	return func() tea.Msg {
		s := m.Feed.Poll(m.ctx)
		if m.ctx.Err() != nil {
			return nil
		}
		m.Room.CountCached(s.Rows)
		return snapshotMsg{s, false}
	}
}

// watchSites keeps asking and listening until Close. Only the newest list waits to be
// shown.
func (m *Model) watchSites() tea.Cmd {
	m.watching.Go(func() {
		m.Feed.Watch(m.ctx, m.Poll, func(s feed.Snapshot) {
			select {
			case <-m.lists: // one that nobody saw
			default:
			}
			select {
			case m.lists <- s:
			case <-m.ctx.Done():
			}
		})
	})
	return m.nextList()
}

// nextList waits for the next list that the watch brings.
func (m *Model) nextList() tea.Cmd {
	return func() tea.Msg {
		select {
		case <-m.ctx.Done():
			return nil
		case s := <-m.lists:
			m.Room.CountCached(s.Rows)
			return snapshotMsg{s, true}
		}
	}
}

// showRemembered shows the list as the sites gave it the last time, so that what is
// on disk can be read before they answer, and when they do not.
func (m *Model) showRemembered() {
	s, err := m.Feed.Remembered()
	if err != nil {
		m.warn(sentence(err))
	}
	if s.At.IsZero() {
		return
	}
	m.Room.CountCached(s.Rows)
	m.snapshot = s
	m.list.Set(s.Rows)
	m.recallAside(s.Rows, false)
	m.knownClock()
}

// refreshed takes a new list. It never moves the focus or the cursor (N3); a STAT
// that was not there before raises the banner.
func (m *Model) refreshed(s snapshotMsg) tea.Cmd {
	for _, r := range feed.Diff(m.snapshot, s.Snapshot) {
		m.alarm.raise(r, m.Now())
	}
	before := m.snapshot.Sites
	m.Room.FetchAhead(s.Rows)
	m.Room.Forecast(s.Rows)
	m.snapshot = s.Snapshot
	m.tellTroubles(before, !s.again)
	m.list.Set(s.Rows)
	m.recallAside(s.Rows, true)
	for _, r := range s.Rows {
		if m.open != nil && r.StudyUID == m.open.row.StudyUID {
			m.open.refresh(r, slices.ContainsFunc(m.outbox, func(l outboxLine) bool { return slices.Contains(l.studies, r.StudyUID) }))
			m.open.grown()
		}
	}
	m.alarm.settle(s.Rows)
	if !s.again {
		return tea.Batch(m.tellSite(), m.askAgain())
	}
	return tea.Batch(m.openFirst(), m.nextList(), m.tellSite(), m.settleClaims(), m.askAgain(), m.settleFollowUps())
}

// alarm is an arrived STAT that nobody here has acknowledged (N11).
type alarm struct {
	rows []feed.Row
	next time.Time
}

func (a *alarm) raise(r feed.Row, now time.Time) {
	a.rows = append(a.rows, r)
	a.next = now
}

// settle forgets STATs that somebody has taken meanwhile.
func (a *alarm) settle(rows []feed.Row) {
	var left []feed.Row
	for _, s := range a.rows {
		for _, r := range rows {
			if r.Site == s.Site && r.WorkitemUID == s.WorkitemUID && r.StudyUID == s.StudyUID && r.ClaimedBy == nil && !r.Finished() {
				left = append(left, r)
				break
			}
		}
	}
	a.rows = left
}

func (a *alarm) acknowledge() { a.rows = nil }

// opened forgets the STAT that the reader opened; others go on.
func (a *alarm) opened(r feed.Row) {
	a.rows = slices.DeleteFunc(a.rows, func(s feed.Row) bool { return s.Site == r.Site && s.StudyUID == r.StudyUID })
}

// text is the banner's line, "" when there is none.
func (a *alarm) text(now time.Time) string {
	if len(a.rows) == 0 {
		return ""
	}
	r := a.rows[0]
	due, _ := list.Due(r, now)
	s := fmt.Sprintf("STAT %s · %s · %s · due %s", r.Study, dicom.ParsePN(r.PatientName).Display(), r.Site, due)
	if n := len(a.rows) - 1; n > 0 {
		s += fmt.Sprintf(" · and %d more", n)
	}
	return dicom.Clean(s)
}

const alarmEvery = 15 * time.Second

// ring sounds the alarm while it is not acknowledged: the configured program, and
// the bell.
func (m *Model) ring() tea.Cmd {
	if len(m.alarm.rows) == 0 || m.Now().Before(m.alarm.next) {
		return nil
	}
	m.alarm.next = m.Now().Add(alarmEvery)
	program, out, ctx := m.Alarm, m.Out, m.ctx
	return func() tea.Msg {
		if out != nil {
			fmt.Fprint(out, "\a")
		}
		if program == "" {
			return nil
		}
		if err := exec.CommandContext(ctx, program).Run(); err != nil {
			return failedMsg{err: fmt.Errorf("the alarm program did not run: %w", err)}
		}
		return nil
	}
}

// everySecond is what the clock brings: the alarm, saved drafts, a picture.
func (m *Model) everySecond() tea.Cmd {
	m.watchClock()
	if m.status.text != "" && m.Now().After(m.status.until) {
		m.status = status{}
	}
	m.tickLocked()
	m.Room.Forecast(m.snapshot.Rows)
	m.list.Set(m.snapshot.Rows)
	var keep tea.Cmd
	if m.open != nil {
		m.open.keepPlace(m)
		keep = tea.Batch(m.keepWriting(m.open), m.goOnFetching(m.open))
	}
	var late tea.Cmd
	if m.Now().Sub(m.snapshot.At) > m.Poll { // a site that tells of changes is asked rarely
		late = m.askAgain()
	}
	return tea.Batch(m.askAgain(), m.lockIdle(), m.ring(), keep, late, m.watchCriticals(), m.foresee(), m.watchGlasses())
}
