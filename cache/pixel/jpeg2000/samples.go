package jpeg2000

import (
	"encoding/binary"
	"math"
)

// rangeOf is how a component's values become samples (G.1): shift, then clamp.
type rangeOf struct{ shift, low, high int }

func (r rangeOf) sample(v int) int { return min(max(v+r.shift, r.low), r.high) }

// pixels writes three samples at a time.
func (r rangeOf) pixels(dst []byte, first, second, third []int32) {
	second, third = second[:len(first)], third[:len(first)]
	shift, low, outside := uint32(r.shift), uint32(r.low), ^uint32(r.high-r.low)
	for x := range first {
		a, b, c := uint32(first[x])+shift, uint32(second[x])+shift, uint32(third[x])+shift
		if ((a-low)|(b-low)|(c-low))&outside != 0 {
			a, b = uint32(r.sample(int(first[x]))), uint32(r.sample(int(second[x])))
			c = uint32(r.sample(int(third[x])))
		}
		d := (*[3]byte)(dst[3*x:])
		d[0], d[1], d[2] = byte(a), byte(b), byte(c)
	}
}

// words writes the samples of one component of 16-bit cells four at a time, and
// returns how many it wrote.
func (r rangeOf) words(dst []byte, row []int32) int {
	shift, low, outside := uint32(r.shift), uint32(r.low), ^uint32(r.high-r.low)
	for x := 0; x < len(row)-3; x += 4 {
		a, b, c, d := uint32(row[x])+shift, uint32(row[x+1])+shift, uint32(row[x+2])+shift, uint32(row[x+3])+shift
		if ((a-low)|(b-low)|(c-low)|(d-low))&outside != 0 { // seldom: one is to be clamped
			a, b = uint32(r.sample(int(row[x]))), uint32(r.sample(int(row[x+1])))
			c, d = uint32(r.sample(int(row[x+2]))), uint32(r.sample(int(row[x+3])))
		}
		ab, cd := uint64(uint16(a))|uint64(uint16(b))<<16, uint64(uint16(c))|uint64(uint16(d))<<16
		binary.LittleEndian.PutUint64(dst[2*x:], ab|cd<<32)
	}
	return len(row) &^ 3
}

// roundedWords is words of values to be rounded.
func (r rangeOf) roundedWords(dst []byte, row []float32) int {
	less, low, outside := uint32(zeroBits-r.shift), uint32(r.low), ^uint32(r.high-r.low)
	for x := 0; x < len(row)-3; x += 4 {
		a, b := math.Float32bits(row[x]+toInteger)-less, math.Float32bits(row[x+1]+toInteger)-less
		c, d := math.Float32bits(row[x+2]+toInteger)-less, math.Float32bits(row[x+3]+toInteger)-less
		if ((a-low)|(b-low)|(c-low)|(d-low))&outside != 0 { // seldom, beyond what toInteger serves too
			a, b = uint32(r.sample(int(rounded(row[x])))), uint32(r.sample(int(rounded(row[x+1]))))
			c, d = uint32(r.sample(int(rounded(row[x+2])))), uint32(r.sample(int(rounded(row[x+3]))))
		}
		ab, cd := uint64(uint16(a))|uint64(uint16(b))<<16, uint64(uint16(c))|uint64(uint16(d))<<16
		binary.LittleEndian.PutUint64(dst[2*x:], ab|cd<<32)
	}
	return len(row) &^ 3
}

// A value from −2^22 up to 2^22 with toInteger added is rounded to an integer,
// halves to even, that stands in its low bits; zeroBits are those of 0.
const (
	toInteger = 3 << 22
	zeroBits  = 0x4B400000
)

// round writes what of row fits to the nearest integers, halves to even.
func round(to []int32, row []float32) {
	row = row[:len(to)]
	for x, v := range row {
		bits := math.Float32bits(v + toInteger)
		if bits>>23 != zeroBits>>23 {
			to[x] = rounded(v)
			continue
		}
		to[x] = int32(bits - zeroBits)
	}
}

// rounded is v to the nearest integer, halves to even; beyond 2^31 it is clamped.
func rounded(v float32) int32 {
	if v != v {
		return 0 // of damaged streams only
	}
	return int32(min(max(math.RoundToEven(float64(v)), math.MinInt32), math.MaxInt32))
}
