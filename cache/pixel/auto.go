package pixel

import "sort"

// DefaultWindow is what an image is first shown with: its own first window; for
// values of at most 8 bits that are not rescaled, all of them; else the 1st to
// the 99th percentile.
func (im *Image) DefaultWindow() Window {
	switch {
	case len(im.windows) > 0:
		return im.windows[0]
	case im.Stored == nil:
		return Window{Center: 128, Width: 256, Function: Linear}
	case im.Bits <= 8 && !im.Signed && im.ModalityLUT == nil && im.Slope == 1 && im.Intercept == 0:
		full := float64(int(1) << im.Bits)
		return Window{Center: full / 2, Width: full, Function: Linear}
	}
	return im.Percentile(0.01, 0.99)
}

// Percentile is a window from one to another fraction (0…1) of the frame's
// pixels, padding left out: that from is black, that to is white. At least one
// value wide.
func (im *Image) Percentile(from, to float64) Window {
	counts, total := im.histogram()
	lo, hi := percentile(counts, total, from), percentile(counts, total, to)
	if hi <= lo {
		hi = lo + 1
	}
	return Window{Center: (lo + hi) / 2, Width: hi - lo, Function: LinearExact, Explanation: "automatic"}
}

// bin is how often a modality value occurs.
type bin struct {
	value float64
	n     int
}

// histogram counts modality values, ascending.
func (im *Image) histogram() (bins []bin, total int) {
	var counts [1 << 16]int
	for _, s := range im.Stored {
		counts[s]++
	}
	for s, n := range counts {
		if n > 0 && !im.IsPadding(uint16(s)) {
			bins = append(bins, bin{im.Modality(uint16(s)), n})
			total += n
		}
	}
	sort.Slice(bins, func(i, k int) bool { return bins[i].value < bins[k].value })
	return bins, total
}

func percentile(bins []bin, total int, p float64) float64 {
	left := p * float64(total)
	for _, b := range bins {
		if left -= float64(b.n); left <= 0 {
			return b.value
		}
	}
	if len(bins) == 0 {
		return 0
	}
	return bins[len(bins)-1].value
}
