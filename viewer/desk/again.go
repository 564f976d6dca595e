package desk

import (
	"fmt"
	"strconv"
	"time"

	"github.com/nocturne/nocturne/viewer"
)

// memory is what the reader may have back: places of slices, the last action, macros.
// All but recorded macros are of the case and go with it (N1).
type memory struct {
	places    map[string]place
	last      viewer.Action
	recording string // the macro being recorded; "" while none is
	playing   []viewer.Action
	since     time.Time // the macro's step waits for its picture since then
	count     int       // digits typed before a key, where the map has counts
	await     func(d *Desk, letter string)
	awaiting  string // what the letter is for, in words
}

// place is a slice to come back to.
type place struct {
	stack string
	at    slotID
}

// spoken are the actions with a text, by name.
var spoken = map[viewer.Action]func(d *Desk, text string){
	viewer.PlaceSet:    (*Desk).setPlace,
	viewer.PlaceGo:     (*Desk).goPlace,
	viewer.ImageGo:     (*Desk).goImage,
	viewer.MacroRecord: (*Desk).record,
	viewer.MacroPlay:   (*Desk).playMacro,
	viewer.MarkName: func(d *Desk, text string) {
		if m, _, ok := d.editable(); ok {
			d.rename(m.ID, text)
		}
	},
}

func again() map[viewer.Action]func(*Desk) {
	letter := func(what string, a viewer.Action) func(*Desk) {
		return func(d *Desk) { d.awaitLetter(what, func(d *Desk, l string) { d.perform(a.WithText(l)) }) }
	}
	return map[viewer.Action]func(*Desk){
		viewer.PlaceSet:    letter("remember this slice: a letter", viewer.PlaceSet),
		viewer.PlaceGo:     letter("go to the slice of a letter", viewer.PlaceGo),
		viewer.MacroPlay:   letter("play the macro of a letter", viewer.MacroPlay),
		viewer.WindowDigit: func(d *Desk) { d.awaitLetter("window preset: a digit", (*Desk).digitPreset) },
		viewer.Repeat:      (*Desk).repeatLast,
		viewer.MacroRecord: func(d *Desk) {
			if d.memory.recording != "" {
				d.stopRecording()
				return
			}
			d.awaitLetter("record a macro: a letter", (*Desk).record)
		},
	}
}

// awaitLetter takes the next key as a name.
func (d *Desk) awaitLetter(what string, f func(*Desk, string)) {
	d.memory.await, d.memory.awaiting = f, what
	d.repeat.Stop("")
	d.touch()
}

// letterKey gives a key to who waits for one; false when nobody does, or when it is
// no letter: then it means what it always means.
func (d *Desk) letterKey(k viewer.Key) bool {
	f := d.memory.await
	if f == nil {
		return false
	}
	d.memory.await, d.memory.awaiting = nil, ""
	d.touch()
	if !k.Typing() || k == "space" {
		return k == "esc"
	}
	f(d, string(k))
	return true
}

// countKey adds a digit to the count; false where digits are no counts.
func (d *Desk) countKey(k viewer.Key) bool {
	m := &d.memory
	if !d.opt.Keymap.Counts() || len(k) != 1 || k[0] < '0' || k[0] > '9' || k == "0" && m.count == 0 {
		return false
	}
	m.count = min(m.count*10+int(k[0]-'0'), 9999)
	d.touch()
	return true
}

// longSteps are the steps that a count makes one long step of.
var longSteps = map[viewer.Action]int{
	viewer.SliceNext: 1, viewer.SlicePrev: -1, viewer.SliceNext10: 10, viewer.SlicePrev10: -10,
}

// maxTimes bounds how often a count repeats any other action.
const maxTimes = 100

