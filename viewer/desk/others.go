package desk

import (
	"fmt"
	"image"
	"slices"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/ko"
	"github.com/nocturne/nocturne/cache/dicom/pr"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/evidence"
	"github.com/nocturne/nocturne/viewer/load"
	"github.com/nocturne/nocturne/viewer/overlay"
	"github.com/nocturne/nocturne/viewer/picture"
)

// others is what the objects of a case that are no images say of its images:
// measurements, presentation states, key objects. None of it is the reader's: it is
// not edited, not counted and not kept (N6).
type others struct {
	reports []foreignReport
	states  []*pr.State
	about   map[string][]*pr.State // by SOP Instance UID of the image
	keys    []ko.Selection
	hidden  bool // measurements are not drawn
	told    bool

	marks   map[string][]foreign // by SOP Instance UID; of reformats under ""
	count   int
	nowhere int    // measurements without a place among the images: of segmentations
	made    [2]int // of how many reports and instances marks were made
	visited viewer.Seen
	jumped  bool // to visited
}

// foreignReport is a report as it was read, and who wrote it.
type foreignReport struct {
	groups []sr.Group
	source string
	prior  bool
}

// foreign is a mark of another's report.
type foreign struct {
	viewer.Mark
	source string
}

// takeObject reads an object that is no image. What cannot be understood is passed over: the
// images are worth more.
func (d *Desk) takeObject(h load.Header) {
	data := h.File.Dataset
	switch data.Str(dicom.Modality) {
	case "SR":
		m, err := sr.ReadMeasurements(data)
		if err == nil && len(m.Groups) > 0 {
			d.others.reports = append(d.others.reports, foreignReport{m.Groups, sourceWords(m), d.prior(h.Object.StudyUID)})
		}
	case "PR":
		if s, err := pr.Read(data); err == nil {
			d.others.add(&s)
		}
	case "KO":
		if s, err := ko.Read(data); err == nil {
			d.others.keys = append(d.others.keys, s)
		}
	}
}

// add files a state under each image that it is about.
func (o *others) add(s *pr.State) {
	o.states = append(o.states, s)
	if o.about == nil {
		o.about = map[string][]*pr.State{}
	}
	for _, im := range s.Images {
		sop := string(im.Instance)
		if a := o.about[sop]; len(a) == 0 || a[len(a)-1] != s {
			o.about[sop] = append(a, s)
		}
	}
}

// sourceWords name who measured, and when: "Maker, READER, 2025-11-20".
func sourceWords(m sr.Measurements) string {
	who := dicom.ParsePN(m.Observer.Name).Display()
	when := ""
	if !m.Content.IsZero() {
		when = m.Content.Format("2006-01-02")
	}
	words := overlay.Join(", ", dicom.Clean(m.Maker), dicom.Clean(who), when)
	if words == "" {
		return "another report"
	}
	return words
}

