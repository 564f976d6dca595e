package pixel_test

import (
	"fmt"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

// BenchmarkDecode is what a frame costs beside its decoder, by layout.
func BenchmarkDecode(b *testing.B) {
	const rows, cols = 1024, 1024
	palette := func(d *dicom.Dataset) {
		d.SetStr(dicom.PhotometricInterpretation, "PALETTE COLOR")
		for _, tags := range [][2]dicom.Tag{
			{dicom.RedPaletteColorLookupTableDescriptor, dicom.RedPaletteColorLookupTableData},
			{dicom.GreenPaletteColorLookupTableDescriptor, dicom.GreenPaletteColorLookupTableData},
			{dicom.BluePaletteColorLookupTableDescriptor, dicom.BluePaletteColorLookupTableData},
		} {
			d.SetInt(tags[0], 256, 0, 16)
			d.Set(dicom.Element{Tag: tags[1], VR: "OW", Bytes: make([]byte, 512)})
		}
	}
	colour := func(photometric string, planar int) func(d *dicom.Dataset) {
		return func(d *dicom.Dataset) {
			colourHeader(d, photometric, 8)
			d.SetInt(dicom.PlanarConfiguration, planar)
		}
	}
	alloc := func(bits int) func(d *dicom.Dataset) {
		return func(d *dicom.Dataset) { d.SetInt(dicom.BitsAllocated, bits) }
	}
	for _, c := range []struct {
		name   string
		bits   int
		signed bool
		bytes  int // of a pixel, in halves
		set    func(d *dicom.Dataset)
	}{
		{"1", 1, false, 0, alloc(1)}, {"8", 8, false, 2, nil}, {"12", 12, false, 4, nil}, {"12signed", 12, true, 4, nil}, {"16signed", 16, true, 4, nil},
		{"12padded", 12, true, 4, func(d *dicom.Dataset) { d.SetInt(dicom.PixelPaddingValue, -20000) }},
		{"32", 32, false, 8, alloc(32)}, {"palette", 8, false, 2, palette}, {"RGB", 8, false, 6, colour("RGB", 0)}, {"RGBplanes", 8, false, 6, colour("RGB", 1)},
		{"YBR_FULL", 8, false, 6, colour("YBR_FULL", 0)}, {"YBR_FULL_422", 8, false, 4, colour("YBR_FULL_422", 0)},
	} {
		b.Run(fmt.Sprintf("%s-%dx%d", c.name, rows, cols), func(b *testing.B) {
			native := make([]byte, max(rows*cols*c.bytes/2, rows*cols/8))
			for i := range native {
				native[i] = byte(i * 7)
			}
			f := object(rows, cols, c.bits, c.signed, native, c.set)
			b.SetBytes(int64(len(native)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := pixel.Decode(f, 0); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
