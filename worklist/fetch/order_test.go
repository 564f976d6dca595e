package fetch

import (
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
