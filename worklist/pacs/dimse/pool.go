package dimse

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/ul"
)

// offer is what an association is asked for with. kind and classes say for what it can
// be used again.
type offer struct {
	kind     string
	classes  []dicom.UID
	contexts []ul.Context
	extended map[dicom.UID][]byte
	window   uint16 // operations that we would like to invoke at once; 0: one
	// performed is how many operations of the archive may be under way here: its C-STOREs
	// in a C-GET, which then do not wait for our answers; 0: one.
	performed uint16
}

// add proposes one more context; false when there are most already.
func (o *offer) add(most int, abstract dicom.UID, storage bool, transfers ...dicom.UID) bool {
	if len(o.contexts) >= most {
		return false
	}
	o.contexts = append(o.contexts, ul.Context{ID: byte(2*len(o.contexts) + 1), Abstract: abstract, Transfers: transfers, SCU: storage, SCP: storage})
	return true
}

// serves tells that an association asked for with o does for want as well.
func (o offer) serves(want offer) bool {
	if o.kind != want.kind {
		return false
	}
	return !slices.ContainsFunc(want.classes, func(u dicom.UID) bool { return !slices.Contains(o.classes, u) })
}

// line is one association and what is known of it. It belongs to the pool, or to the
// one who took it.
type line struct {
	a        *ul.Association
	c        *Conn
	offer    offer
	next     uint16 // message ID
	used     int    // requests before
	heard    bool   // something came since it was taken
	broken   bool   // it is of no use any more
	idle     *time.Timer
	size     int // of the object that came last: the next is as large, mostly
	accepted map[byte]ul.Accepted
}

// context is the accepted one of a SOP class.
func (l *line) context(class dicom.UID, transfer ...dicom.UID) (ul.Accepted, error) {
	if a, ok := l.a.Find(class, transfer...); ok {
		return a, nil
	}
	return ul.Accepted{}, &pacs.StatusError{Code: int(classNotSupported), Warning: words(classNotSupported, ""), Op: "associate"}
}

// send sends a request with the next message ID, which it returns.
func (l *line) send(ctx context.Context, a ul.Accepted, c Command, ds *dicom.Dataset) (uint16, error) {
	l.next++
	c.ID = l.next
	l.used++
	err := l.c.SendDataset(ctx, a.ID, c, ds, a.Transfer)
	l.broken = l.broken || err != nil
	return c.ID, err
}

// receive gives the next message.
func (l *line) receive(ctx context.Context) (Message, error) {
	m, err := l.c.Receive(ctx)
	if err != nil {
		l.broken = true
		if isEnd(err) {
			err = pacs.ErrTruncated // a release while something is asked for
		}
		return m, err
	}
	l.heard = true
	return m, nil
}

// ask sends a request and gives its one response.
func (l *line) ask(ctx context.Context, a ul.Accepted, c Command, ds *dicom.Dataset) (Message, error) {
	id, err := l.send(ctx, a, c, ds)
	if err != nil {
		return Message{}, err
	}
	m, err := l.receive(ctx)
	if err == nil && (m.Command.Field != c.Field|Response || m.Command.Responded != id) {
		l.broken = true
		err = broken("a %s where the %s of ours is to be answered", m.Command.Field, c.Field)
	}
	return m, err
}

// idleFor is how long an association is kept that nobody uses: the fetching of a study
// goes on within it, an archive's few associations are not held for nothing.
const idleFor = 10 * time.Second

// pool holds the associations to one archive.
type pool struct {
	dial func(context.Context, offer) (*ul.Association, error)

	mu      sync.Mutex
	free    []*line        // guarded by mu
	closed  bool           // guarded by mu
	open    int            // guarded by mu: in use or free
	most    int            // guarded by mu: as many as the archive accepts
	ending  sync.WaitGroup // associations that are being released
	changed chan struct{}  // guarded by mu: closed when one was given back or ended
}

func newPool(most int, dial func(context.Context, offer) (*ul.Association, error)) *pool {
	return &pool{dial: dial, most: most, changed: make(chan struct{})}
}

// take gives an association that serves want: a free one, or a new one where there is
// room; else it waits for one.
func (p *pool) take(ctx context.Context, want offer) (*line, error) {
	for {
		l, room, changed := p.pick(want)
		if l != nil {
			return l, nil
		}
		if room {
			l, again, err := p.connect(ctx, want)
			if !again {
				return l, err
			}
			continue // there is less room than it seemed
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// pick takes a free association out, or reserves room for a new one.
func (p *pool) pick(want offer) (l *line, room bool, changed chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := len(p.free) - 1; i >= 0; i-- {
		if l := p.free[i]; l.offer.serves(want) && l.idle.Stop() {
			p.free = slices.Delete(p.free, i, i+1)
			return l, false, nil
		}
	}
	if p.open >= p.most && len(p.free) > 0 {
		if other := p.free[0]; other.idle.Stop() { // it serves others: it makes room
			p.free = p.free[1:]
			p.end(other)
			return nil, false, p.changed
		}
	}
	if p.open < p.most {
		p.thin(1)
		p.open++
		return nil, true, nil
	}
	return nil, false, p.changed
}

// connect fills reserved room. An archive that has no place for one more, while it
// serves us already, is asked for no more than it has; again says to wait then.
func (p *pool) connect(ctx context.Context, want offer) (l *line, again bool, err error) {
	ended := p.room()
	a, err := p.dial(ctx, want)
	ended(err == nil)
	if err == nil {
		return &line{a: a, c: NewConn(a), offer: want}, false, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open--
	var no *ul.RejectError
	if errors.As(err, &no) && no.Transient() && p.open > 0 {
		p.most = max(1, p.open)
		return nil, true, nil
	}
	p.signal()
	return nil, false, err
}

// signal wakes those who wait. The caller holds mu.
func (p *pool) signal() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// put gives an association back.
func (p *pool) put(l *line) {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.signal()
	if l.broken || p.closed {
		if l.broken {
			l.a.Abort()
		}
		p.end(l)
		return
	}
	l.idle = time.AfterFunc(p.spare(), func() { p.expire(l) })
	p.free = append(p.free, l)
}

// end releases an association that nobody has. Its place is free when it is gone: an
// archive counts it until then. The caller holds mu.
func (p *pool) end(l *line) {
	p.ending.Go(func() {
		l.a.Release(context.Background())
		p.mu.Lock()
		defer p.mu.Unlock()
		p.open--
		p.signal()
	})
}

func (p *pool) expire(l *line) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := slices.Index(p.free, l); i >= 0 {
		p.free = slices.Delete(p.free, i, i+1)
		p.end(l)
	}
}

func (p *pool) close() {
	p.mu.Lock()
	p.closed = true
	for _, l := range p.free {
		l.idle.Stop()
		p.end(l)
	}
	p.free = nil
	p.mu.Unlock()
	p.ending.Wait()
}

// fresh is an association of its own, outside the pool's reuse: for what must not be
// repeated. The caller ends it with done.
func (p *pool) fresh(ctx context.Context, want offer) (*line, error) {
	want.kind += "!" // serves nobody else
	return p.take(ctx, want)
}

func (p *pool) done(l *line) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if l.broken {
		l.a.Abort()
	}
	p.end(l)
}
