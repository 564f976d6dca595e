package pixel_test

import (
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

// Heads of codestreams, as far as the lossy mark reads them.
var (
	sof     = func(kind byte) []byte { return []byte{0xFF, kind, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0} }
	scan    = func(ss, se, ahal byte) []byte { return []byte{0xFF, 0xDA, 0, 8, 1, 1, 0, ss, se, ahal} }
	jpegOf  = func(kind, ss, se, ahal byte) []byte { return join([]byte{0xFF, 0xD8}, sof(kind), scan(ss, se, ahal)) }
	j2kSize = append(append([]byte{0xFF, 0x4F, 0xFF, 0x51, 0, 41}, make([]byte, 34)...), 0, 1, 7, 1, 1)
	cod     = func(wavelet byte) []byte { return []byte{0xFF, 0x52, 0, 12, 0, 0, 0, 1, 0, 5, 4, 4, 0, wavelet} }
	coc     = func(wavelet byte) []byte { return []byte{0xFF, 0x53, 0, 9, 0, 0, 5, 4, 4, 0, wavelet} }
)

func join(parts ...[]byte) (out []byte) {
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

func TestTheLossyMarkFollowsHeaderSyntaxAndStream(t *testing.T) {
	type c struct {
		ts     dicom.UID
		stream []byte
		set    func(d *dicom.Dataset)
		lossy  bool
		how    string
	}
	said := func(flag string, method []string, ratio ...float64) func(d *dicom.Dataset) {
		return func(d *dicom.Dataset) {
			d.SetStr(dicom.LossyImageCompression, flag)
			d.SetStr(dicom.LossyImageCompressionMethod, method...)
			d.SetFloat(dicom.LossyImageCompressionRatio, ratio...)
		}
	}
	for name, c := range map[string]c{
		"nothing said, native":        {dicom.ExplicitVRLittleEndian, nil, nil, false, ""},
		"said 00":                     {dicom.ExplicitVRLittleEndian, nil, said("00", nil, 10), false, ""},
		"said 01 only":                {dicom.ExplicitVRLittleEndian, nil, said("01", nil), true, ""},
		"once, now native":            {dicom.ExplicitVRLittleEndian, nil, said("01", []string{"ISO_10918_1"}, 10), true, "JPEG 10:1"},
		"twice":                       {dicom.ExplicitVRLittleEndian, nil, said("01", []string{"ISO_10918_1", "ISO_15444_1"}, 10, 4.567), true, "JPEG 10:1, JPEG 2000 4.57:1"},
		"a ratio without a method":    {dicom.ExplicitVRLittleEndian, nil, said("01", nil, 8), true, "8:1"},
		"a method nobody defined":     {dicom.ExplicitVRLittleEndian, nil, said("01", []string{"JANE DOE"}, 8), true, "8:1"},
		"baseline":                    {dicom.JPEGBaseline, nil, nil, true, "JPEG"},
		"baseline that says 00":       {dicom.JPEGBaseline, nil, said("00", nil), true, "JPEG"},
		"baseline that says 01":       {dicom.JPEGBaseline, nil, said("01", []string{"ISO_10918_1"}, 12), true, "JPEG 12:1"},
		"J2K after JPEG":              {dicom.JPEG2000, join(j2kSize, cod(0)), said("01", []string{"ISO_10918_1"}, 12), true, "JPEG 12:1, JPEG 2000"},
		"video":                       {dicom.HEVCM10P51, nil, nil, true, "HEVC"},
		"near-lossless":               {dicom.JPEGLSNearLossless, jpegOf(0xF7, 2, 0, 0), nil, true, "JPEG-LS"},
		"near-lossless of NEAR 0":     {dicom.JPEGLSNearLossless, jpegOf(0xF7, 0, 2, 0), nil, false, ""},
		"NEAR under lossless":         {dicom.JPEGLSLossless, jpegOf(0xF7, 1, 0, 0), nil, true, "JPEG-LS"},
		"lossless JPEG":               {dicom.JPEGLosslessSV1, jpegOf(0xC3, 1, 0, 0), nil, false, ""},
		"lossless JPEG, shifted":      {dicom.JPEGLosslessSV1, jpegOf(0xC3, 1, 0, 2), nil, true, "JPEG"},
		"a DCT under lossless JPEG":   {dicom.JPEGLosslessSV1, jpegOf(0xC1, 0, 63, 0), nil, true, "JPEG"},
		"9/7":                         {dicom.JPEG2000, join(j2kSize, cod(0)), nil, true, "JPEG 2000"},
		"5/3":                         {dicom.JPEG2000, join(j2kSize, cod(1)), nil, false, ""},
		"9/7 of one component":        {dicom.HTJ2K, join(j2kSize, cod(1), coc(0)), nil, true, "HTJ2K"},
		"9/7 under lossless":          {dicom.JPEG2000Lossless, join(j2kSize, cod(0)), nil, true, "JPEG 2000"},
		"9/7 in a JP2 file":           {dicom.JPEG2000, join([]byte("\x00\x00\x00\x0cjP  \r\n\x87\n"), j2kSize, cod(0)), nil, true, "JPEG 2000"},
		"a stream that is cut":        {dicom.JPEG2000, j2kSize[:7], nil, false, ""},
		"a JPEG that is cut":          {dicom.JPEGLSNearLossless, jpegOf(0xF7, 2, 0, 0)[:18], nil, false, ""},
		"a segment longer than there": {dicom.JPEGLosslessSV1, []byte{0xFF, 0xD8, 0xFF, 0xE0, 0xFF, 0xFF, 0}, nil, false, ""},
	} {
		f := object(1, 1, 8, false, []byte{0}, c.set)
		if f.TransferSyntax = c.ts; c.ts != dicom.ExplicitVRLittleEndian {
			f.Pixel = dicom.PixelData{VR: "OB", Tag: dicom.PixelDataTag, Encapsulated: true}
		}
		if c.stream != nil {
			f.Pixel.Fragments = [][]byte{c.stream}
		}
		if lossy, how := pixel.LossyOf(f); lossy != c.lossy || how != c.how {
			t.Errorf("%s: %v %q, want %v %q", name, lossy, how, c.lossy, c.how)
		}
	}
}

func TestAnImageCarriesTheLossyMark(t *testing.T) {
	im := decode(t, object(1, 1, 8, false, []byte{0}, func(d *dicom.Dataset) {
		d.SetStr(dicom.LossyImageCompression, "01")
		d.SetStr(dicom.LossyImageCompressionMethod, "ISO_15444_1")
		d.SetFloat(dicom.LossyImageCompressionRatio, 20)
	}))
	if !im.Lossy || im.Compression != "JPEG 2000 20:1" {
		t.Errorf("%v %q", im.Lossy, im.Compression)
	}
}
