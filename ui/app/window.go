package app

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/viewer"
)

type viewerStarted struct {
	view viewer.Viewer
	why  string
	err  error
}

type viewerMsg struct{ viewer.Event }

// startViewer starts the window warm, so that the first case opens at once.
func (m *Model) startViewer() tea.Cmd {
	start := m.Viewer
	return func() tea.Msg {
		v, why, err := start()
		return viewerStarted{v, why, err}
	}
}

func (m *Model) viewerReady(s viewerStarted) tea.Cmd {
	if s.err != nil {
		m.warn("No images can be shown: " + s.err.Error())
		return nil
	}
	m.view, m.viewWhy = s.view, s.why
	if s.why != "" {
		m.say("Images are shown in the terminal: " + s.why)
	}
	if m.Keymap.Name() != viewer.DefaultKeymap().Name() {
		m.giveKeys()
	}
	return tea.Batch(m.listen(), m.reshow())
}

// listen waits for the viewer's next event.
func (m *Model) listen() tea.Cmd {
	events := m.view.Events()
	return func() tea.Msg {
		e, ok := <-events
		if !ok {
			return nil
		}
		return viewerMsg{e}
	}
}

// viewed takes one event of the viewer. What is not of the case on screen is
// dropped; an action is dropped visibly (N1).
func (m *Model) viewed(e viewerMsg) tea.Cmd {
	next := m.listen()
	m.worked(e.Kind)
	switch e.Kind {
	case viewer.Crashed:
		m.warn("The image window ended and is started again. Nothing typed is lost.")
		return next
	case viewer.Painted:
		return tea.Batch(next, m.repaint())
	}
	if e.Kind == viewer.Acted && e.Action == viewer.SessionLock {
		return tea.Batch(next, m.lock()) // of whatever case: locking harms none, and the window is dark already
	}
	c := m.open
	if c == nil || e.Epoch != c.epoch || (e.StudyUID != "" && e.StudyUID != c.row.StudyUID) {
		if e.Kind == viewer.Edited && e.StudyUID != "" && e.Epoch < m.epoch {
			m.Room.KeepMarks(e.StudyUID, e.Marks, e.Deleted)
			m.warn("A mark drawn in the case before was kept with that case.")
			return next
		}
		if e.Kind == viewer.Viewed && e.StudyUID != "" && e.Epoch < m.epoch {
			m.Room.KeepSeen(e.StudyUID, e.Seen)
			return next
		}
		if what, ok := dropped[e.Kind]; ok {
			m.warn(what + " from the image window was meant for another case and was dropped.")
		}
		return next
	}
	if m.locked && e.Kind == viewer.Acted {
		return next
	}
	return tea.Batch(next, c.event(m, e.Event))
}

// dropped are the events that a reader caused: one that is not taken is said.
var dropped = map[viewer.EventKind]string{viewer.Acted: "A key", viewer.Edited: "A mark", viewer.Held: "Typed text", viewer.Kept: "A layout to keep"}

// event takes an event of the viewer that belongs to this case.
func (c *openCase) event(m *Model, e viewer.Event) tea.Cmd {
	switch e.Kind {
	case viewer.Shown:
		c.shown, c.preview = true, nil
	case viewer.Stated:
		return c.stated(m, e.State)
	case viewer.Viewed:
		c.seen = viewer.MergeSeen(c.seen, e.Seen)
		m.Room.KeepSeen(c.row.StudyUID, e.Seen)
	case viewer.Edited:
		return c.edited(m, e)
	case viewer.Acted:
		if name, line, ok := e.Action.Text(); ok && name == viewer.CommandLine {
			return m.run(line)
		}
		return m.act(e.Action)
	case viewer.Held:
		c.hold(e.Text)
		m.warn(fmt.Sprintf("%d characters were typed into the image window and not executed. F3 puts them into the report.", len([]rune(e.Text))))
	case viewer.Hidden:
		m.say("The image window is hidden. F3 brings it back.")
	case viewer.Kept:
		return m.keepHanging(e)
	case viewer.Noticed:
		m.say(e.Text)
	}
	return nil
}

// stated keeps where the reader's eyes are, on disk within a second.
func (c *openCase) stated(m *Model, s *viewer.State) tea.Cmd {
	c.drawn = ""
	if s == nil || !c.begun {
		return nil
	}
	c.page.State, c.moved = s, true
	m.Room.LookAt(s)
	var cmd tea.Cmd
	for _, t := range s.Tiles {
		if t.SOPUID != "" && t.StudyUID != c.row.StudyUID && !c.compared[t.StudyUID] {
			c.compared[t.StudyUID] = true
			cmd = c.prefill(m) // the comparison names it from now on (N17)
		}
	}
	c.note(m)
	if m.Now().Sub(c.capsuled) >= time.Second/2 {
		c.keepPlace(m)
	}
	return cmd
}

// inUse reports whether a series is on screen, a missing slice of one too: what is
// empty yet is no place to come back to.
func inUse(s *viewer.State) bool {
	return s != nil && slices.ContainsFunc(s.Tiles, func(t viewer.Tile) bool { return t.SeriesUID != "" })
}

// edited keeps marks on disk at once: the window writes no file.
func (c *openCase) edited(m *Model, e viewer.Event) tea.Cmd {
	m.Room.KeepMarks(c.row.StudyUID, e.Marks, e.Deleted)
	if len(e.Marks) == 1 && e.Marks[0].Kind != viewer.KeyImageMark && !c.knows(e.Marks[0].ID) {
		c.drawn = e.Marks[0].ID // the window selected it; its state, which says so, is still under way
	}
	c.takeMarks(e.Marks, e.Deleted)
	if c.draft != nil && len(e.Deleted) > 0 {
		c.draft.Drop(e.Deleted...)
		c.dirty = true
	}
	c.refreshTokens(m)
	c.note(m)
	m.renewSheet()
	save := m.saveSoon(c)
	if c.lesions != nil {
		return tea.Batch(save, m.readLesions(c))
	}
	return save
}

// toViewer calls the viewer, which only queues, with the epoch on screen. A locked
// one is told nothing: unlocking opens the case anew.
func (m *Model) toViewer(call func(v viewer.Viewer, epoch uint64) error) tea.Cmd {
	if m.view == nil || m.locked {
		return nil
	}
	if err := call(m.view, m.epoch); err != nil {
		m.warn("The image window does not answer.")
	}
	return nil
}

// tellSite repeats in the window what the list says of the site (N11).
func (m *Model) tellSite() tea.Cmd {
	if m.open == nil {
		return nil
	}
	line, studies := m.siteLine(m.open.row), m.open.studies
	if key := fingerprint(line, studies); key != m.open.told {
		m.open.told = key
		return m.toViewer(func(v viewer.Viewer, epoch uint64) error { return v.Update(epoch, line, studies) })
	}
	return nil
}

func fingerprint(v ...any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b)
}
