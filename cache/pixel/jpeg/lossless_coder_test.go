package jpeg_test

import (
	"encoding/binary"
	"fmt"
	"math/bits"

	"github.com/nocturne/nocturne/cache/pixel/jpeg"
)

// categories has codes of 2 to 16 bits for all 17 categories; those of ones only
// and of more than 16 bits are none.
var categories = huffmanOf([16]byte{1: 3, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1, 8: 1, 9: 1, 10: 1, 11: 1, 12: 1, 13: 1, 14: 1, 15: 1},
	[]byte{3, 4, 2, 5, 6, 7, 1, 0, 8, 9, 10, 11, 12, 13, 14, 15, 16})

// losslessPicture is a lossless JPEG stream of whatever kind annex H has, written
// sample by sample as the standard says it.
type losslessPicture struct {
	width, height, bits int
	sampling            [][2]int // h, v of each component
	predictor, shift    int      // shift: the point transform
	restart             int      // MCU rows of an interval
	separate            bool     // a scan for each component
	dnl                 bool     // the height stands behind the first scan
	wide                bool     // 16 bits follow the category 16, against the standard
	sof                 byte     // 0xC3 where it is 0
}

func (p losslessPicture) String() string {
	return fmt.Sprintf("%d×%d, %d bits, %v, predictor %d, shift %d, restart %d, separate %v, dnl %v, wide %v",
		p.width, p.height, p.bits, p.sampling, p.predictor, p.shift, p.restart, p.separate, p.dnl, p.wide)
}

func (p losslessPicture) most() (h, v int) {
	for _, s := range p.sampling {
		h, v = max(h, s[0]), max(v, s[1])
	}
	return h, v
}

// samplesFunc gives the sample of component c in column x and line y, of p.bits.
type samplesFunc func(c, x, y int) int

// random is a number that depends on nothing but its arguments.
func random(seed uint64, c, x, y int) uint64 {
	v := (uint64(c)<<40 | uint64(x)<<20 | uint64(y)) + seed
	v = (v ^ v>>31) * 0x9E3779B97F4A7C15
	return (v ^ v>>29) * 0xBF58476D1CE4E5B9
}

// noisy is a smooth picture with noise; wild has every value anywhere.
func (p losslessPicture) noisy(seed uint64) samplesFunc {
	top := 1<<p.bits - 1
	return func(c, x, y int) int {
		slope := (x*(c+2) + y*3) * top / 2000 % (top + 1)
		return min(top, slope*3/4+int(random(seed, c, x, y)>>32)%(top/64+2))
	}
}

func (p losslessPicture) wild(seed uint64) samplesFunc {
	return func(c, x, y int) int {
		v := random(seed, c, x, y)
		if v>>60 < 3 {
			return int(v>>59&1) * (1<<p.bits - 1) // extremes: differences of ±2¹⁵ and more
		}
		return int(v >> 20 & (1<<p.bits - 1))
	}
}

func (p losslessPicture) encode(at samplesFunc) []byte {
	out := []byte{0xFF, 0xD8}
	lines := []byte{byte(p.height >> 8), byte(p.height)}
	sof := p.sof
	if sof == 0 {
		sof = 0xC3
	}
	frame := []byte{byte(p.bits), lines[0], lines[1], byte(p.width >> 8), byte(p.width), byte(len(p.sampling))}
	if p.dnl {
		frame[1], frame[2] = 0, 0
	}
	for i, s := range p.sampling {
		frame = append(frame, byte(i+1), byte(s[0]<<4|s[1]), 0)
	}
	out = segment(out, sof, frame)
	out = segment(out, 0xC4, append(append([]byte{0}, categories.counts[:]...), categories.symbols...))
	scans := [][]int{{}}
	if p.separate {
		scans = nil
	}
	for i := range p.sampling {
		if p.separate {
			scans = append(scans, []int{i})
		} else {
			scans[0] = append(scans[0], i)
		}
	}
	for i, comps := range scans {
		out = p.scan(out, comps, at)
		if p.dnl && i == 0 {
			out = segment(out, 0xDC, lines)
		}
	}
	return append(out, 0xFF, 0xD9)
}

func (p losslessPicture) scan(out []byte, comps []int, at samplesFunc) []byte {
	ceil := func(a, b int) int { return (a + b - 1) / b }
	hmax, vmax := p.most()
	across, down := ceil(p.width, hmax), ceil(p.height, vmax)
	sampling := map[int][2]int{}
	for _, c := range comps {
		sampling[c] = p.sampling[c]
	}
	if c := comps[0]; len(comps) == 1 {
		across, down = ceil(p.width*p.sampling[c][0], hmax), ceil(p.height*p.sampling[c][1], vmax)
		sampling[c] = [2]int{1, 1}
	}
	if p.restart > 0 {
		out = segment(out, 0xDD, []byte{byte(p.restart * across >> 8), byte(p.restart * across)})
	}
	head := []byte{byte(len(comps))}
	for _, c := range comps {
		head = append(head, byte(c+1), 0)
	}
	w := writer{out: segment(out, 0xDA, append(head, byte(p.predictor), 0, byte(p.shift)))}
	top := 0 // line of MCUs at which the interval starts
	for m := range across * down {
		mx, my := m%across, m/across
		if p.restart > 0 && mx == 0 && my > 0 && my%p.restart == 0 {
			w.flush()
			w.out = append(w.out, 0xFF, 0xD0|byte((my/p.restart-1)&7))
			top = my
		}
		for _, c := range comps {
			h, v := sampling[c][0], sampling[c][1]
			for k := range h * v {
				p.sample(&w, c, mx*h+k%h, my*v+k/h, top*v, at)
			}
		}
	}
	w.flush()
	return w.out
}

// sample writes one; first is the first line since the scan or interval began.
func (p losslessPicture) sample(w *writer, c, x, y, first int, at samplesFunc) {
	v := func(x, y int) int { return at(c, x, y) >> p.shift }
	var px int
	switch {
	case x == 0 && y == first:
		px = 1 << (p.bits - p.shift - 1)
	case y == first:
		px = v(x-1, y)
	case x == 0:
		px = v(x, y-1)
	default:
		a, b, c := v(x-1, y), v(x, y-1), v(x-1, y-1)
		px = []int{0, a, b, c, a + b - c, a + (b-c)>>1, b + (a-c)>>1, (a + b) >> 1}[p.predictor]
	}
	d := int32(int16(v(x, y) - px))
	size := bits.Len32(uint32(max(d, -d)))
	w.put(categories.code[size], categories.length[size])
	switch {
	case size < 16:
		w.value(d)
	case p.wide:
		w.put(uint32(32767), 16) // −32768, modulo 2¹⁶ the same as 32768
	}
}

// pixels are the cells that decoding must give: each pixel the sample that covers
// it, without the bits that the point transform took.
func (p losslessPicture) pixels(cell int, at samplesFunc) []byte {
	hmax, vmax := p.most()
	var out []byte
	for y := range p.height {
		for x := range p.width {
			for c, s := range p.sampling {
				v := at(c, x*s[0]/hmax, y*s[1]/vmax) >> p.shift << p.shift
				out = append(out, binary.LittleEndian.AppendUint32(nil, uint32(v))[:cell]...)
			}
		}
	}
	return out
}

func (p losslessPicture) head() jpeg.Head {
	return jpeg.Head{Width: p.width, Height: p.height, Components: len(p.sampling), Precision: p.bits}
}
