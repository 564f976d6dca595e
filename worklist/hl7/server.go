package hl7

import (
	"bufio"
	"context"
	"crypto/tls"
	"net"
	"sync"
	"time"
)

// Server takes messages over MLLP and answers each before it reads the next. It is the
// simulator that tests and the demo send to.
type Server struct {
	// Handle returns the whole answer to a message, usually by Message.Answer; nil: none
	// is given, and the sender waits. It is called for one message of a connection at a
	// time.
	Handle func(*Message) []byte
	// Refused is the answer to bytes that are no message; nil: the connection ends.
	Refused func() []byte
	// Idle ends a connection on which nothing comes; 0: a minute.
	Idle time.Duration
	TLS  *tls.Config // nil: plain TCP
}

// maxConnections bounds what a flood of them costs.
const maxConnections = 64

// Serve takes connections until ctx ends, then closes all and returns when the last
// one has ended. It owns the listener.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	if s.TLS != nil {
		l = tls.NewListener(l, s.TLS)
	}
	var open sync.WaitGroup
	defer open.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	free := make(chan struct{}, maxConnections)
	for {
		c, err := l.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		select {
		case free <- struct{}{}:
		default:
			c.Close()
			continue
		}
		open.Go(func() {
			defer func() { <-free }()
			defer context.AfterFunc(ctx, func() { c.Close() })()
			s.connection(c)
		})
	}
}

func (s *Server) connection(c net.Conn) {
	defer c.Close()
	idle := s.Idle
	if idle <= 0 {
		idle = time.Minute
	}
	r := bufio.NewReaderSize(c, readStep)
	for {
		if err := c.SetDeadline(time.Now().Add(idle)); err != nil {
			return
		}
		block, err := readBlock(r, MaxMessage)
		if err != nil {
			return
		}
		if ack, nak := commit(block); ack || nak {
			continue
		}
		var answer []byte
		m, err := Parse(block)
		switch {
		case err == nil:
			answer = s.Handle(m)
		case s.Refused != nil:
			answer = s.Refused()
		default:
			return
		}
		if answer == nil {
			continue
		}
		if err := writeBlock(c, answer); err != nil {
			return
		}
	}
}
