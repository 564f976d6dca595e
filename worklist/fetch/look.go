package fetch

import (
	"cmp"
	"slices"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Spot is where a reader is: a slice on screen. SOP is empty where the slice is not
// here yet; Slice of Slices is then its place in the viewer's stack, from which the
// instance is guessed.
type Spot struct {
	Study, Series, SOP dicom.UID
	Slice, Slices      int
}

// Look says what is on screen: what is fetched next is nearest to it, in the
// direction of scrolling first. It is cheap enough for every notch of a wheel.
func (e *Engine) Look(s Spot) {
	e.mu.Lock()
	e.spot = s
	j := e.jobs[s.Study]
	e.mu.Unlock()
	if j == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.look.move(s, j.series)
	j.queue = j.look.sort(j.queue, j.series)
}

// look follows a reader through a series.
type look struct {
	at        Spot
	index     int // of at among the series' instances, by number
	placed    bool
	direction int // in which index went last: -1, 1; 0: not known
	turned    int // 1 where the viewer's stack runs with the numbers, -1 against; 0: not known
}

// move takes a new spot. Which way the stack runs is learned from two slices of
// known instances.
func (l *look) move(s Spot, series map[dicom.UID]*seriesList) {
	was := *l
	l.at = s
	if s.Series != was.at.Series {
		l.direction, l.turned, was.placed = 0, 0, false
	}
	l.place(series)
	steps := s.Slice - was.at.Slice
	switch {
	case !was.placed:
	case l.placed && l.index != was.index:
		l.direction = cmp.Compare(l.index, was.index)
		if s.Slices == was.at.Slices && steps != 0 {
			l.turned = l.direction * cmp.Compare(steps, 0)
		}
	case !l.placed && s.SOP == "" && l.turned != 0 && s.Slices == was.at.Slices && steps != 0:
		n := len(series[s.Series].all)
		l.index, l.placed = min(max(0, was.index+steps*l.turned), n-1), n > 0
		l.direction = l.turned * cmp.Compare(steps, 0)
	case !l.placed && s.SOP == "":
		l.index, l.placed = was.index, true // the nearest slice that was known
	}
}

// place finds the instance among those listed.
func (l *look) place(series map[dicom.UID]*seriesList) {
	l.placed = false
	s := series[l.at.Series]
	if s == nil || l.at.SOP == "" {
		return
	}
	i := slices.IndexFunc(s.all, func(in instance) bool { return in.sop == l.at.SOP })
	if i >= 0 {
		l.index, l.placed = i, true
	}
}

// sort brings the series on screen to the head of the queue: the slice looked at,
// then outward, two ahead for one behind. The rest keeps its order.
func (l *look) sort(queue []instance, series map[dicom.UID]*seriesList) []instance {
	s := series[l.at.Series]
	if s == nil {
		return queue
	}
	if !l.placed {
		if l.place(series); !l.placed {
			return queue
		}
	}
	index := make(map[dicom.UID]int, len(s.all))
	for i, in := range s.all {
		index[in.sop] = i
	}
	out := slices.Clone(queue)
	slices.SortStableFunc(out, func(a, b instance) int {
		x, y := l.rank(a, index), l.rank(b, index)
		return cmp.Compare(x, y)
	})
	return out
}

// elsewhere ranks what is not of the series on screen.
const elsewhere = 1 << 30

func (l *look) rank(in instance, index map[dicom.UID]int) int {
	i, ok := index[in.sop]
	if !ok || in.series != l.at.Series {
		return elsewhere
	}
	return outwardRank(i-l.index, l.direction)
}

// outwardRank is the place of a slice at a distance in numbers from the one looked
// at: 0; 1 and 2 ahead, 1 behind, 3 and 4 ahead, 2 behind …; without a direction
// above and below in turn.
func outwardRank(distance, direction int) int {
	if direction == 0 {
		if distance > 0 {
			return 2*distance - 1
		}
		return -2 * distance
	}
	if d := distance * direction; d >= 0 {
		return d + max(0, d-1)/2
	}
	return -3 * distance * direction
}
