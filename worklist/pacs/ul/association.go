package ul

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// linger is how long the other side is waited for to close a connection whose
// association is over: nobody waits long for a peer that is going.
const linger = time.Second

// mostWrite is the largest P-DATA-TF we send, whatever the other side takes: a
// larger one moves no faster.
const mostWrite = 128 << 10

// Association is one, established. Read and Write may be called at the same time
// from two goroutines, Release and Abort from any; whoever makes one ends it with
// Release or Abort, which may both be called, and more than once.
type Association struct {
	link     *link
	timeouts Timeouts
	most     uint32 // length of a P-DATA-TF that may come
	fragment int    // bytes of a PDV that may go

	peer     Request
	offered  []Context
	accepted []Accepted
	refused  map[byte]Result
	known    [256]bool // by context, accepted

	reading, writing chan struct{} // held by the one who reads, who writes
	closed           chan struct{} // closed with the connection

	rest   []byte // PDVs that came and were not read yet; owned by the reader
	adrift bool   // where the next PDU begins is not known any more; owned by the reader

	mu      sync.Mutex
	machine machine   // guarded by mu
	cause   error     // guarded by mu: why it is over
	artim   time.Time // guarded by mu: when it expires; zero: it does not run
}

func newAssociation(requestor bool, t Timeouts) *Association {
	return &Association{
		timeouts: t, most: defaultPDU, machine: machine{now: sta1, requestor: requestor},
		reading: make(chan struct{}, 1), writing: make(chan struct{}, 1), closed: make(chan struct{}),
	}
}

// Accepted are the presentation contexts agreed on, in the order proposed.
func (a *Association) Accepted() []Accepted { return slices.Clone(a.accepted) }

// Find is the accepted context of an abstract syntax: with the first of the
// transfer syntaxes that was agreed on, or any where none is named.
func (a *Association) Find(abstract dicom.UID, transfer ...dicom.UID) (Accepted, bool) {
	if len(transfer) == 0 {
		i := slices.IndexFunc(a.accepted, func(c Accepted) bool { return c.Abstract == abstract })
		if i < 0 {
			return Accepted{}, false
		}
		return a.accepted[i], true
	}
	for _, t := range transfer {
		for _, c := range a.accepted {
			if c.Abstract == abstract && c.Transfer == t {
				return c, true
			}
		}
	}
	return Accepted{}, false
}

// Refused is why each context was that was proposed and not accepted.
func (a *Association) Refused() map[byte]Result { return maps.Clone(a.refused) }

// Peer is what the other side said of itself: the request as an acceptor received
// it, or what the acceptor answered to ours.
func (a *Association) Peer() Request { return a.peer }

// MaxPDU is the largest P-DATA-TF the other side takes, in bytes after its
// header; 0 is any.
func (a *Association) MaxPDU() uint32 { return a.peer.MaxPDU }

// RemoteAddr is the other end's address.
func (a *Association) RemoteAddr() net.Addr { return a.link.raw.RemoteAddr() }

// Read gives the next fragment of a message. io.EOF says that the association was
// released in order, which has been answered; *AbortError that the other side
// aborted it; *ProtocolError that we did, for it sent what cannot be; pacs.ErrStalled
// that it was silent or dripped, pacs.ErrTruncated that its connection ended. When
// ctx ends, Read gives its cause and nothing is lost: the next Read goes on.
func (a *Association) Read(ctx context.Context) (PDV, error) {
	if err := hold(ctx, a.reading); err != nil {
		return PDV{}, fmt.Errorf("read PDU: %w", err)
	}
	defer free(a.reading)
	for len(a.rest) == 0 {
		if err := a.step(ctx); err == io.EOF {
			return PDV{}, err
		} else if err != nil {
			return PDV{}, fmt.Errorf("read PDU: %w", err)
		}
	}
	var v PDV
	v, a.rest = cutPDV(a.rest)
	return v, nil
}

// hold takes one of the two locks; a context ends the wait.
func hold(ctx context.Context, lock chan struct{}) error {
	select {
	case lock <- struct{}{}:
		return nil
	default:
	}
	select {
	case lock <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func free(lock chan struct{}) { <-lock }

func (a *Association) happens(e event, refused bool) action {
	a.mu.Lock()
	defer a.mu.Unlock()
	act := a.machine.happens(e, refused)
	switch a.machine.now {
	case sta13:
		if a.artim.IsZero() {
			a.artim = time.Now().Add(min(linger, a.timeouts.Negotiate))
		}
	case sta2:
		a.artim = time.Now().Add(a.timeouts.Negotiate)
	default:
		a.artim = time.Time{}
	}
	return act
}

func (a *Association) state() state {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.machine.now
}

func (a *Association) timer() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.artim
}

// because keeps the first reason for which the association is over.
func (a *Association) because(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.cause == nil {
		a.cause = err
	}
}

func (a *Association) why() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.cause == nil {
		return ErrEnded
	}
	return a.cause
}

func (a *Association) open() bool {
	select {
	case <-a.closed:
		return false
	default:
		return true
	}
}

// end closes the connection, once.
func (a *Association) end(err error) {
	if err != nil {
		a.because(err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.open() {
		return
	}
	close(a.closed)
	a.machine.now = sta1
	if a.link == nil {
		return
	}
	if a.cause == io.EOF {
		a.link.conn.Close() // TLS says goodbye
	}
	a.link.raw.Close()
}
