package ebcot

import "math/bits"

// field is what a block's passes know of its samples. A block is cut into stripes of
// four rows; within a stripe samples follow in the order of the scan (D.1), column
// after column, four to a column, and a word of 64 bits takes 16 columns: bit 4·c+r.
// So the samples a pass visits are found a word at a time and met by counting zeros.
//
// Memory: 32 KB of windows, 32 KB of magnitudes, 32 KB of words; a block of 64 × 64
// touches 9, 16 and 4 KB of them.
type field struct {
	width, height, stripes int
	words                  int // of a stripe
	causal                 bool

	// By row: how far away the window lies that holds the row as one of the next stripe,
	// and the row's bit there.
	edge [4]struct {
		window int
		bits   uint64
	}

	win [4096]uint64 // windows, a column of margin at each end, a stripe above and below
	mag [8192]uint32 // doubled magnitudes, in the order of the scan, with the sign in bit 31

	// One bit a sample, a word of margin at each end and a stripe above and below.
	sig  [1024]uint64 // significant
	free [1024]uint64 // in the block and not significant
	seen [1024]uint64 // coded by this plane's significance pass
	fine [1024]uint64 // refined before
}

const signBit = 1 << 31

func (f *field) reset(width, height int, causal bool) {
	f.width, f.height, f.causal = width, height, causal
	f.stripes = (height + 3) / 4
	f.words = (width + 15) / 16
	for r := range f.edge {
		f.edge[r].window = width + 2
	}
	f.edge[0].window, f.edge[0].bits, f.edge[3].bits = -width-2, 1<<15, 1
	if causal {
		f.edge[0].bits = 0
	}
	clear(f.win[:f.winAt(f.stripes+1, 0)])
	clear(f.mag[:4*f.stripes*width])
	n := f.wordAt(f.stripes+1, 0)
	clear(f.sig[:n])
	clear(f.seen[:n])
	clear(f.fine[:n])
	for s := range f.stripes {
		for w := range f.words {
			f.free[f.wordAt(s, w)] = f.inside(s, w)
		}
	}
}

// winAt, magAt and wordAt are where column x of stripe s has its window, its first
// magnitude and its word. Stripes −1 and f.stripes are the margins.
func (f *field) winAt(s, x int) int  { return (s+1)*(f.width+2) + x + 1 }
func (f *field) magAt(s, x int) int  { return 4 * (s*f.width + x) }
func (f *field) wordAt(s, w int) int { return (s+1)*(f.words+2) + w + 1 }

// inside are the bits of word w of stripe s that are samples of the block.
func (f *field) inside(s, w int) uint64 {
	m := ^uint64(0)
	if x := f.width - 16*w; x < 16 {
		m = 1<<(4*x) - 1
	}
	switch f.height - 4*s {
	case 1:
		m &= row0
	case 2:
		m &= row0 | row0<<1
	case 3:
		m &= row0 | row0<<1 | row0<<2
	}
	return m
}

// row0 are the bits of the topmost of a stripe's four rows.
const row0 = 0x1111111111111111

// beside are the bits of the word at i whose sample has a significant neighbour.
func (f *field) beside(i int) uint64 {
	pitch := f.words + 2
	up, down := i-pitch, i+pitch
	own := f.sig[i&1023]
	sides := own<<4 | f.sig[(i-1)&1023]>>60 | own>>4 | f.sig[(i+1)&1023]<<60
	all := own | sides
	n := sides | all>>1&^(row0<<3) | all<<1&^row0
	n |= spread(f.sig[(up-1)&1023], f.sig[up&1023], f.sig[(up+1)&1023]) >> 3 & row0
	if !f.causal {
		n |= spread(f.sig[(down-1)&1023], f.sig[down&1023], f.sig[(down+1)&1023]) << 3 & (row0 << 3)
	}
	return n
}

// spread is a word or-ed with itself a column to the left and to the right.
func spread(left, own, right uint64) uint64 {
	return own | own<<4 | left>>60 | own>>4 | right<<60
}

// ahead are the neighbours of a sample that the scan meets later in the same stripe,
// relative to the sample, by its row.
var ahead = [4]uint64{1<<1 | 1<<4 | 1<<5, 1<<1 | 1<<3 | 1<<4 | 1<<5, 1<<1 | 1<<3 | 1<<4 | 1<<5, 1<<3 | 1<<4}

// mark makes the sample in row r of the column with window wi known to its neighbours;
// negative is 0 or 1. The stripe above or below is told by the first and last row
// only; the others write no bits, which costs less than a branch that nothing foretells.
func (f *field) mark(wi, r int, negative uint64) {
	b, edge := 1|negative<<32, &f.edge[r&3]
	f.tell(wi, b<<(3*(r+1)&63))
	f.tell(wi+edge.window, b*edge.bits)
}

// tell adds b, a sample's bits as the window to its right sees them, to the three
// windows around wi.
func (f *field) tell(wi int, b uint64) {
	f.win[(wi-1)&4095] |= b << 2
	f.win[wi&4095] |= b << 1
	f.win[(wi+1)&4095] |= b
}

// nextBit is the number of the lowest bit of a word that is not 0.
func nextBit(w uint64) int { return bits.TrailingZeros64(w) & 63 }
