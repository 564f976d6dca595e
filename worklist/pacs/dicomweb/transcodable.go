package dicomweb

import (
	"encoding/binary"

	"github.com/nocturne/nocturne/cache/dicom"
)

// An encoder codes Bits Stored bits of a cell. What stands above them (the sign of a
// negative number, an overlay, padding beyond the range) is lost by a good encoder,
// and a bad one dies of it and takes the archive with it: DCMTK 3.6.7 built with its
// assertions does, on signed values of 12 bits. So a server is asked to compress only
// where nothing can stand there, as far as the first slices of a series show.

// transcodable tells whether a lossless encoder would code all of f's stored values.
func transcodable(f *dicom.File) bool {
	d := f.Dataset
	allocated, stored := d.IntOr(dicom.BitsAllocated, 0), d.IntOr(dicom.BitsStored, 0)
	switch {
	case f.Pixel.Tag != dicom.PixelDataTag, f.BigEndian, allocated != 8 && allocated != 16, stored < 2, stored > allocated,
		d.IntOr(dicom.HighBit, stored-1) != stored-1:
		return false
	case stored == allocated:
		return plain(d)
	case d.IntOr(dicom.PixelRepresentation, 0) != 0, beyond(d, dicom.PixelPaddingValue, stored), beyond(d, dicom.PixelPaddingRangeLimit, stored):
		return false
	}
	return plain(d) && highest(f.Pixel.Native, allocated)>>stored == 0
}

// fits tells from the attributes alone that nothing can stand above Bits Stored, and
// that nothing was lost before.
func fits(d *dicom.Dataset) bool {
	allocated, stored := d.IntOr(dicom.BitsAllocated, 0), d.IntOr(dicom.BitsStored, -1)
	return (allocated == 8 || allocated == 16) && stored == allocated && plain(d) && d.Str(dicom.LossyImageCompression) != "01"
}

// plain is false for what a codec may turn into another colour space.
func plain(d *dicom.Dataset) bool {
	switch d.Str(dicom.PhotometricInterpretation) {
	case "MONOCHROME1", "MONOCHROME2":
		return true
	case "RGB":
		return d.IntOr(dicom.BitsStored, 0) == 8
	}
	return false
}

func beyond(d *dicom.Dataset, t dicom.Tag, stored int) bool {
	v, ok := d.Int(t)
	return ok && (v < 0 || v>>stored != 0)
}

// highest has every bit set that any cell has set.
func highest(b []byte, allocated int) uint64 {
	var all uint64
	for ; len(b) >= 8; b = b[8:] {
		all |= binary.LittleEndian.Uint64(b)
	}
	for i, c := range b {
		all |= uint64(c) << (8 * i)
	}
	all |= all >> 32
	all |= all >> 16
	if allocated == 8 {
		return (all | all>>8) & 0xFF
	}
	return all & 0xFFFF
}
