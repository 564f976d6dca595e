package dicom

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// Open reads a file's header, as ReadHeader does, and leaves the rest where it is:
// Frame reads the bytes of the one frame asked for, whatever the file's size. Its
// Dataset ends before the pixel data. Truncated is known for native pixels only; a
// frame that is cut off is an error of Frame. Close it.
func Open(path string) (*File, error) { return Options{}.Open(path) }

// OpenReaderAt is Open for size bytes of r. Close does not close r.
func OpenReaderAt(r io.ReaderAt, size int64) (*File, error) { return Options{}.OpenReaderAt(r, size) }

// Open is the function Open, by these options.
func (o Options) Open(path string) (*File, error) {
	fh, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open object: %w", err)
	}
	f, err := o.open(&input{r: fh, size: -1})
	if err != nil {
		fh.Close()
		return nil, err
	}
	f.src.closer = fh
	return f, nil
}

// OpenReaderAt is the function OpenReaderAt, by these options.
func (o Options) OpenReaderAt(r io.ReaderAt, size int64) (*File, error) {
	return o.open(&input{r: r, size: size})
}

// Input is an open file that is not read by its path, but for instance is unsealed on
// the way. What it gives is bytes of the object or an error, never other bytes.
type Input interface {
	io.ReaderAt
	io.Closer
	Size() int64
}

// OpenInput is Open for an Input, which the File's Close closes, and an error too.
func (o Options) OpenInput(in Input) (*File, error) {
	f, err := o.open(&input{r: in, size: in.Size()})
	if err != nil {
		in.Close()
		return nil, err
	}
	f.src.closer = in
	return f, nil
}

func (o Options) open(in *input) (*File, error) {
	o.Stop = 0
	f, from, err := o.header(in)
	if err != nil {
		return nil, err
	}
	f.src.r, f.src.size, f.src.lim, f.src.items = from.r, from.length(), o.Limits.filled(), new(itemWalk)
	if f.Pixel.Present() && !f.Pixel.Encapsulated && f.src.size >= 0 {
		f.Truncated = f.Truncated || f.src.at+int64(f.src.length) > f.src.size
	}
	return f, nil
}

// Close gives an opened file back; frames can no longer be read. For any other
// File it does nothing.
func (f *File) Close() error {
	if f.src.closer == nil {
		return nil
	}
	return f.src.closer.Close()
}

// source is where the pixels of an opened file are.
type source struct {
	r      io.ReaderAt // nil: not opened
	closer io.Closer
	size   int64  // of r; -1: not known
	at     int64  // first byte of the value of the pixel data
	length uint32 // of that value
	order  endian
	lim    Limits
	items  *itemWalk
}

// appendRead appends n bytes from off to b, or fewer where they end. No more is
// allocated than there is.
func (s *source) appendRead(b []byte, off, n int64) ([]byte, error) {
	if n > s.lim.Frame {
		return nil, beyond("frame size", s.lim.Frame, n, -1)
	}
	step := int64(1 << 20)
	if s.size >= 0 {
		n = max(0, min(n, s.size-off))
		step = n
	}
	for n > 0 {
		have := len(b)
		b = slices.Grow(b, int(min(step, n)))[:have+int(min(step, n))]
		k, err := s.r.ReadAt(b[have:], off)
		if b = b[:have+k]; err != nil {
			return b, ending(err)
		}
		off, n, step = off+int64(k), n-int64(k), 2*step
	}
	return b, nil
}

func ending(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return nil
	}
	return fmt.Errorf("read frame: %w", err)
}

// NativePixels is the whole native value of the pixel data, as stored: Pixel.Native,
// or read for it where the file was opened. It is bounded by Limits.Frame.
func (f *File) NativePixels() ([]byte, error) {
	if f.src.r == nil || f.Pixel.Encapsulated || !f.Pixel.Present() {
		return f.Pixel.Native, nil
	}
	return f.src.appendRead(nil, f.src.at, int64(f.src.length))
}
