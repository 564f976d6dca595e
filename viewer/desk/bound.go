package desk

// A volume holds the pixels of its slices a second time, so that fewer decoded ones
// are kept beside it: a thousand slices of 512² and the volume of them are 0.5 GiB and
// this share of it.
const besideVolume = 6

// bounded is how many bytes of decoded frames the Loader keeps while nothing else
// takes memory; 0 while it keeps so many.
type bounded struct{ whole int64 }

// bound makes room for a volume, and gives it back.
func (d *Desk) bound() {
	switch {
	case d.mpr != nil && d.whole == 0:
		d.whole = d.opt.Load.Held().Limit
		d.opt.Load.Bound(d.whole / besideVolume)
	case d.mpr == nil && d.whole != 0:
		d.opt.Load.Bound(d.whole)
		d.whole = 0
	}
}
