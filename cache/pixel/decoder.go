package pixel

import (
	"github.com/nocturne/nocturne/cache/dicom"
)

// Decoder turns the fragments of one frame, joined, into what the frame would
// be uncompressed: cells little endian, samples of a pixel side by side.
type Decoder interface {
	// Decode may change in h what decoding changed: the photometric
	// interpretation, and that colour is no longer subsampled. It allocates at most
	// a fixed multiple of len(frame). Errors are *dicom.InvalidError or
	// *dicom.UnsupportedError.
	Decode(frame []byte, h *Header) ([]byte, error)
	// Exact reports whether the bytes are those that every decoder gives. Where it
	// is false the values are for looking at, not for hashing.
	Exact() bool
}

// Decoders are the compressed transfer syntaxes that Decode and StoredSHA256
// read, by transfer syntax. The parent imports no child: cmd sets it once, to
// all.Decoders(), before anything is decoded. Native syntaxes need none.
var Decoders map[dicom.UID]Decoder

func decoder(ts dicom.UID) (Decoder, error) {
	if d, ok := Decoders[ts]; ok {
		return d, nil
	}
	return nil, unsupported("transfer syntax %s", ts.Name())
}

// frames hands out the frames of one object as stored, little endian and
// uncompressed.
type frames struct {
	f    *dicom.File
	h    Header
	dec  Decoder // nil for native pixels
	swap int     // bytes of the words to be turned around in each frame; 0 for none
}

func framesOf(f *dicom.File) (*frames, error) {
	h, err := HeaderOf(f)
	if err != nil {
		return nil, err
	}
	r := &frames{f: f, h: h}
	if f.Pixel.Encapsulated {
		r.dec, err = decoder(f.TransferSyntax)
		return r, err
	}
	if f.BigEndian {
		r.swap = wordSize[f.Pixel.VR]
	}
	if r.swap > 0 && h.Bits()%int64(8*r.swap) != 0 {
		r.f, r.swap = turned(f, r.swap), 0 // frames lie across words
	}
	return r, nil
}

// wordSize is the unit whose bytes a big endian object has turned around (PS3.5
// 6.2, annex D): that of the VR, not of the cell. 32-bit cells in OW are two
// words, the less significant first; bytes in OB stand as they are.
var wordSize = map[dicom.VR]int{"OW": 2, "OL": 4, "OF": 4, "OV": 8, "OD": 8}

// turned is the object with its native pixels in little endian words.
func turned(f *dicom.File, size int) *dicom.File {
	px := f.Pixel
	px.Native = make([]byte, (len(f.Pixel.Native)+size-1)/size*size)
	copy(px.Native, f.Pixel.Native)
	turn(px.Native, px.Native, size)
	return &dicom.File{Meta: f.Meta, Dataset: f.Dataset, TransferSyntax: f.TransferSyntax, Pixel: px}
}

// turn copies whole words with their bytes the other way round; dst may be src.
func turn(dst, src []byte, size int) {
	for i := 0; i+size <= len(src); i += size {
		for a, b := i, i+size-1; a < b; a, b = a+1, b-1 {
			dst[a], dst[b] = src[b], src[a]
		}
	}
}

// frame returns frame i and its layout. It may alias the file.
func (r *frames) frame(i int) ([]byte, Header, error) {
	h := r.h
	b, err := r.f.Frame(i)
	if err != nil {
		return nil, h, err
	}
	if r.dec != nil {
		if b, err = r.dec.Decode(b, &h); err != nil {
			return nil, h, err
		}
	}
	if r.swap > 0 {
		little := make([]byte, len(b))
		turn(little, b, r.swap)
		b = little
	}
	if int64(len(b)) < h.Bytes() {
		return nil, h, invalid("pixel data end within frame %d", i)
	}
	return b[:h.Bytes()], h, nil
}
