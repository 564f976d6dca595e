package desk

import (
	"strconv"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/cache/volume"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/load"
)

// reformats are three planes through one stack, in the tiles of a 2x2 layout whose
// fourth tile is the stack itself.
type reformats struct {
	set     *volume.MPR
	source  *stack
	frames  []load.Frame // of the volume's slices
	missing []int        // slices that are not in it yet
	before  beside
}

// rest is how long a reader must hold still before a slab is shown in full.
const rest = 100 * time.Millisecond

// volumeOf makes an empty volume of a stack: what of it is here, in viewing order.
func volumeOf(s *stack) (*volume.Volume, []load.Frame, error) {
	var planes []space.Plane
	var frames []load.Frame
	for _, sl := range s.slots {
		f, ok := sl.wanted()
		if !ok {
			continue
		}
		p, ok := sl.inst.plane(sl.frame)
		if !ok {
			return nil, nil, space.ErrNoPlane
		}
		planes, frames = append(planes, p), append(frames, f)
	}
	sorted := space.Sort(planes)
	if index, out := once(planes, sorted); out > 0 && len(sorted.Apart) == 0 && out <= len(index)/2 {
		planes, frames = pick(planes, index), pick(frames, index)
		sorted = space.Sort(planes)
	}
	v, err := volume.New(planes, sorted)
	if err != nil {
		return nil, frames, err
	}
	order := make([]load.Frame, len(frames))
	for k, i := range sorted.Order {
		order[k] = frames[i]
	}
	return v, order, nil
}

// planeStack is a plane of the set as a stack that a tile can hold. One object
// stands for all its slices: its header is the source's, with the plane's geometry.
func planeStack(set *volume.MPR, which int, source *stack) *stack {
	p := set.Plane(which)
	at := p.At(0)
	d := &dicom.Dataset{}
	for _, t := range kept {
		if e, ok := source.first.d.Get(t); ok {
			d.Set(e)
		}
	}
	d.Delete(dicom.SharedFunctionalGroupsSequence)
	d.Delete(dicom.PerFrameFunctionalGroupsSequence)
	d.Delete(dicom.SliceThickness)
	d.Delete(dicom.Units) // a value between slices has no activity of one of them
	d.SetFloat(dicom.ImageOrientationPatient, at.Row[0], at.Row[1], at.Row[2], at.Col[0], at.Col[1], at.Col[2])
	d.SetFloat(dicom.PixelSpacing, at.RowMM, at.ColMM)
	d.SetInt(dicom.Rows, at.Rows)
	d.SetInt(dicom.Columns, at.Cols)
	in := &instance{
		obj: viewer.Object{StudyUID: source.study, SeriesUID: source.series}, d: d, frames: p.Slices(), image: true, made: p,
		suv: source.first.suv, noSUV: source.first.noSUV,
	}
	s := &stack{
		study: source.study, series: source.series, split: "mpr " + strconv.Itoa(which), number: source.number,
		description: source.description, modality: source.modality,
		spatial: true, along: p.Along(), spacing: p.Spacing(), frameOfRef: source.frameOfRef, first: in, source: source,
	}
	for k := range p.Slices() {
		s.slots = append(s.slots, slot{inst: in, frame: k, pos: p.Position(k)})
	}
	return s
}

// made is the plane of a tile that holds a reformat, else nil.
func (t *tile) made() *volume.Plane {
	if t.stack == nil {
		return nil
	}
	return t.stack.first.made
}

// fillAtOnce bounds the slices that one Tick takes into the volume.
const fillAtOnce = 16

// fill takes what has been decoded into the volume.
func (d *Desk) fill() {
	if d.mpr == nil {
		return
	}
	before := len(d.mpr.missing)
	if d.mpr.missing = d.take(d.mpr.frames, d.mpr.missing, d.mpr.set.Fill); len(d.mpr.missing) != before {
		d.touch()
	}
}

// take gives some of the missing frames that are here to set, and lists those that
// are left.
func (d *Desk) take(frames []load.Frame, missing []int, set func(k int, im *pixel.Image) error) (left []int) {
	n := 0
	left = missing[:0]
	for i, k := range missing {
		if n == fillAtOnce {
			return append(left, missing[i:]...)
		}
		image, err := d.opt.Load.Image(frames[k])
		switch {
		case image != nil && image.Preview == nil:
			if err := set(k, image); err != nil {
				d.notice("A slice is left out: " + load.Why(err) + ".")
			}
			n++
		case err == nil:
			left = append(left, k)
		}
	}
	return left
}

// lacking are the next frames the volume waits for.
func (d *Desk) lacking() (frames []load.Frame) {
	if d.mpr == nil {
		return nil
	}
	for _, k := range d.mpr.missing {
		if frames = append(frames, d.mpr.frames[k]); len(frames) == fillAtOnce {
			break
		}
	}
	return frames
}

// reform puts the picture of a reformat on screen. A slab is rough while the tile
// moves.
func (d *Desk) reform(t *tile, sl slot, now time.Time) bool {
	was := t.shown
	moved := was.image == nil || was.slot.inst != sl.inst || was.slot.frame != sl.frame
	if moved {
		t.turn = now
	}
	rough := sl.inst.made.Words() != "" && now.Sub(t.turn) < rest
	if was.image != nil && was.key == sl.inst.made.Key(sl.frame, rough) {
		t.stale = false
		return false
	}
	if t.stale = !moved && d.mpr != nil && len(d.mpr.missing) > 0 && now.Sub(t.poured) < everyPour; t.stale {
		return false
	}
	t.poured = now
	t.reshow(sl, rough)
	return true
}

// everyPour is how often a reformat is made anew while slices come into its volume: a
// thousand of them would be as many pictures nobody sees.
const everyPour = 150 * time.Millisecond

func (t *tile) reshow(sl slot, rough bool) {
	image := sl.inst.made.Image(sl.frame, rough)
	t.show(picture{
		slot: sl, index: t.look.slice, image: image, geo: geometryOf(sl.inst, sl.frame, image.Rows, image.Cols),
		key: sl.inst.made.Key(sl.frame, rough), rough: rough,
	})
}

// refine shows a rough picture in full: what is measured is what the pixels say.
func (d *Desk) refine(t *tile) {
	if t.shown.rough {
		t.reshow(t.shown.slot, false)
		d.touch()
	}
}
