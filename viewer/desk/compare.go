package desk

import (
	"fmt"
	"math"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/stack"
)

func comparison() map[viewer.Action]func(*Desk) {
	return map[viewer.Action]func(*Desk){viewer.LinkView: func(d *Desk) { d.toggleTogether() }}
}

// toggleTogether lets zoom, pan and window of tiles that compare go together, or each on
// its own.
func (d *Desk) toggleTogether() {
	d.apart = !d.apart
	words := "Zoom, pan and window of compared tiles go together."
	if d.apart {
		words = "Zoom, pan and window are each tile's own."
	}
	d.notice(words)
	d.touch()
}

// goesWith reports whether a tile's zoom, pan and window go with another's: linked tiles,
// and one view of two studies.
func (t *tile) goesWith(o *tile) bool {
	if t.linked && o.linked {
		return true
	}
	if t.stack == nil || o.stack == nil || t.stack.Spatial || o.stack.Spatial || t.stack.Study == o.stack.Study || t.stack.Modality != o.stack.Modality {
		return false
	}
	a, okA := t.slot()
	b, okB := o.slot()
	if !okA || !okB {
		return false
	}
	x, y := a.Projection(), b.Projection()
	return x.Position != "" && x.Position == y.Position && x.Side == y.Side
}

// relink brings linked tiles to one level again after slices came: of the active tile if
// it is linked, else of the first. Only what is compared by position moves.
func (d *Desk) relink() {
	lead := d.at()
	if !lead.linked || lead.stack == nil {
		lead = nil
		for _, t := range d.visible() {
			if t.linked && t.stack != nil && lead == nil {
				lead = t
			}
		}
	}
	if lead == nil || d.oneUp || d.mpr != nil {
		return
	}
	for _, o := range d.visible() {
		if o == lead || !o.linked || o.stack == nil || !stack.Comparable(lead.stack, o.stack) {
			continue
		}
		if i, ok := level(lead, o); ok && i != o.look.slice {
			o.look.slice = i
			if o.look.touched {
				o.remember()
			}
			d.sliceChanged(o)
		}
	}
}

// offLevel is how far a linked tile's slice is from the level of the active one, in
// words; "" where it is as near as its slices lie.
func (d *Desk) offLevel(t *tile) string {
	lead := d.at()
	if t == lead || !t.linked || !lead.linked || t.stack == nil || lead.stack == nil || !stack.Comparable(lead.stack, t.stack) {
		return ""
	}
	a, okA := lead.slot()
	b, okB := t.slot()
	if !okA || !okB {
		return ""
	}
	off := math.Abs(b.Position - (a.Position + t.offset - lead.offset))
	if off <= max(t.stack.Spacing, lead.stack.Spacing, 1) {
		return ""
	}
	return fmt.Sprintf("%.0f mm off the level", off)
}

// identity is whose picture a tile shows, or would.
func (t *tile) identity() (dicom.Identity, *dicom.Dataset, bool) {
	in := t.shown.Slot.Instance
	if in == nil {
		sl, _ := t.slot()
		in = sl.Instance
	}
	if in == nil {
		return dicom.Identity{}, nil, false
	}
	h := in.Header
	return dicom.Identity{
		Name: h.Str(dicom.PatientName), ID: h.Str(dicom.PatientID), Birth: h.Str(dicom.PatientBirthDate), Sex: h.Str(dicom.PatientSex),
	}, h, true
}

// twoPatients says that tiles on screen are not of one patient, and in what they differ;
// "" where they are (N4).
func (d *Desk) twoPatients() string {
	var first dicom.Identity
	var what, tiles []string
	at := -1
	for i, t := range d.visible() {
		who, h, ok := t.identity()
		switch {
		case !ok:
		case at < 0:
			first, at = who, i
		default:
			if differs := first.Differs(h); len(differs) > 0 {
				what, tiles = differs, append(tiles, fmt.Sprint(i+1))
			}
		}
	}
	if len(tiles) == 0 {
		return ""
	}
	return fmt.Sprintf("TWO PATIENTS ON SCREEN: tile %s is not of tile %d's patient: %s", strings.Join(tiles, ", "), at+1, strings.Join(what, ", "))
}
