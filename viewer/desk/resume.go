package desk

import (
	"slices"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/hang"
)

// state is where the reader is in the hanging protocol; nil where none is in effect.
func (s *staged) state() *viewer.Stage {
	if s == nil {
		return nil
	}
	return &viewer.Stage{Protocol: s.protocol.Name, Stage: s.stage, Page: s.page}
}

// resumeStage takes up the hanging protocol that the reader left, so that the next stage
// follows the one on screen and tiles of one scale are so again. What stands in the
// tiles is not touched.
func (d *Desk) resumeStage(s *viewer.Stage) {
	if s == nil {
		return
	}
	at := slices.IndexFunc(d.opt.Protocols, func(p hang.Protocol) bool { return p.Name == s.Protocol })
	if at < 0 || s.Stage < 0 || s.Stage >= len(d.opt.Protocols[at].Stages) || s.Page < 0 {
		return
	}
	p := d.opt.Protocols[at]
	_, why := hang.Choose([]hang.Protocol{p}, d.facts())
	d.staged = &staged{protocol: p, why: why, stage: s.Stage, page: s.Page}
	if !d.staged.current().OneScale {
		return
	}
	for _, t := range d.tiles[:tilesOf(d.layout)] {
		if sl, ok := t.slot(); ok && t.stack != nil {
			t.group = true
			if t.stack.Modality == "MG" {
				t.look.view.Anchor = sl.Projection().ChestWall()
			}
		}
	}
}
