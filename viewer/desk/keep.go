package desk

import (
	"fmt"
	"math"
	"slices"

	"github.com/nocturne/nocturne/cache/volume"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/hang"
	"github.com/nocturne/nocturne/viewer/stack"
)

func keeping() map[viewer.Action]func(*Desk) {
	return map[viewer.Action]func(*Desk){
		viewer.HangKeep:   func(d *Desk) { d.keepHang() },
		viewer.HangForget: func(d *Desk) { d.forgetHang() },
	}
}

// keepHang makes a hanging protocol of what is on screen: the next case of the kind
// hangs so. The window writes no file: the terminal does, and says so.
func (d *Desk) keepHang() {
	stage, unsure := d.stageOnScreen()
	if !stage.Sheet && len(stage.Tiles) == 0 {
		d.notice("There is no layout to keep: nothing hangs.")
		return
	}
	f := d.facts()
	var base *hang.Protocol
	replaced := -1
	if d.staged != nil {
		base, replaced = &d.staged.protocol, d.staged.stage
	} else if at, _ := hang.Choose(d.opt.Protocols, f); at >= 0 {
		base = &d.opt.Protocols[at]
	}
	p := hang.Keep(base, replaced, f, stage)
	text, err := p.TOML()
	if err != nil {
		d.notice("This layout cannot be kept: it is no hanging protocol.")
		return
	}
	d.opt.Protocols = append([]hang.Protocol{p}, without(d.opt.Protocols, p.Name)...)
	d.staged = &staged{protocol: p, why: p.Name + ": " + p.Match.Says()}
	if d.emit(viewer.Event{Kind: viewer.Kept, Action: viewer.HangKeep, Text: text}); unsure > 0 {
		d.notice(fmt.Sprintf("%d tiles may take another series next time: nothing but their number tells theirs.", unsure))
	}
	d.touch()
}

func without(all []hang.Protocol, name string) []hang.Protocol {
	return slices.DeleteFunc(slices.Clone(all), func(p hang.Protocol) bool { return p.Name == name })
}

// forgetHang undoes it: the kept protocol in effect, else the first for this case, is no
// more, and the case hangs as it would have.
func (d *Desk) forgetHang() {
	f := d.facts()
	at := slices.IndexFunc(d.opt.Protocols, func(p hang.Protocol) bool {
		return p.Kept() && (d.staged != nil && d.staged.protocol.Name == p.Name || d.staged == nil && p.Fits(f))
	})
	if at < 0 {
		d.notice("No kept layout is in effect here; # keeps the one on screen.")
		return
	}
	name := d.opt.Protocols[at].Name
	d.opt.Protocols, d.staged = without(d.opt.Protocols, name), nil
	d.emit(viewer.Event{Kind: viewer.Kept, Action: viewer.HangForget, Text: name})
	d.hangProtocol(true)
	d.touch()
}

// stageOnScreen describes the layout, and how many of its tiles no description tells from
// others.
func (d *Desk) stageOnScreen() (s hang.Stage, unsure int) {
	s.Layout = d.layout
	if d.mpr != nil {
		s.Layout, s.Reformat = "1x1", d.reformatOnScreen()
		w, sure := d.wantOf(d.tiles[3], d.mpr.source)
		if s.Tiles = []hang.Want{w}; !sure {
			unsure = 1
		}
		return s, unsure
	}
	if s.Sheet = d.pictures(); s.Sheet {
		return s, 0
	}
	for i, t := range d.tiles[:tilesOf(d.layout)] {
		if t.stack == nil {
			if d.staged != nil && i < len(d.staged.current().Tiles) && slices.Contains(d.staged.empty, i) {
				s.Tiles = append(s.Tiles, d.staged.current().Tiles[i])
			}
			continue
		}
		w, sure := d.wantOf(t, t.stack)
		if s.Tiles = append(s.Tiles, w); !sure {
			unsure++
		}
		s.OneScale = s.OneScale || t.group
	}
	if n := len(s.Tiles); n > 1 {
		s.Least = (n + 1) / 2
	}
	return s, unsure
}

// pictures reports whether the tiles hold pictures that nothing describes: stills and
// runs of an ultrasound.
func (d *Desk) pictures() bool {
	n := 0
	for _, t := range d.tiles[:tilesOf(d.layout)] {
		if t.stack == nil {
			continue
		}
		v := hang.View{}
		if sl, ok := t.slot(); ok {
			v = sl.Projection()
		}
		if t.stack.Spatial || v.Position != "" || v.Side != "" {
			return false
		}
		n++
	}
	return n > 1
}

func (d *Desk) reformatOnScreen() *hang.Reformat {
	r := &hang.Reformat{}
	if set := d.mpr.set; set.Mode != volume.Single {
		r.Mode, r.Slab = set.Mode.String(), math.Round(set.Slab*10)/10
	}
	if d.oneUp && d.active < 3 {
		r.Plane = []string{"axial", "coronal", "sagittal"}[d.active]
	}
	return r
}

// wantOf describes what a tile shows.
func (d *Desk) wantOf(t *tile, s *stack.Stack) (hang.Want, bool) {
	sets, stacks := d.allSets()
	at := slices.IndexFunc(stacks, func(o *stack.Stack) bool { return o.Key() == s.Key() })
	if at < 0 {
		return hang.Want{}, false
	}
	w, sure := hang.WantOf(at, d.c.StudyUID, d.studies(), sets, t.look.slice)
	w.Linked, w.Fused = t.linked, t.fused != nil
	if c := t.look.window; c.Fixed && c.Width > 0 && s.Modality == "CT" {
		w.Window = []float64{math.Round(c.Width), math.Round(c.Center)}
	}
	return w, sure
}
