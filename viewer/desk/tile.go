package desk

import (
	"image"
	"time"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/viewer/derive"
	"github.com/nocturne/nocturne/viewer/picture"
	"github.com/nocturne/nocturne/viewer/stack"
)

// look is how a reader looks at a stack. It is kept while another stack is in the
// tile, and never leaves the case (N1).
type look struct {
	view    picture.View
	window  picture.Choice
	invert  bool
	slice   int
	at      slotID
	mask    *derive.Mask // of a subtraction angiogram
	fps     float64      // of cines, the reader's; 0: the object's
	touched bool         // the reader scrolled: stay with this slice while others come in

	enhanced pixel.Enhancement
}

// slotID names a slot beyond the making anew of its stack.
type slotID struct {
	sop   string
	frame int
	pos   float64
}

// tile is one ImageBox.
type tile struct {
	key    string       // of the stack; "" while empty
	stack  *stack.Stack // nil until its first header is here
	look   look
	linked bool
	offset float64 // mm
	group  bool    // fitted at one scale with all tiles of the group

	cine  bool
	back  bool      // a cine that runs to and fro is on its way back
	since time.Time // start of the cine, or of its last frame shown

	shown  picture.Picture
	fused  *derive.Fused   // what lies over the picture
	under  *under          // the presentation state it is seen under
	late   time.Time       // since when the slice wanted is not on screen
	turn   time.Time       // when a reformat last moved
	poured time.Time       // when it was last made
	stale  bool            // it lacks slices that came since
	cross  *space.Vec3     // the same point, in patient space
	moved  int             // direction of the last scroll: what to read ahead
	empty  string          // why nothing is in it
	rect   image.Rectangle // as last laid out
}

// hang puts a stack into the tile with the look it had.
func (d *Desk) hang(t *tile, s *stack.Stack) {
	if t.stack == s && s != nil {
		return
	}
	d.stow(t)
	*t = tile{rect: t.rect, moved: 1}
	if s == nil {
		return
	}
	t.key, t.stack = s.Key(), s
	if l, ok := d.looks[t.key]; ok {
		t.look = l
		t.look.view.Anchor, t.look.view.FitMM = 0, 0
		t.follow([]*stack.Stack{s})
	}
	if _, known := d.looks[t.key]; !known {
		d.asRecommended(t)
	}
	d.draft.Drop()
	d.touch()
}

// stow keeps how a tile looks at its stack for when it comes back.
func (d *Desk) stow(t *tile) {
	if t.key != "" {
		t.remember()
		d.looks[t.key] = t.look
	}
}

// remember notes which slice the tile is at, so that it can be found again.
func (t *tile) remember() {
	if sl, ok := t.slot(); ok {
		t.look.at = slotID{sop: sl.SOP(), frame: sl.Frame, pos: sl.Position}
	}
}

// slot is where the tile is in its stack.
func (t *tile) slot() (stack.Slot, bool) {
	if t.stack == nil || t.look.slice < 0 || t.look.slice >= len(t.stack.Slots) {
		return stack.Slot{}, false
	}
	return t.stack.Slots[t.look.slice], true
}

// follow finds the tile's stack and slice again among stacks that were made anew:
// the same image, or for a missing one the same place. A stack nobody has scrolled
// yet stays at its first slice.
func (t *tile) follow(stacks []*stack.Stack) {
	if t.key == "" || t.made() != nil {
		return
	}
	t.stack = t.home(stacks)
	if t.stack == nil {
		return
	}
	t.key = t.stack.Key()
	if !t.look.touched {
		t.look.slice = min(t.look.slice, len(t.stack.Slots)-1)
		return
	}
	if i := t.stack.Find(t.look.at.sop, t.look.at.frame); i >= 0 {
		t.look.slice = i
		return
	}
	if t.stack.Spatial {
		t.look.slice = t.stack.Nearest(t.look.at.pos)
	}
	t.look.slice = max(0, min(t.look.slice, len(t.stack.Slots)-1))
}

// home is the stack that holds the tile's image, else the one with its key.
func (t *tile) home(stacks []*stack.Stack) *stack.Stack {
	var same *stack.Stack
	for _, s := range stacks {
		if t.look.touched && t.look.at.sop != "" && s.Find(t.look.at.sop, t.look.at.frame) >= 0 {
			return s
		}
		if s.Key() == t.key {
			same = s
		}
	}
	return same
}

// goTo moves to a slice, as near as there is one.
func (t *tile) goTo(slice int) bool {
	if t.stack == nil {
		return false
	}
	slice = max(0, min(slice, len(t.stack.Slots)-1))
	t.look.touched = true
	if slice == t.look.slice {
		t.remember()
		return false
	}
	if slice > t.look.slice {
		t.moved = 1
	} else {
		t.moved = -1
	}
	t.look.slice = slice
	t.remember()
	return true
}

// geometry is of the picture on screen, else of the slice wanted; ok is false for
// an empty tile or a missing slice.
func (t *tile) geometry() (*stack.Geometry, bool) {
	if t.shown.Image != nil {
		return &t.shown.Geometry, true
	}
	if sl, ok := t.slot(); ok && sl.Instance != nil {
		g := sl.Instance.Geometry(sl.Frame)
		return &g, true
	}
	return nil, false
}
