package dicom

import (
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
)

// PixelData says where the stored pixels lie. The zero value: there are none.
type PixelData struct {
	VR           VR
	Tag          Tag // PixelData, FloatPixelData or DoubleFloatPixelData
	Encapsulated bool
	// Native is the value as stored in the file, aliasing the input; big endian
	// stays big endian (see File.BigEndian). Nil when encapsulated.
	Native []byte
	// Fragments are the items after the offset table, aliasing the input.
	Fragments [][]byte
	// BOT is the Basic Offset Table (PS3.5 A.4), EOT and EOTLengths the extended
	// one (PS3.3 C.7.6.3.1.8); empty when absent.
	BOT             []uint32
	EOT, EOTLengths []uint64
}

// Present reports whether the object has pixel data at all.
func (p PixelData) Present() bool { return p.Tag != 0 }

// File is one DICOM object as read. Bytes values, Pixel.Native and
// Pixel.Fragments alias the input of Parse (a deflated one: its inflated copy).
type File struct {
	Meta           *Dataset // group 0002; empty when there was none, never nil
	Dataset        *Dataset // all the rest but pixel data; never nil
	TransferSyntax UID      // as declared, or found by looking at the bytes when not
	BigEndian      bool     // Pixel.Native is big endian
	Pixel          PixelData
	Truncated      bool // the bytes end early: what is there is usable
	Preamble       bool // 128 bytes and "DICM" stood in front (PS3.10 7.1)
	// Notes says, without quoting a value, what was tolerated while reading.
	Notes []string

	group sync.Once
	spans []span
	spErr error
}

// Parse reads one object: Part 10 with or without preamble and meta
// information, or a bare data set; explicit or implicit VR, little or big
// endian, deflated. Errors are *InvalidError or *UnsupportedError. It never
// panics, allocates at most a small multiple of len(b), and reads no more than
// 64 levels of sequences.
func Parse(b []byte) (*File, error) {
	f, _, err := parse(b, options{})
	return f, err
}

// ReadFile parses a whole file.
func ReadFile(path string) (*File, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read object: %w", err)
	}
	return Parse(b)
}

// headStep is the first read of ReadHeader; most headers fit in it.
const headStep = 64 << 10

// ReadHeader reads a file only as far as its pixel data, in growing steps. Of
// File.Pixel only VR, Tag and Encapsulated are set. Values are copies: the
// header of a thousand slices holds no thousand read buffers. A deflated file
// is read whole.
func ReadHeader(path string) (*File, error) {
	fh, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read header: %w", err)
	}
	defer fh.Close()
	first := heads.Get().(*[headStep]byte)
	defer heads.Put(first)
	buf := first[:0]
	for step := headStep; ; step *= 4 {
		buf = slices.Grow(buf, step-len(buf))
		n, err := io.ReadFull(fh, buf[len(buf):step])
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return nil, fmt.Errorf("read header: %w", err)
		}
		buf = buf[:len(buf)+n]
		whole := len(buf) < step
		f, more, err := parse(buf, options{header: true, partial: !whole})
		if !more || whole {
			return f, err
		}
	}
}

// heads are buffers of ReadHeader, whose results alias none of them.
var heads = sync.Pool{New: func() any { return new([headStep]byte) }}

// Frames is NumberOfFrames, at least 1. It is a claim of the file: nothing may
// be allocated by it.
func Frames(f *File) int { return max(1, f.Dataset.IntOr(NumberOfFrames, 1)) }

func (f *File) note(format string, a ...any) {
	const most = 16
	if len(f.Notes) == most {
		return
	}
	if s := fmt.Sprintf(format, a...); !slices.Contains(f.Notes, s) {
		f.Notes = append(f.Notes, s)
	}
}
