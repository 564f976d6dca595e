package jpeg_test

import (
	"math"
	"math/bits"
)

// codes are Huffman codes by symbol, from a table's counts and symbols.
type codes struct {
	counts  [16]byte
	symbols []byte
	code    [256]uint32
	length  [256]int
}

func huffmanOf(counts [16]byte, symbols []byte) *codes {
	h := &codes{counts: counts, symbols: symbols}
	code, k := uint32(0), 0
	for l, n := range counts {
		for range n {
			h.code[symbols[k]], h.length[symbols[k]] = code, l+1
			code, k = code+1, k+1
		}
		code <<= 1
	}
	return h
}

// testDC has short codes for small categories and all 16; testAC all 256 symbols:
// those of short runs and small sizes in 2 to 8 bits, the others in 13.
var testDC = huffmanOf([16]byte{1: 1, 2: 4, 3: 2, 4: 2, 5: 1, 6: 1, 7: 1, 8: 1, 9: 1, 10: 1, 11: 1},
	[]byte{2, 0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})

var testAC = func() *codes {
	short := []byte{0x01, 0x02, 0x00, 0x03, 0x11, 0x04, 0x21, 0x12, 0x31, 0x05, 0x41, 0x51, 0x13, 0x22, 0x61, 0x06, 0x71}
	counts := [16]byte{1: 2, 2: 1, 3: 3, 4: 3, 5: 2, 6: 2, 7: 4}
	symbols := append([]byte{}, short...)
	for s := range 256 {
		if !containsByte(short, byte(s)) {
			symbols = append(symbols, byte(s))
		}
	}
	counts[12] = byte(len(symbols) - len(short))
	return huffmanOf(counts, symbols)
}()

func containsByte(b []byte, v byte) bool {
	for _, c := range b {
		if c == v {
			return true
		}
	}
	return false
}

// picture is a JPEG stream of one's own making, sequential.
type picture struct {
	width, height, bits int
	sampling            [][2]int // h, v of each component
	quant               [64]uint16
	restart             int
	separate            bool // a scan for each component
	head                []byte
}

// encode writes the stream; block gives a component's quantised coefficients, in
// zigzag order, of the block in column x and line y.
func (p picture) encode(block func(c, x, y int) [64]int32) []byte {
	out := append([]byte{0xFF, 0xD8}, p.head...)
	wide := byte(0)
	table := []byte{}
	for _, q := range p.quant {
		if q > 255 {
			wide = 0x10
		}
	}
	for _, q := range p.quant {
		if wide != 0 {
			table = append(table, byte(q>>8))
		}
		table = append(table, byte(q))
	}
	out = segment(out, 0xDB, append([]byte{wide}, table...))
	frame := []byte{byte(p.bits), byte(p.height >> 8), byte(p.height), byte(p.width >> 8), byte(p.width), byte(len(p.sampling))}
	for i, s := range p.sampling {
		frame = append(frame, byte(i+1), byte(s[0]<<4|s[1]), 0)
	}
	out = segment(out, 0xC1, frame)
	for class, h := range []*codes{testDC, testAC} {
		out = segment(out, 0xC4, append(append([]byte{byte(class << 4)}, h.counts[:]...), h.symbols...))
	}
	if p.restart > 0 {
		out = segment(out, 0xDD, []byte{byte(p.restart >> 8), byte(p.restart)})
	}
	if !p.separate {
		all := []int{}
		for i := range p.sampling {
			all = append(all, i)
		}
		return append(p.scan(out, all, block), 0xFF, 0xD9)
	}
	for i := range p.sampling {
		out = p.scan(out, []int{i}, block)
	}
	return append(out, 0xFF, 0xD9)
}

func segment(out []byte, marker byte, body []byte) []byte {
	n := len(body) + 2
	return append(append(out, 0xFF, marker, byte(n>>8), byte(n)), body...)
}

