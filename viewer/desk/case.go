package desk

import (
	"fmt"
	"slices"
	"sort"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/load"
	"github.com/nocturne/nocturne/viewer/stack"
)

// series collects the objects of one series until they are stacks.
type series struct {
	study, uid string
	instances  []*stack.Instance
	stale      bool // stacks must be made anew
	stacks     []*stack.Stack
}

// Open shows another case: everything of the one before is forgotten, keys typed
// ahead are dropped (what was dictated is offered first), and all tiles are black
// until the first own pixel (N1). Marks come with the case; so does the State in
// which the reader left it, taken up when its images are here.
func (d *Desk) Open(c viewer.Case) {
	if text := d.stray.Flush(); text != "" {
		d.emit(viewer.Event{Kind: viewer.Held, Text: text})
	}
	d.see(d.opt.Now(), nil)
	d.note()
	ready, some := d.handed(c.StudyUID)
	d.clear()
	if some {
		d.opt.Load.Accept(ready)
	}
	d.c, d.open, d.blank = c, true, false
	d.remembered(c.Seen)
	d.restore = c.State
	d.takeManual(c.State)
	d.log.Load(c.Marks)
	d.last = d.lastOfCurrent()
	d.touch()
}

// Blank shows nothing until the next Open (lock). Decoded pixels are forgotten.
func (d *Desk) Blank() {
	d.keepLabel()
	d.stray.Flush()
	d.see(d.opt.Now(), nil)
	d.note()
	d.clear()
	d.c, d.open, d.blank = viewer.Case{Epoch: d.c.Epoch}, false, true
	d.dirty, d.changed = true, false
}

func (d *Desk) clear() {
	d.dropSoon()
	if d.opt.Load != nil {
		d.opt.Load.Forget()
	}
	d.objects, d.series, d.stacks = map[string]*stack.Instance{}, nil, nil
	d.viewed, d.gaze = nil, gaze{}
	d.looks, d.seen, d.differs = map[string]look{}, map[string]time.Duration{}, map[string]int{}
	d.manual, d.segsHidden, d.outlinesKept = nil, false, nil
	d.hung, d.firstSeen, d.restore, d.shown, d.wanted = false, time.Time{}, nil, false, ""
	d.unstacked = false
	d.preview = nil
	d.layout, d.active, d.oneUp, d.beside, d.mpr, d.staged = "1x1", 0, false, nil, nil, nil
	d.acted, d.grew, d.came = false, false, nil
	d.apart, d.walk, d.walks = false, nil, map[string]*walked{}
	d.photons = photons{}
	d.others = others{}
	d.tracers, d.loose = nil, nil
	d.tiles = newTiles()
	d.synced = synced{}
	d.menu, d.strip, d.thumbs = nil, nil, map[string]*pixel.Image{}
	d.pointer = pointer{x: d.pointer.x, y: d.pointer.y, inside: d.pointer.inside}
	d.pace = pace{}
	d.label, d.probe, d.chosen, d.last = nil, "", "", ""
	d.handle, d.copying, d.spine = nil, nil, spine{}
	d.forget()
	d.log.Load(nil)
	d.selectTool("")
	d.letGo()
}

// letGo ends whatever lasts while a key or button is down.
func (d *Desk) letGo() {
	d.held = map[viewer.Key]heldKey{}
	d.repeat.Stop("")
	d.pointer.grab = nil
}

// Accepts reports whether a message of an epoch is for the case on screen. One
// that is not must be dropped, and that is told in a Noticed event (N1).
func (d *Desk) Accepts(epoch uint64) bool {
	if d.open && epoch == d.c.Epoch {
		return true
	}
	d.notice("A late message for another case was dropped.")
	return false
}

// Add tells of objects that are readable now. An object told of twice is read
// once; one of another case is dropped.
func (d *Desk) Add(epoch uint64, objects []viewer.Object) {
	if !d.Accepts(epoch) {
		return
	}
	var fresh []viewer.Object
	strange := 0
	for _, o := range objects {
		switch {
		case d.study(o.StudyUID) == nil:
			strange++
		case d.objects[o.SOPUID] == nil:
			d.objects[o.SOPUID] = &stack.Instance{Object: o, Header: &dicom.Dataset{}, Failed: "being read"}
			fresh = append(fresh, o)
		}
	}
	if strange > 0 {
		d.notice(fmt.Sprintf("%d images of a study that is not in this case were dropped.", strange))
	}
	d.opt.Load.Read(d.currentFirst(fresh))
}

// currentFirst puts the study to be read before its priors.
func (d *Desk) currentFirst(objects []viewer.Object) []viewer.Object {
	sort.SliceStable(objects, func(a, b int) bool {
		return objects[a].StudyUID == d.c.StudyUID && objects[b].StudyUID != d.c.StudyUID
	})
	return objects
}

