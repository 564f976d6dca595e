package desk

import (
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/hang"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// head is a case with a brain and a bone kernel, and a prior.
func (r *reader) openHead(with ...string) (brain, bone, prior vt.Series) {
	r.Helper()
	kernel := func(k string) func(d *dicom.Dataset, _ int) {
		return func(d *dicom.Dataset, _ int) { d.SetStr(dicom.ConvolutionKernel, k) }
	}
	brain = vt.Series{UID: "1.2.3.2", Number: 2, Slices: 10, Description: "Brain", Edit: kernel("H30s")}
	bone = vt.Series{UID: "1.2.3.3", Number: 3, Slices: 10, Description: "Bone", Edit: kernel("H60s")}
	prior = vt.Series{StudyUID: "9.8", UID: "9.8.2", Number: 2, Slices: 10, Date: "20250301", Description: "Brain", Edit: kernel("H30s")}
	c := vt.Case(1, study("1.2.3", "20260301", false), study("9.8", "20250301", true))
	c.Order.Exam, c.Studies[0].Description = "CT head without contrast", "CT head"
	r.d.Open(c)
	all := map[string]vt.Series{"brain": brain, "bone": bone, "prior": prior}
	for _, name := range with {
		r.d.Add(1, all[name].Write(r, r.TempDir()))
	}
	r.wait(50 * time.Millisecond)
	r.wait(gather)
	return brain, bone, prior
}

func TestAHeadHangsBrainBesideBoneAndItsStagesFollow(t *testing.T) {
	r := newReader(t)
	r.openHead("bone", "brain", "prior")
	a, b := r.tile(0), r.tile(1)
	if r.d.State().Layout != "1x2" || a.SeriesUID != "1.2.3.2" || a.Width != 80 || a.Preset != "brain" || b.SeriesUID != "1.2.3.3" || b.Width != 2000 {
		t.Fatalf("%s: %+v, %+v", r.d.State().Layout, a, b)
	}
	r.press("j", "j", "j")
	if r.tile(0).Slice != 3 || r.tile(1).Slice != 3 {
		t.Errorf("linked at %d and %d", r.tile(0).Slice, r.tile(1).Slice)
	}
	for _, want := range []struct {
		series, said string
		width        float64
		layout       string
	}{
		{"1.2.3.2", "CT head: subdural (stage 2 of 5)", 200, "1x1"},
		{"1.2.3.2", "CT head: stroke (stage 3 of 5)", 40, "1x1"},
		{"1.2.3.3", "CT head: bone (stage 4 of 5)", 2000, "1x1"},
		{"1.2.3.2", "CT head: prior (stage 5 of 5)", 80, "1x2"},
		{"1.2.3.2", "CT head: brain | bone (stage 1 of 5)", 80, "1x2"},
	} {
		r.press(".")
		got := r.tile(0)
		if got.SeriesUID != want.series || got.Width != want.width || got.Slice != 3 || r.d.State().Layout != want.layout || r.last(viewer.Noticed).Text != want.said {
			t.Errorf("%q: %+v in %s", r.last(viewer.Noticed).Text, got, r.d.State().Layout)
		}
		if want.said == "CT head: prior (stage 5 of 5)" && (r.tile(1).StudyUID != "9.8" || r.tile(1).Slice != 3) {
			t.Errorf("the prior: %+v", r.tile(1))
		}
	}
	if r.press(","); !strings.Contains(r.last(viewer.Noticed).Text, "stage 5") {
		t.Errorf("back: %q", r.last(viewer.Noticed).Text)
	}
	r.d.Do(viewer.HangExplain)
	if got := r.last(viewer.Noticed).Text; got != "CT head: modality CT, “head”; stage 5 of 5, prior" {
		t.Errorf("explained as %q", got)
	}
}

// A series that comes later takes the place that waits for it; what is on screen
// stays (N3).
func TestALateSeriesTakesItsSeat(t *testing.T) {
	r := newReader(t)
	_, bone, _ := r.openHead("brain")
	if r.tile(0).SeriesUID != "1.2.3.2" || r.tile(1).SeriesUID != "" || !hasText(r.d.Scene(), "no such series") {
		t.Fatalf("%+v, %+v", r.tile(0), r.tile(1))
	}
	c := r.d.c.Studies[0]
	c.Expected = 1000
	if r.d.Update(1, viewer.SiteLine{}, []viewer.Study{c}); hasText(r.d.Scene(), "no such series") || !hasText(r.d.Scene(), "not here yet") {
		t.Error("a series that may still come is said not to be")
	}
	r.press("j", "j")
	r.d.Add(1, bone.Write(t, t.TempDir()))
	r.wait(100 * time.Millisecond)
	if a, b := r.tile(0), r.tile(1); a.Slice != 2 || b.SeriesUID != "1.2.3.3" || b.Slice != 2 || b.Width != 2000 {
		t.Errorf("%+v, %+v", a, b)
	}
}

func TestACaseWithoutAProtocolSaysSo(t *testing.T) {
	r := newReader(t)
	c := vt.Case(1, viewer.Study{UID: "1.2.3", Date: "20260301", Modality: "CT", Description: "CT wrist"})
	c.Order.Exam = "CT wrist"
	r.open(c, vt.Series{}.Write(t, t.TempDir()))
	r.press(".")
	if got := r.last(viewer.Noticed).Text; got != "No hanging protocol is for this case." || r.d.State().Layout != "1x1" {
		t.Errorf("%q in %s", got, r.d.State().Layout)
	}
}

// The reader's own protocol comes before ours.
func TestTheReadersOwnProtocolWins(t *testing.T) {
	r := newReader(t)
	at, _ := hang.Choose(r.d.opt.Protocols, hang.Facts{Modality: "CT", Words: []string{"head"}})
	own := r.d.opt.Protocols[at]
	own.Name, own.Match.Modality, own.Match.Words, own.Match.Without = "mine", []string{"CT"}, nil, nil
	own.Stages = own.Stages[3:4] // bone
	r.d.opt.Protocols = append(r.d.opt.Protocols[:0:0], append([]hang.Protocol{own}, r.d.opt.Protocols...)...)
	r.openHead("brain", "bone")
	if got := r.tile(0); got.SeriesUID != "1.2.3.3" || got.Width != 2000 || r.d.staged.protocol.Name != "mine" {
		t.Errorf("%+v", got)
	}
}
