package app

import (
	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/feed"
)

// foreseen is the case that the viewer was told to make ready.
type foreseen struct {
	study  string
	have   int    // images of it then
	epoch  uint64 // of the case on screen
	opened bool   // one is
}

// foresee has the viewer make the next case ready, once all its images are here: the one
// under the cursor while the list is on screen, the one that F6 would open while a case
// is. It is looked at once a second, and told once; the window forgets it when a case is
// opened or the screens are blanked.
func (m *Model) foresee() tea.Cmd {
	if m.locked {
		m.foreseen = foreseen{}
		return nil
	}
	row, ok := m.comesNext()
	if _, sees := m.view.(viewer.Foreseer); !ok || !sees || row.Cached == 0 || row.Expected > row.Cached || m.onMedium(row) {
		return nil
	}
	next := foreseen{row.StudyUID, row.Cached, m.epoch, m.open != nil}
	if next == m.foreseen {
		return nil
	}
	m.foreseen = next
	room, ctx := m.Room, m.ctx
	return func() tea.Msg {
		c := viewer.Case{StudyUID: row.StudyUID, Order: reading.Order(row), Studies: []viewer.Study{reading.CurrentStudy(row)}, State: room.LeftOff(ctx, row.StudyUID)}
		return foreseenMsg{next, c, room.Objects(row.StudyUID)}
	}
}

// foreseenMsg is what is on disk of the next case. The viewer is told on the model's own
// goroutine: a lock that came meanwhile has blanked it, and nothing comes after that.
type foreseenMsg struct {
	foreseen
	c       viewer.Case
	objects []viewer.Object
}

func (f foreseenMsg) take(m *Model) tea.Cmd {
	if seer, ok := m.view.(viewer.Foreseer); ok && !m.locked && f.foreseen == m.foreseen && f.epoch == m.epoch {
		_ = seer.Soon(f.c, f.objects) // a viewer that is gone opens the case as any other
	}
	return nil
}

// comesNext is the case that is likely to be opened next.
func (m *Model) comesNext() (feed.Row, bool) {
	if m.page == onList && m.open == nil {
		row, ok := m.list.Selected()
		return row, ok && !row.Finished()
	}
	if m.open == nil || !m.open.shown {
		return feed.Row{}, false // its own images come first
	}
	return m.suggested(m.free)
}
