// Package desk is the whole state of the image side and no engine: tiles, stacks,
// windows, tools, marks. Keys, pointer and time go in; a Scene to draw, a State to
// keep and Events come out. The window (viewer/screen) and the terminal's picture
// (viewer/still) are thin shells around one Desk.
//
// A Desk is used from one goroutine. It starts none; its Loader may. It never
// looks at the clock but through Options.Now and the times it is given, so that a
// test or a replayed night sees what a reader saw.
//
// What needs no Desk has a package of its own: files and frames (viewer/load), display
// sets (viewer/stack), a picture and what is measured in it (viewer/picture), pictures
// made of others (viewer/derive), lines on a slice (viewer/outline). Where the rest is:
//
//   - a case and its time: case, tick, state, resume, facts, others
//   - input: keys, mouse, tools, handles, actions, menu, commandline,
//     macros, again, showing, pace
//   - tiles: tile, picture, layout, grid, stage, keep, sheet, prior, compare, scroll, drawn,
//     sync, walk, strip
//   - light: window, enhance, interpolation, layers, pattern, loupe, dsa, under, fusion,
//     tracers, segments, cine
//   - reformats: mpr, mprcross, mprmip, mprstate, mprmarks, reformat, bound
//   - marks: marks, calibrate, volumes, spine, snap, histogram, usregion, names, copy
//   - what is told: scene, build, words, panel, lines, gaze
package desk

import (
	"image"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/seg"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/derive"
	"github.com/nocturne/nocturne/viewer/hang"
	"github.com/nocturne/nocturne/viewer/load"
	"github.com/nocturne/nocturne/viewer/stack"
	"github.com/nocturne/nocturne/viewer/tool"
)

// Options are what a Desk needs from outside. Keymap nil is the default one, Now
// nil the system's clock, NewID nil a random UID.
type Options struct {
	Keymap *viewer.Keymap
	Now    func() time.Time
	Emit   func(viewer.Event) // called on the Desk's goroutine; must not call back
	Load   load.Loader
	// Ahead reads for the case that comes next (load.NewAheadLoader); nil: none is made
	// ready.
	Ahead *load.FileLoader
	NewID func() string
	// Protocols are the hanging protocols, first come first served; nil are those
	// that come with the program, none is an empty slice.
	Protocols []hang.Protocol
	// Uploaded reports whether the pixels of a TileScene.Key of an epoch are on the GPU;
	// nil where there is none.
	Uploaded func(epoch uint64, key string) bool
	// Paced draws every step of a scroll: one step a Scene, the next one waiting. For
	// those who call Tick and Scene in a loop.
	Paced bool
}

