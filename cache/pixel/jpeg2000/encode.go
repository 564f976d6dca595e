package jpeg2000

import (
	"encoding/binary"
	"math"
	"math/bits"
	"runtime"
	"sync"

	"github.com/nocturne/nocturne/cache/pixel/ebcot"
	"github.com/nocturne/nocturne/cache/pixel/wavelet"
)

const (
	encodeLevels    = 5
	encodeBlock     = 6 // log2 of a code-block's sides
	maxEncode       = 26
	minGuard        = 2
	maxGuard        = 7
	maxEncodePixels = 1 << 30
)

// Encode appends the frame to dst[:0] as a codestream without loss and returns it:
// 5/3 wavelet of up to five levels, one tile, one layer, code-blocks of 64 × 64.
// transform takes the reversible component transformation of three components, which
// is for RGB (photometric interpretation YBR_RCT). GOMAXPROCS goroutines take part.
//
// samples are little endian cells of 1, 2 or 4 bytes, as many as make the frame,
// samples of a pixel side by side. Of h are read Width, Height, Components, Precision
// (up to 26) and Signed. A sample that does not fit them is a *dicom.InvalidError.
func Encode(dst, samples []byte, h Head, transform bool) ([]byte, error) {
	e := encoder{h: h}
	cell, err := e.check(samples)
	if err != nil {
		return nil, err
	}
	e.lay(transform && h.Components >= 3)
	if err := e.load(samples, cell); err != nil {
		return nil, err
	}
	if e.t.set.mct {
		doRCT(e.planes[0], e.planes[1], e.planes[2])
	}
	e.forward()
	e.code()
	return e.write(dst[:0])
}

// encoder is a frame on its way: its layout is that of the tile a decoder will make
// of it.
type encoder struct {
	h      Head
	c      codestream
	t      *tile
	planes [][]int32
	coded  []coded
	blocks map[*precinct][3]int // of each band the first in coded
	guard  int
	levels int
}

// coded is a code-block.
type coded struct {
	comp   int
	band   *band
	area   rect
	data   []byte
	passes int
	planes int
}

func (e *encoder) check(samples []byte) (cell int, err error) {
	h := &e.h
	switch {
	case h.Width <= 0 || h.Height <= 0 || h.Components <= 0:
		return 0, invalid("a frame of %d × %d, %d components", h.Width, h.Height, h.Components)
	case h.Components > maxComponents || h.Width > maxEncodePixels/h.Height/h.Components:
		return 0, unsupported("a frame of %d × %d, %d components", h.Width, h.Height, h.Components)
	case h.Precision < 1 || h.Precision > maxEncode:
		return 0, unsupported("%d bits a sample", h.Precision)
	}
	n := h.Width * h.Height * h.Components
	cell = len(samples) / n
	if cell*n != len(samples) || cell < h.Cell() || cell == 3 || cell > 4 {
		return 0, invalid("%d samples of %d bits in %d bytes", n, h.Precision, len(samples))
	}
	return cell, nil
}

// lay makes the tile.
func (e *encoder) lay(mct bool) {
	h := &e.h
	e.levels = min(encodeLevels, bits.Len(uint(min(h.Width, h.Height)))-1)
	st := &style{levels: e.levels, bw: encodeBlock, bh: encodeBlock, reversible: true}
	q := &quant{guard: minGuard}
	for r := range e.levels + 1 {
		st.precincts[r] = 0xFF
	}
	for i := range 3*e.levels + 1 {
		q.exponent[i] = uint8(h.Precision + bandGain(i))
		q.steps++
	}
	e.c.size = size{x1: h.Width, y1: h.Height, tw: h.Width, th: h.Height, tilesWide: 1, tilesHi: 1}
	set := &params{coding: coding{order: orderLRCP, layers: 1, mct: mct}, hasCOD: true}
	for range h.Components {
		e.c.comps = append(e.c.comps, component{precision: h.Precision, signed: h.Signed})
		set.comps = append(set.comps, compParams{style: st, quant: q})
	}
	e.t, _ = newTile(&e.c, 0, set, math.MaxInt) // precincts of 2^15 are never too many
}

