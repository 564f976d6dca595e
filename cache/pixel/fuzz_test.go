package pixel_test

import (
	"encoding/binary"
	"errors"
	"image"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

// bare is a data set in explicit VR little endian: US elements, texts, pixels.
func bare(shorts map[dicom.Tag]uint16, photometric string, vr string, pixels []byte) (b []byte) {
	head := func(t dicom.Tag, vr string) {
		b = binary.LittleEndian.AppendUint16(b, t.Group())
		b = binary.LittleEndian.AppendUint16(b, t.Element())
		b = append(b, vr...)
	}
	if len(photometric)%2 != 0 {
		photometric += " "
	}
	for _, t := range []dicom.Tag{dicom.SamplesPerPixel, dicom.PhotometricInterpretation, dicom.PlanarConfiguration, dicom.Rows,
		dicom.Columns, dicom.BitsAllocated, dicom.BitsStored, dicom.HighBit, dicom.PixelRepresentation, dicom.PixelPaddingValue} {
		if t == dicom.PhotometricInterpretation {
			head(t, "CS")
			b = binary.LittleEndian.AppendUint16(b, uint16(len(photometric)))
			b = append(b, photometric...)
		} else if v, ok := shorts[t]; ok {
			head(t, "US")
			b = binary.LittleEndian.AppendUint16(b, 2)
			b = binary.LittleEndian.AppendUint16(b, v)
		}
	}
	head(dicom.PixelDataTag, vr)
	b = append(b, 0, 0)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(pixels)))
	return append(b, pixels...)
}

// wrapped is bare with meta information and encapsulated pixels of one fragment.
func wrapped(shorts map[dicom.Tag]uint16, photometric string, ts dicom.UID, frame []byte) (b []byte) {
	b = append(make([]byte, 128), "DICM\x02\x00\x00\x00UL\x04\x00"...)
	uid := string(ts) + "\x00"[:len(ts)%2]
	b = binary.LittleEndian.AppendUint32(b, uint32(8+len(uid)))
	b = append(b, "\x02\x00\x10\x00UI"...)
	b = append(binary.LittleEndian.AppendUint16(b, uint16(len(uid))), uid...)
	b = append(b, bare(shorts, photometric, "OB", nil)...)
	b = append(b[:len(b)-4], "\xFF\xFF\xFF\xFF\xFE\xFF\x00\xE0\x00\x00\x00\x00\xFE\xFF\x00\xE0"...)
	b = append(binary.LittleEndian.AppendUint32(b, uint32(len(frame))), frame...)
	return append(b, "\xFE\xFF\xDD\xE0\x00\x00\x00\x00"...)
}

// FuzzDecode promises for any object that parses: no panic in decoding, windowing,
// drawing or hashing, and errors of our types.
func FuzzDecode(f *testing.F) {
	grey := map[dicom.Tag]uint16{dicom.SamplesPerPixel: 1, dicom.Rows: 2, dicom.Columns: 3, dicom.BitsAllocated: 16,
		dicom.BitsStored: 12, dicom.HighBit: 11, dicom.PixelRepresentation: 1, dicom.PixelPaddingValue: 0xF830}
	rgb := map[dicom.Tag]uint16{dicom.SamplesPerPixel: 3, dicom.PlanarConfiguration: 1, dicom.Rows: 2, dicom.Columns: 2,
		dicom.BitsAllocated: 8, dicom.BitsStored: 8, dicom.HighBit: 7, dicom.PixelRepresentation: 0}
	bit := map[dicom.Tag]uint16{dicom.SamplesPerPixel: 1, dicom.Rows: 3, dicom.Columns: 3, dicom.BitsAllocated: 1,
		dicom.BitsStored: 1, dicom.HighBit: 0}
	f.Add(bare(grey, "MONOCHROME1", "OW", make([]byte, 12)))
	f.Add(bare(rgb, "RGB", "OB", make([]byte, 12)))
	f.Add(bare(rgb, "YBR_FULL_422", "OB", make([]byte, 8)))
	f.Add(bare(bit, "MONOCHROME2", "OB", make([]byte, 2)))
	f.Add(bare(grey, "PALETTE COLOR", "OW", make([]byte, 12)))
	for ts, frame := range map[dicom.UID][]byte{
		dicom.RLELossless:        append(append([]byte{2, 0, 0, 0, 64, 0, 0, 0, 66}, make([]byte, 55)...), 0xFB, 1, 0xFB, 2),
		dicom.DeflatedImageFrame: {0x63, 0x80, 0x03, 0},
		dicom.JPEGLSLossless:     jpegOf(0xF7, 0, 0, 0), dicom.JPEG2000: join(j2kSize, cod(0)), dicom.JPEGBaseline: jpegOf(0xC0, 0, 63, 0),
	} {
		f.Add(wrapped(grey, "MONOCHROME2", ts, frame))
		f.Add(wrapped(rgb, "YBR_FULL_422", ts, frame))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		obj, err := dicom.Parse(b)
		if err != nil {
			return
		}
		if _, err := pixel.StoredSHA256(obj); !ours(err) {
			t.Fatal(err)
		}
		pixel.LossyOf(obj)
		if small, err := pixel.DecodeReduced(obj, 0, 2); !ours(err) || err == nil && (small.Preview == nil || small.Rows != (small.Preview.Rows+3)/4) {
			t.Fatal(small, err)
		}
		im, err := pixel.Decode(obj, 0)
		if !ours(err) {
			t.Fatal(err)
		}
		if err == nil {
			dst := image.NewRGBA(image.Rect(0, 0, 8, 8))
			im.Render(im.DefaultWindow(), true, dst, im.Place(pixel.View{Turn: 1}, image.Pt(8, 8)), pixel.Bilinear)
			im.Render(im.DefaultWindow(), true, dst, im.Place(pixel.View{}, image.Pt(8, 8)), pixel.Area)
		}
	})
}

func ours(err error) bool {
	var inv *dicom.InvalidError
	var uns *dicom.UnsupportedError
	return err == nil || errors.As(err, &inv) || errors.As(err, &uns)
}

func TestSeedsOfTheFuzzTargetDecode(t *testing.T) {
	small := map[dicom.Tag]uint16{dicom.SamplesPerPixel: 1, dicom.Rows: 2, dicom.Columns: 3, dicom.BitsAllocated: 16,
		dicom.BitsStored: 12, dicom.HighBit: 11}
	rle := append(append([]byte{2, 0, 0, 0, 64, 0, 0, 0, 66}, make([]byte, 55)...), 0xFB, 1, 0xFB, 2)
	w, err := dicom.Parse(wrapped(small, "MONOCHROME2", dicom.RLELossless, rle))
	if err != nil {
		t.Fatal(err)
	}
	if im := decode(t, w); im.Stored[5] != 0x102 {
		t.Errorf("%v", im.Stored)
	}
	f, err := dicom.Parse(bare(map[dicom.Tag]uint16{dicom.SamplesPerPixel: 1, dicom.Rows: 1, dicom.Columns: 2, dicom.BitsAllocated: 16,
		dicom.BitsStored: 12, dicom.HighBit: 11}, "MONOCHROME2", "OW", []byte{1, 0, 2, 0}))
	if err != nil {
		t.Fatal(err)
	}
	if im := decode(t, f); im.Stored[1] != 2 {
		t.Errorf("%v", im.Stored)
	}
}
