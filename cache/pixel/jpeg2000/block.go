package jpeg2000

import (
	"github.com/nocturne/nocturne/cache/pixel/ebcot"
	"github.com/nocturne/nocturne/cache/pixel/htj2k"
)

// job is one code-block to be decoded into a plane, or an area without any to be
// cleared.
type job struct {
	tc    *tileComp
	band  *band
	to    *plane
	block int32 // −1: clear
	area  rect  // in the band
}

// jobs lists what the rows from y0 up to y1 of the bands of res are made of, within
// the window of to. y counts in each band by itself.
func (t *tile) jobs(list []job, tc *tileComp, res *resolution, to *plane, y0, y1 int) []job {
	for b := range res.bands {
		bd := &res.bands[b]
		want := to.band(bd.orient)
		want.y0, want.y1 = max(want.y0, y0), min(want.y1, y1)
		if want.empty() || res.pw == 0 {
			continue
		}
		half := min(bd.orient, 1)
		w, h := res.ppx-half, res.ppy-half
		for py := want.y0 >> h; py <= (want.y1-1)>>h; py++ {
			for px := want.x0 >> w; px <= (want.x1-1)>>w; px++ {
				n := (py-res.py)*res.pw + px - res.px
				list = t.precinctJobs(list, job{tc: tc, band: bd, to: to}, res, n, b, want)
			}
		}
	}
	return list
}

func (t *tile) precinctJobs(list []job, j job, res *resolution, n, b int, want rect) []job {
	area, g := res.span(n, j.band)
	pr := &res.precincts[n]
	if !pr.ready {
		j.block, j.area = -1, area.and(want)
		return append(list, j)
	}
	bx0, bx1 := max(g.x0, want.x0>>res.bw), min(g.x1, ceilShift(want.x1, res.bw))
	by0, by1 := max(g.y0, want.y0>>res.bh), min(g.y1, ceilShift(want.y1, res.bh))
	for y := by0; y < by1; y++ {
		for x := bx0; x < bx1; x++ {
			j.block = pr.block[b] + int32((y-g.y0)*g.width()+x-g.x0)
			j.area = rect{x << res.bw, y << res.bh, (x + 1) << res.bw, (y + 1) << res.bh}.and(area)
			list = append(list, j)
		}
	}
	return list
}

// do decodes the block of a job into its plane.
func (t *tile) do(w *worker, j *job) error {
	if j.block < 0 {
		j.to.clear(j.band.orient, j.area)
		return nil
	}
	k := &t.blocks[j.block]
	planes := j.band.planes - int(k.zero)
	switch {
	case k.passes == 0 || planes == 0:
		j.to.clear(j.band.orient, j.area)
		return nil
	case planes < 0:
		return invalid("a code-block with %d zero bit-planes of %d", k.zero, j.band.planes)
	}
	t.gather(w, k)
	visible := j.area.and(j.to.band(j.band.orient))
	if visible != j.area {
		return t.doPart(w, j, k, visible)
	}
	at := j.to.at(j.band.orient, j.area.x0, j.area.y0)
	if j.to.ints != nil {
		return t.decode(w, j, k, j.to.ints[at:], nil, j.to.width())
	}
	return t.decode(w, j, k, nil, j.to.floats[at:], j.to.width())
}

// doPart decodes a block of which only a part is wanted.
func (t *tile) doPart(w *worker, j *job, k *block, visible rect) error {
	width := j.area.width()
	ints := j.to.ints != nil
	var err error
	if ints {
		err = t.decode(w, j, k, w.ints[:], nil, width)
	} else {
		err = t.decode(w, j, k, nil, w.floats[:], width)
	}
	if err != nil {
		return err
	}
	for y := visible.y0; y < visible.y1; y++ {
		to, from := j.to.at(j.band.orient, visible.x0, y), (y-j.area.y0)*width+visible.x0-j.area.x0
		if ints {
			copy(j.to.ints[to:][:visible.width()], w.ints[from:])
		} else {
			copy(j.to.floats[to:][:visible.width()], w.floats[from:])
		}
	}
	return nil
}

// decode writes the coefficients of a block, dequantised, to ints or floats.
func (t *tile) decode(w *worker, j *job, k *block, ints []int32, floats []float32, stride int) error {
	var c coder = &w.mq
	if j.tc.style.block&styleHT != 0 {
		w.ht.set(w, j, k)
		c = &w.ht
	} else {
		w.mq.set(w, j, k)
	}
	switch {
	case j.tc.roi > 0:
		return decodeShifted(w, c, j, ints, floats, stride)
	case ints != nil:
		return c.DecodeReversible(ints, stride)
	}
	return c.DecodeIrreversible(floats, stride, j.band.half)
}