// offer says once, when the case hangs, what came with it.
func (d *Desk) offer() {
	o := &d.others
	if o.told || !d.hung || d.opt.Load.Reading() > 0 {
		return
	}
	o.told = true
	d.remark()
	var words []string
	add := func(n int, what, key string) {
		if n > 0 {
			words = append(words, plural(n, what)+" (:"+key+")")
		}
	}
	add(o.count, "measurement of others", "others")
	if o.nowhere > 0 {
		words = append(words, plural(o.nowhere, "measurement")+" without a place on them (its report has the words)")
	}
	add(len(o.states), "presentation state", "pr")
	add(len(d.keyFrames()), "key image", "ko")
	if len(words) > 0 {
		d.notice("With the images came " + overlay.Join(", ", words...) + ".")
	}
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	if head, tail, ok := strings.Cut(what, " of "); ok {
		return fmt.Sprintf("%d %ss of %s", n, head, tail)
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// remark makes the marks of reports anew when there are more reports, or more images
// to find the patient's coordinates on. What the reader's own marks say already, by
// its Tracking UID, is not said twice.
func (d *Desk) remark() {
	o := &d.others
	now := [2]int{len(o.reports), d.readable()}
	if o.made == now {
		return
	}
	o.made, o.marks, o.count, o.nowhere = now, map[string][]foreign{}, 0, 0
	if len(o.reports) == 0 {
		return
	}
	images := evidence.Images{}
	for sop, in := range d.objects {
		if in.Image && in.Failed == "" {
			images[sop] = in.Header
		}
	}
	for _, r := range o.reports {
		marks, left := evidence.Marks(r.groups, images)
		o.nowhere += left
		for _, m := range marks {
			if _, own := d.log.Find(m.ID); own {
				continue
			}
			m.Prior = r.prior || m.Prior
			at := m.SOPUID
			if m.Plane != nil {
				at = ""
			}
			o.marks[at] = append(o.marks[at], foreign{m, r.source})
			o.count++
		}
	}
}

// foreignShapes are the measurements of others on a tile's picture.
func (d *Desk) foreignShapes(t *tile, clip image.Rectangle) []overlay.Shape {
	d.remark()
	o := &d.others
	if o.hidden || o.count == 0 {
		return nil
	}
	at := t.shown.Slot.SOP()
	if t.shown.Slot.Instance.Made != nil {
		at = ""
	}
	var out []overlay.Shape
	for _, f := range o.marks[at] {
		m, here := t.shown.Lies(f.Mark)
		if !here {
			continue
		}
		s := t.shape(m, clip, false)
		s.Words, s.Draft = overlay.Foreign(m, f.source), len(s.Points) == 1 && m.Kind == viewer.Text
		if !m.Prior {
			s.Ink = overlay.Cyan
		}
		out = append(out, s)
	}
	return out
}

// toggleOthers hides the measurements of others, and shows them again.
func (d *Desk) toggleOthers() {
	d.remark()
	o := &d.others
	if o.count == 0 {
		d.notice("No measurement of another maker came with these images.")
		return
	}
	o.hidden = !o.hidden
	if o.hidden {
		d.notice(plural(o.count, "measurement of others") + " hidden; :others shows them.")
	}
	d.touch()
}

// keyFrames are the key images of the case's selections and the reader's own, in their
// order, each once; those that are not here are left out.
func (d *Desk) keyFrames() []keyFrame {
	var out []keyFrame
	had := map[viewer.Seen]bool{}
	add := func(k keyFrame) {
		if in := d.objects[k.SOPUID]; in == nil || !in.Image || had[k.Seen] {
			return
		}
		had[k.Seen] = true
		out = append(out, k)
	}
	for _, s := range d.others.keys {
		words := keyListWords(s)
		for _, im := range s.Images {
			frames := im.Frames
			if len(frames) == 0 {
				frames = []int{1}
			}
			for _, f := range frames {
				add(keyFrame{viewer.Seen{SOPUID: string(im.Instance), Frame: f - 1}, words})
			}
		}
	}
	for _, m := range d.log.Marks() {
		if m.Kind == viewer.KeyImageMark {
			add(keyFrame{viewer.Seen{SOPUID: m.SOPUID, Frame: m.Frame}, overlay.Join(", ", "yours", dicom.Clean(m.Label))})
		}
	}
	return out
}

func keyListWords(s ko.Selection) string {
	return overlay.Join(", ", dicom.Clean(s.Title.Meaning), dicom.Clean(strings.ReplaceAll(s.Description, "\n", ", ")), s.Maker)
}

// keyFrame is a key image and whose it is.
type keyFrame struct {
	viewer.Seen
	words string
}

// nextKey goes to the next key image.
func (d *Desk) nextKey() {
	all := d.keyFrames()
	if len(all) == 0 {
		d.notice("There is no key image here; g makes this one.")
		return
	}
	o := &d.others
	at := -1
	if o.jumped {
		at = slices.IndexFunc(all, func(k keyFrame) bool { return k.Seen == o.visited })
	}
	for n := 1; n <= len(all); n++ {
		i := (at + n) % len(all)
		if d.goToMark(viewer.Mark{SOPUID: all[i].SOPUID, Frame: all[i].Frame}) {
			o.visited, o.jumped = all[i].Seen, true
			d.notice(fmt.Sprintf("Key image %d of %d: %s.", i+1, len(all), all[i].words))
			return
		}
	}
}

// keyWords is on the tile of a key image.
func (d *Desk) keyWords(p picture.Picture) string {
	if p.Slot.Instance.Made != nil {
		return ""
	}
	sop, frame := p.Slot.SOP(), p.Slot.Frame
	for _, m := range d.log.Marks() {
		if m.Kind == viewer.KeyImageMark && m.SOPUID == sop && m.Frame == frame {
			return "key image (" + overlay.Join(", ", "yours", dicom.Clean(m.Label)) + ")"
		}
	}
	for _, s := range d.others.keys {
		for _, im := range s.Images {
			if string(im.Instance) == sop && (slices.Contains(im.Frames, frame+1) || len(im.Frames) == 0 && frame == 0) {
				return "key image (" + keyListWords(s) + ")"
			}
		}
	}
	return ""
}

// objectWords say on the tile what of the case's objects is about its picture.
func (d *Desk) objectWords(w *overlay.Tile, t *tile) {
	made, window, warn := d.underWords(t)
	w.Made = overlay.Join(" · ", w.Made, made, d.keyWords(t.shown))
	if window != "" {
		w.Window = window
	}
	w.Warn = overlay.Join(" · ", w.Warn, warn)
}

// objecting are the actions on what came with the images, and on key images.
func objecting() map[viewer.Action]func(*Desk) {
	return map[viewer.Action]func(*Desk){
		viewer.StateNext:    (*Desk).nextState,
		viewer.KeyNext:      (*Desk).nextKey,
		viewer.OthersToggle: (*Desk).toggleOthers,
		viewer.KeyImage:     (*Desk).toggleKey,
	}
}

// toggleKey makes the image that the active tile is at a key image of the reader's, or
// no longer.
func (d *Desk) toggleKey() {
	t := d.at()
	sl, ok := t.slot()
	switch {
	case d.c.ReadOnly != "":
		d.notice("Nothing can be changed: " + d.c.ReadOnly)
		return
	case !ok || sl.Instance == nil:
		d.notice("There is no image here to be key.")
		return
	case sl.Instance.Made != nil:
		d.notice("A reformat is no image of the study: a slice of it can be key.")
		return
	}
	for _, m := range d.log.Marks() {
		if m.Kind == viewer.KeyImageMark && m.SOPUID == sl.SOP() && m.Frame == sl.Frame {
			d.log.Delete(m.ID)
			d.gone(m.ID)
			d.notice("No longer a key image.")
			return
		}
	}
	m := viewer.Mark{ID: d.opt.NewID(), Kind: viewer.KeyImageMark, SOPUID: sl.SOP(), Frame: sl.Frame, Slice: t.look.slice + 1, Changed: d.opt.Now()}
	if w := t.state(); w.Width > 0 { // a link to it from the report opens it so
		m.Values = []viewer.Value{{Name: "window width", Number: w.Width}, {Name: "window center", Number: w.Center}}
	}
	d.markOf(&m, t.stack)
	d.log.Add(m)
	d.edited(m)
}
