package pixel_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

// golden is a frame as the standard's formulas see it: slow, in double precision,
// reading the elements itself. Of the program it uses only the data set and, for
// compressed frames, the decoders, whose output other decoders agree with.
type golden struct {
	d                      *dicom.Dataset
	rows, cols, samples    int
	alloc, stored, high    int
	signed, planar, halved bool
	photometric            string
	cells                  []byte
	class                  dicom.UID
}

func goldenOf(f *dicom.File) (g *golden, err error) {
	d := f.Dataset
	g = &golden{d: d, rows: d.IntOr(dicom.Rows, 0), cols: d.IntOr(dicom.Columns, 0), samples: d.IntOr(dicom.SamplesPerPixel, 1),
		alloc: d.IntOr(dicom.BitsAllocated, 0), stored: d.IntOr(dicom.BitsStored, 0), high: d.IntOr(dicom.HighBit, 0),
		signed: d.IntOr(dicom.PixelRepresentation, 0) == 1, planar: d.IntOr(dicom.PlanarConfiguration, 0) == 1,
		photometric: d.Str(dicom.PhotometricInterpretation), class: dicom.UID(d.Str(dicom.SOPClassUID))}
	if f.Pixel.Tag != dicom.PixelDataTag {
		return nil, errors.New("float")
	}
	if g.cells, err = f.Frame(0); err != nil {
		return nil, err
	}
	g.halved = !f.Pixel.Encapsulated && (g.photometric == "YBR_FULL_422" || g.photometric == "YBR_PARTIAL_422")
	switch {
	case f.Pixel.Encapsulated:
		h, err := pixel.HeaderOf(f)
		if err == nil {
			g.cells, err = pixel.Decoders[f.TransferSyntax].Decode(nil, g.cells, &h)
		}
		if err != nil {
			return nil, err
		}
		g.photometric, g.planar, g.halved = h.Photometric, h.Planar, false
	case f.BigEndian && f.Pixel.VR == "OW":
		all, err := f.NativePixels() // frames may lie across words
		if err != nil {
			return nil, err
		}
		turned := make([]byte, len(g.cells))
		for i := range turned {
			turned[i] = all[min(i^1, len(all)-1)]
		}
		g.cells = turned
	}
	return g, nil
}

// cell is raw cell n of the frame.
func (g *golden) cell(n int) uint64 {
	switch b := g.cells; g.alloc {
	case 1:
		return uint64(b[n/8] >> (n % 8) & 1)
	case 8:
		return uint64(b[n])
	case 16:
		return uint64(binary.LittleEndian.Uint16(b[2*n:]))
	default:
		return uint64(binary.LittleEndian.Uint32(b[4*n:]))
	}
}

// value cuts the value out of a raw cell (PS3.5 8.1.1).
func (g *golden) value(raw uint64) float64 {
	v := raw >> (g.high + 1 - g.stored) & (1<<g.stored - 1)
	if g.signed && v>>(g.stored-1) == 1 {
		return float64(v) - math.Pow(2, float64(g.stored))
	}
	return float64(v)
}

// padded: the cell stands for no measurement (PS3.3 C.7.5.1.1.2).
func (g *golden) padded(raw uint64) bool {
	if !g.d.Has(dicom.PixelPaddingValue) || g.samples != 1 {
		return false
	}
	number := func(t dicom.Tag, def int) float64 {
		v := uint64(g.d.IntOr(t, def)) & (1<<g.alloc - 1)
		if g.signed && v>>(g.alloc-1) == 1 {
			return float64(v) - math.Pow(2, float64(g.alloc))
		}
		return float64(v)
	}
	first, _ := g.d.Int(dicom.PixelPaddingValue)
	a, b := number(dicom.PixelPaddingValue, 0), number(dicom.PixelPaddingRangeLimit, first)
	v := float64(raw)
	if g.signed && raw>>(g.alloc-1) == 1 {
		v -= math.Pow(2, float64(g.alloc))
	}
	in := func(v float64) bool { return v >= math.Min(a, b) && v <= math.Max(a, b) }
	return in(v) || in(g.value(raw))
}

// table is a look-up table's item (PS3.3 C.11.1.1).
type table struct {
	first float64
	full  float64
	out   []float64
}

