package app

import (
	"image"
	"io"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/ui/raster"
	"github.com/nocturne/nocturne/viewer"
)

// pictureID is the kitty image that holds the tiles; one is enough.
const pictureID = 77

// headRows is what the case page draws above a picture, and the status line below.
const headRows = 4

// repaint draws the tiles in the terminal where the viewer lives there.
func (m *Model) repaint() tea.Cmd {
	p, ok := m.view.(viewer.Painter)
	c := m.open
	if !ok || c == nil || c.page.Typing || m.page != onCase {
		return nil
	}
	cols, rows := m.width, max(4, m.height-headRows)
	img := p.Paint(m.Screen.Pixels(cols, rows))
	return m.draw(c.page, img, cols, rows)
}

// picture is where a picture's cells go: the case page.
type picture interface{ SetPicture(rows []string) }

func (m *Model) draw(page picture, img image.Image, cols, rows int) tea.Cmd {
	switch m.Screen.Protocol {
	case raster.Kitty:
		send, cells := raster.KittyImage(img, pictureID, cols, rows)
		page.SetPicture(cells)
		return m.write(send)
	case raster.Sixel:
		page.SetPicture(make([]string, rows))
		send, err := raster.SixelAt(img, 0, headRows-1)
		if err != nil {
			m.warn(sentence(err))
			return nil
		}
		return m.write(send)
	}
	page.SetPicture(raster.Blocks(img, m.Screen.Profile))
	return nil
}

// write sends graphics beside Bubble Tea's own output, after the frame was drawn.
func (m *Model) write(s string) tea.Cmd {
	out := m.Out
	if out == nil {
		return nil
	}
	return func() tea.Msg {
		io.WriteString(out, s)
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
