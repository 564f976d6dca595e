package dimse

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"

	"github.com/nocturne/nocturne/worklist/pacs/ul"
)

// Server answers associations: the embedded archive's DIMSE side, and the listener to
// which an archive sends by C-MOVE or reports storage commitment.
type Server struct {
	AE      string // the only Called AE Title that is answered; empty: any
	Options ul.Options
	Most    int // associations at once; 0: 32. One more is rejected for a while
	// Accept says what is agreed to.
	Accept func(*ul.Request) (ul.Answer, *ul.RejectError)
	// Serve answers one request, with all its responses; requests of one association
	// come one after the other. It may Receive from the Conn what belongs to its own
	// request (C-STORE-RSP in a C-GET). C-ECHO and C-CANCEL never come to it: see
	// Conn.Canceled. An error aborts the association.
	Serve func(ctx context.Context, a *ul.Association, c *Conn, m Message) error
	// Ended is told why an association ended otherwise than by an orderly release; may
	// be nil.
	Ended func(error)
}

const mostAssociations = 32

// Listen answers until ctx ends, then closes l and waits for what is being served. It
// returns nil after ctx ended, else what l failed of.
func (s *Server) Listen(ctx context.Context, l net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer cancel()
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	most := s.Most
	if most <= 0 {
		most = mostAssociations
	}
	places := make(chan struct{}, most)
	for {
		conn, err := l.Accept()
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return wrap("listen for associations", err)
		}
		full := false
		select {
		case places <- struct{}{}:
		default:
			full = true
		}
		all.Go(func() {
			s.ended(s.associate(ctx, conn, full))
			if !full {
				<-places
			}
		})
	}
}

func (s *Server) ended(err error) {
	if err != nil && s.Ended != nil {
		s.Ended(err)
	}
}

// Rejections that the server gives itself (PS3.8 Table 9-21).
var (
	rejectCalledAE = &ul.RejectError{Result: 1, Source: 1, Reason: 7} // called AE title not recognized
	rejectBusy     = &ul.RejectError{Result: 2, Source: 3, Reason: 2} // local limit exceeded, for now
)

// associate negotiates and serves one association to its end.
func (s *Server) associate(ctx context.Context, conn net.Conn, full bool) error {
	a, err := ul.Accept(ctx, conn, s.Options, func(r *ul.Request) (ul.Answer, *ul.RejectError) {
		switch {
		case full:
			return ul.Answer{}, rejectBusy
		case s.AE != "" && strings.TrimSpace(r.CalledAE) != s.AE:
			return ul.Answer{}, rejectCalledAE
		}
		return s.Accept(r)
	})
	if err != nil {
		return err
	}
	c := NewConn(a)
	p := c.pump(ctx)
	err = s.requests(ctx, a, c)
	if err != nil {
		a.Abort()
	}
	p.stop()
	if err == nil {
		err = a.Release(ctx)
	}
	return err
}

// requests serves one request after the other; nil after an orderly release.
func (s *Server) requests(ctx context.Context, a *ul.Association, c *Conn) error {
	for {
		m, err := c.Receive(ctx)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case m.Command.Field.IsResponse():
			return broken("a %s that answers nothing", m.Command.Field)
		case m.Command.Field == CEcho:
			err = c.Send(ctx, Message{Context: m.Context, Command: m.Command.NewResponse(Success)})
		default:
			err = s.Serve(ctx, a, c, m)
			c.forget(m.Command.ID)
		}
		if err != nil {
			return err
		}
	}
}
