package dicom

import (
	"fmt"
	"os"
	"sync"
)

// File is one DICOM object as read. Its data sets, Pixel.Native and
// Pixel.Fragments alias the input of Parse, which must not change any more (a
// deflated one: its inflated copy).
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
	src   source // of the pixels of a file that was opened
}

// ReadFile parses a whole file.
func ReadFile(path string) (*File, error) { return Options{}.ReadFile(path) }

// ReadFile is the function ReadFile, by these options.
func (o Options) ReadFile(path string) (*File, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read object: %w", err)
	}
	return o.Parse(b)
}

// Frames is NumberOfFrames, at least 1. It is a claim of the file: nothing may
// be allocated by it.
func Frames(f *File) int { return max(1, f.Dataset.IntOr(NumberOfFrames, 1)) }
