package app

import (
	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/ui/raster"
	"github.com/nocturne/nocturne/viewer"
)

// pictureID is the kitty image that holds the tiles; one is enough.
const pictureID = 77

// headRows is what the case page draws above a picture, footRows what stands below
// it: the page's own line and the status line.
const (
	headRows = 3
	footRows = 2
)

// repaint draws the tiles in the terminal where the viewer lives there. Painting
// takes its time and is done beside the keys.
func (m *Model) repaint() tea.Cmd {
	p, ok := m.view.(viewer.Painter)
	if !ok || m.open == nil || m.locked || m.open.page.Typing || m.page != onCase {
		return nil
	}
	screen, epoch, cols, rows := m.Screen, m.epoch, m.width, max(4, m.height-headRows-footRows)
	return func() tea.Msg { return paint(p, screen, epoch, cols, rows) }
}

// pictureMsg is a painted picture as rows of cells, with what has to be written
// beside them.
type pictureMsg struct {
	epoch uint64
	cells []string
	send  string
}

func (p pictureMsg) ofEpoch() uint64 { return p.epoch }

func (p pictureMsg) apply(m *Model, c *openCase) tea.Cmd {
	c.page.Picture = p.cells
	if p.send == "" || m.locked || m.page != onCase || m.help {
		return nil
	}
	return m.write(p.send)
}

func paint(p viewer.Painter, screen raster.Screen, epoch uint64, cols, rows int) tea.Msg {
	img := p.Paint(screen.Pixels(cols, rows))
	switch screen.Protocol {
	case raster.Kitty:
		send, cells := raster.KittyImage(img, pictureID, cols, rows)
		return pictureMsg{epoch, cells, send}
	case raster.Sixel:
		send, err := raster.SixelAt(img, 0, headRows)
		if err != nil {
			return failedMsg{err: err}
		}
		return pictureMsg{epoch, make([]string, rows), send}
	}
	return pictureMsg{epoch, raster.Blocks(img, screen.Profile), ""}
}

// write sends graphics beside Bubble Tea's own output, after the frame was drawn.
func (m *Model) write(s string) tea.Cmd {
	out := m.Out
	if out == nil {
		return nil
	}
	return func() tea.Msg {
		m.dark.write(out, s)
		return nil
	}
}

// clearPicture takes the picture away when its page goes.
func (m *Model) clearPicture() tea.Cmd {
	if m.Screen.Protocol == raster.Kitty {
		return m.write(raster.KittyClear(pictureID))
	}
	return nil
}
