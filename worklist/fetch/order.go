package fetch

import (
	"slices"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/store"
)

// mostMiddles bounds how many series are told in order at the start.
const mostMiddles = 8

// order tells what came in the order it was asked for, until one image of every
// series is there: which series hangs first must not depend on which of eight
// connections was quickest. After that everything is told as it comes.
type order struct {
	middles []dicom.UID // of the first series, still awaited
	early   []store.Entry
}

// firstOfEach is the first instance in the queue of each of the first series.
func firstOfEach(queue []instance) []dicom.UID {
	var out []dicom.UID
	seen := map[dicom.UID]bool{}
	for _, in := range queue {
		if !seen[in.series] && len(out) < mostMiddles {
			seen[in.series] = true
			out = append(out, in.sop)
		}
	}
	return out
}

// came takes an entry and returns what can be told now.
func (o *order) came(e store.Entry) []store.Entry {
	o.early = append(o.early, e)
	return o.release()
}

// without gives up waiting for an instance that failed.
func (o *order) without(sop dicom.UID) []store.Entry {
	o.middles = slices.DeleteFunc(o.middles, func(m dicom.UID) bool { return m == sop })
	return o.release()
}

// flush returns all that was held back.
func (o *order) flush() []store.Entry {
	o.middles = nil
	return o.release()
}

func (o *order) release() (out []store.Entry) {
	for len(o.middles) > 0 {
		i := slices.IndexFunc(o.early, func(e store.Entry) bool { return e.SOP == o.middles[0] })
		if i < 0 {
			return out
		}
		out = append(out, o.early[i])
		o.early, o.middles = slices.Delete(o.early, i, i+1), o.middles[1:]
	}
	out, o.early = append(out, o.early...), nil
	return out
}
