package pixel

import (
	"sync"

	"github.com/nocturne/nocturne/cache/dicom"
)

// frames hands out the frames of one object as stored, little endian and
// uncompressed.
type frames struct {
	f    *dicom.File
	h    Header
	dec  Decoder // nil for native pixels
	swap int     // bytes of the words to be turned around in each frame; 0 for none
	src  []byte  // the codestream read last
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
	if r.swap > 0 && h.Bits()%int64(8*r.swap) != 0 { // frames lie across words
		r.f, err = turned(f, r.swap)
		r.swap = 0
	}
	return r, err
}

// wordSize is the unit whose bytes a big endian object has turned around (PS3.5
// 6.2, annex D): that of the VR, not of the cell. 32-bit cells in OW are two
// words, the less significant first; bytes in OB stand as they are.
var wordSize = map[dicom.VR]int{"OW": 2, "OL": 4, "OF": 4, "OV": 8, "OD": 8}

// turned is the object with its native pixels in little endian words.
func turned(f *dicom.File, size int) (*dicom.File, error) {
	native, err := f.NativePixels()
	if err != nil {
		return nil, err
	}
	px := f.Pixel
	px.Native = make([]byte, (len(native)+size-1)/size*size)
	copy(px.Native, native)
	turn(px.Native, px.Native, size)
	return &dicom.File{Meta: f.Meta, Dataset: f.Dataset, TransferSyntax: f.TransferSyntax, Pixel: px}, nil
}

// turn copies whole words with their bytes the other way round; dst may be src.
func turn(dst, src []byte, size int) {
	if size == 2 {
		for i := 0; i+2 <= len(src) && i+2 <= len(dst); i += 2 {
			dst[i], dst[i+1] = src[i+1], src[i]
		}
		return
	}
	for i := 0; i+size <= len(src); i += size {
		for a, b := i, i+size-1; a < b; a, b = a+1, b-1 {
			dst[a], dst[b] = src[b], src[a]
		}
	}
}

// frame returns frame i and its layout, written into dst if there is anything to
// write; own is false where it lies in the file instead.
func (r *frames) frame(dst []byte, i int) (b []byte, h Header, own bool, err error) {
	h = r.h
	if b, err = r.f.Frame(i); err != nil {
		return nil, h, false, err
	}
	switch {
	case r.dec != nil:
		r.src = b
		if b, err = r.dec.Decode(dst, b, &h); err != nil {
			return nil, h, false, err
		}
		h.stayPartial(r.h.Photometric)
		own = true
	case r.swap > 0:
		little := Grown(dst, int64(len(b)))
		turn(little, b, r.swap)
		b, own = little, true
	}
	if int64(len(b)) < h.Bytes() {
		return nil, h, false, invalid("pixel data end within frame %d", i)
	}
	return b[:h.Bytes()], h, own, nil
}

// buffers keep the bytes that a frame has between its decoder and its Image, for
// the next frame. One of more than maxBuffer is not kept.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

const maxBuffer = 64 << 20

// keep gives a buffer back, grown to what was decoded into it.
func keep(buf *[]byte, b []byte, own bool) {
	if own && cap(b) > cap(*buf) {
		*buf = b
	}
	if cap(*buf) <= maxBuffer {
		buffers.Put(buf)
	}
}
