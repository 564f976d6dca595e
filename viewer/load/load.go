// Package load reads a case's objects from files and decodes their frames ahead of the
// reader, within a bound of memory. It knows objects and frames, and nothing of tiles.
package load

import (
	"errors"
	"io/fs"
	"strconv"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/seal"
	"github.com/nocturne/nocturne/viewer"
)

// Frame names the pixels of one frame of one object.
type Frame struct {
	Object viewer.Object
	Index  int // from 0
}

// Key tells a frame from all others of a case: SOP Instance UID and index.
func (f Frame) Key() string { return f.Object.SOPUID + "/" + strconv.Itoa(f.Index) }

// Header is one object's header, or why there is none.
type Header struct {
	Object viewer.Object
	File   *dicom.File
	Err    error
}

// Held is what of decoded frames a Loader keeps, and how much it may.
type Held struct {
	Frames       int
	Bytes, Limit int64
}

// Loader reads objects and decodes frames, off its caller's thread if it likes.
// Calls return at once. What it gives is never of a case before the last Forget.
type Loader interface {
	// Read asks for headers, which come from Arrived in any order.
	Read(objects []viewer.Object)
	// Want asks for frames, the most urgent first, and replaces what was wanted
	// before: now is on screen, soon may be.
	Want(now, soon []Frame)
	// Arrived gives the headers since the last call, and whether any frame came.
	Arrived() (headers []Header, pixels bool)
	// Image gives a frame that is here, or why it never will be. Nil and nil: not
	// yet, or no longer. A Preview may come before the frame itself.
	Image(f Frame) (*pixel.Image, error)
	// Reading is how many headers were asked for and did not yet arrive.
	Reading() int
	// Held is what of decoded frames is kept.
	Held() Held
	// Decoded reports which frames, by Frame.Key, are here, not as previews.
	Decoded(keys []string) []bool
	// Bound sets how many bytes of decoded frames are kept.
	Bound(bytes int64)
	// Accept begins the case with what another Loader prepared of it.
	Accept(p Prepared)
	// Forget drops everything: another case.
	Forget()
	// Close forgets and ends all work; it waits for what is being read.
	Close()
}

// Why says in a sentence why an object cannot be shown. It quotes no value.
func Why(err error) string {
	var unsupported *dicom.UnsupportedError
	var invalid *dicom.InvalidError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "the file of this image is gone"
	case errors.Is(err, seal.ErrDamaged):
		return "cannot be shown: its file is damaged"
	case errors.As(err, &unsupported):
		return "cannot be shown: " + unsupported.What + " is not supported"
	case errors.As(err, &invalid):
		return "cannot be shown: " + invalid.Reason
	}
	return "this image cannot be read"
}
