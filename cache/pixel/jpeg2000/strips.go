package jpeg2000

import "sync"

// How a tile is put together. The resolutions below the last are decoded whole,
// each into its plane: a third of the samples. The last, with three quarters of the
// coefficients, goes in strips of a row of code-blocks or more: while the crew
// decodes the blocks of one strip, one of it runs the wavelet step of the strip
// before and writes its samples out. So planes hold a third of a frame's samples
// instead of all, and what a strip touches stays in the cache:
//
//	bytes a sample: 4/3 (planes) + the frame's own + two strips
const (
	reach       = 4  // samples next to a window's edge that a wavelet step gets wrong
	minStrip    = 64 // rows of a band
	wholeHeight = 1 << 40
)

// build is a tile being put together into an output.
type build struct {
	t     *tile
	crew  *crew
	out   *output
	comps []compBuild
	jobs  []job
	strip int  // rows of a band in a strip
	want  rect // samples to give, on the last resolution's grid
}

type compBuild struct {
	tc   *tileComp
	last int      // the resolution to be given
	low  []plane  // those below it
	high [2]plane // strips of the last, used in turn
}

// builds keep the memory of planes between frames, those of at most maxPlanes
// coefficients.
var builds = sync.Pool{New: func() any { return new(build) }}

const maxPlanes = 1 << 24

func (b *build) release() {
	n := 0
	for i := range b.comps[:cap(b.comps)] {
		c := &b.comps[:cap(b.comps)][i]
		c.tc = nil
		for _, p := range c.low[:cap(c.low)] {
			n += p.room()
		}
		n += c.high[0].room() + c.high[1].room()
	}
	clear(b.jobs[:cap(b.jobs)]) // they refer to the tile
	b.t, b.crew, b.out = nil, nil, nil
	if n <= maxPlanes {
		builds.Put(b)
	}
}

// run decodes what of the tile lies in want at a size reduced by levels.
func (b *build) run(levels int) error {
	b.plan(levels)
	if err := b.lower(); err != nil {
		return err
	}
	return b.strips()
}

// plan sets windows and the height of strips.
func (b *build) plan(levels int) {
	b.strip = minStrip
	flat := false
	for i := range b.comps {
		c := &b.comps[i]
		c.tc = &b.t.comps[i]
		c.last = len(c.tc.resolutions) - 1 - levels
		flat = flat || c.last == 0
		b.strip = max(b.strip, 1<<c.tc.resolutions[c.last].bh)
	}
	if flat {
		b.strip = wholeHeight
	}
	for i := range b.comps {
		c := &b.comps[i]
		c.low = grown(c.low, c.last)
		win := b.want.grown(reach, c.tc.resolutions[c.last].rect)
		for r := c.last - 1; r >= 0; r-- {
			win = win.band(0).grown(reach, c.tc.resolutions[r].rect)
			c.low[r].shape(win, c.tc.style.reversible, r == 0)
		}
	}
}

// lower decodes the resolutions below the last.
func (b *build) lower() error {
	b.jobs = b.jobs[:0]
	for i := range b.comps {
		c := &b.comps[i]
		for r := range c.low {
			b.jobs = b.t.jobs(b.jobs, c.tc, &c.tc.resolutions[r], &c.low[r], -wholeHeight, wholeHeight)
		}
	}
	if err := b.crew.run(len(b.jobs), func(w *worker, i int) error { return b.t.do(w, &b.jobs[i]) }); err != nil {
		return err
	}
	return b.crew.run(len(b.comps), func(w *worker, i int) error {
		low := b.comps[i].low
		for r := 1; r < len(low); r++ {
			low[r].takeLow(&low[r-1])
			low[r].inverse(w)
		}
		return nil
	})
}

// edge is the row on which strip j begins: its lowest rows wait for the next
// strip, whose coefficients they need.
func (b *build) edge(j int) int {
	switch y := 2*b.strip*j - reach; {
	case b.strip == wholeHeight && j > 0:
		return b.want.y1
	default:
		return min(max(y, b.want.y0), b.want.y1)
	}
}

// strips decodes the last resolution.
func (b *build) strips() error {
	first := (b.want.y0 + reach) / (2 * b.strip)
	if err := b.begin(first, true); err != nil {
		return err
	}
	for j := first; ; j++ {
		more := b.edge(j+1) < b.want.y1
		b.jobs = b.jobs[:0]
		if more {
			b.open(j+1, false)
		}
		err := b.crew.run(len(b.jobs)+1, func(w *worker, i int) error {
			if i == 0 {
				b.finish(w, j)
				return nil
			}
			return b.t.do(w, &b.jobs[i-1])
		})
		if err != nil || !more {
			return err
		}
	}
}

// begin decodes the blocks of the first strip.
func (b *build) begin(j int, fresh bool) error {
	b.jobs = b.jobs[:0]
	b.open(j, fresh)
	return b.crew.run(len(b.jobs), func(w *worker, i int) error { return b.t.do(w, &b.jobs[i]) })
}

// open makes ready for the blocks of strip j: rows of the bands up to the strip's
// end, without those that the strip before has left.
func (b *build) open(j int, fresh bool) {
	for i := range b.comps {
		c := &b.comps[i]
		res := &c.tc.resolutions[c.last]
		p := &c.high[j&1]
		win := b.want
		win.y0, win.y1 = b.edge(j), b.edge(j+1)
		y0, y1 := b.strip*j, b.strip*(j+1)
		if c.last > 0 {
			win = win.grown(reach, res.rect)
		}
		if fresh {
			y0 = -wholeHeight
		}
		p.shape(win, c.tc.style.reversible, c.last == 0)
		if !fresh {
			p.takeTail(&c.high[(j+1)&1])
		}
		b.jobs = b.t.jobs(b.jobs, c.tc, res, p, y0, y1)
	}
}

// finish turns strip j into samples.
func (b *build) finish(w *worker, j int) {
	for i := range b.comps {
		c := &b.comps[i]
		p := &c.high[j&1]
		if c.last > 0 {
			p.takeLow(&c.low[c.last-1])
			p.inverse(w)
		}
	}
	for y := b.edge(j); y < b.edge(j+1); y++ {
		b.out.row(w, b, j, y)
	}
}
