package dicomweb

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs"
)

// leastBytes must arrive in every idle period spent waiting, so that a server
// which drips is given up like one that is silent.
const leastBytes = 1 << 10

// watch cancels a request when its link stands still. Only time spent waiting
// for the link counts: a reader who pauses (because the disk is slow, or another
// study goes first) is not mistaken for a slow server.
type watch struct {
	cancel context.CancelCauseFunc
	cause  func() error
	timer  *time.Timer
	idle   time.Duration

	left time.Duration // owned by the reader of the body
	got  int           // owned by the reader of the body
}

// newWatch derives the context of one request. Its time runs until the answer's
// head is there (see pause).
func newWatch(ctx context.Context, idle time.Duration) (context.Context, *watch) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &watch{cancel: cancel, idle: idle, left: idle}
	w.cause = func() error { return context.Cause(ctx) }
	w.timer = time.AfterFunc(idle, func() { cancel(pacs.ErrStalled) })
	return ctx, w
}

func (w *watch) pause() { w.timer.Stop() }

func (w *watch) end() {
	w.timer.Stop()
	w.cancel(context.Canceled)
}

// watched is the body of an answer.
type watched struct {
	body io.ReadCloser
	w    *watch
}

func (b watched) Read(p []byte) (int, error) {
	w, start := b.w, time.Now()
	w.timer.Reset(w.left)
	n, err := b.body.Read(p)
	w.timer.Stop()
	w.left -= time.Since(start)
	if w.got += n; w.got >= leastBytes {
		w.left, w.got = w.idle, 0
	}
	w.left = max(w.left, time.Millisecond)
	if err != nil && err != io.EOF && errors.Is(w.cause(), pacs.ErrStalled) {
		err = pacs.ErrStalled
	}
	return n, err
}

func (b watched) Close() error {
	err := b.body.Close()
	b.w.end()
	return err
}

// sent is the body of a request: as long as the server takes bytes it is alive.
// After the last one it has four idle periods to answer, for it has work to do.
type sent struct {
	r io.Reader
	w *watch
}

func (s sent) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err == io.EOF {
		s.w.timer.Reset(4 * s.w.idle)
	} else {
		s.w.timer.Reset(s.w.idle)
	}
	return n, err
}

// bounded fails with pacs.ErrTooLarge when more than left bytes are read.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, pacs.ErrTooLarge
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	b.left -= int64(n)
	if b.left < 0 {
		return n - 1, pacs.ErrTooLarge
	}
	return n, err
}
