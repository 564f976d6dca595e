package demo

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs/ul"
)

// DefaultAE is the archive's AE title where Options name none.
const DefaultAE = "NOCTURNE"

// Bounds of the DIMSE side.
const (
	maxAssociations = 64
	idleAssociation = 2 * time.Minute
	maxWindow       = 16 // operations under way at once
)

// associations is the DIMSE side of an archive.
type associations struct {
	ae           string
	destinations map[string]string // AE title → loopback address
	tls          *tls.Config
	services     map[dicom.UID]sopService

	listeners []net.Listener // guarded by Archive.mu

	mu     sync.Mutex
	live   map[*ul.Association]bool // guarded by mu
	begun  int                      // guarded by mu; live and being negotiated
	closed bool                     // guarded by mu
}

func newAssociations(o Options) (*associations, error) {
	d := &associations{ae: cmp.Or(o.AE, DefaultAE), destinations: map[string]string{}, tls: o.DIMSETLS,
		services: newServices(), live: map[*ul.Association]bool{}}
	if !aeTitle.MatchString(d.ae) {
		return nil, errors.New("the archive's AE title is none")
	}
	for ae, address := range o.Destinations {
		if !aeTitle.MatchString(ae) {
			return nil, errors.New("the AE title of a destination is none")
		}
		if err := loopbackOnly(address); err != nil {
			return nil, fmt.Errorf("destination: %w", err)
		}
		d.destinations[strings.TrimSpace(ae)] = address
	}
	return d, nil
}

// ServeDIMSE listens for associations on a loopback address and returns once they
// are answered, with DIMSE and AE of the URLs set. It ends with ctx or Close.
func (a *Archive) ServeDIMSE(ctx context.Context, listen string) (URLs, error) {
	l, err := listenLoopback(ctx, listen)
	if err != nil {
		return URLs{}, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return URLs{}, errors.Join(errors.New("serve archive: closed"), l.Close())
	}
	a.dimse.listeners = append(a.dimse.listeners, l)
	a.done.Go(func() { a.accept(ctx, gateListener{l, a.away}) })
	return URLs{DIMSE: l.Addr().String(), AE: a.dimse.ae, Studies: a.Studies()}, nil
}

// accept serves connections until the listener ends, and waits for all of them.
func (a *Archive) accept(ctx context.Context, l net.Listener) {
	ctx, cancel := context.WithCancel(ctx)
	var served sync.WaitGroup
	defer served.Wait()
	defer cancel()
	context.AfterFunc(ctx, func() { l.Close() })
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		served.Go(func() {
			defer c.Close()
			a.serveConn(ctx, c)
		})
	}
}

// serveConn serves one association from its negotiation to its end.
func (a *Archive) serveConn(ctx context.Context, c net.Conn) {
	defer a.dimse.end(nil)
	room := a.dimse.begin()
	o := ul.Options{TLS: a.dimse.tls, Timeouts: ul.Timeouts{Idle: idleAssociation}}
	assoc, err := ul.Accept(ctx, c, o, func(r *ul.Request) (ul.Answer, *ul.RejectError) {
		if !a.arrive(ctx) || !room {
			return ul.Answer{}, busy
		}
		return a.negotiate(r)
	})
	if err != nil {
		a.log.Info("association not made", "error", err.Error())
		return
	}
	if !a.dimse.join(assoc) {
		assoc.Abort()
		return
	}
	defer a.dimse.end(assoc)
	s := newSession(a, assoc)
	defer s.close()
	if err := s.serve(ctx); err != nil {
		a.log.Info("association ended", "error", err.Error())
	}
}

// busy is transient: temporary congestion (PS3.8 table 9-21).
var busy = &ul.RejectError{Result: 2, Source: 3, Reason: 1}

// arrive waits while the archive hangs, and says whether it takes requests.
func (a *Archive) arrive(ctx context.Context) bool {
	how, back := a.away.state()
	if how == awayHang {
		select {
		case <-back:
			return true
		case <-ctx.Done():
		}
	}
	return how == ""
}

// begin counts an association; false when there are too many already.
func (d *associations) begin() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.begun++
	return d.begun <= maxAssociations
}

// join notes a live association; false when the archive is closed.
func (d *associations) join(as *ul.Association) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.live[as] = true
	return !d.closed
}

// end forgets a live association, or for nil one that was begun.
func (d *associations) end(as *ul.Association) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if as == nil {
		d.begun--
		return
	}
	delete(d.live, as)
}

// drop aborts every association.
func (d *associations) drop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for as := range d.live {
		as.Abort()
	}
}

// close ends the associations; none begins after it.
func (d *associations) close() {
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	d.drop()
}

// negotiate answers an association request: our AE title, and of each context
// what is served (PS3.7 D.3).
func (a *Archive) negotiate(r *ul.Request) (ul.Answer, *ul.RejectError) {
	if r.CalledAE != a.dimse.ae {
		return ul.Answer{}, &ul.RejectError{Result: 1, Source: 1, Reason: 7}
	}
	ans := ul.Answer{Refused: map[byte]ul.Result{}, Extended: map[dicom.UID][]byte{}, Invoked: window(r.Invoked), Performed: window(r.Performed)}
	for _, c := range r.Contexts {
		got, why := a.agree(c)
		if why != ul.Acceptance {
			ans.Refused[c.ID] = why
			continue
		}
		ans.Contexts = append(ans.Contexts, got)
		if info, ok := r.Extended[c.Abstract]; ok && a.dimse.services[c.Abstract].relational {
			ans.Extended[c.Abstract] = relationalOnly(info)
		}
	}
	return ans, nil
}

// window is how many operations may be under way of the number a peer names: 0 is any
// (PS3.7 D.3.3.3).
func window(n uint16) uint16 {
	if n == 0 {
		return maxWindow
	}
	return min(n, maxWindow)
}

// relationalOnly accepts relational queries and retrievals and no other extension
// (PS3.4 C.5.1.1, C.5.2.1).
func relationalOnly(info []byte) []byte {
	out := make([]byte, max(1, len(info)))
	if len(info) > 0 && info[0] == 1 {
		out[0] = 1
	}
	return out
}
