package link

import (
	"slices"

	"github.com/nocturne/nocturne/viewer"
)

var _ viewer.Foreseer = (*Window)(nil)

// Soon has the window make a case ready that is not on screen. A window that restarts
// knows nothing of it.
func (w *Window) Soon(c viewer.Case, objects []viewer.Object) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return ErrClosed
	}
	which := &c
	for part := range slices.Chunk(objects, maxObjects) {
		if err := w.send(Message{Kind: Soon, Case: which, Objects: slices.Clone(part)}); err != nil {
			return err
		}
		which = nil // the first message brings the case
	}
	return nil
}

func both(a, b func()) func() { return func() { a(); b() } }
