package desk

import (
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/hang"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// A layout is kept by one key: the next head opens so, its other stages follow; and
// forgetting brings back what was before.
func TestAKeptLayoutHangsTheNextCaseOfTheKind(t *testing.T) {
	r := newReader(t)
	r.openHead("bone", "brain", "prior")
	r.d.Do(viewer.GridSet(1, 3))
	r.press("tab", "1") // bone in the soft tissue window
	before := r.shown()
	r.press("#")
	e := r.last(viewer.Kept)
	p, err := hang.Parse([]byte(e.Text))
	if err != nil || e.Action != viewer.HangKeep || p.Name != "Own: CT head" || len(p.Stages) != 6 || p.Stages[0].Layout != "1x3" {
		t.Fatalf("%v %+v", err, p)
	}
	if strings.Contains(e.Text, "PHANTOM") || strings.Contains(e.Text, "1.2.3") {
		t.Errorf("the patient is in the protocol:\n%s", e.Text)
	}
	r.d.opt.Load.Forget()
	r.openHead("bone", "brain", "prior")
	if r.shown() != before || r.tile(1).Width != 400 || !r.tile(0).Linked {
		t.Errorf("the next head: %s, not %s; %+v", r.shown(), before, r.tile(1))
	}
	if r.press("."); r.last(viewer.Noticed).Text != "Own: CT head: brain | bone (stage 2 of 6)" {
		t.Errorf("its next stage: %q", r.last(viewer.Noticed).Text)
	}
	r.d.Do(viewer.HangForget)
	if e := r.last(viewer.Kept); e.Action != viewer.HangForget || e.Text != "Own: CT head" || r.d.State().Layout != "1x2" || r.tile(1).Width != 2000 {
		t.Errorf("forgotten: %+v, %s", e, r.shown())
	}
	r.d.Do(viewer.HangForget)
	if got := r.last(viewer.Noticed).Text; got != "No kept layout is in effect here; # keeps the one on screen." {
		t.Errorf("forgotten twice: %q", got)
	}
}

// A comparison, reformats and a sheet are kept as what they are.
func TestComparisonReformatAndSheetAreKept(t *testing.T) {
	r := newReader(t)
	r.openHead("bone", "brain", "prior")
	r.press("p")
	r.press("#")
	p, err := hang.Parse([]byte(r.last(viewer.Kept).Text))
	if err != nil || p.Stages[0].Layout != "1x2" || p.Stages[0].Tiles[1].Study != "prior" || p.Stages[0].Tiles[1].Kernel != "soft" {
		t.Errorf("comparison: %v %+v", err, p.Stages[0])
	}
	r.press("p", "m", "M")
	r.wait(200 * time.Millisecond)
	r.press("#")
	p, err = hang.Parse([]byte(r.last(viewer.Kept).Text))
	if err != nil || p.Stages[0].Reformat == nil || p.Stages[0].Reformat.Mode != "MIP" || len(p.Stages[0].Tiles) != 1 {
		t.Errorf("reformat: %v %+v", err, p.Stages[0])
	}
	us := newReader(t)
	us.openAs("US", "Ultrasound", false, still(1, 5))
	us.d.Do(viewer.GridSet(1, 3))
	us.press("#")
	p, err = hang.Parse([]byte(us.last(viewer.Kept).Text))
	if err != nil || !p.Stages[0].Sheet || p.Stages[0].Layout != "1x3" {
		t.Errorf("sheet: %v %+v", err, p.Stages[0])
	}
	none := newReader(t)
	none.d.Open(vt.Case(1, current()))
	none.press("#")
	if got := none.last(viewer.Noticed).Text; got != "There is no layout to keep: nothing hangs." {
		t.Errorf("kept nothing: %q", got)
	}
}
