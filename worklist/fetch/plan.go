package fetch

import (
	"cmp"
	"slices"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// instance is one instance as the archive names it.
type instance struct {
	series, sop          dicom.UID
	seriesNumber, number int
	rank                 int
	key                  bool // names images worth looking at
}

// Ranks of series: what is looked at last has the highest.
const (
	image = iota
	localiser
	notImage
)

// rankOf reads the rank from an entry of a series or an instance query.
func rankOf(ds *dicom.Dataset) int {
	class := dicom.UID(ds.Str(dicom.SOPClassUID))
	switch {
	case class != "" && !dicom.IsImageSOPClass(class), notImages[ds.Str(dicom.Modality)]:
		return notImage
	case dicom.IsLocaliser(ds):
		return localiser
	}
	return image
}

// namesImages: key object selections and presentation states (PS3.4 B.5).
func namesImages(class dicom.UID) bool {
	return class == dicom.KeyObjectSelectionStorage || strings.HasPrefix(string(class), "1.2.840.10008.5.1.4.1.1.11.")
}

// mostKeys bounds how many images an object may put before others: one that names
// a whole series singles nothing out.
const mostKeys = 32

// keyImages are the instances that a key object selection (PS3.3 C.17.2.3) or a
// presentation state (C.11.11) names.
func keyImages(ds *dicom.Dataset) (out []dicom.UID) {
	if !namesImages(dicom.UID(ds.Str(dicom.SOPClassUID))) {
		return nil
	}
	studies := append(ds.Seq(dicom.CurrentRequestedProcedureEvidenceSequence), ds)
	for _, study := range studies {
		for _, series := range study.Seq(dicom.ReferencedSeriesSequence) {
			for _, im := range slices.Concat(series.Seq(dicom.ReferencedSOPSequence), series.Seq(dicom.ReferencedImageSequence)) {
				out = append(out, dicom.UID(im.Str(dicom.ReferencedSOPInstanceUID)))
			}
		}
	}
	if len(out) > mostKeys {
		return nil
	}
	return out
}

// notImages are modalities whose objects are no images (PS3.3 C.7.3.1.1.1).
var notImages = map[string]bool{"SR": true, "KO": true, "PR": true, "DOC": true, "REG": true, "FID": true, "PLAN": true, "RTSTRUCT": true,
	"RTPLAN": true, "RTRECORD": true, "AU": true, "ECG": true, "HD": true, "EPS": true, "RESP": true, "TG": true, "RWV": true}

// instances reads an instance-level answer; what has no UIDs cannot be asked
// for, and a UID that comes twice is one instance.
func instances(list []*dicom.Dataset) []instance {
	var out []instance
	seen := map[dicom.UID]bool{}
	for _, ds := range list {
		class := dicom.UID(ds.Str(dicom.SOPClassUID))
		in := instance{
			series: dicom.UID(ds.Str(dicom.SeriesInstanceUID)), sop: dicom.UID(ds.Str(dicom.SOPInstanceUID)),
			seriesNumber: ds.IntOr(dicom.SeriesNumber, 0), number: ds.IntOr(dicom.InstanceNumber, 0),
			rank: rankOf(ds), key: namesImages(class),
		}
		if in.sop != "" && in.series != "" && !seen[in.sop] {
			seen[in.sop] = true
			out = append(out, in)
		}
	}
	return out
}

// viewingOrder is the order in which slices will be looked at, localisers and what is
// no image last: the middle of every series, then what names key images, then series
// by series from the middle outward. By Instance Number only: positions are not known
// before the slices are.
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
		return cmp.Or(cmp.Compare(x.rank, y.rank), cmp.Compare(x.seriesNumber, y.seriesNumber))
	})
	var middles, keys, rest []instance
	for _, uid := range order {
		s := outward(series[uid])
		if s[0].rank != notImage {
			middles, s = append(middles, s[0]), s[1:]
		}
		for _, in := range s {
			if in.key {
				keys = append(keys, in)
			} else {
				rest = append(rest, in)
			}
		}
	}
	return slices.Concat(middles, keys, rest)
}

func byNumber(s []instance) {
	slices.SortStableFunc(s, func(a, b instance) int { return cmp.Compare(a.number, b.number) })
}

// outward sorts one series by number and walks it from the middle.
func outward(s []instance) []instance {
	byNumber(s)
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
