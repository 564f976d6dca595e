package app

import (
	"fmt"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/viewer"
)

// showLinked brings the image that the number or key image at the caret stands for on
// screen, a key image with the window it was marked in. The keys stay with the report
// (N3).
func (m *Model) showLinked() tea.Cmd {
	c := m.open
	if c == nil || c.page.Editor == nil || c.draft == nil || m.page != onCase {
		m.say("There is no report with numbers here.")
		return nil
	}
	r, ok := c.page.Editor.TokenAt()
	token, known := c.draft.Token(r)
	if !ok || !known {
		m.say("No measurement or key image stands at the caret. F4 inserts the selected one.")
		return nil
	}
	for _, k := range c.marks {
		if k.ID == token.MarkID {
			return m.showMark(k)
		}
	}
	m.say("That mark is not here any more.")
	return nil
}

func (m *Model) showMark(k viewer.Mark) tea.Cmd {
	do := []viewer.Action{viewer.ImageGo.WithText(fmt.Sprintf("%s %d %s", k.SOPUID, k.Frame, k.ID))}
	width, okW := k.Value("window width")
	center, okC := k.Value("window center")
	if okW && okC && width.Number >= 1 {
		do = append(do, viewer.WindowSet(width.Number, center.Number))
	}
	return m.toViewer(func(v viewer.Viewer, epoch uint64) error {
		for _, a := range do {
			if err := v.Do(epoch, a); err != nil {
				return err
			}
		}
		return nil
	})
}
