package desk

import (
	"fmt"
	"math"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/viewer/overlay"
	"github.com/nocturne/nocturne/viewer/picture"
	"github.com/nocturne/nocturne/viewer/stack"
)

// words is all that is written on a tile. What describes pixels is of the picture
// on screen, never of the one that is still being decoded.
func (d *Desk) words(i int, t *tile) overlay.Tile {
	w := overlay.Tile{
		Rect: t.rect, Active: i == d.active, Many: len(d.visible()) > 1, Cine: t.cineWords(),
	}
	d.studyWords(&w, t)
	if t.stack != nil {
		w.Slice, w.Slices = t.look.slice+1, len(t.stack.Slots)
		w.Series = t.stack.Title()
		w.Level = t.level()
	}
	if t.linked {
		w.Linked = linkWords(t)
	}
	p := t.shown
	if p.Image == nil {
		w.Reason = d.reason(t)
		return w
	}
	w.Slice = p.Index + 1
	w.Time = t.timeWords(p)
	d.imageWords(&w, t, p)
	w.Level = overlay.Join(" · ", w.Level, d.walkedWords(t))
	return w
}

// comparing reports whether a prior is on screen.
func (d *Desk) comparing() bool {
	for _, t := range d.visible() {
		if t.stack != nil && d.prior(t.stack.Study) {
			return true
		}
	}
	return false
}

func (d *Desk) studyWords(w *overlay.Tile, t *tile) {
	st := d.studyOf(t)
	if st == nil {
		return
	}
	w.Study = overlay.Join(" · ", st.Modality, overlay.Day(st.Date), dicom.Clean(st.Description))
	if d.prior(st.UID) {
		current := ""
		if c := d.study(d.c.StudyUID); c != nil {
			current = c.Date
		}
		w.Prior = overlay.Join(" · ", overlay.Age(st.Date, current), overlay.Day(st.Date))
	} else if d.comparing() {
		w.Current = overlay.Join(" · ", "CURRENT", overlay.Day(st.Date))
	}
	for _, c := range d.counts() {
		if c.StudyUID == st.UID && c.Expected > c.Have {
			w.Short = fmt.Sprintf("%d/%d here", c.Have, c.Expected)
		}
	}
}

func linkWords(t *tile) string {
	if t.offset == 0 {
		return "linked"
	}
	return fmt.Sprintf("linked %+.1f mm", t.offset)
}

// level is the position of the slice along the patient's axis that the stack
// mostly follows, in the words of LPS turned to what is read: head is plus, the
// other axes have their letter.
func (t *tile) level() string {
	sl, ok := t.slot()
	if !ok || !t.stack.Spatial {
		return ""
	}
	const mostly = 0.9
	for axis, letters := range [2][2]string{{"L", "R"}, {"P", "A"}} {
		if t.stack.Along[axis] < mostly {
			continue
		}
		letter := letters[0]
		if sl.Position < 0 {
			letter = letters[1]
		}
		return fmt.Sprintf("%s %.1f mm", letter, math.Abs(sl.Position))
	}
	pos := math.Round(-10*sl.Position)/10 + 0 // the stack goes down: to the feet, left or back
	return strings.Replace(fmt.Sprintf("%+.1f mm", pos), "-", "−", 1)
}

func (d *Desk) imageWords(w *overlay.Tile, t *tile, p picture.Picture) {
	in, frame, v := p.Slot.Instance, p.Slot.Frame, t.look.view
	h := in.Header
	w.Patient = overlay.Join(" · ", dicom.ParsePN(h.Str(dicom.PatientName)).Display(), dicom.Clean(h.Str(dicom.PatientID)))
	w.Technique, w.Lossy = overlay.Join(" · ", in.Technique(frame), in.UptakeWords()), lossyWords(p.Image)
	if p.Preview() {
		w.Made = "preview, still reading"
	} else if p.Made != "" {
		w.Made = p.Made
	} else if in.Made != nil {
		w.Made = overlay.Join(", ", in.Made.Name(), in.Made.Words())
	}
	w.Made = overlay.Join(" · ", w.Made, d.layerWords(p.Image))
	made, over, warn := d.overWords(t)
	w.Made, w.Warn = overlay.Join(", ", w.Made, made), warn
	w.Position = overlay.Join(" · ", space.Position(h), t.stack.Root().Lie.Words(), d.offLevel(t))
	if e, ok := space.Orientation(h, frame); ok {
		w.Edges = e.Shown(v.FlipH, v.Turn)
	} else {
		w.Unoriented = true
	}
	w.Badge = overlay.Join(", ", d.enhancedWord(t), overlay.Badge(v.FlipH, v.Turn, t.look.invert))
	w.Side = in.Side(frame)
	w.Conflict = d.sideConflict(in, frame)
	w.Window = overlay.Join(" · ", t.look.window.Words(p.Image), over)
	scale := v.Scale(&p.Geometry, t.rect)
	w.Zoom = overlay.Join(" ", fmt.Sprintf("zoom %.2f×", scale/d.scale), d.samplingWord(t))
	if p.Geometry.MM > 0 {
		w.MM = p.Geometry.MM / scale
	}
	if t.stack.Modality == "MG" && !d.prior(t.stack.Study) {
		w.Warn = overlay.Join(" · ", w.Warn, d.notForMammography())
	}
	if plane, ok := in.Plane(frame); ok {
		if side, mm, ok := plane.Side(0); ok {
			w.Midline = fmt.Sprintf("%s %.0f mm", side, mm)
			if side == "" {
				w.Midline = "midline"
			}
		}
	}
	d.objectWords(w, t)
}

// lossyWords say that and how the pixels were lossily compressed (N21).
func lossyWords(im *pixel.Image) string {
	if !im.Lossy {
		return ""
	}
	return overlay.Join(" ", "lossy", im.Compression)
}

// sideConflict shows a laterality that disagrees: of image and series, or with the
// order (N5).
func (d *Desk) sideConflict(in *stack.Instance, frame int) string {
	image, series := in.Header.Str(dicom.ImageLaterality), in.Header.Str(dicom.Laterality)
	switch side := in.Side(frame); {
	case image != "" && series != "" && image != series:
		return "LATERALITY: image " + dicom.Clean(image) + ", series " + dicom.Clean(series)
	case side != "" && side != "B" && d.c.Order.Laterality != "" && side != d.c.Order.Laterality && !d.prior(in.Object.StudyUID):
		return "LATERALITY: image " + dicom.Clean(side) + ", order " + dicom.Clean(d.c.Order.Laterality)
	}
	return ""
}
