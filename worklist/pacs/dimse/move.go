package dimse

import (
	"context"
	"sync"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// arrival is an object that came whole.
type arrival struct {
	instance dicom.UID
	file     *spool
}

// moving is a C-MOVE under way.
type moving struct {
	ref   pacs.Ref
	most  int64
	came  chan arrival
	ended chan struct{} // closed when nothing more is wanted

	mu    sync.Mutex
	wrong error // guarded by mu: why an object is not used
}

// take hands an object over; it waits until there is room.
func (m *moving) take(ctx context.Context, a arrival) error {
	select {
	case <-m.ended:
		return errNobody
	default:
	}
	select {
	case m.came <- a:
		return nil
	case <-m.ended:
		return errNobody
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (m *moving) spoil(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.wrong == nil {
		m.wrong = err
	}
}

// expect enters a C-MOVE under a message ID that no other one has.
func (l *Listener) expect(ref pacs.Ref, most int64) (uint16, *moving) {
	m := &moving{ref: ref, most: most, came: make(chan arrival), ended: make(chan struct{})}
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		if id := l.ids.next(); l.moves[id] == nil {
			l.moves[id] = m
			return id, m
		}
	}
}

// forget ends it: what still comes is refused.
func (l *Listener) forget(id uint16, m *moving) {
	l.mu.Lock()
	delete(l.moves, id)
	l.mu.Unlock()
	close(m.ended)
}

// moveOffer is an association to ask for C-MOVE on.
func (c *Client) moveOffer() offer {
	o := offer{kind: "move"}
	if !c.cfg.Quirks.PatientRoot {
		o.add(c.cfg.Quirks.Contexts, studyMove, false, plain...)
	}
	o.add(c.cfg.Quirks.Contexts, patientMove, false, plain...)
	return o
}

// move is one C-MOVE (PS3.4 C.4.2) to our Listener.
func (c *Client) move(ctx context.Context, w *want) error {
	const op = "retrieve"
	if _, err := c.cfg.Listener.Open(); err != nil {
		return wrap(op, err)
	}
	patient, err := c.patientOf(ctx, w.ref)
	if err != nil {
		return wrap(op, err)
	}
	return c.on(ctx, op, c.moveOffer(), func(l *line) error {
		a, patientRoot, err := l.root(studyMove, patientMove)
		if err != nil {
			return err
		}
		if patientRoot && patient == "" {
			return errPatientRoot
		}
		w.came, w.wrong = 0, nil
		id, m := c.cfg.Listener.expect(w.ref, c.cfg.Object)
		l.next = id - 1
		if _, err = l.send(ctx, a, Command{Field: CMove, Class: a.Abstract, Destination: c.cfg.Listener.ae}, w.retrieval(patient)); err != nil {
			c.cfg.Listener.forget(id, m)
			return err
		}
		end, err := c.moved(ctx, l, w, m, id)
		c.cfg.Listener.forget(id, m)
		if err != nil {
			if w.stopped != nil || ctx.Err() != nil {
				c.cancel(l, a, id)
			}
			return err
		}
		if w.wrong == nil {
			m.mu.Lock()
			w.wrong = m.wrong
			m.mu.Unlock()
		}
		return w.outcome(op, end.Command)
	})
}

// moved hands on what comes until the archive says that it is done.
func (c *Client) moved(ctx context.Context, l *line, w *want, m *moving, id uint16) (Message, error) {
	within, cancel := context.WithCancel(ctx)
	type answer struct {
		m   Message
		err error
	}
	answers := make(chan answer, 1)
	go func() {
		for {
			got, err := l.receive(within)
			if err == nil && (got.Command.Field != CMove|Response || got.Command.Responded != id) {
				err = broken("a %s where a C-MOVE of ours is to be answered", got.Command.Field)
			}
			if err != nil || !IsPending(got.Command.Status) {
				answers <- answer{got, err}
				return
			}
		}
	}()
	for {
		select {
		case a := <-m.came:
			if err := w.arrived(a); err != nil {
				cancel()
				<-answers
				l.broken = false // Receive gave up, the association did not: it may be canceled on
				return Message{}, err
			}
		case end := <-answers:
			cancel()
			return end.m, end.err
		}
	}
}

// arrived hands one object on.
func (w *want) arrived(a arrival) error {
	if w.seen[a.instance] {
		a.file.close()
		w.came++
		return nil
	}
	b, err := a.file.bytes()
	if err != nil {
		return err
	}
	return w.hand(a.instance, b)
}
