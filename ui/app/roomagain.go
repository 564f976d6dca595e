package app

import (
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/worklist/fetch"
)

// lookForRoom is how often a disk that was full is looked at while a case waits for it.
const lookForRoom = 3 * time.Second

// stopped are the studies of the case whose fetching ended because the disk was full.
type stopped struct {
	studies []int // by their place in the case
	looked  time.Time
}

// ended notes how a study's fetching ended.
func (s *stopped) ended(index int, err error) {
	s.studies = slices.DeleteFunc(s.studies, func(i int) bool { return i == index })
	if fetch.DiskFailed(err) {
		s.studies = append(s.studies, index)
	}
}

// goOnFetching looks now and then whether there is room again for what stopped.
func (m *Model) goOnFetching(c *openCase) tea.Cmd {
	if len(c.stopped.studies) == 0 || m.Now().Sub(c.stopped.looked) < lookForRoom {
		return nil
	}
	c.stopped.looked = m.Now()
	room, epoch := m.Room, c.epoch
	return func() tea.Msg {
		if !room.HasRoom() {
			return nil
		}
		return roomMsg{epoch}
	}
}

// roomMsg says that the disk takes images again.
type roomMsg struct{ epoch uint64 }

func (r roomMsg) ofEpoch() uint64 { return r.epoch }

func (r roomMsg) apply(m *Model, c *openCase) tea.Cmd {
	var cmds []tea.Cmd
	ctx := m.caseContext(c)
	for _, i := range c.stopped.studies {
		cmds = append(cmds, m.loadStudy(ctx, c, i))
	}
	if len(cmds) > 0 {
		m.say("There is room on the disk again: the images go on coming.")
	}
	c.stopped.studies = nil
	return tea.Batch(cmds...)
}
