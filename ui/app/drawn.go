package app

import (
	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/viewer"
)

// takePreview keeps what the site drew of the current study until an image of it is on
// screen: a viewer that is given the case anew is given that anew.
func (c *openCase) takePreview(m *Model, l loadedMsg) tea.Cmd {
	p := l.Preview
	if p == nil || l.index != 0 || c.shown || string(p.Study) != c.row.StudyUID {
		return nil
	}
	c.preview = &viewer.Preview{StudyUID: string(p.Study), SeriesUID: string(p.Series), SOPUID: string(p.SOP), MediaType: p.MediaType, Bytes: p.Bytes}
	return m.showPreview(c)
}

// showPreview gives the viewer the preview of the case on screen, if it shows such, once
// it is recorded that the case is opened.
func (m *Model) showPreview(c *openCase) tea.Cmd {
	if c.preview == nil || !c.recorded || c.shown || len(c.preview.Bytes) > viewer.MaxPreview {
		return nil
	}
	p := *c.preview
	return m.toViewer(func(v viewer.Viewer, epoch uint64) error {
		if drawn, ok := v.(viewer.Previewer); ok {
			return drawn.Preview(epoch, p)
		}
		return nil
	})
}