// times performs an action as often as was longSteps: 10j is one step of ten slices,
// 40G is slice 40.
func (d *Desk) times(a viewer.Action) {
	n := d.memory.count
	d.memory.count = 0
	switch by, long := longSteps[a]; {
	case n == 0:
		d.perform(a)
	case long:
		if d.open {
			d.acted = true
			d.leaveHandle()
			d.step(by * n)
		}
	case a == viewer.SliceLast || a == viewer.SliceFirst:
		d.perform(viewer.SliceSet(n))
	case d.deeds[a] == nil:
		d.perform(a) // the terminal's: once
	default:
		for range min(n, maxTimes) {
			d.perform(a)
		}
	}
}

// fleeting are actions that are not worth repeating: moving about, and the repeating
// itself.
var fleeting = map[viewer.Action]bool{
	viewer.SliceNext: true, viewer.SlicePrev: true, viewer.SliceNext10: true, viewer.SlicePrev10: true, viewer.SliceFirst: true, viewer.SliceLast: true,
	viewer.TileNext: true, viewer.TilePrev: true, viewer.SeriesNext: true, viewer.SeriesPrev: true,
	viewer.CursorLeft: true, viewer.CursorRight: true, viewer.CursorUp: true, viewer.CursorDown: true,
	viewer.CursorLeft10: true, viewer.CursorRight10: true, viewer.CursorUp10: true, viewer.CursorDown10: true,
	viewer.MarkUndo: true, viewer.MarkRedo: true, viewer.ToolFinish: true, viewer.ToolDrop: true,
	viewer.PlaceSet: true, viewer.PlaceGo: true, viewer.ImageGo: true,
}

// unrecorded never enter a macro: they ask, or are macros themselves.
var unrecorded = map[viewer.Action]bool{
	viewer.Repeat: true, viewer.MacroPlay: true, viewer.MacroRecord: true, viewer.Command: true, viewer.Help: true, viewer.MarkList: true,
}

// maxSteps bounds a macro.
const maxSteps = 200

// remember notes what was done at the images: for Repeat, and for the macro being
// recorded. What belongs to the terminal never comes here, so that no macro holds a
// signature or another case (N1, N2).
func (d *Desk) remember(name, whole viewer.Action) {
	m := &d.memory
	if unrecorded[name] || m.await != nil { // what waits for a letter is noted with it
		return
	}
	if !fleeting[name] {
		m.last = whole
	}
	if m.recording == "" || len(m.playing) > 0 {
		return
	}
	d.macros[m.recording] = append(d.macros[m.recording], whole)
	if len(d.macros[m.recording]) >= maxSteps {
		d.stopRecording()
	}
}

func (d *Desk) repeatLast() {
	if d.memory.last == "" {
		d.notice("There is nothing to repeat yet.")
		return
	}
	d.perform(d.memory.last)
}

func (d *Desk) setPlace(letter string) {
	t := d.at()
	if t.stack == nil || t.made() != nil {
		d.notice("A place is a slice that was acquired.")
		return
	}
	t.remember()
	if d.memory.places == nil {
		d.memory.places = map[string]place{}
	}
	d.memory.places[letter] = place{t.key, t.look.at}
	d.notice(fmt.Sprintf("Slice %d is remembered as %s.", t.look.slice+1, letter))
}

func (d *Desk) goPlace(letter string) {
	p, ok := d.memory.places[letter]
	if !ok {
		d.notice("Nothing is remembered as " + letter + ".")
		return
	}
	for _, s := range d.stacks {
		i := s.Find(p.at.sop, p.at.frame)
		if i < 0 && p.at.sop == "" && s.Key() == p.stack && s.Spatial {
			i = s.Nearest(p.at.pos) // a slice that is missing is a place too
		}
		if i < 0 {
			continue
		}
		d.bring(s, i)
		return
	}
	d.notice("The slice of " + letter + " is not here any more.")
}

// digitPreset is the preset of a digit where digits alone are counts.
func (d *Desk) digitPreset(letter string) {
	b, ok := viewer.DefaultKeymap().Lookup(viewer.InImages, viewer.Key(letter))
	if _, err := strconv.Atoi(letter); err != nil || !ok {
		d.notice("A preset is a digit: 1 soft, 2 lung, 3 bone, 4 brain … 0 the image's own.")
		return
	}
	d.perform(b.Action)
}
