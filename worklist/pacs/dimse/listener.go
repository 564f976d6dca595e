package dimse

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs/ul"
)

// Listener receives what archives send by associations of their own: the objects of a
// C-MOVE and the reports of storage commitment. One serves all sites. Nothing is taken
// that was not asked for: an object belongs to a C-MOVE under way, a report to a
// transaction that is waited for. It begins to listen when it is first needed.
type Listener struct {
	address, ae string
	tls         *tls.Config
	ids         counter

	mu      sync.Mutex
	addr    net.Addr               // guarded by mu: nil: it does not listen
	stop    func()                 // guarded by mu
	moves   map[uint16]*moving     // guarded by mu: by message ID of the C-MOVE
	commits map[dicom.UID]*promise // guarded by mu: by Transaction UID
}

// NewListener is one on address (host:port) under that AE title, which the archives have
// to know as ours. A nil TLS listens in the clear.
func NewListener(address, ae string, config *tls.Config) (*Listener, error) {
	if _, err := Host(address); err != nil {
		return nil, fmt.Errorf("listen for archives: %w", err)
	}
	if len(ae) == 0 || len(ae) > 16 {
		return nil, fmt.Errorf("listen for archives: %w", errTitle)
	}
	return &Listener{address: address, ae: ae, tls: config, moves: map[uint16]*moving{}, commits: map[dicom.UID]*promise{}}, nil
}

// Open begins to listen, if it does not yet, and says where.
func (l *Listener) Open() (net.Addr, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.addr != nil {
		return l.addr, nil
	}
	socket, err := net.Listen("tcp", l.address)
	if err != nil {
		why := err.Error() // and no more: an address that is taken is no archive that does not answer
		if op, ok := err.(*net.OpError); ok {
			why = op.Err.Error()
		}
		return nil, fmt.Errorf("listen for archives: %s", why)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &Server{AE: l.ae, Options: ul.Options{TLS: l.tls}, Accept: l.accept, Serve: l.serve}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.Listen(ctx, socket)
	}()
	l.addr, l.stop = socket.Addr(), func() { cancel(); <-ended }
	return l.addr, nil
}

// Close ends it and waits for what is being received. It may be opened again.
func (l *Listener) Close() {
	l.mu.Lock()
	stop := l.stop
	l.addr, l.stop = nil, nil
	l.mu.Unlock()
	if stop != nil {
		stop()
	}
}

const storagePrefix = "1.2.840.10008.5.1.4.1.1."

// accept agrees to storage, in the first form offered that we can decode, to the reports
// of storage commitment and to C-ECHO.
func (l *Listener) accept(r *ul.Request) (ul.Answer, *ul.RejectError) {
	a := ul.Answer{Refused: map[byte]ul.Result{}}
	for _, c := range r.Contexts {
		forms := plain
		switch {
		case strings.HasPrefix(string(c.Abstract), storagePrefix):
			forms = append(plain[:2:2], compressed...)
		case c.Abstract != commitment && c.Abstract != dicom.VerificationSOPClass:
			continue
		}
		i := slices.IndexFunc(c.Transfers, func(t dicom.UID) bool { return slices.Contains(forms, t) })
		if i < 0 {
			a.Refused[c.ID] = ul.TransferNotSupported
			continue
		}
		a.Contexts = append(a.Contexts, ul.Accepted{ID: c.ID, Abstract: c.Abstract, Transfer: c.Transfers[i], SCU: c.SCU, SCP: c.SCP})
	}
	return a, nil
}

func (l *Listener) serve(ctx context.Context, a *ul.Association, c *Conn, m Message) error {
	all := a.Accepted()
	i := slices.IndexFunc(all, func(x ul.Accepted) bool { return x.ID == m.Context })
	switch {
	case i < 0:
		return broken("a message in a context that nobody agreed to")
	case m.Command.Field == CStore:
		return l.store(ctx, c, all[i], m)
	case m.Command.Field == NEventReport:
		ds, err := m.Dataset(all[i].Transfer, dicom.Options{})
		if err != nil {
			return err
		}
		return c.Send(ctx, Message{Context: m.Context, Command: m.Command.NewResponse(l.report(ds))})
	}
	return c.Send(ctx, Message{Context: m.Context, Command: m.Command.NewResponse(unrecognized)})
}

// unrecognized operation (PS3.7 C.5.21).
const unrecognized uint16 = 0x0211

// report hands a commitment's outcome to who waits for it.
func (l *Listener) report(ds *dicom.Dataset) uint16 {
	l.mu.Lock()
	p := l.commits[dicom.UID(ds.Str(dicom.TransactionUID))]
	l.mu.Unlock()
	if p == nil {
		return processingFailure
	}
	p.tell(ds)
	return Success
}

// errNobody says that an object came which nobody waits for.
var errNobody = errors.New("the archive sent an object that nobody asked for")

// moveOf is the C-MOVE that an object belongs to: the one it names (PS3.7 9.1.1.1), or,
// where it names none, the one of its study.
func (l *Listener) moveOf(c Command, study dicom.UID) *moving {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c.OriginatorID != 0 {
		return l.moves[c.OriginatorID]
	}
	for _, m := range l.moves {
		if m.ref.Study == study {
			return m
		}
	}
	return nil
}

// waiting: there is a C-MOVE under way; without one nothing is even written to disk.
func (l *Listener) waiting() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.moves) > 0
}