// bandGain is log2 of the gain of sub-band i (table E.1).
func bandGain(i int) int {
	if i == 0 {
		return 0
	}
	return [3]int{1, 1, 2}[(i-1)%3]
}

// load splits the samples into components, shifted to lie around 0.
func (e *encoder) load(samples []byte, cell int) error {
	n, pixels := e.h.Components, e.h.Width*e.h.Height
	half := int64(1) << (e.h.Precision - 1)
	for c := range n {
		plane := make([]int32, pixels)
		for i := range plane {
			v := sampleAt(samples[(i*n+c)*cell:], cell, e.h.Signed)
			if !e.h.Signed {
				v -= half
			}
			if v < -half || v >= half {
				return invalid("a sample of more than %d bits", e.h.Precision)
			}
			plane[i] = int32(v)
		}
		e.planes = append(e.planes, plane)
	}
	return nil
}

func sampleAt(b []byte, cell int, signed bool) int64 {
	var v uint32
	switch cell {
	case 1:
		v = uint32(b[0])
	case 2:
		v = uint32(binary.LittleEndian.Uint16(b))
	default:
		v = binary.LittleEndian.Uint32(b)
	}
	if shift := 32 - 8*cell; signed {
		return int64(int32(v<<shift) >> shift)
	}
	return int64(v)
}

// doRCT is the reversible component transformation (G.2.1).
func doRCT(a, b, c []int32) {
	b, c = b[:len(a)], c[:len(a)]
	for i, red := range a {
		green, blue := b[i], c[i]
		a[i], b[i], c[i] = (red+2*green+blue)>>2, blue-green, red-green
	}
}

// forward runs the wavelet steps of all components.
func (e *encoder) forward() {
	each(len(e.planes), func(i int, _ *ebcot.Encoder) {
		var s wavelet.Scratch
		for r := e.levels; r > 0; r-- {
			z := e.t.comps[i].resolutions[r].rect
			wavelet.Forward53(e.planes[i], e.h.Width, z.x0, z.y0, z.x1, z.y1, &s)
		}
	})
}

// code encodes all code-blocks.
func (e *encoder) code() {
	e.blocks = map[*precinct][3]int{}
	for c := range e.t.comps {
		for r := range e.t.comps[c].resolutions {
			res := &e.t.comps[c].resolutions[r]
			for n := range res.precincts {
				e.list(c, res, n)
			}
		}
	}
	each(len(e.coded), func(i int, enc *ebcot.Encoder) {
		k := &e.coded[i]
		data, passes, planes := enc.Encode(e.planes[k.comp][e.at(k):], e.h.Width, k.area.width(), k.area.height(), k.band.orient)
		k.data, k.passes, k.planes = append([]byte(nil), data...), passes, planes
	})
	e.guard = minGuard
	for i := range e.coded {
		k := &e.coded[i] // Mb = guard + exponent − 1 must do
		e.guard = max(e.guard, minGuard+k.planes-k.band.planes)
	}
}

// list adds the code-blocks of a precinct.
func (e *encoder) list(comp int, res *resolution, n int) {
	var first [3]int
	for b := range res.bands {
		bd := &res.bands[b]
		first[b] = len(e.coded)
		area, g := res.span(n, bd)
		for y := g.y0; y < g.y1; y++ {
			for x := g.x0; x < g.x1; x++ {
				block := rect{x << res.bw, y << res.bh, (x + 1) << res.bw, (y + 1) << res.bh}.and(area)
				e.coded = append(e.coded, coded{comp: comp, band: bd, area: block})
			}
		}
	}
	e.blocks[&res.precincts[n]] = first
}

// at is where a block begins in its plane: high bands lie behind the low one.
func (e *encoder) at(k *coded) int {
	x, y := k.area.x0, k.area.y0
	if k.band.orient&1 != 0 {
		x += k.band.low.x1
	}
	if k.band.orient&2 != 0 {
		y += k.band.low.y1
	}
	return y*e.h.Width + x
}

// each calls f for 0 up to n on GOMAXPROCS goroutines.
func each(n int, f func(i int, enc *ebcot.Encoder)) {
	next := make(chan int)
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		wait.Go(func() {
			var enc ebcot.Encoder
			for i := range next {
				f(i, &enc)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wait.Wait()
}