// Update replaces the site line and the expected counts.
func (d *Desk) Update(epoch uint64, site viewer.SiteLine, studies []viewer.Study) {
	if !d.Accepts(epoch) {
		return
	}
	d.c.Site = site
	d.owns()
	if len(studies) > 0 {
		d.c.Studies = studies
	}
	d.touch()
}

func (d *Desk) study(uid string) *viewer.Study {
	for i := range d.c.Studies {
		if d.c.Studies[i].UID == uid {
			return &d.c.Studies[i]
		}
	}
	return nil
}

// prior reports whether a study is not the one to be read.
func (d *Desk) prior(study string) bool { return study != d.c.StudyUID }

// arrive takes headers that were read. The stacks they belong to are made anew.
func (d *Desk) arrive(headers []load.Header) {
	if len(headers) == 0 {
		return
	}
	d.grew = true
	bad := 0
	for _, h := range headers {
		in := d.objects[h.Object.SOPUID]
		if in == nil || in.Object != h.Object {
			continue
		}
		if h.Err != nil {
			in.Failed = load.Why(h.Err)
			bad++
			continue
		}
		*in = *stack.NewInstance(h.Object, h.File)
		if c, ok := d.manual[in.Object.SeriesUID]; ok {
			in.Manual = &c
		}
		d.compare(in)
		d.file(in)
		d.takeObject(h)
		if in.Image && !d.prior(in.Object.StudyUID) && d.firstSeen.IsZero() {
			d.firstSeen = d.opt.Now()
		}
	}
	if bad > 0 {
		d.notice(fmt.Sprintf("%d objects of this case cannot be read.", bad))
	}
	if d.unstacked = d.gathering(); !d.unstacked {
		d.restack()
	}
	d.touch()
}

// gathering: more headers are on their way and the case is about to hang: what came is
// made into stacks once, not with every handful.
func (d *Desk) gathering() bool {
	return !d.hung && d.opt.Load.Reading() > 0 && (d.firstSeen.IsZero() || d.opt.Now().Sub(d.firstSeen) < gather)
}

func (d *Desk) file(in *stack.Instance) {
	for _, s := range d.series {
		if s.uid == in.Object.SeriesUID && s.study == in.Object.StudyUID {
			s.instances, s.stale = append(s.instances, in), true
			return
		}
	}
	d.series = append(d.series, &series{study: in.Object.StudyUID, uid: in.Object.SeriesUID, instances: []*stack.Instance{in}, stale: true})
}

// restack makes the stacks of series that grew and lets every tile stay with the
// slice it shows.
func (d *Desk) restack() {
	d.unstacked = false
	d.stacks = nil
	for _, s := range d.series {
		if s.stale {
			s.stacks, s.stale = stack.Of(s.study, s.uid, s.instances), false
		}
		d.stacks = append(d.stacks, s.stacks...)
	}
	stack.Tidy(d.stacks)
	for _, t := range d.tiles {
		t.follow(d.stacks)
	}
	if d.beside != nil {
		for _, t := range d.beside.tiles {
			t.follow(d.stacks)
		}
	}
	d.retrace()
	d.resource()
	d.relink()
}

// compare notes what of an instance differs from the order (N4). Accession numbers
// are compared only in the study to be read.
func (d *Desk) compare(in *stack.Instance) {
	o := d.c.Order
	who := dicom.Identity{Name: o.PatientName, ID: o.PatientID, Birth: o.BirthDate, Sex: o.Sex}
	if !d.prior(in.Object.StudyUID) {
		who.Accession = o.Accession
	}
	for _, what := range who.Differs(in.Header) {
		d.differs[what]++
	}
	if study := in.Header.Str(dicom.StudyInstanceUID); study != "" && in.Object.StudyUID != "" && study != in.Object.StudyUID {
		d.differs["study"]++
	}
}

// mismatch lists what differs, in words without values, and in how many instances.
func (d *Desk) mismatch() []string {
	var out []string
	for _, what := range []string{"patient name", "patient ID", "birth date", "sex", "accession number", "study"} {
		if n := d.differs[what]; n > 0 {
			out = append(out, fmt.Sprintf("%s (%d of %d instances)", what, n, d.readable()))
		}
	}
	return out
}

func (d *Desk) readable() int {
	n := 0
	for _, s := range d.series {
		n += len(s.instances)
	}
	return n
}

// incomplete reports whether fewer images are here than a site says there are (N8).
func (d *Desk) incomplete() bool {
	return slices.ContainsFunc(d.counts(), func(c viewer.Loaded) bool { return c.Expected > c.Have })
}

// counts are the instances readable and expected, per study (N8).
func (d *Desk) counts() []viewer.Loaded {
	have := map[string]int{}
	for _, s := range d.series {
		have[s.study] += len(s.instances)
	}
	var out []viewer.Loaded
	for _, s := range d.c.Studies {
		out = append(out, viewer.Loaded{StudyUID: s.UID, Have: have[s.UID], Expected: s.Expected})
	}
	return out
}
