package dicomweb

import (
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
)

func TestOnlyWhatAnEncoderCodesWholeIsToBeCompressed(t *testing.T) {
	cells := func(v ...uint16) (b []byte) {
		for _, x := range append(v, 1, 2, 3, 4, 5) { // the odd one out stands anywhere
			b = append(b, byte(x), byte(x>>8))
		}
		return b
	}
	for _, c := range []struct {
		name              string
		allocated, stored int
		representation    int
		photometric       string
		pixels            []byte
		also              map[dicom.Tag]int
		want              bool
	}{
		{"CT of 12 bits", 16, 12, 0, "MONOCHROME2", cells(0, 4095), nil, true},
		{"CT of 16 bits, signed", 16, 16, 1, "MONOCHROME2", cells(0xF830, 0x7FFF), nil, true},
		{"signed values of 12 bits", 16, 12, 1, "MONOCHROME2", cells(0, 1), nil, false},
		{"an overlay above the values", 16, 12, 0, "MONOCHROME2", cells(0x1001), nil, false},
		{"one at the end", 16, 12, 0, "MONOCHROME2", append(cells(0), 0xFF, 0xFF), nil, false},
		{"padding beyond the range", 16, 12, 0, "MONOCHROME2", cells(0), map[dicom.Tag]int{dicom.PixelPaddingValue: 63536}, false},
		{"padding within it", 16, 12, 0, "MONOCHROME2", cells(0), map[dicom.Tag]int{dicom.PixelPaddingValue: 0}, true},
		{"values at the top of the cell", 16, 12, 0, "MONOCHROME2", cells(0), map[dicom.Tag]int{dicom.HighBit: 15}, false},
		{"ultrasound", 8, 8, 0, "RGB", []byte{255, 0, 255}, nil, true},
		{"seven bits", 8, 7, 0, "MONOCHROME1", []byte{127, 0, 1}, nil, true},
		{"seven bits and one more", 8, 7, 0, "MONOCHROME1", []byte{127, 128, 1}, nil, false},
		{"subsampled colour", 8, 8, 0, "YBR_FULL_422", []byte{1, 2, 3, 4}, nil, false},
		{"a mask of bits", 1, 1, 0, "MONOCHROME2", []byte{1}, nil, false},
		{"dose of 32 bits", 32, 32, 0, "MONOCHROME2", []byte{1, 0, 0, 0}, nil, false},
		{"nothing said", 0, 0, 0, "", nil, nil, false},
	} {
		ds := new(dicom.Dataset)
		ds.SetInt(dicom.BitsAllocated, c.allocated)
		ds.SetInt(dicom.BitsStored, c.stored)
		ds.SetInt(dicom.HighBit, c.stored-1)
		ds.SetInt(dicom.PixelRepresentation, c.representation)
		ds.SetStr(dicom.PhotometricInterpretation, c.photometric)
		for tag, v := range c.also {
			ds.SetInt(tag, v)
		}
		f := &dicom.File{Dataset: ds, TransferSyntax: dicom.ExplicitVRLittleEndian}
		f.Pixel.Tag, f.Pixel.Native = dicom.PixelDataTag, c.pixels
		if got := transcodable(f); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
