package fetch

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/store"
)

func sops(entries []store.Entry) (out []dicom.UID) {
	for _, e := range entries {
		out = append(out, e.SOP)
	}
	return out
}

func TestTheFirstImageOfEverySeriesIsToldInOrder(t *testing.T) {
	queue := []instance{{series: "1", sop: "1.5"}, {series: "2", sop: "2.5"}, {series: "3", sop: "3.5"}, {series: "1", sop: "1.6"}, {series: "2", sop: "2.6"}}
	o := order{middles: firstOfEach(queue)}
	var told []dicom.UID
	for _, sop := range []dicom.UID{"3.5", "1.6", "1.5", "2.5", "2.6"} {
		told = append(told, sops(o.came(store.Entry{SOP: sop}))...)
	}
	if want := []dicom.UID{"1.5", "2.5", "3.5", "1.6", "2.6"}; !slices.Equal(told, want) {
		t.Errorf("told %v, want %v", told, want)
	}
}

func TestAFailedImageHoldsNothingBack(t *testing.T) {
	o := order{middles: []dicom.UID{"1.5", "2.5"}}
	if got := sops(o.came(store.Entry{SOP: "2.5"})); got != nil {
		t.Fatalf("told %v before the first", got)
	}
	if got := sops(o.without("1.5")); !slices.Equal(got, []dicom.UID{"2.5"}) {
		t.Errorf("after the failure: %v", got)
	}
	o = order{middles: []dicom.UID{"1.5"}, early: []store.Entry{{SOP: "2.5"}}}
	if got := sops(o.flush()); !slices.Equal(got, []dicom.UID{"2.5"}) {
		t.Errorf("at the end: %v", got)
	}
}

// stackOf is a series of n listed instances.
func stackOf(series dicom.UID, n int) *seriesList {
	s := &seriesList{number: 1, expected: n}
	for i := range n {
		s.all = append(s.all, instance{series: series, sop: dicom.UID(fmt.Sprintf("%s.%d", series, i+1)), number: i + 1})
	}
	return s
}

func TestWhatIsNearestToTheEyeComesFirst(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		a, b := stackOf("1", 3+r.IntN(60)), stackOf("2", 3+r.IntN(20))
		series := map[dicom.UID]*seriesList{"1": a, "2": b}
		queue := viewingOrder(slices.Concat(a.all, b.all))
		was := slices.Clone(queue)
		var l look
		n := len(a.all)
		from, to := r.IntN(n), r.IntN(n)
		l.move(Spot{Series: "1", SOP: a.all[from].sop, Slice: from, Slices: n}, series)
		l.move(Spot{Series: "1", SOP: a.all[to].sop, Slice: to, Slices: n}, series)
		got := l.sort(queue, series)
		if got[0].sop != a.all[to].sop {
			t.Fatalf("not the slice on screen but %s comes first", got[0].sop)
		}
		checkOutward(t, got[:n], to, cmp.Compare(to, from))
		rest := slices.DeleteFunc(was, func(in instance) bool { return in.series == "1" })
		if !slices.Equal(got[n:], rest) {
			t.Fatal("the order of the other series changed")
		}
	}
}

// checkOutward holds an order against its definition: on each side nearer comes
// before farther, and of the same distance what is ahead comes first; two ahead for
// one behind.
func checkOutward(t *testing.T, got []instance, at, direction int) {
	t.Helper()
	ahead, behind := 0, 0
	for k, in := range got[1:] {
		d := in.number - 1 - at
		if direction < 0 {
			d = -d
		}
		switch {
		case d > 0 && d != ahead+1, d < 0 && d != behind-1, d == 0:
			t.Fatalf("place %d is at distance %d after %d and %d", k, d, ahead, behind)
		case d > 0:
			ahead = d
		default:
			behind = d
			if direction != 0 && at != 0 && ahead < 2*-behind && ahead < farthest(got, at, direction) {
				t.Fatalf("%d behind when only %d ahead were asked for", -behind, ahead)
			}
		}
	}
}

// farthest is the distance of the last slice ahead.
func farthest(got []instance, at, direction int) int {
	if direction < 0 {
		return at
	}
	return len(got) - 1 - at
}

func TestAMissingSliceOnScreenIsFoundByItsPlace(t *testing.T) {
	a := stackOf("1", 40)
	series := map[dicom.UID]*seriesList{"1": a}
	var l look
	// the viewer's stack runs against the numbers: slice 0 is number 40
	l.move(Spot{Series: "1", SOP: "1.40", Slice: 0, Slices: 40}, series)
	l.move(Spot{Series: "1", SOP: "1.35", Slice: 5, Slices: 40}, series)
	l.move(Spot{Series: "1", Slice: 9, Slices: 40}, series)
	got := l.sort(viewingOrder(a.all), series)
	if got[0].sop != "1.31" || got[1].sop != "1.30" || got[2].sop != "1.29" || got[3].sop != "1.32" {
		t.Errorf("asked for %s %s %s %s", got[0].sop, got[1].sop, got[2].sop, got[3].sop)
	}
	l.move(Spot{Series: "1", Slice: 9, Slices: 12}, series) // the stack has grown: its places say nothing
	if got := l.sort(viewingOrder(a.all), series); got[0].sop != "1.31" {
		t.Errorf("asked for %s after the stack changed", got[0].sop)
	}
}

func TestKeyImagesComeBeforeTheOthers(t *testing.T) {
	ds, series, im := new(dicom.Dataset), new(dicom.Dataset), new(dicom.Dataset)
	im.SetStr(dicom.ReferencedSOPInstanceUID, "1.7")
	series.SetSeq(dicom.ReferencedSOPSequence, im)
	study := new(dicom.Dataset)
	study.SetSeq(dicom.ReferencedSeriesSequence, series)
	ds.SetSeq(dicom.CurrentRequestedProcedureEvidenceSequence, study)
	ds.SetStr(dicom.SOPClassUID, string(dicom.KeyObjectSelectionStorage))
	if got := keyImages(ds); !slices.Equal(got, []dicom.UID{"1.7"}) {
		t.Errorf("a key object selection names %v", got)
	}
	ds.SetStr(dicom.SOPClassUID, string(dicom.CTImageStorage))
	if got := keyImages(ds); got != nil {
		t.Errorf("an image names %v", got)
	}
	all := append(stackOf("1", 9).all, instance{series: "3", sop: "3.1", seriesNumber: 90, rank: notImage, key: true})
	if got := viewingOrder(all); got[0].sop != "1.5" || got[1].sop != "3.1" {
		t.Errorf("the order begins with %s and %s", got[0].sop, got[1].sop)
	}
}