func (p picture) scan(out []byte, comps []int, block func(c, x, y int) [64]int32) []byte {
	head := []byte{byte(len(comps))}
	for _, c := range comps {
		head = append(head, byte(c+1), 0)
	}
	out = segment(out, 0xDA, append(head, 0, 63, 0))
	hmax, vmax := 1, 1
	for _, s := range p.sampling {
		hmax, vmax = max(hmax, s[0]), max(vmax, s[1])
	}
	ceil := func(a, b int) int { return (a + b - 1) / b }
	across, down := ceil(p.width, 8*hmax), ceil(p.height, 8*vmax)
	if len(comps) == 1 {
		s := p.sampling[comps[0]]
		if len(p.sampling) == 1 {
			s[0], s[1] = hmax, vmax
		}
		across, down = ceil(ceil(p.width*s[0], hmax), 8), ceil(ceil(p.height*s[1], vmax), 8)
	}
	w := writer{out: out}
	var pred [4]int32
	for m := range across * down {
		if p.restart > 0 && m > 0 && m%p.restart == 0 {
			w.flush()
			w.out = append(w.out, 0xFF, 0xD0|byte((m/p.restart-1)&7))
			pred = [4]int32{}
		}
		x, y := m%across, m/across
		for _, c := range comps {
			s := p.sampling[c]
			if len(comps) == 1 {
				s = [2]int{1, 1}
			}
			for b := range s[0] * s[1] {
				w.block(block(c, x*s[0]+b%s[0], y*s[1]+b/s[0]), &pred[c])
			}
		}
	}
	w.flush()
	return w.out
}

// writer packs bits, with zeros stuffed behind 0xFF.
type writer struct {
	out []byte
	acc uint64
	n   int
}

func (w *writer) put(v uint32, n int) {
	w.acc, w.n = w.acc<<n|uint64(v)&(1<<n-1), w.n+n
	for w.n >= 8 {
		b := byte(w.acc >> (w.n - 8))
		w.n -= 8
		if w.out = append(w.out, b); b == 0xFF {
			w.out = append(w.out, 0)
		}
	}
}

func (w *writer) flush() {
	if w.n > 0 {
		w.put(0x7F, 8-w.n)
	}
}

func (w *writer) value(v int32) {
	n := bits.Len32(uint32(max(v, -v)))
	if v < 0 {
		v--
	}
	w.put(uint32(v), n)
}

func (w *writer) block(b [64]int32, pred *int32) {
	d := b[0] - *pred
	*pred = b[0]
	size := bits.Len32(uint32(max(d, -d)))
	w.put(testDC.code[size], testDC.length[size])
	w.value(d)
	run := 0
	for k := 1; k < 64; k++ {
		if b[k] == 0 {
			run++
			continue
		}
		for ; run > 15; run -= 16 {
			w.put(testAC.code[0xF0], testAC.length[0xF0])
		}
		s := run<<4 | bits.Len32(uint32(max(b[k], -b[k])))
		w.put(testAC.code[s], testAC.length[s])
		w.value(b[k])
		run = 0
	}
	if run > 0 {
		w.put(testAC.code[0], testAC.length[0])
	}
}

// transformed is the block function of a picture whose samples at gives.
func (p picture) transformed(at func(c, x, y int) int) func(c, x, y int) [64]int32 {
	var cos [8][8]float64
	for u := range 8 {
		for x := range 8 {
			cos[u][x] = math.Cos(float64(2*x+1)*float64(u)*math.Pi/16) / 2
			if u == 0 {
				cos[u][x] /= math.Sqrt2
			}
		}
	}
	return func(c, bx, by int) (out [64]int32) {
		var in, half [8][8]float64
		for y := range 8 {
			for x := range 8 {
				in[y][x] = float64(at(c, 8*bx+x, 8*by+y) - 1<<(p.bits-1))
			}
		}
		for y := range 8 {
			for u := range 8 {
				for x := range 8 {
					half[y][u] += in[y][x] * cos[u][x]
				}
			}
		}
		for k, n := range order {
			v, u, sum := n/8, n%8, 0.0
			for y := range 8 {
				sum += half[y][u] * cos[v][y]
			}
			out[k] = int32(math.Round(sum / float64(p.quant[k])))
		}
		return out
	}
}

// order is the zigzag, walked.
var order = func() (z [64]int) {
	x, y := 0, 0
	for k := range z {
		z[k] = 8*y + x
		switch {
		case (x+y)%2 == 0 && x == 7, (x+y)%2 == 1 && y < 7 && x == 0:
			y++
		case (x+y)%2 == 0 && y == 0, (x+y)%2 == 1 && y == 7:
			x++
		case (x+y)%2 == 0:
			x, y = x+1, y-1
		default:
			x, y = x-1, y+1
		}
	}
	return z
}()
