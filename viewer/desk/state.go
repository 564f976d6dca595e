package desk

import (
	"time"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/picture"
	"github.com/nocturne/nocturne/viewer/stack"
	"github.com/nocturne/nocturne/viewer/tool"
)

// State is where the reader stands, enough to come back to the same pixel. The
// tiles are those of the layout, also while one is up.
func (d *Desk) State() viewer.State {
	s := viewer.State{
		Layout: d.layout, Active: d.active, OneUp: d.oneUp, Tool: string(d.tool), Selected: d.chosen,
		Last: d.last, Owner: d.owner, Counts: d.counts(), Mismatch: d.mismatch(), Probe: d.probe,
	}
	for _, t := range d.tiles[:tilesOf(d.layout)] {
		s.Tiles = append(s.Tiles, t.state())
	}
	s.Unseen, s.UnseenIn = d.unseen()
	s.MPR, s.Manual = d.stateMPR(), d.stateManual()
	s.Stage = d.staged.state()
	return s
}

func (t *tile) state() viewer.Tile {
	l := t.look
	if l.mask != nil { // subtraction is not taken up again, nor is its window
		l.window = l.mask.Before
	}
	out := viewer.Tile{
		Slice: l.slice, Center: finite(l.window.Center), Width: finite(l.window.Width), Preset: l.window.Preset,
		Zoom: l.view.Zoom, PanX: finite(l.view.PanX), PanY: finite(l.view.PanY), Turn: l.view.Turn, FlipH: l.view.FlipH,
		Invert: l.invert, Cine: t.cine, Linked: t.linked, Offset: finite(t.offset), Fused: t.share(),
	}
	if t.stack != nil {
		out.SeriesUID, out.StudyUID, out.Slices = t.stack.Series, t.stack.Study, len(t.stack.Slots)
	}
	if made := t.made(); made != nil {
		out.Reformat = made.Name()
	} else if sl, ok := t.slot(); ok && sl.Instance != nil {
		out.SOPUID, out.Frame = sl.SOP(), sl.Frame
	}
	if t.shown.Image != nil && l.mask == nil {
		w := l.window.Window(t.shown.Image)
		out.Center, out.Width = finite(w.Center), finite(w.Width)
	}
	if t.stack != nil && (t.shown.Image != nil || l.mask != nil) && !l.window.Fixed {
		out.Preset = ownPreset
	}
	return out
}

// ownPreset marks a window as the image's own, so that it is taken up as such.
const ownPreset = "own"

// tryRestore takes up where the reader was, once all images that were on screen
// are known, or nothing more comes.
func (d *Desk) tryRestore(waited time.Duration) {
	s := withoutMPR(d.restore)
	all := true
	for _, t := range s.Tiles {
		all = all && (t.SOPUID == "" || d.stackOf(t) != nil)
	}
	if !all && (waited < gather || d.opt.Load.Reading() > 0 && waited < lastHope) {
		return
	}
	made := d.restore
	d.restore = nil
	if d.holds(s) == 0 {
		return // none of it is here: hang as new
	}
	d.hung, d.layout, d.oneUp = true, s.Layout, s.OneUp
	if tilesOf(s.Layout) == 1 {
		d.layout = "1x1"
	}
	for i, t := range s.Tiles {
		if i < len(d.tiles) {
			d.takeUp(d.tiles[i], t)
		}
	}
	if s.Active > 0 && s.Active < len(d.visible()) || s.OneUp && s.Active >= 0 && s.Active < len(d.tiles) {
		d.active = s.Active
	}
	d.resumeStage(made.Stage)
	d.resumeMPR(made)
	if _, ok := d.log.Find(s.Selected); ok {
		d.chosen = s.Selected
	}
	if a := viewer.Action(s.Tool); tool.Name(a) != "" {
		d.selectTool(viewer.Action(s.Tool))
	}
	d.touch()
}

func (d *Desk) holds(s *viewer.State) int {
	n := 0
	for _, t := range s.Tiles {
		if d.stackOf(t) != nil {
			n++
		}
	}
	return n
}

// stackOf is the stack that holds a tile's image, else for a missing slice the
// first of its series.
func (d *Desk) stackOf(t viewer.Tile) *stack.Stack {
	for _, s := range d.stacks {
		if t.SOPUID != "" && s.Find(t.SOPUID, t.Frame) >= 0 || t.SOPUID == "" && t.SeriesUID != "" && s.Series == t.SeriesUID {
			return s
		}
	}
	return nil
}

func (d *Desk) takeUp(t *tile, s viewer.Tile) {
	st := d.stackOf(s)
	if st == nil {
		return
	}
	d.hang(t, st)
	t.lookAs(s)
	d.fuseAgain(t, s.Fused)
	t.linked, t.offset = s.Linked, s.Offset
	if i := st.Find(s.SOPUID, s.Frame); i >= 0 {
		t.goTo(i)
	} else {
		t.goTo(s.Slice)
	}
	if s.Cine {
		t.cine, t.since = true, d.opt.Now()
	}
}

// lookAs takes up view and window.
func (t *tile) lookAs(s viewer.Tile) {
	v := &t.look.view
	v.Zoom, v.PanX, v.PanY, v.Turn, v.FlipH = max(s.Zoom, 0), s.PanX, s.PanY, ((s.Turn%4)+4)%4, s.FlipH
	t.look.invert = s.Invert
	if s.Preset != ownPreset && s.Width > 0 {
		t.look.window = picture.Choice{Fixed: true, Center: s.Center, Width: s.Width, Preset: s.Preset}
	}
}
