package pixel

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// LossyOf reports whether the pixels of an object were lossily compressed, now or
// at some time, and how as far as it is said: "JPEG 10:1, JPEG 2000 8:1", or ""
// (N21). They were where Lossy Image Compression (0028,2110) is 01, where the
// transfer syntax knows no other way, and where the first frame's codestream is
// lossy whatever is said: JPEG-LS with NEAR, JPEG 2000 with the 9/7 wavelet, a DCT
// under a lossless syntax, a point transform. A codestream that was cut short to
// make it smaller looks like a lossless one. From a header alone, the codestream
// counts for nothing.
func LossyOf(f *dicom.File) (lossy bool, how string) {
	if !f.Pixel.Encapsulated || syntaxes[f.TransferSyntax].name == "" {
		return lossyOf(f, nil)
	}
	b, err := f.Frame(0)
	if err != nil {
		b = nil
	}
	return lossyOf(f, b)
}

// lossyOf is LossyOf with a frame's codestream, nil for none.
func lossyOf(f *dicom.File, src []byte) (lossy bool, how string) {
	d := f.Dataset
	lossy = strings.TrimSpace(d.Str(dicom.LossyImageCompression)) == "01"
	var steps []string
	if lossy {
		steps = said(d)
	}
	now := syntaxes[f.TransferSyntax]
	if now.lossy || now.name != "" && (lossyJPEG(src) || lossyJPEG2000(src)) {
		lossy = true
		if !mentions(steps, now.name) {
			steps = append(steps, now.name)
		}
	}
	return lossy, strings.Join(steps, ", ")
}

// said are the steps that Lossy Image Compression Method and Ratio name, in their
// order (PS3.3 C.7.6.1.1.5).
func said(d *dicom.Dataset) (steps []string) {
	ratios, names := d.Floats(dicom.LossyImageCompressionRatio), d.Strs(dicom.LossyImageCompressionMethod)
	for i := range min(max(len(ratios), len(names)), 8) {
		var words []string
		if i < len(names) {
			if name := methods[strings.TrimSpace(names[i])]; name != "" {
				words = append(words, name)
			}
		}
		if i < len(ratios) && ratios[i] > 0 && ratios[i] < 1e6 {
			words = append(words, strconv.FormatFloat(ratios[i], 'g', 3, 64)+":1")
		}
		if len(words) > 0 {
			steps = append(steps, strings.Join(words, " "))
		}
	}
	return steps
}

func mentions(steps []string, name string) bool {
	for _, s := range steps {
		if s == name || strings.HasPrefix(s, name+" ") && s[len(name)+1] >= '0' && s[len(name)+1] <= '9' {
			return true
		}
	}
	return false
}

// methods are the defined terms of Lossy Image Compression Method (PS3.3
// C.7.6.1.1.5.1).
var methods = map[string]string{
	"ISO_10918_1": "JPEG", "ISO_14495_1": "JPEG-LS", "ISO_15444_1": "JPEG 2000", "ISO_15444_15": "HTJ2K",
	"ISO_18181_1": "JPEG XL", "ISO_13818_2": "MPEG2", "ISO_14496_10": "MPEG-4 AVC", "ISO_23008_2": "HEVC",
}

// syntax is how a compressed transfer syntax is called in a few letters, and
// whether it is always lossy.
type syntax struct {
	name  string
	lossy bool
}

