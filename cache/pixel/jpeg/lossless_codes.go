package jpeg

import "slices"

// lossCodes is a Huffman table for categories, to write by.
type lossCodes struct {
	spec huffSpec
	code [17]struct {
		bits   uint32
		length uint
	}
}

// codesFor makes the shortest codes that the counts allow with lengths up to 16
// and none of ones only (C.2).
func codesFor(counts *[17]int) (t lossCodes) {
	lengths := lengthsFor(counts)
	t.spec.counts = make([]byte, 16)
	code := uint32(0)
	for l := uint(1); l <= 16; l++ {
		for s, n := range lengths {
			if n != l {
				continue
			}
			t.spec.counts[l-1]++
			t.spec.symbols = append(t.spec.symbols, byte(s))
			t.code[s].bits, t.code[s].length = code, l
			code++
		}
		code <<= 1
	}
	return t
}

// coin is a set of symbols and what coding them one bit longer costs. Symbol 17
// stands for the code of ones, which is kept free.
type coin struct {
	cost    int
	symbols [18]uint8
}

// lengthsFor is the package-merge algorithm (Larmore and Hirschberg, 1990) for
// lengths of at most 16; 0 is that of a symbol that does not occur. The code of
// ones costs nothing, hence is the longest and, taken last, that of ones.
func lengthsFor(counts *[17]int) (lengths [17]uint) {
	single := []coin{{symbols: [18]uint8{17: 1}}}
	for s, n := range counts {
		if n > 0 {
			single = append(single, coin{cost: n})
			single[len(single)-1].symbols[s] = 1
		}
	}
	byCost := func(a, b coin) int { return a.cost - b.cost }
	slices.SortStableFunc(single, byCost)
	list := slices.Clone(single)
	for range 15 {
		merged := slices.Clone(single)
		for i := 0; i+1 < len(list); i += 2 {
			merged = append(merged, list[i].and(list[i+1]))
		}
		slices.SortStableFunc(merged, byCost)
		list = merged
	}
	for _, c := range list[:2*len(single)-2] {
		for s := range lengths {
			lengths[s] += uint(c.symbols[s])
		}
	}
	return lengths
}

func (c coin) and(o coin) coin {
	c.cost += o.cost
	for s, n := range o.symbols {
		c.symbols[s] += n
	}
	return c
}

// head appends what stands before the data.
func (e *lossEncoder) head(out []byte) []byte {
	h := e.h
	out = append(out, 0xFF, mSOI)
	switch {
	case h.Components == 3 && h.Colour == ColourYBR:
		out = lossSegment(out, mAPP0, []byte("JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"))
	case h.Components == 3 && h.Colour == ColourRGB:
		out = lossSegment(out, mAPP14, []byte("Adobe\x00\x64\x00\x00\x00\x00\x00"))
	}
	frame := []byte{byte(h.Precision), byte(h.Height >> 8), byte(h.Height), byte(h.Width >> 8), byte(h.Width), byte(h.Components)}
	scan := []byte{byte(h.Components)}
	for i := range h.Components {
		frame = append(frame, byte(i+1), 0x11, 0)
		scan = append(scan, byte(i+1), byte(i<<4))
	}
	out = lossSegment(out, 0xC3, frame)
	for i := range h.Components {
		spec := e.codes[i].spec
		out = lossSegment(out, mDHT, append(append([]byte{byte(i)}, spec.counts...), spec.symbols...))
	}
	return lossSegment(out, mSOS, append(scan, byte(e.predictor), 0, 0))
}

func lossSegment(out []byte, marker byte, body []byte) []byte {
	n := len(body) + 2
	return append(append(out, 0xFF, marker, byte(n>>8), byte(n)), body...)
}
