package link

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/nocturne/nocturne/viewer"
)

// stateEvery is the least time between two states on the way to the terminal: at
// most 30 a second.
const stateEvery = time.Second / 30

// maxWaiting bounds the messages that wait for the window's next tick; more wait
// in the pipe and in the terminal's process.
const maxWaiting = 256

// Child is the window's end of the link. Its methods are safe for concurrent use.
type Child struct {
	messages chan Message
	out      io.Writer
	done     chan struct{} // closed when the terminal closed its end

	mu    sync.Mutex
	epoch uint64         // guarded by mu: of the case on screen
	study string         // guarded by mu
	box   []viewer.Event // guarded by mu: events to be written
	state *viewer.Event  // guarded by mu: a state that waits for its turn
	last  time.Time      // guarded by mu: when the last state was sent
	wake  chan struct{}

	joined sync.WaitGroup
}

// Serve shakes hands with the terminal over in and out and starts reading. It
// returns when the terminal has answered; an error means that there is no terminal
// of this protocol there. woken, if not nil, is called after each message that
// arrives and when the terminal is gone, from another goroutine.
func Serve(in io.Reader, out io.Writer, woken func()) (*Child, error) {
	r := newLines(in)
	m, err := r.next()
	if err != nil {
		return nil, fmt.Errorf("wait for the terminal: %w", err)
	}
	if m.Kind != Hello {
		return nil, errors.New("this command is started by nocturne itself, not by hand")
	}
	if err := write(out, Message{Kind: Hello, Protocol: Protocol}); err != nil {
		return nil, fmt.Errorf("greet the terminal: %w", err)
	}
	if m.Protocol != Protocol {
		return nil, fmt.Errorf("the terminal speaks protocol %d, this window %d", m.Protocol, Protocol)
	}
	if woken == nil {
		woken = func() {}
	}
	c := &Child{messages: make(chan Message, maxWaiting), out: out, done: make(chan struct{}), wake: make(chan struct{}, 1)}
	c.joined.Go(func() { c.read(r, woken) })
	c.joined.Go(c.write)
	return c, nil
}

// Refuse answers the terminal's hello with the reason why there can be no window.
func Refuse(in io.Reader, out io.Writer, why string) error {
	if _, err := newLines(in).next(); err != nil {
		return fmt.Errorf("wait for the terminal: %w", err)
	}
	return write(out, Message{Kind: Unable, Text: why})
}

func write(out io.Writer, m Message) error {
	line, err := Encode(m)
	if err != nil {
		return err
	}
	_, err = out.Write(line)
	return err
}

// Next returns a message that has arrived, without waiting.
func (c *Child) Next() (Message, bool) {
	select {
	case m, ok := <-c.messages:
		return m, ok
	default:
		return Message{}, false
	}
}

// Done is closed when the terminal has closed its end: the window ends then.
// Messages may still wait.
func (c *Child) Done() <-chan struct{} { return c.done }

// Wait returns when the terminal has closed its end and both goroutines of the
// Child have ended. Messages must be read until then.
func (c *Child) Wait() { c.joined.Wait() }

// read passes messages on. Those of a case that is not on screen are dropped, and
// the terminal is told (N1).
func (c *Child) read(r *lines, woken func()) {
	defer woken()
	defer close(c.done)
	var keys, soon keyring // of the case on screen, and of the one that comes next
	for {
		m, err := r.next()
		var bad *Error
		switch {
		case errors.As(err, &bad):
			c.notice("the image window dropped an unreadable message")
		case err != nil:
			return
		case m.Kind == Hello, m.Kind == Unable, m.Kind == Told:
		case !c.admit(m):
			c.notice(late)
		default:
			m.At = time.Now()
			switch m.Kind {
			case Add:
				keys.take(m.Objects)
			case Soon:
				if m.Case != nil {
					m.forget = soon.give(false)
				}
				soon.take(m.Objects)
			case Open, Blank:
				m.forget = both(keys.give(m.Kind == Blank), soon.give(false))
			}
			c.messages <- m
			woken()
		}
	}
}

// admit follows the case on screen and reports whether a message belongs to it.
func (c *Child) admit(m Message) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch m.Kind {
	case Open:
		c.epoch, c.study = m.Epoch, m.StudyUID
	case Blank, Keys, Soon:
	default:
		return m.Epoch == c.epoch && m.StudyUID == c.study
	}
	return true
}

func (c *Child) notice(text string) { c.Emit(viewer.Event{Kind: viewer.Noticed, Text: text}) }

// Emit sends an event. It never blocks. States are held back to 30 a second, the
// newest winning; any other event goes at once, after the state that waits.
func (c *Child) Emit(e viewer.Event) {
	c.mu.Lock()
	if e.Kind == viewer.Stated {
		c.state = &e
	} else {
		c.flushState()
		c.box = append(c.box, e)
	}
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// flushState moves a waiting state to the box. The caller holds mu.
func (c *Child) flushState() {
	if c.state == nil {
		return
	}
	c.box = append(c.box, *c.state)
	c.state, c.last = nil, time.Now()
}

// write sends events until the terminal is gone.
func (c *Child) write() {
	for {
		batch, later := c.due()
		for _, e := range batch {
			if !c.tell(e) {
				return
			}
		}
		if len(batch) > 0 {
			continue
		}
		var timer <-chan time.Time
		if later > 0 {
			timer = time.After(later)
		}
		select {
		case <-c.wake:
		case <-timer:
		case <-c.done:
			return
		}
	}
}

// tell writes one event; false means that nobody listens any more. An event that
// cannot be a message is replaced by a notice of it.
func (c *Child) tell(e viewer.Event) bool {
	err := write(c.out, event(e))
	var bad *Error
	if errors.As(err, &bad) {
		err = write(c.out, event(viewer.Event{Kind: viewer.Noticed, Text: fmt.Sprintf("a message of kind %q could not be sent", e.Kind)}))
	}
	return err == nil
}

// due takes what can be written now, and says how long the waiting state waits.
func (c *Child) due() ([]viewer.Event, time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var later time.Duration
	if c.state != nil {
		if later = stateEvery - time.Since(c.last); later <= 0 {
			c.flushState()
		}
	}
	batch := c.box
	c.box = nil
	return batch, later
}
