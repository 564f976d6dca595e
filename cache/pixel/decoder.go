package pixel

import (
	"github.com/nocturne/nocturne/cache/dicom"
)

// Decoder turns the fragments of one frame, joined, into what the frame would
// be uncompressed: cells of h.Allocated bits, little endian, the samples of a pixel
// side by side (bits of a 1-bit frame packed, lowest first).
type Decoder interface {
	// Decode writes the frame into dst, from its start, and returns it cut to
	// h.Bytes(); a dst of too little capacity, nil too, is replaced. It may change in
	// h what decoding changed: the photometric interpretation, that samples lie
	// side by side, that colour is no longer subsampled.
	//
	// Before it allocates for the frame it holds the codestream's own head against h
	// (Header.Agree). It allocates at most three times the frame's bytes, dst
	// included, and a constant. Errors are *dicom.InvalidError where the bytes break
	// their standard or end early, and *dicom.UnsupportedError where they may keep
	// to it but we do not follow. It never panics, and may be called from several
	// goroutines.
	Decode(dst, frame []byte, h *Header) ([]byte, error)
}

// Reducer is a Decoder that can give a frame at a half, a quarter, … of its size
// for much less than the whole frame costs.
type Reducer interface {
	Decoder
	// DecodeReduced is Decode at Rows and Cols divided by 2^levels, rounded up, which
	// it sets in h. Fewer levels in the stream than asked for are an
	// *dicom.UnsupportedError.
	DecodeReduced(dst, frame []byte, levels int, h *Header) ([]byte, error)
}

// Codestream is what the head of a compressed frame says of itself.
type Codestream struct {
	Rows, Cols, Samples int
	Precision           int  // bits of a sample
	Signed              bool // samples are two's complement or carry a sign
}

// Agree holds a codestream's head against the object. Size and samples must be the
// object's, a sample must fit its cell. Another precision than Bits Stored is taken:
// scanners write 12 in a stream of 16 and the other way round, and the cells say
// what they are.
func (h *Header) Agree(c Codestream) error {
	switch {
	case c.Rows != h.Rows || c.Cols != h.Cols:
		return invalid("a compressed frame of %d × %d where Rows and Columns say %d × %d", c.Rows, c.Cols, h.Rows, h.Cols)
	case c.Samples != h.Samples:
		return invalid("a compressed frame of %d components where Samples per Pixel is %d", c.Samples, h.Samples)
	case c.Precision > max(h.Allocated, 8) || h.Float:
		return invalid("a compressed frame of %d bits where Bits Allocated is %d", c.Precision, h.Allocated)
	}
	return nil
}

// Grown is dst cut or replaced to have n bytes. What is in them is undefined: a
// Decoder writes them all.
func Grown(dst []byte, n int64) []byte {
	if int64(cap(dst)) >= n {
		return dst[:n]
	}
	return make([]byte, n)
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