// syntaxes are all that may be lossy. Video always is, as it is used here.
var syntaxes = func() map[dicom.UID]syntax {
	out := map[dicom.UID]syntax{}
	for _, group := range []struct {
		of   syntax
		uids []dicom.UID
	}{
		{syntax{"JPEG", true}, []dicom.UID{
			dicom.JPEGBaseline, dicom.JPEGExtended, dicom.JPEGExtended35, dicom.JPEGSpectral68, dicom.JPEGSpectral79,
			dicom.JPEGProgressive1012, dicom.JPEGProgressive1113, dicom.JPEGHierarchical1618, dicom.JPEGHierarchical1719,
			dicom.JPEGHierarchical2022, dicom.JPEGHierarchical2123, dicom.JPEGHierarchical2426, dicom.JPEGHierarchical2527}},
		{syntax{"JPEG", false}, []dicom.UID{dicom.JPEGLossless, dicom.JPEGLosslessSV1, dicom.JPEGLossless15}},
		{syntax{"JPEG-LS", false}, []dicom.UID{dicom.JPEGLSLossless, dicom.JPEGLSNearLossless}},
		{syntax{"JPEG 2000", false}, []dicom.UID{dicom.JPEG2000Lossless, dicom.JPEG2000, dicom.JPEG2000Part2Lossless, dicom.JPEG2000Part2}},
		{syntax{"HTJ2K", false}, []dicom.UID{dicom.HTJ2KLossless, dicom.HTJ2KLosslessRPCL, dicom.HTJ2K}},
		{syntax{"MPEG2", true}, []dicom.UID{
			dicom.MPEG2MPML, dicom.MPEG2MPHL, dicom.MPEG2MPMLFragmentable, dicom.MPEG2MPHLFragmentable}},
		{syntax{"MPEG-4 AVC", true}, []dicom.UID{
			dicom.MPEG4HP41, dicom.MPEG4HP41BD, dicom.MPEG4HP41Fragmentable, dicom.MPEG4HP41BDFragmentable, dicom.MPEG4HP42For2D,
			dicom.MPEG4HP42For2DFragmentable, dicom.MPEG4HP42For3D, dicom.MPEG4HP42For3DFragmentable, dicom.MPEG4StereoHP42,
			dicom.MPEG4StereoHP42Fragmentable}},
		{syntax{"HEVC", true}, []dicom.UID{dicom.HEVCMP51, dicom.HEVCM10P51}},
	} {
		for _, uid := range group.uids {
			out[uid] = group.of
		}
	}
	return out
}()

// Codec names in a few letters how the pixels of an object are stored: "native",
// "JPEG 2000", …; a transfer syntax that is not known by its UID.
func Codec(f *dicom.File) string {
	switch {
	case !f.Pixel.Encapsulated:
		return "native"
	case f.TransferSyntax == dicom.RLELossless:
		return "RLE"
	case f.TransferSyntax == dicom.DeflatedImageFrame:
		return "deflate"
	case syntaxes[f.TransferSyntax].name != "":
		return syntaxes[f.TransferSyntax].name
	}
	return f.TransferSyntax.Name()
}

// lossyJPEG reads the marker segments of JPEG and JPEG-LS up to the first scan
// (ISO 10918-1 B.2, ISO 14495-1 C.2).
func lossyJPEG(b []byte) bool {
	if len(b) < 2 || b[0] != 0xFF || b[1] != 0xD8 {
		return false
	}
	ls := false
	for b = b[2:]; len(b) >= 4 && b[0] == 0xFF; {
		marker, n := b[1], int(b[2])<<8|int(b[3])
		if marker == 0xFF { // fill byte
			b = b[1:]
			continue
		}
		if n < 2 || len(b) < 2+n {
			return false
		}
		switch {
		case marker == 0xF7:
			ls = true
		case marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC:
			if marker&3 != 3 {
				return true // a DCT
			}
		case marker == 0xDA && n >= 6: // … Ss or NEAR, Se or ILV, Ah and Al
			return b[n+1]&0x0F != 0 || ls && b[n-1] != 0
		}
		b = b[2+n:]
	}
	return false
}

// lossyJPEG2000 reads the main header for the wavelet of each component: 0 is the
// 9/7, which cannot be undone exactly (ISO 15444-1 A.6.1, A.6.2).
func lossyJPEG2000(b []byte) bool {
	const maxBoxes = 4096 // of a JP2 file around the codestream
	at := bytes.Index(b[:min(len(b), maxBoxes)], []byte{0xFF, 0x4F, 0xFF, 0x51})
	if at < 0 {
		return false
	}
	components := 0
	for b = b[at+2:]; len(b) >= 4 && b[0] == 0xFF && b[1] != 0x90; {
		marker, n := b[1], int(b[2])<<8|int(b[3])
		if n < 2 || len(b) < 2+n {
			return false
		}
		body, wavelet := b[4:2+n], 9
		switch {
		case marker == 0x51 && len(body) >= 36:
			components = int(body[34])<<8 | int(body[35])
		case marker == 0x53: // COC: the component's number is a byte below 257 of them
			wavelet = 6
			if components > 256 {
				wavelet++
			}
			fallthrough
		case marker == 0x52:
			if len(body) > wavelet && body[wavelet] == 0 {
				return true
			}
		}
		b = b[2+n:]
	}
	return false
}
