package pacs

import (
	"context"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Frame is one frame of an instance as the server sent it: Bytes are encoded as
// Syntax says, without encapsulation. Number counts from 1 (PS3.18 10.4.1.1.4).
type Frame struct {
	Number int
	Syntax dicom.UID
	Bytes  []byte
}

// FrameReader is an Archive that gives single frames.
type FrameReader interface {
	// Frames asks for frames of one instance and hands on each when it came whole.
	Frames(ctx context.Context, ref Ref, numbers []int, each func(Frame) error) error
}

// Preview is a picture that the server drew: to look at, never to diagnose by.
type Preview struct {
	MediaType string // image/jpeg or image/png
	Bytes     []byte
}

// Renderer is an Archive that draws (PS3.18 10.4.1.1.3).
type Renderer interface {
	// Rendered draws one frame, counted from 1, to fit a square of side pixels.
	Rendered(ctx context.Context, ref Ref, frame, side int) (Preview, error)
}

// SOP names an object with its class, as storage commitment asks for it.
type SOP struct{ Class, Instance dicom.UID }

// Committer is an Archive that promises in so many words to keep what it was
// sent (storage commitment, PS3.4 annex J).
type Committer interface {
	// Commit asks for the promise and waits for it until ctx ends. Only what is
	// in OK was promised; Failed holds the Failure Reason (0008,1197).
	Commit(ctx context.Context, objects []SOP) (Stored, error)
}

// Change is what a server said has changed. The zero Change means that something
// may have: what was known before is to be asked for again.
type Change struct{ Study, Workitem dicom.UID }

// Watcher is an Archive or worklist that tells of changes instead of waiting to
// be asked.
type Watcher interface {
	// Watch tells changes until ctx ends or watching fails; the caller begins
	// again. The first Change is always the zero one, told when nothing that
	// comes later can be missed: whoever searches after it has a whole list.
	// changed is called from one goroutine. ErrNoWatch says that the server offers
	// nothing to listen to.
	Watch(ctx context.Context, changed func(Change)) error
}

// Wire is how pixels are to cross the line. Whatever is chosen, they decode to
// the same values: nothing is ever asked for with loss that was not stored so.
type Wire int

// The two ways. Lossless asks the server to compress what it keeps uncompressed:
// right where the line is slower than the server's compressor. What is kept
// compressed comes as it is kept in both.
const (
	AsStored Wire = iota
	Lossless
)

// Transcoder is an Archive that can send objects otherwise than it keeps them.
type Transcoder interface {
	// RetrieveAs is Retrieve with a wish, which a server that cannot grant it does
	// not fail: then the objects come as stored.
	RetrieveAs(ctx context.Context, ref Ref, wire Wire, each func(Object) error) error
}

// Ways is an Archive made of several that lead to the same site. Ways lists them,
// the one in use first.
type Ways interface{ Ways() []Archive }

// As finds an optional interface: a's own, or else that of the first of its Ways
// that has it. Ask by As, not by a type assertion, or an archive of several ways
// seems to have none.
func As[T any](a Archive) (T, bool) {
	if t, ok := a.(T); ok {
		return t, true
	}
	if w, ok := a.(Ways); ok {
		for _, way := range w.Ways() {
			if t, ok := As[T](way); ok {
				return t, true
			}
		}
	}
	var none T
	return none, false
}

// Listening is a Watcher that can say by which way it hears: "events" (PS3.18 11.13)
// or "changes" (a server's own log of them); "" while it hears nothing.
type Listening interface{ Listening() string }
