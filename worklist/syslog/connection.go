package syslog

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/nocturne/nocturne/worklist/transit"
)

// connection is one to a receiver. Its reader is joined by close and end.
type connection struct {
	tls     *tls.Conn
	explain func(error) error
	gone    chan struct{} // closed when the receiver closed its side, or the connection broke
	reader  sync.WaitGroup
	err     error // how it ended; written before gone is closed
}

var (
	// errMute: the receiver did not close its side in time.
	errMute = errors.New("the receiver of the audit log does not close")
	// ErrClosed: the receiver closed its side by itself.
	ErrClosed = errors.New("the receiver of the audit log closed the connection")
)

func (f *Forwarder) connect(ctx context.Context) (*connection, error) {
	host, port, err := split(f.Address)
	if err != nil {
		return nil, err
	}
	config, err := f.Identity.TLS(host)
	if err != nil {
		return nil, fmt.Errorf("send audit log: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, f.timed().dial)
	defer cancel()
	begun := time.Now()
	raw, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, fmt.Errorf("send audit log: %w", err)
	}
	secure, explain, err := transit.Client(ctx, raw, config)
	if err != nil {
		raw.Close()
		return nil, fmt.Errorf("send audit log: %w", err)
	}
	c := &connection{tls: secure, explain: explain, gone: make(chan struct{})}
	c.reader.Go(c.read)
	// Under TLS 1.3 a receiver refuses our certificate only after our side of the
	// handshake is over: it must not be taken for one that read everything and closed.
	select {
	case <-c.gone:
		c.close()
		return nil, c.why()
	case <-time.After(max(250*time.Millisecond, 2*time.Since(begun))):
	}
	return c, nil
}

// read waits for the receiver, who has nothing to say (RFC 5425 4.3), to end.
func (c *connection) read() {
	defer close(c.gone)
	var b [256]byte
	for {
		if _, err := c.tls.Read(b[:]); err != nil {
			c.err = err
			return
		}
	}
}

// why is how a connection that is gone ended.
func (c *connection) why() error {
	if errors.Is(c.err, io.EOF) {
		return fmt.Errorf("send audit log: %w", ErrClosed)
	}
	return fmt.Errorf("send audit log: %w", c.explain(c.err))
}

func (c *connection) write(b []byte, within time.Duration) error {
	select {
	case <-c.gone:
		return c.why()
	default:
	}
	c.tls.SetWriteDeadline(time.Now().Add(within))
	if _, err := c.tls.Write(b); err != nil {
		return fmt.Errorf("send audit log: %w", c.explain(err))
	}
	return nil
}

// end sends close_notify and waits for the receiver to close its side. nil: it did, so
// it has read everything; errMute: it did not within that time.
func (c *connection) end(within time.Duration) error {
	defer c.close()
	select {
	case <-c.gone:
		return c.why() // it closed by itself: what it read of the last is not known
	default:
	}
	if err := c.tls.CloseWrite(); err != nil {
		return fmt.Errorf("send audit log: %w", c.explain(err))
	}
	if half, ok := c.tls.NetConn().(interface{ CloseWrite() error }); ok {
		half.CloseWrite() // receivers that only look at TCP see the end, too
	}
	select {
	case <-c.gone:
	case <-time.After(within):
		return errMute
	}
	// Its close_notify, or the end of TCP without one: both come after it read ours. A
	// connection that is reset may have lost what was on its way.
	if errors.Is(c.err, io.EOF) || errors.Is(c.err, io.ErrUnexpectedEOF) {
		return nil
	}
	return c.why()
}

func (c *connection) close() {
	c.tls.NetConn().Close()
	c.reader.Wait()
}
