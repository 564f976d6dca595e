package jpeg2000

import "math"

// rect is a half-open rectangle: x0 ≤ x < x1.
type rect struct{ x0, y0, x1, y1 int }

func (r rect) width() int  { return r.x1 - r.x0 }
func (r rect) height() int { return r.y1 - r.y0 }
func (r rect) empty() bool { return r.x0 >= r.x1 || r.y0 >= r.y1 }

func (r rect) and(s rect) rect {
	return rect{max(r.x0, s.x0), max(r.y0, s.y0), min(r.x1, s.x1), min(r.y1, s.y1)}
}

// grown adds m on every side, not beyond limit.
func (r rect) grown(m int, limit rect) rect {
	return rect{r.x0 - m, r.y0 - m, r.x1 + m, r.y1 + m}.and(limit)
}

// band is the part of sub-band orient one level down that r consists of: 1 is
// high-pass in x, 2 in y (equation B-15 with n = 1).
func (r rect) band(orient int) rect {
	dx, dy := orient&1, orient>>1
	return rect{(r.x0 + 1 - dx) >> 1, (r.y0 + 1 - dy) >> 1, (r.x1 + 1 - dx) >> 1, (r.y1 + 1 - dy) >> 1}
}

func (r rect) reduced(levels int) rect {
	return rect{ceilShift(r.x0, levels), ceilShift(r.y0, levels), ceilShift(r.x1, levels), ceilShift(r.y1, levels)}
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }

func ceilShift(a, n int) int { return (a + 1<<n - 1) >> n }

// tile is one tile while it is decoded. Its parts refer to each other by index so
// that few allocations serve many code-blocks:
//
//	precinct 32 B, code-block 16 B + chunk 16 B a contribution + 11 B of tag tree
type tile struct {
	rect
	set    *params
	comps  []tileComp
	blocks []block
	chunks []chunk
	nodes  []node
	body   []byte
}

type tileComp struct {
	*compParams
	resolutions []resolution
}

// resolution r of a tile-component with its sub-bands and precincts (B.5 to B.7).
type resolution struct {
	rect
	px, py     int // index of the first precinct, counted from the grid's origin
	pw, ph     int // precincts across and down
	ppx, ppy   int // log2 of their size
	bw, bh     int // log2 of the code-block size
	bands      []band
	precincts  []precinct
	level      int // decompositions below the full size
	precinctAt int // number of its first precinct in the tile
}

type band struct {
	rect
	low    rect // the LL band beside it
	orient int  // 0 LL, 1 HL, 2 LH, 3 HH
	planes int  // Mb (equation E-2)
	half   float32
}

// precinct is what is known of one precinct of a resolution.
type precinct struct {
	layers int32 // packets read
	ready  bool
	block  [3]int32 // its first code-block in each band
	node   [3]int32 // its first tag tree node in each band
}

// block is a code-block: what its packets said so far.
type block struct {
	first, last  int32 // its chunks; -1 for none
	passes       uint16
	zero, lblock uint8
	sets         uint8 // of HT: placeholder sets met
	included     bool
}

// chunk is what one packet gave to one codeword segment of a block.
type chunk struct {
	next   int32
	off    uint32
	length uint32
	passes uint8
	opens  bool // a segment begins here
}

// Bounds on what a header may make us allocate: a precinct of fewer samples than
// this on the average is refused once there are many.
const (
	freePrecincts     = 1 << 16
	samplesInPrecinct = 64
)

// newTile lays out a tile of which there are so many bytes: a packet takes one at
// least.
func newTile(c *codestream, i int, set *params, bytes int) (*tile, error) {
	t := &tile{rect: c.size.tile(i), set: set, comps: make([]tileComp, len(c.comps))}
	precincts := 0
	for k := range t.comps {
		tc := &t.comps[k]
		tc.compParams = &set.comps[k]
		st := tc.style
		tc.resolutions = make([]resolution, st.levels+1)
		for r := range tc.resolutions {
			res := &tc.resolutions[r]
			res.lay(t.rect, st, r)
			res.precinctAt = precincts
			precincts += res.pw * res.ph
			if precincts > bytes {
				return nil, invalid("the data end before a tile does")
			}
			if err := res.quantise(tc.quant, st, r, c.comps[k].precision, tc.roi); err != nil {
				return nil, err
			}
		}
	}
	if precincts > freePrecincts+t.width()*t.height()/samplesInPrecinct {
		return nil, unsupported("precincts of fewer than %d samples", samplesInPrecinct)
	}
	all := make([]precinct, precincts)
	for k := range t.comps {
		for r := range t.comps[k].resolutions {
			res := &t.comps[k].resolutions[r]
			res.precincts = all[res.precinctAt:][:res.pw*res.ph]
		}
	}
	return t, nil
}

// lay places resolution r of the tile area with its bands.
func (res *resolution) lay(area rect, st *style, r int) {
	res.level = st.levels - r
	res.rect = area.reduced(res.level)
	res.ppx, res.ppy = int(st.precincts[r]&15), int(st.precincts[r]>>4)
	if !res.empty() {
		res.px, res.py = res.x0>>res.ppx, res.y0>>res.ppy
		res.pw = ceilShift(res.x1, res.ppx) - res.px
		res.ph = ceilShift(res.y1, res.ppy) - res.py
	}
	if r == 0 {
		res.bw, res.bh = min(st.bw, res.ppx), min(st.bh, res.ppy)
		res.bands = []band{{rect: res.rect}}
		return
	}
	res.bw, res.bh = min(st.bw, res.ppx-1), min(st.bh, res.ppy-1)
	res.bands = make([]band, 3)
	for b := range res.bands {
		o := b + 1
		res.bands[b] = band{orient: o, rect: res.rect.band(o), low: res.rect.band(0)}
	}
}

// quantise sets bit-planes and step sizes of the bands (equations E-2, E-3).
func (res *resolution) quantise(q *quant, st *style, r, precision, roi int) error {
	for b := range res.bands {
		i := 0
		if r > 0 {
			i = 3*(r-1) + 1 + b
		}
		e, m, err := q.band(i)
		if err != nil {
			return err
		}
		bd := &res.bands[b]
		bd.planes = q.guard + e - 1 + roi
		if st.reversible {
			continue
		}
		gain := [4]int{0, 1, 1, 2}[bd.orient] // table E.1
		bd.half = float32(math.Ldexp(float64(2048+m)/2048, precision+gain-e)) * 0.5
	}
	return nil
}

// span is where the code-blocks of precinct p lie in band b: the precinct's area
// in the band, and the block indices counted from the grid's origin.
func (res *resolution) span(p int, b *band) (area, blocks rect) {
	x, y := res.px+p%res.pw, res.py+p/res.pw
	w, h := res.ppx, res.ppy
	if b.orient > 0 {
		w, h = w-1, h-1
	}
	area = rect{x << w, y << h, (x + 1) << w, (y + 1) << h}.and(b.rect)
	if area.empty() {
		return rect{}, rect{}
	}
	blocks = rect{area.x0 >> res.bw, area.y0 >> res.bh, ceilShift(area.x1, res.bw), ceilShift(area.y1, res.bh)}
	return area, blocks
}
