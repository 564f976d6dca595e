package link

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nocturne/nocturne/viewer"
)

// Options tell how the window is started.
type Options struct {
	Command []string     // default: this program with the argument "view"
	Env     []string     // added to this program's environment; nothing of a patient belongs here
	Log     func(string) // gets what the window writes to standard error, without names; called from one goroutine
}

// Window is the image window as the terminal sees it: a viewer.Viewer whose tiles
// live in a child process. All methods are safe for concurrent use.
type Window struct {
	options Options
	events  *mailbox
	stop    context.CancelFunc
	done    chan struct{} // closed when the supervisor ended

	mu     sync.Mutex
	memory memory   // guarded by mu
	child  *process // guarded by mu; nil while no window runs
	closed bool     // guarded by mu
	kick   chan struct{}
}

var (
	_ viewer.Viewer    = (*Window)(nil)
	_ viewer.Previewer = (*Window)(nil)
)

// late is said of what was meant for another case than the one on screen.
const late = "dropped: it was meant for another case than the one on screen"

// ErrClosed answers calls after Close.
var ErrClosed = errors.New("the image window is closed")

// Start starts the window, warm and hidden, and returns once it has answered. An
// *UnableError says that there can be none here. ctx bounds the start only.
func Start(ctx context.Context, o Options) (*Window, error) {
	w := &Window{options: o, events: newMailbox(), done: make(chan struct{}), kick: make(chan struct{}, 1)}
	p, err := spawn(ctx, o, w.log)
	if err != nil {
		w.events.close()
		return nil, err
	}
	w.child = p
	run, stop := context.WithCancel(context.Background())
	w.stop = stop
	go w.supervise(run, p)
	return w, nil
}

// Open shows another case. Its memory in this process is what a restarted window
// is shown.
func (w *Window) Open(_ context.Context, c viewer.Case) error {
	m := Message{Kind: Open, Epoch: c.Epoch, StudyUID: c.StudyUID, Case: &c}
	if err := m.check(); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return ErrClosed
	}
	w.memory.take(c)
	select {
	case w.kick <- struct{}{}: // a window that was given up gets another chance
	default:
	}
	return w.send(m)
}

// Add tells of readable objects of the open case.
func (w *Window) Add(epoch uint64, objects []viewer.Object) error {
	return w.of(epoch, func() error {
		w.memory.objects = append(w.memory.objects, objects...)
		for _, m := range adds(epoch, w.memory.open.StudyUID, objects) {
			if err := w.send(m); err != nil {
				return err
			}
		}
		return nil
	})
}

// Update replaces the site line and, unless nil, the studies of the open case.
func (w *Window) Update(epoch uint64, site viewer.SiteLine, studies []viewer.Study) error {
	return w.of(epoch, func() error {
		w.memory.update(site, studies)
		return w.send(Message{Kind: Update, Epoch: epoch, StudyUID: w.memory.open.StudyUID, Site: &site, Studies: studies})
	})
}

// Press forwards a key. While the window restarts the key is not taken, and a
// notice says so: a key that waits could mean something else by then.
func (w *Window) Press(epoch uint64, k viewer.Key) error {
	return w.of(epoch, func() error {
		return w.now(Message{Kind: Press, Epoch: epoch, StudyUID: w.memory.open.StudyUID, Key: k})
	})
}

// Do performs an action; it waits for a restart no more than a key does.
func (w *Window) Do(epoch uint64, a viewer.Action) error {
	return w.of(epoch, func() error {
		return w.now(Message{Kind: Do, Epoch: epoch, StudyUID: w.memory.open.StudyUID, Action: a})
	})
}

// Focus brings the window to the front.
func (w *Window) Focus(epoch uint64) error {
	return w.of(epoch, func() error {
		w.memory.hidden = false
		return w.now(Message{Kind: Focus, Epoch: epoch, StudyUID: w.memory.open.StudyUID})
	})
}

// Preview shows a picture that the site drew. A window that restarts is shown none: by
// then the images are here.
func (w *Window) Preview(epoch uint64, p viewer.Preview) error {
	return w.of(epoch, func() error {
		if p.StudyUID != w.memory.open.StudyUID || len(p.Bytes) > viewer.MaxPreview {
			return nil
		}
		return w.send(Message{Kind: Draw, Epoch: epoch, StudyUID: p.StudyUID, Preview: &p})
	})
}

// Keys gives the window another key map, and every window that follows it.
func (w *Window) Keys(m *viewer.Keymap) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return ErrClosed
	}
	w.memory.keys = m
	return w.send(Message{Kind: Keys, Keys: m})
}

// Blank covers all pixels; a window that restarts now comes up without a case.
func (w *Window) Blank() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return ErrClosed
	}
	w.memory.open, w.memory.objects = nil, nil
	return w.send(Message{Kind: Blank})
}

// Events delivers what happens, in order; it is closed by Close.
func (w *Window) Events() <-chan viewer.Event { return w.events.out }

// Close ends the window and joins everything. It takes as long as the window needs
// to end, two seconds at most.
func (w *Window) Close() error {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		<-w.done
		return nil
	}
	w.closed = true
	p := w.child
	w.mu.Unlock()
	w.stop()
	if p != nil {
		p.out.close()
		defer time.AfterFunc(closeWait, p.kill).Stop()
	}
	<-w.done
	w.events.close()
	return nil
}

// of runs f under the lock if the epoch is that of the case on screen. What is of
// another is dropped, and a notice says so (N1).
func (w *Window) of(epoch uint64, f func() error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.closed:
		return ErrClosed
	case !w.memory.is(epoch):
		w.events.put(viewer.Event{Kind: viewer.Noticed, Text: late})
		return nil
	}
	return f()
}

// send queues a message for the window if one runs; memory brings a later one up
// to date. A window that no longer reads is killed. The caller holds mu.
func (w *Window) send(m Message) error {
	line, err := Encode(m)
	if err != nil || w.child == nil {
		return err
	}
	if !w.child.out.put(line) {
		w.child.kill()
	}
	return nil
}

// now is send for what is worthless later. The caller holds mu.
func (w *Window) now(m Message) error {
	if w.child == nil {
		w.events.put(viewer.Event{Kind: viewer.Noticed, Epoch: m.Epoch, StudyUID: m.StudyUID,
			Text: "not taken: the image window is restarting"})
		return nil
	}
	return w.send(m)
}

// log passes a line of the window's standard error on, without the names of the
// case on screen.
func (w *Window) log(line string) {
	if w.options.Log == nil {
		return
	}
	w.mu.Lock()
	var order viewer.Order
	if w.memory.open != nil {
		order = w.memory.open.Order
	}
	w.mu.Unlock()
	w.options.Log(scrub(line, order))
}

// reason is how a window ended, without anything it said.
func reason(err error) string {
	if err == nil {
		return "the image window ended by itself"
	}
	return fmt.Sprintf("the image window stopped (%v)", err)
}
