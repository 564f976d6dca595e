// Package jpeg2000 decodes JPEG 2000 codestreams (ISO/IEC 15444-1, Rec. ITU-T
// T.800) and High-Throughput ones (15444-15), and encodes lossless ones.
//
//	tiles, tile-parts, image and tile offsets   yes
//	progression orders and their changes        LRCP RLCP RPCL PCRL CPRL, POC
//	layers, precincts, SOP, EPH, PPM, PPT       yes
//	code-block styles                           all of part 1, HT
//	wavelets                                    5/3, 9/7
//	component transformations                   RCT, ICT; those of part 2: unsupported
//	regions of interest                         maxshift
//	precision                                   1 to 32 bits; up to 30 coded bit-planes
//	subsampled components                       unsupported
//	JP2 files                                   their codestream; palettes and colour are not followed
//
// A codestream without its EOC is read; one whose data end within a tile-part is
// invalid, and so is a lossless one that lacks packets. Of a lossy one, packets may
// lack at the end of a tile: they are layers that were cut off.
package jpeg2000

import (
	"image"
	"runtime"
)

// Head is what the main header says of a frame.
type Head struct {
	Width, Height, Components int
	Precision                 int  // bits of a sample; the most of any component
	Signed                    bool // of the first component
	Levels                    int  // of decomposition: how often the size may be halved
	Reversible                bool // lossless, as far as nothing was left out
	HighThroughput            bool
}

// ReadHead reads the main header. Errors are *dicom.InvalidError and
// *dicom.UnsupportedError.
func ReadHead(src []byte) (Head, error) {
	var c codestream
	src, err := unwrapped(src)
	if err == nil {
		err = c.readMain(src)
	}
	if err != nil {
		return Head{}, err
	}
	return c.head(), nil
}

func (c *codestream) head() Head {
	h := Head{
		Width: c.x1 - c.x0, Height: c.y1 - c.y0, Components: len(c.comps),
		Signed: c.comps[0].signed, Levels: maxLevels, Reversible: true,
	}
	for i, k := range c.comps {
		st := c.main.comps[i].style
		h.Precision = max(h.Precision, k.precision)
		h.Levels = min(h.Levels, st.levels)
		h.Reversible = h.Reversible && st.reversible
		h.HighThroughput = h.HighThroughput || st.block&styleHT != 0
	}
	return h
}

// Cell is the smallest number of bytes that holds a sample: 1, 2 or 4.
func (h Head) Cell() int {
	switch {
	case h.Precision <= 8:
		return 1
	case h.Precision <= 16:
		return 2
	}
	return 4
}

// Decode decodes a whole frame into dst, which is replaced when it is too small:
// cells of 1, 2 or 4 bytes (0: Head.Cell), little endian, the samples of a pixel side
// by side, signed ones in two's complement of the whole cell.
//
// Errors are *dicom.InvalidError and *dicom.UnsupportedError. Large frames are
// decoded by GOMAXPROCS goroutines, gone on return. Memory beside dst is 4/3 bytes a
// sample of the largest tile, about 1 KB a sample of a row of it, and some hundred KB
// a goroutine.
func Decode(dst, src []byte, cell int) ([]byte, Head, error) {
	return decode(dst, src, cell, 0, image.Rectangle{})
}

// DecodeRegion decodes the part of a frame that lies in region, in pixels of the
// frame reduced by levels: 2^levels smaller on each side, rounded up. An empty
// region is the whole frame. Only tiles and code-blocks that the region needs are
// decoded. The Head has Width and Height of what is returned.
func DecodeRegion(dst, src []byte, cell, levels int, region image.Rectangle) ([]byte, Head, error) {
	return decode(dst, src, cell, levels, region)
}

func decode(dst, src []byte, cell, levels int, region image.Rectangle) ([]byte, Head, error) {
	var c codestream
	src, err := unwrapped(src)
	if err != nil {
		return nil, Head{}, err
	}
	if err = c.readMain(src); err != nil {
		return nil, Head{}, err
	}
	return c.decode(dst, src, cell, levels, region)
}

// decode decodes a frame whose main header has been read.
func (c *codestream) decode(dst, src []byte, cell, levels int, region image.Rectangle) ([]byte, Head, error) {
	h := c.head()
	if cell == 0 {
		cell = h.Cell()
	}
	if cell < h.Cell() || cell == 3 || cell > 4 {
		return nil, h, unsupported("%d bits in cells of %d bytes", h.Precision, cell)
	}
	if levels < 0 || levels > h.Levels {
		return nil, h, unsupported("a size reduced %d times of %d levels", levels, h.Levels)
	}
	area := rect{c.x0, c.y0, c.x1, c.y1}.reduced(levels)
	if !region.Empty() {
		area = rect{area.x0 + region.Min.X, area.y0 + region.Min.Y, area.x0 + region.Max.X, area.y0 + region.Max.Y}.and(area)
	}
	if area.empty() {
		return nil, h, unsupported("a region outside the frame")
	}
	h.Width, h.Height = area.width(), area.height()
	if err := c.readParts(src); err != nil {
		return nil, h, err
	}
	out := newOutput(area, c.comps, cell)
	if out.bytes() > maxOutput {
		return nil, h, unsupported("a frame of more than %d GB", maxOutput>>30)
	}
	out.b = dst
	if err := c.decodeTiles(out, levels, runtime.GOMAXPROCS(0)); err != nil {
		return nil, h, err
	}
	return out.b, h, nil
}

// maxOutput bounds what one call gives; package pixel's bound is lower.
const maxOutput = 8 << 30
