package desk

import (
	"fmt"
	"image"
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/derive"
	"github.com/nocturne/nocturne/viewer/load"
	"github.com/nocturne/nocturne/viewer/overlay"
	"github.com/nocturne/nocturne/viewer/stack"
)

// strip is the contact strip at the left: a thumbnail of every display set of the
// case, of priors too. Series are never merged in it, and a thumbnail is only to
// find a series by: it is made smaller in its first window and counts as seen by
// nobody.
type strip struct {
	at    int    // of the entries that fit the words
	words string // typed to find a series: a number, or a part of its words
}

// entries are the display sets of the strip in the order of the case: the current
// study's, then each prior's, each as a series list has them.
func (d *Desk) entries() []*stack.Stack {
	var out []*stack.Stack
	for _, uid := range d.studies() {
		for _, s := range d.stacks {
			if s.Study == uid {
				out = append(out, s)
			}
		}
	}
	return out
}

// found are the entries that fit what was typed; digits name one by its number in
// the strip.
func (d *Desk) found() (out []*stack.Stack, number map[*stack.Stack]int) {
	number = map[*stack.Stack]int{}
	words := strings.ToLower(strings.TrimSpace(d.strip.words))
	_, notNumber := strconv.Atoi(words)
	for i, s := range d.entries() {
		number[s] = i + 1
		text := strings.ToLower(overlay.Join(" ", s.Modality, s.Title(), d.dateOf(s)))
		if words == "" || notNumber == nil || strings.Contains(text, words) {
			out = append(out, s)
		}
	}
	return out, number
}

func (d *Desk) dateOf(s *stack.Stack) string {
	if st := d.study(s.Study); st != nil {
		return overlay.Day(st.Date)
	}
	return ""
}

// toggleStrip opens the contact strip at the active tile's series, or closes it.
func (d *Desk) toggleStrip() {
	d.touch()
	if d.strip != nil {
		d.strip = nil
		return
	}
	all := d.entries()
	if len(all) == 0 {
		d.notice("No series is here yet.")
		return
	}
	d.strip = &strip{}
	for i, s := range all {
		if t := d.at(); t.stack != nil && t.stack.Root() == s {
			d.strip.at = i
		}
	}
}

// stripKey takes a key while the strip is open; false where it means what it
// always means.
func (d *Desk) stripKey(k viewer.Key) bool {
	s := d.strip
	if s == nil {
		return false
	}
	found, _ := d.found()
	switch {
	case k == "esc" || k == "/":
		d.toggleStrip()
	case k == "enter":
		d.takeEntry()
	case k == "backspace":
		if r := []rune(s.words); len(r) > 0 {
			d.findEntry(string(r[:len(r)-1]))
		}
	case k == "down" || k == "right":
		s.at++
	case k == "up" || k == "left":
		s.at--
	case k == "home":
		s.at = 0
	case k == "end":
		s.at = len(found) - 1
	case k == "space":
		d.findEntry(s.words + " ")
	case k.Typing() && k != "?" && k != ":":
		d.findEntry(s.words + string(k))
	default:
		return false
	}
	s.at = max(0, min(s.at, len(found)-1))
	d.touch()
	return true
}

// findEntry takes what is typed to find a series by.
func (d *Desk) findEntry(words string) {
	if len(words) > maxLabel {
		return
	}
	d.strip.words = words
	found, number := d.found()
	if n, err := strconv.Atoi(strings.TrimSpace(words)); err == nil {
		for i, s := range found {
			if number[s] == n {
				d.strip.at = i
			}
		}
		return
	}
	d.strip.at = max(0, min(d.strip.at, len(found)-1))
}

// takeEntry puts the chosen display set into the active tile and closes the strip.
func (d *Desk) takeEntry() {
	found, _ := d.found()
	if d.strip.at >= len(found) {
		d.notice("No series is called so; Esc closes the strip.")
		return
	}
	s := found[d.strip.at]
	d.strip = nil
	if d.mpr != nil {
		d.endMPR()
	}
	d.hang(d.at(), s)
	d.touch()
}

// stripArea is where the strip is; empty while it is closed.
func (d *Desk) stripArea() image.Rectangle {
	if d.strip == nil {
		return image.Rectangle{}
	}
	return image.Rect(0, d.style().HeaderHeight(d.h), d.style().StripWidth(d.w), d.h)
}