// Desk is the state. Its zero value is not usable: see New.
type Desk struct {
	opt   Options
	deeds map[viewer.Action]deed
	w, h  int
	scale float64

	// Of the case on screen; all replaced by Open.
	c            viewer.Case
	open         bool
	blank        bool
	objects      map[string]*stack.Instance // by SOP Instance UID
	series       []*series
	stacks       []*stack.Stack
	looks        map[string]look          // how a stack was looked at last, by its key
	gaze         gaze                     // what is on screen
	seen         map[string]time.Duration // frames that were on screen, by Frame.key
	viewed       []viewer.Seen            // of them, those that were not told yet
	noted        time.Time                // when some were told last
	differs      map[string]int           // N4: what differs from the order, in how many instances
	segsHidden   bool
	segsCome     string                       // frames of segmentations that lie on what is on screen
	outlinesKept map[string][]seg.Line        // by object, frame and segment
	manual       map[string]space.Calibration // by hand, of a Series Instance UID
	hung         bool
	unstacked    bool          // headers came that are in no stack yet
	firstSeen    time.Time     // when the first header of the current study came
	acted        bool          // the reader has done something to this case
	grew         bool          // headers came since the case was hung
	others       others        // what came with the images: reports, presentation states, key objects
	came         []load.Header // headers that came between two looks within one Tick
	restore      *viewer.State
	shown        bool     // Shown was told
	preview      *preview // until an image of the study is on screen; nil: none

	layout    string
	tiles     tiles
	active    int
	oneUp     bool
	perf      bool    // the reader asks how the window performs
	beside    *beside // what the prior beside it displaced
	mpr       *reformats
	tracers   []*derive.Tracer        // of fusions
	loose     *stack.Stack            // asked for once, though not registered
	staged    *staged                 // the hanging protocol in effect
	noLines   bool                    // reference lines are off
	apart     bool                    // zoom, pan and window are each tile's own
	walk      *walk                   // a mammogram is looked at part by part
	walks     map[string]*walked      // frames seen at 1:1, by Frame.key
	synced    synced                  // what linked tiles followed last
	menu      *menu                   // what a right click opened
	strip     *strip                  // the contact strip is open
	thumbs    map[string]*pixel.Image // of the strip, by frame
	tool      viewer.Action
	draft     tool.Draft
	cursor    [2]float64 // image point of the active tile
	pointer   pointer
	label     *label
	log       tool.Log
	chosen    string // ID of the selected mark
	last      string
	probe     string
	handle    *handle  // of the selected mark, held by the keyboard
	copying   *copying // a mark on its way to the next slice
	spine     spine
	memory    memory
	macros    map[string][]viewer.Action // recorded, by name; they outlive the case
	panel     *panel
	loupe     bool // the magnifier is held
	histogram bool

	pace
	bounded
	soon      *prepared // the case that comes next; nil: none
	acting    time.Time // when the reader last did something here
	stray     tool.Stray
	repeat    tool.Repeat
	held      map[viewer.Key]heldKey
	owner     string
	elsewhere bool // another window has the keyboard

	dirty     bool
	changed   bool // State changed since it was last told
	told      time.Time
	toldTouch time.Time // when the reader's doing was told last
	minute    int64     // of the due clock as last drawn
	wanted    string

	photons photons
	dither  bool // of the window: it stays from case to case
}

// New makes a Desk with no case.
func New(opt Options) *Desk {
	if opt.Keymap == nil {
		opt.Keymap = viewer.DefaultKeymap()
	}
	if opt.Protocols == nil {
		opt.Protocols = hang.Default()
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Emit == nil {
		opt.Emit = func(viewer.Event) {}
	}
	if opt.NewID == nil {
		opt.NewID = func() string { return string(dicom.NewUID()) }
	}
	d := &Desk{opt: opt, deeds: deeds(), w: 640, h: 480, scale: 1, owner: "images", dirty: true, macros: map[string][]viewer.Action{}}
	d.clear()
	return d
}

// Close ends the Loader's work. The Desk shows nothing afterwards.
func (d *Desk) Close() {
	d.Blank()
	d.opt.Load.Close()
	if d.opt.Ahead != nil {
		d.opt.Ahead.Close()
	}
}

// Resize tells the size of the scene in device pixels and how many of them make a
// logical one.
func (d *Desk) Resize(w, h int, scale float64) {
	if w <= 0 || h <= 0 || w == d.w && h == d.h && scale == d.scale {
		return
	}
	if !(scale > 0) {
		scale = 1
	}
	d.w, d.h, d.scale = w, h, scale
	d.touch()
}

// Focused tells whether this window has the keys. Losing them ends what is held.
// Without them the terminal has, and says whether it gives them to the images.
func (d *Desk) Focused(on bool) {
	if d.elsewhere == on {
		d.elsewhere = !on
		if !on {
			d.letGo()
		}
	}
	d.owns()
}

// owns settles whose the keys are, as both windows show it (N2).
func (d *Desk) owns() {
	owner := "images"
	if d.elsewhere && d.c.Site.Typing {
		owner = "text"
	}
	if d.owner != owner {
		d.owner = owner
		d.touch()
	}
}

// touch marks scene and state as changed.
func (d *Desk) touch() { d.dirty, d.changed = true, true }

func (d *Desk) emit(e viewer.Event) {
	e.Epoch, e.StudyUID = d.c.Epoch, d.c.StudyUID
	d.opt.Emit(e)
}

func (d *Desk) notice(sentence string) {
	d.emit(viewer.Event{Kind: viewer.Noticed, Text: sentence})
}

// area is where the tiles are.
func (d *Desk) area() image.Rectangle {
	return image.Rect(d.stripArea().Dx(), d.style().HeaderHeight(d.h), d.w, d.h)
}
