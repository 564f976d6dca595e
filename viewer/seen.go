package viewer

import "time"

// Seen is a frame that was on screen as it is: not as a preview, not in a reformat
// and not as a thumbnail.
type Seen struct {
	SOPUID string `json:"sop_uid"`
	Frame  int    `json:"frame"` // 0-based
	// MS is how long in all, in milliseconds; 0: nobody measured, it was seen.
	MS int `json:"ms,omitempty"`
}

// LongEnough is how long a frame is on screen, all looks together, until it counts
// as seen. A key held down or a wheel at 30 slices a second gives each 33 ms and
// counts; what is flicked through faster than 40 a second was glimpsed and stays
// unseen.
const LongEnough = 25 * time.Millisecond

// Enough reports whether a frame counts as seen.
func (s Seen) Enough() bool { return s.MS == 0 || time.Duration(s.MS)*time.Millisecond >= LongEnough }

// MergeSeen is old with more of the same frames: each once, with the longest time
// told of it, in the order in which they were seen first.
func MergeSeen(old, more []Seen) []Seen {
	type frame struct {
		sop   string
		frame int
	}
	at := make(map[frame]int, len(old)+len(more))
	var out []Seen
	for _, list := range [][]Seen{old, more} {
		for _, s := range list {
			f := frame{s.SOPUID, s.Frame}
			if i, ok := at[f]; !ok {
				at[f] = len(out)
				out = append(out, s)
			} else {
				out[i].MS = max(out[i].MS, s.MS)
			}
		}
	}
	return out
}
