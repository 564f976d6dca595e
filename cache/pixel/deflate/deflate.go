// Package deflate decodes and encodes frames of Deflated Image Frame Compression
// (PS3.5 8.2.16, A.4.13): each native frame is a raw deflate stream of its own (RFC
// 1951), followed by one zero byte where its length is odd.
//
//	any layout that may be native, 1-bit cells and subsampled chroma too   exact
//	a stream that ends early, or holds less than a frame                    not valid
//	a stream that holds more than a frame                                   the rest is not read
//	zlib or gzip around the stream                                          not valid
//
// A frame has no head: it is read by the object's Header.
package deflate

import (
	"bytes"
	"compress/flate"
	"io"
	"sync"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

// Decoder decodes Deflated Image Frame Compression, 1.2.840.10008.1.2.8.1. It is
// exact. The photometric interpretation and the planar configuration stay as they
// are. Beside dst it holds about 45 KiB a goroutine.
type Decoder struct{}

// maxGrowth: a symbol of two bits or more stands for at most 258 bytes, so that a
// byte grows to at most 1032 (RFC 1951 3.2.5).
const maxGrowth = 1032

// Decode implements pixel.Decoder. What a stream holds beyond the frame is never
// inflated.
func (Decoder) Decode(dst, frame []byte, h *pixel.Header) ([]byte, error) {
	total := h.Bytes()
	if total > maxGrowth*int64(len(frame)) {
		return nil, dicom.Invalidf("deflated frame too short for its rows and columns")
	}
	out := pixel.Grown(dst, total)
	r := inflaters.Get().(*inflater)
	defer inflaters.Put(r)
	r.src.Reset(frame)
	defer r.src.Reset(nil) // the pool holds no frame
	if err := r.flate.(flate.Resetter).Reset(&r.src, nil); err != nil {
		return nil, dicom.Invalidf("deflated frame cannot be read")
	}
	if n, err := io.ReadFull(r.flate, out); err != nil {
		return nil, dicom.Invalidf("deflated frame breaks off after %d of %d bytes", n, total)
	}
	return out, nil
}

// inflater is kept from frame to frame for its window and tables.
type inflater struct {
	src   bytes.Reader
	flate io.ReadCloser
}

var inflaters = sync.Pool{New: func() any { return &inflater{flate: flate.NewReader(bytes.NewReader(nil))} }}

// Encode appends a native frame, deflated, to dst[:0] and returns it, of an even
// length. It allocates about 1 MiB beside.
func Encode(dst, frame []byte) ([]byte, error) {
	out := bytes.NewBuffer(dst[:0])
	w, err := flate.NewWriter(out, flate.DefaultCompression)
	if err == nil {
		_, err = w.Write(frame)
	}
	if err == nil {
		err = w.Close()
	}
	if out.Len()%2 != 0 {
		out.WriteByte(0)
	}
	return out.Bytes(), err
}
