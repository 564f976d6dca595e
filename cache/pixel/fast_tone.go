package pixel

import "math"

// tone makes bytes of samples in fixed point. A straight window is one
// multiplication, exact but for its last bits; a sigmoid is a table of 2^15 steps
// over what is neither black nor white; whatever else there is (a VOI LUT, a step) is
// worked out for each pixel.
type tone struct {
	key        toneKey
	kind       toneKind
	low, span  int64 // of the window, in fixed point
	gain, from int64 // byte = (from + gain·t) >> toneBits, t counted from low
	table      []uint8
	voi        *VOI
	slope, at  float64 // modality value = slope·fixed + at
}

type toneKind uint8

const (
	toneDirect toneKind = iota
	toneRamp
	toneTable
)

const (
	toneBits  = 40
	toneSteps = 1 << 15
)

// toneKey is all that a tone depends on.
type toneKey struct {
	slope, intercept float64
	signed, invert   bool
	window           Window
}

func (t *tone) set(im *Image, w Window, invert bool) {
	key := toneKey{im.Slope, im.Intercept, im.Signed, invert != im.Inverse, w}
	if t.key == key && t.voi != nil {
		return
	}
	bias := 0.0
	if im.Signed {
		bias = 1 << 15
	}
	*t = tone{key: key, voi: w.VOI(), slope: im.Slope / (1 << fixBits), at: im.Intercept - im.Slope*bias, table: t.table}
	low, high := t.voi.low, t.voi.high
	if t.voi.kind == curved {
		low, high = t.voi.c-1.7*t.voi.w, t.voi.c+1.7*t.voi.w // light below 0.3/255, above 254.7/255
	}
	low, high = (low-t.at)/t.slope, (high-t.at)/t.slope
	falls := low > high
	if falls {
		low, high = high, low
	}
	if t.voi.kind == tabled || !(high-low >= 1<<(fixBits-3)) || high-low > 1<<34 || math.Abs(low) > 1<<52 {
		return
	}
	t.low, t.span = int64(math.Floor(low+0.5)), max(1, int64(math.Floor(high-low+0.5)))
	if t.voi.kind == curved {
		t.curve()
		return
	}
	t.kind = toneRamp
	t.gain, t.from = int64(255*float64(int64(1)<<toneBits)/float64(t.span)+0.5), 1<<(toneBits-1)
	if falls != key.invert {
		t.gain, t.from = -t.gain, 255<<toneBits+1<<(toneBits-1)
	}
}

// curve fills the table.
func (t *tone) curve() {
	t.kind = toneTable
	t.gain = int64(float64(toneSteps) * float64(int64(1)<<toneBits) / float64(t.span))
	if t.table == nil {
		t.table = make([]uint8, toneSteps+1)
	}
	step := float64(t.span) / toneSteps
	for i := range t.table {
		t.table[i] = t.direct(float64(t.low) + (float64(i)+0.5)*step)
	}
}

func (t *tone) direct(fixed float64) uint8 {
	return light(t.voi.At(t.slope*fixed+t.at), t.key.invert)
}

// row writes a row of samples as pixels.
func (t *tone) row(px []uint8, samples []int32) {
	px = px[:4*len(samples)]
	switch t.kind {
	case toneRamp:
		t.ramp(px, samples)
	case toneTable:
		for i, v := range samples {
			g := uint8(0)
			if v != black {
				g = t.table[min(max(int64(v)-t.low, 0), t.span)*t.gain>>toneBits]
			}
			set(px[4*i:], g)
		}
	default:
		for i, v := range samples {
			g := uint8(0)
			if v != black {
				g = t.direct(float64(v))
			}
			set(px[4*i:], g)
		}
	}
}

func (t *tone) ramp(px []uint8, samples []int32) {
	low, span, gain, from := t.low, t.span, t.gain, t.from
	for _, v := range samples {
		g := uint32(0)
		if v != black {
			g = uint32(uint64(from+min(max(int64(v)-low, 0), span)*gain) >> toneBits)
		}
		if len(px) < 4 {
			return
		}
		px[0], px[1], px[2], px[3] = uint8(g), uint8(g), uint8(g), 255
		px = px[4:]
	}
}

// byteTable is the last BuildLUT.
type byteTable struct {
	key     toneKey
	lut     *LUT
	padding padding
	table   *[1 << 16]uint8
}

func (b *byteTable) of(im *Image, w Window, invert bool) *[1 << 16]uint8 {
	key := toneKey{im.Slope, im.Intercept, im.Signed, invert != im.Inverse, w}
	if b.table == nil || b.key != key || b.lut != im.ModalityLUT || b.padding != im.padding {
		table := im.BuildLUT(w, invert)
		*b = byteTable{key, im.ModalityLUT, im.padding, &table}
	}
	return b.table
}
