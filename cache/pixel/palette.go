package pixel

import (
	"encoding/binary"

	"github.com/nocturne/nocturne/cache/dicom"
)

// channels are the tags of the three palettes: descriptor, data, segmented data.
var channels = [3][3]dicom.Tag{
	{dicom.RedPaletteColorLookupTableDescriptor, dicom.RedPaletteColorLookupTableData, dicom.SegmentedRedPaletteColorLookupTableData},
	{dicom.GreenPaletteColorLookupTableDescriptor, dicom.GreenPaletteColorLookupTableData, dicom.SegmentedGreenPaletteColorLookupTableData},
	{dicom.BluePaletteColorLookupTableDescriptor, dicom.BluePaletteColorLookupTableData, dicom.SegmentedBluePaletteColorLookupTableData},
}

// palette turns a frame of indices into RGB (PS3.3 C.7.6.3.1.5).
func (im *Image) palette(d *dicom.Dataset, b []byte, h Header) error {
	if h.Allocated != 8 && h.Allocated != 16 {
		return unsupported("a palette of %d bits allocated", h.Allocated)
	}
	colours, err := im.colours(d)
	if err != nil {
		return err
	}
	im.store(d, b, h)
	im.RGB = make([]uint8, 3*len(im.Stored))
	to := im.RGB
	for _, v := range im.Stored {
		c := &colours[v]
		to[0], to[1], to[2] = c[0], c[1], c[2]
		to = to[3:]
	}
	im.Stored, im.Samples = nil, 3
	return nil
}

// supplement lays over a grey image the colours of the stored values that a
// supplemental palette maps: those from its first on; the values below are grey
// (PS3.3 C.7.6.19, C.8.16.2.1.2). The values are kept: they are what is measured.
func (im *Image) supplement(d *dicom.Dataset) error {
	if p := d.Str(dicom.PixelPresentation); p != "COLOR" && p != "MIXED" || !d.Has(channels[0][0]) || im.Bits > 16 {
		return nil
	}
	_, red, err := descriptorOf(d, channels[0][0], im.Signed)
	if err != nil {
		return err
	}
	colours, err := im.colours(d)
	if err != nil {
		return err
	}
	l := &Layer{Kind: Coloured, Rows: im.Rows, Cols: im.Cols, RGBA: make([]uint8, 4*len(im.Stored))}
	for i, v := range im.Stored {
		if im.integer(v) >= red.First && !im.IsPadding(v) {
			c := colours[v]
			l.RGBA[4*i], l.RGBA[4*i+1], l.RGBA[4*i+2], l.RGBA[4*i+3] = c[0], c[1], c[2], 255
		}
	}
	im.Layers = append(im.Layers, l)
	return nil
}

// colours is the colour of each index, signed or not.
func (im *Image) colours(d *dicom.Dataset) (*[1 << 16][3]uint8, error) {
	var out [1 << 16][3]uint8
	used := out[:]
	if !im.Signed {
		used = out[:1<<im.Bits]
	}
	for c, tags := range channels {
		lut, err := paletteLUT(d, tags, im.Signed)
		if err != nil {
			return nil, err
		}
		shift := paletteShift(lut)
		for v := range used {
			used[v][c] = uint8(lut.At(im.integer(uint16(v))) >> shift)
		}
	}
	return &out, nil
}

func paletteLUT(d *dicom.Dataset, tags [3]dicom.Tag, signed bool) (*LUT, error) {
	if !d.Has(tags[2]) {
		return describedLUT(d, tags[0], tags[1], signed)
	}
	n, lut, err := descriptorOf(d, tags[0], signed)
	if err != nil {
		return nil, err
	}
	e, _ := d.Get(tags[2])
	lut.Values, err = segments(e, n, lut.Bits)
	return lut, err
}

// paletteShift brings an entry to 8 bits. Tables that claim 16 bits but hold
// bytes are common; they are taken for what they hold.
func paletteShift(l *LUT) uint {
	if l.Bits <= 8 {
		return 0
	}
	for _, v := range l.Values {
		if v > 0xFF {
			return uint(l.Bits - 8)
		}
	}
	return 0
}

// segmented expands a segmented palette (PS3.3 C.7.9.2).
type segmented struct {
	units []uint16 // words, or bytes of an 8-bit table
	bytes bool
	n     int // entries wanted
	out   []uint16
}

func segments(e dicom.Element, n, bits int) ([]uint16, error) {
	s := segmented{bytes: bits == 8, n: n}
	for _, v := range e.Ints {
		s.units = append(s.units, uint16(v))
	}
	for i := 0; s.bytes && i < len(e.Bytes); i++ {
		s.units = append(s.units, uint16(e.Bytes[i]))
	}
	for i := 0; !s.bytes && i+2 <= len(e.Bytes); i += 2 {
		s.units = append(s.units, binary.LittleEndian.Uint16(e.Bytes[i:]))
	}
	if err := s.expand(0, -1, true); err != nil {
		return nil, err
	}
	if len(s.out) < n {
		return nil, invalid("segmented palette shorter than its descriptor says")
	}
	return s.out[:n], nil
}

// expand reads count segments from unit at on, or all there are when count is
// negative.
func (s *segmented) expand(at, count int, indirect bool) error {
	for ; count != 0 && at+2 <= len(s.units) && len(s.out) < s.n; count-- {
		op, length := s.units[at], int(s.units[at+1])
		at += 2
		switch {
		case length == 0 && op != 2: // adds nothing, and would let a small table cost much
			return invalid("segmented palette with an empty segment")
		case op == 0 && at+length <= len(s.units): // discrete
			s.out = append(s.out, s.units[at:at+length]...)
			at += length
		case op == 1 && at < len(s.units) && len(s.out) > 0: // linear
			s.line(length, int(s.units[at]))
			at++
		case op == 2 && indirect: // indirect: length segments from elsewhere
			from, next, ok := s.offset(at)
			if !ok {
				return invalid("segmented palette refers outside itself")
			}
			if err := s.expand(from, length, false); err != nil {
				return err
			}
			at = next
		default:
			return invalid("segmented palette with a broken segment")
		}
	}
	return nil
}

// line appends length values on a straight line from the last one to end.
func (s *segmented) line(length, end int) {
	start := int(s.out[len(s.out)-1])
	for i := 1; i <= length; i++ {
		v := float64(start) + float64(end-start)*float64(i)/float64(length)
		s.out = append(s.out, uint16(v+0.5))
	}
}

// offset reads the byte offset of an indirect segment, least significant part
// first, as a unit's index.
func (s *segmented) offset(at int) (from, next int, ok bool) {
	size, each, bits := 2, 2, 16
	if s.bytes {
		size, each, bits = 4, 1, 8
	}
	if at+size > len(s.units) {
		return 0, 0, false
	}
	v := 0
	for i := size - 1; i >= 0; i-- {
		v = v<<bits | int(s.units[at+i])
	}
	return v / each, at + size, v/each < len(s.units)
}
