package fetch

import (
	"cmp"
	"slices"

	"github.com/nocturne/nocturne/cache/dicom"
)

// instance is one instance as the archive names it.
type instance struct {
	series, sop          dicom.UID
	seriesNumber, number int
	scout                bool // a localiser: looked at last
}

// instances reads an instance-level answer; what has no UIDs cannot be asked
// for, and a UID that comes twice is one instance.
func instances(list []*dicom.Dataset) []instance {
	var out []instance
	seen := map[dicom.UID]bool{}
	for _, ds := range list {
		in := instance{
			series: dicom.UID(ds.Str(dicom.SeriesInstanceUID)), sop: dicom.UID(ds.Str(dicom.SOPInstanceUID)),
			seriesNumber: ds.IntOr(dicom.SeriesNumber, 0), number: ds.IntOr(dicom.InstanceNumber, 0),
			scout: dicom.IsLocaliser(ds),
		}
		if in.sop != "" && in.series != "" && !seen[in.sop] {
			seen[in.sop] = true
			out = append(out, in)
		}
	}
	return out
}

// viewingOrder is the order in which slices will be looked at, localisers last: the
// middle of every series, then series by series from the middle outward. By Instance
// Number only: positions are not known before the slices are.
func viewingOrder(all []instance) []instance {
	series := map[dicom.UID][]instance{}
	var order []dicom.UID
	for _, in := range all {
		if series[in.series] == nil {
			order = append(order, in.series)
		}
		series[in.series] = append(series[in.series], in)
	}
	slices.SortStableFunc(order, func(a, b dicom.UID) int {
		x, y := series[a][0], series[b][0]
		if x.scout != y.scout {
			if x.scout {
				return 1
			}
			return -1
		}
		return cmp.Compare(x.seriesNumber, y.seriesNumber)
	})
	middles, rest := make([]instance, 0, len(all)), []instance(nil)
	for _, uid := range order {
		s := outward(series[uid])
		middles, rest = append(middles, s[0]), append(rest, s[1:]...)
	}
	return append(middles, rest...)
}

// outward sorts one series by number and walks it from the middle.
func outward(s []instance) []instance {
	slices.SortStableFunc(s, func(a, b instance) int { return cmp.Compare(a.number, b.number) })
	out := make([]instance, 0, len(s))
	mid := len(s) / 2
	for d := 0; len(out) < len(s); d++ {
		if i := mid + d; i < len(s) {
			out = append(out, s[i])
		}
		if i := mid - d; d > 0 && i >= 0 {
			out = append(out, s[i])
		}
	}
	return out
}

// advance moves what first names, instances or whole series, to the head, in
// first's order; the rest keeps its order.
func advance(queue []instance, first []dicom.UID) []instance {
	if len(first) == 0 {
		return queue
	}
	place := make(map[dicom.UID]int, len(first))
	for i, u := range slices.Backward(first) {
		place[u] = i
	}
	rank := func(in instance) int {
		if i, ok := place[in.sop]; ok {
			return i
		}
		if i, ok := place[in.series]; ok {
			return i
		}
		return len(first)
	}
	out := slices.Clone(queue)
	slices.SortStableFunc(out, func(a, b instance) int { return cmp.Compare(rank(a), rank(b)) })
	return out
}