func tableOf(it *dicom.Dataset, descriptor, data dicom.Tag, signed bool) table {
	desc := it.Floats(descriptor)
	n, first, bits := int(desc[0]), desc[1], desc[2]
	if n == 0 {
		n = 65536
	}
	if signed && first > 32767 {
		first -= 65536
	}
	t := table{first: first, full: math.Pow(2, bits) - 1}
	e, _ := it.Get(data)
	words := e.Ints
	if words == nil && len(e.Bytes) >= 2*n {
		for i := 0; i+1 < len(e.Bytes); i += 2 {
			words = append(words, int64(e.Bytes[i])|int64(e.Bytes[i+1])<<8)
		}
	} else if words == nil {
		for _, b := range e.Bytes {
			words = append(words, int64(b))
		}
	}
	for _, w := range words {
		t.out = append(t.out, float64(uint16(w)))
	}
	if len(t.out) > n {
		t.out = t.out[:n]
	}
	return t
}

func (t table) at(x float64) float64 {
	i := math.Max(0, math.Min(x-t.first, float64(len(t.out)-1)))
	low := math.Floor(i)
	y := t.out[int(low)]
	if i > low {
		y += (i - low) * (t.out[int(low)+1] - y)
	}
	return y
}

// modality is the modality value of a stored one (PS3.3 C.11.1). Tables of XA and XRF
// lead back to the beam and are not for display (PS3.4 N.2.5).
func (g *golden) modality() func(v float64) float64 {
	beam := g.class == "1.2.840.10008.5.1.4.1.1.12.1" || g.class == "1.2.840.10008.5.1.4.1.1.12.2"
	if it := g.d.Seq(dicom.ModalityLUTSequence); len(it) > 0 && !beam {
		return tableOf(it[0], dicom.LUTDescriptor, dicom.LUTData, g.signed).at
	}
	from := g.d
	for _, group := range [][]*dicom.Dataset{g.d.Seq(dicom.SharedFunctionalGroupsSequence), g.d.Seq(dicom.PerFrameFunctionalGroupsSequence)} {
		if len(group) > 0 && len(group[0].Seq(dicom.PixelValueTransformationSequence)) > 0 {
			from = group[0].Seq(dicom.PixelValueTransformationSequence)[0]
		}
	}
	slope, ok := from.Float(dicom.RescaleSlope)
	if !ok || slope == 0 {
		slope = 1
	}
	intercept, _ := from.Float(dicom.RescaleIntercept)
	return func(v float64) float64 { return slope*v + intercept }
}

// voi is one way to light, 0…255, as its formula is printed (display.md D2).
type voi struct {
	kind  string
	light func(x float64) float64
}

func formula(kind string, c, w float64) voi {
	f := closedForms[kind]
	return voi{kind, func(x float64) float64 { return f(x, c, w) }}
}

// vois are the windows and tables the frame brings, in its order.
func (g *golden) vois() (out []voi) {
	from := g.d
	for _, group := range [][]*dicom.Dataset{g.d.Seq(dicom.SharedFunctionalGroupsSequence), g.d.Seq(dicom.PerFrameFunctionalGroupsSequence)} {
		if len(group) > 0 && len(group[0].Seq(dicom.FrameVOILUTSequence)) > 0 {
			from = group[0].Seq(dicom.FrameVOILUTSequence)[0]
		}
	}
	kind := from.Str(dicom.VOILUTFunction)
	if kind == "" {
		kind = pixel.Linear
	}
	c, w := from.Floats(dicom.WindowCenter), from.Floats(dicom.WindowWidth)
	for i := range min(len(c), len(w)) {
		switch {
		case w[i] >= 1:
			out = append(out, formula(kind, c[i], w[i]))
		case w[i] > 0:
			out = append(out, formula(pixel.LinearExact, c[i], w[i]))
		}
	}
	for _, it := range from.Seq(dicom.VOILUTSequence) {
		t := tableOf(it, dicom.LUTDescriptor, dicom.LUTData, false)
		out = append(out, voi{pixel.VOILUT, func(x float64) float64 { return 255 * math.Min(t.at(x)/t.full, 1) }})
	}
	return out
}

// inverse: small values are bright (PS3.3 C.7.6.3.1.2, C.11.6.1.2).
func (g *golden) inverse() bool {
	return g.photometric == "MONOCHROME1" || g.d.Str(dicom.PresentationLUTShape) == "INVERSE"
}

// holds checks the cells of a frame against the manifest's sum of them.
func (g *golden) holds(t *testing.T, name, want string) {
	b := g.cells
	if g.planar && g.samples == 3 {
		size := g.alloc / 8
		b = make([]byte, 0, len(g.cells))
		for i := 0; i < len(g.cells)/3; i += size {
			for c := range 3 {
				b = append(b, g.cells[c*len(g.cells)/3+i:][:size]...)
			}
		}
	}
	sum := sha256.Sum256(b)
	if hex.EncodeToString(sum[:]) != want {
		t.Errorf("%s: the cells are not those that other decoders have", name)
	}
}