// coder is a code-block with its decoder, of either kind.
type coder interface {
	Decode(out []int32, stride int) error
	DecodeReversible(out []int32, stride int) error
	DecodeIrreversible(out []float32, stride int, half float32) error
}

// mqCoder is a code-block of part 1.
type mqCoder struct {
	d ebcot.Decoder
	b ebcot.Block
}

func (c *mqCoder) set(w *worker, j *job, k *block) {
	c.b = ebcot.Block{
		Width: j.area.width(), Height: j.area.height(), Orient: j.band.orient,
		Style: j.tc.style.block, Planes: j.band.planes - int(k.zero), Segments: w.segments,
	}
}

func (c *mqCoder) Decode(out []int32, stride int) error { return c.d.Decode(out, stride, &c.b) }

func (c *mqCoder) DecodeReversible(out []int32, stride int) error {
	return c.d.DecodeReversible(out, stride, &c.b)
}

func (c *mqCoder) DecodeIrreversible(out []float32, stride int, half float32) error {
	return c.d.DecodeIrreversible(out, stride, half, &c.b)
}

// htCoder is one of part 15.
type htCoder struct {
	d htj2k.Decoder
	b htj2k.Block
}

func (c *htCoder) set(w *worker, j *job, k *block) {
	missing := int(k.zero) + int(k.sets)
	c.b = htj2k.Block{
		Width: j.area.width(), Height: j.area.height(), Zero: missing, Passes: int(k.passes),
		Planes: j.band.planes - missing, VCausal: j.tc.style.block&styleVCausal != 0,
		Cleanup: w.segments[0].Data,
	}
	if len(w.segments) > 1 {
		c.b.Refinement = w.segments[1].Data
	}
}

func (c *htCoder) Decode(out []int32, stride int) error { return c.d.Decode(out, stride, &c.b) }

func (c *htCoder) DecodeReversible(out []int32, stride int) error {
	return c.d.DecodeReversible(out, stride, &c.b)
}

func (c *htCoder) DecodeIrreversible(out []float32, stride int, half float32) error {
	return c.d.DecodeIrreversible(out, stride, half, &c.b)
}

// decodeShifted decodes a block with a region of interest.
func decodeShifted(w *worker, c coder, j *job, ints []int32, floats []float32, stride int) error {
	width, height := j.area.width(), j.area.height()
	v := w.shifted[:width*height]
	if err := c.Decode(v, width); err != nil {
		return err
	}
	unshift(v, j.tc.roi)
	for y := range height {
		for x, c := range v[y*width:][:width] {
			if ints != nil {
				ints[y*stride+x] = c / 2
			} else {
				floats[y*stride+x] = float32(c) * j.band.half
			}
		}
	}
	return nil
}

// unshift brings doubled coefficients of a region of interest down: those whose
// magnitude is 2^shift or more (H.1; libopenjp2 holds the doubled one against it).
func unshift(v []int32, shift int) {
	for i, c := range v {
		m := max(c, -c)
		if m>>min(shift+1, 31) == 0 {
			continue
		}
		if m >>= min(shift, 31); c < 0 {
			m = -m
		}
		v[i] = m
	}
}

// gather makes the codeword segments of a block out of its chunks.
func (t *tile) gather(w *worker, k *block) {
	w.segments = w.segments[:0]
	need := 0
	for i := k.first; i >= 0; i = t.chunks[i].next {
		need += int(t.chunks[i].length)
	}
	w.data = grown(w.data, need)[:0] // so that no append moves what segments refer to
	start := -1                      // where the last segment lies in data, if it does
	for i := k.first; i >= 0; i = t.chunks[i].next {
		c := &t.chunks[i]
		bytes := t.body[c.off:][:c.length:c.length]
		if c.opens || len(w.segments) == 0 {
			w.segments = append(w.segments, ebcot.Segment{Data: bytes, Passes: int(c.passes)})
			start = -1
			continue
		}
		s := &w.segments[len(w.segments)-1]
		s.Passes += int(c.passes)
		if start < 0 {
			start = len(w.data)
			w.data = append(w.data, s.Data...)
		}
		w.data = append(w.data, bytes...)
		s.Data = w.data[start:]
	}
}