// stripCells lays the strip out, so that the chosen entry is on screen.
func (d *Desk) stripCells() (cells []overlay.Cell, stacks []*stack.Stack) {
	found, number := d.found()
	st, area := d.style(), d.stripArea()
	row, top := st.StripRow(), area.Min.Y+st.StripHead()
	fit := max(1, (area.Max.Y-top)/row)
	from := max(0, min(d.strip.at-fit/2, len(found)-fit))
	for i := from; i < len(found) && i < from+fit; i++ {
		s := found[i]
		r := image.Rect(area.Min.X, top, area.Max.X-1, top+row-2)
		c := overlay.Cell{
			Rect: r, Thumb: image.Rect(r.Min.X+6, r.Min.Y+3, r.Min.X+6+row-8, r.Max.Y-3), Number: strconv.Itoa(number[s]),
			Selected: i == d.strip.at, Words: entryWords(s), Waiting: d.thumbs[s.MiddleKey()] == nil,
		}
		if d.prior(s.Study) {
			c.Prior = "PRIOR " + d.dateOf(s)
		}
		cells, stacks = append(cells, c), append(stacks, s)
		top += row
	}
	return cells, stacks
}

// entryWords are what is written beside a thumbnail.
func entryWords(s *stack.Stack) []string {
	count := "1 image"
	switch n := len(s.Slots); {
	case n > 1 && s.First.Frames > 1:
		count = fmt.Sprintf("%d frames", n)
	case n > 1:
		count = fmt.Sprintf("%d images", n)
	}
	kind := s.Modality
	if s.Localiser {
		kind = overlay.Join(" ", kind, "localiser")
	}
	name := "no description"
	if words := overlay.Join(": ", numbered(s.Number), s.Description); words != "" {
		name = words
	}
	return []string{name, overlay.Join(" · ", dicom.Clean(kind), count)}
}

func numbered(n int) string {
	if n == 0 {
		return ""
	}
	return "Se " + strconv.Itoa(n)
}

// stripLacks are the frames of which thumbnails on screen are still to be made.
func (d *Desk) stripLacks() (frames []load.Frame) {
	if d.strip == nil {
		return nil
	}
	_, stacks := d.stripCells()
	for _, s := range stacks {
		sl, ok := s.Middle()
		if f, real := sl.Wanted(); ok && real && d.thumbs[f.Key()] == nil {
			frames = append(frames, f)
		}
	}
	return frames
}

// thumbnails makes the thumbnails whose frames have come; it reports whether any
// did. A frame that cannot be decoded has none.
func (d *Desk) thumbnails() (changed bool) {
	for _, f := range d.stripLacks() {
		if im, _ := d.opt.Load.Image(f); im != nil {
			d.thumbs[f.Key()] = derive.Thumbnail(im, d.style().StripRow()-8)
			changed = true
		}
	}
	return changed
}

// stripScene adds the strip to a Scene.
func (d *Desk) stripScene(s *Scene) {
	if d.strip == nil {
		return
	}
	cells, stacks := d.stripCells()
	for i, c := range cells {
		key := stacks[i].MiddleKey()
		if im := d.thumbs[key]; im != nil {
			at := pixel.Affine{float64(c.Thumb.Dx()) / float64(im.Cols), 0, 0, 0, float64(c.Thumb.Dy()) / float64(im.Rows), 0}
			s.Tiles = append(s.Tiles, TileScene{Rect: c.Thumb, Image: im, Key: key + "#thumbnail", Place: at, How: pixel.Bilinear})
		}
	}
	heading := "Series: thumbnails, only to find one by"
	if d.strip.words != "" {
		heading = "Find: " + d.strip.words
	}
	s.Over.Append(d.style().Strip(d.stripArea(), heading, "↑ ↓, a number or words · Enter into the tile · Esc", cells))
}

// stripMouse takes the pointer over the strip: a click puts the series under it
// into the active tile.
func (d *Desk) stripMouse(kind MouseKind, b Button, x, y float64) bool {
	p := image.Pt(int(x), int(y))
	if d.strip == nil || d.pointer.grab != nil || !p.In(d.stripArea()) {
		return false
	}
	if kind != MouseDown || b != LeftButton {
		return true
	}
	cells, stacks := d.stripCells()
	found, _ := d.found()
	for i, c := range cells {
		if !p.In(c.Rect) {
			continue
		}
		for k, s := range found {
			if s == stacks[i] {
				d.strip.at = k
			}
		}
		d.takeEntry()
		break
	}
	return true
}

// stripWheel goes through the strip.
func (d *Desk) stripWheel(x, y float64, notches int) bool {
	if d.strip == nil || !image.Pt(int(x), int(y)).In(d.stripArea()) {
		return false
	}
	found, _ := d.found()
	d.strip.at = max(0, min(d.strip.at+notches, len(found)-1))
	d.touch()
	return true
}
