package hl7

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/nocturne/nocturne/worklist/transit"
)

// Endpoint is a receiver of messages. Its address is mllp://host:port, or
// mllps://host:port for TLS 1.2 or better (PS3.15 B.12, BCP 195), where the host's
// certificate is checked against its name and there is no way back to plain TCP.
type Endpoint struct {
	Address string
	// TLS is whom an mllps receiver must prove to be and who we are (transit.Identity);
	// nil: what the system believes, and nobody.
	TLS *tls.Config
	// CommitOnly: the receiver answers by MLLP Release 2 commits and nothing else, and a
	// commit is its word that the message is kept.
	CommitOnly bool
	// Timeout is for all of an exchange; 0: 15 s.
	Timeout time.Duration
}

// ErrSent says that the message left, or may have, and that no acknowledgement of it
// came: the receiver may hold it. Any other error of Exchange says that it does not.
var ErrSent = errors.New("sent, and not acknowledged")

// ErrOtherMessage says that another message was acknowledged than the one sent. It
// comes with ErrSent.
var ErrOtherMessage = errors.New("another message was acknowledged")

const (
	defaultTimeout = 15 * time.Second
	maxAck         = 1 << 20
)

// Check says what is wrong with the address before anything is sent.
func (e Endpoint) Check() error {
	_, _, err := e.target()
	return err
}

func (e Endpoint) target() (host string, secure bool, err error) {
	u, err := url.Parse(e.Address)
	if err != nil || u.Hostname() == "" || u.Port() == "" || u.User != nil || u.Path != "" || u.RawQuery != "" {
		return "", false, errors.New("the address must be mllp://host:port or mllps://host:port")
	}
	switch u.Scheme {
	case "mllp":
		return u.Host, false, nil
	case "mllps":
		return u.Host, true, nil
	}
	return "", false, errors.New("the address must be mllp://host:port or mllps://host:port")
}

// Exchange sends one message on a connection of its own and waits for its
// acknowledgement. controlID is its MSH-10: an acknowledgement of another is none.
// Several receivers lose a second message that comes before they answered the first;
// here never two are under way on one connection.
func (e Endpoint) Exchange(ctx context.Context, message []byte, controlID string) (Ack, error) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(max(e.Timeout, 0), defaultTimeout))
	defer cancel()
	c, err := e.dial(ctx)
	if err != nil {
		return Ack{}, fmt.Errorf("connect: %w", err)
	}
	defer c.Close()
	stop := context.AfterFunc(ctx, func() { c.Close() })
	defer stop()
	if err := writeBlock(c, message); err != nil {
		return Ack{}, fmt.Errorf("send message: %w", errors.Join(sent(err), ctx.Err(), err))
	}
	a, err := e.await(c, controlID)
	if refusedUs(err) {
		return a, fmt.Errorf("connect: %w", err)
	}
	if err != nil {
		return a, fmt.Errorf("read acknowledgement: %w", errors.Join(ErrSent, ctx.Err(), err))
	}
	return a, nil
}

// sent: bytes of a message that was refused before it was written did not leave.
func sent(err error) error {
	if errors.Is(err, ErrInvalid) {
		return nil
	}
	return ErrSent
}

// refusedUs: TLS 1.3 refuses a client's certificate after the handshake, when the
// message has left; the receiver never read it (RFC 8446 4.4.2.4).
func refusedUs(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error" && strings.Contains(op.Err.Error(), "certificate")
}

// await reads blocks until one acknowledges.
func (e Endpoint) await(c net.Conn, controlID string) (Ack, error) {
	r := bufio.NewReaderSize(c, smallBuffer)
	committed := false
	for {
		block, err := readBlock(r, maxAck)
		if err != nil {
			return Ack{}, err
		}
		ack, nak := commit(block)
		switch {
		case nak:
			return Ack{Code: "CE", ControlID: controlID, Commit: true}, nil
		case ack && e.CommitOnly:
			return Ack{Code: "CA", ControlID: controlID, Commit: true}, nil
		case ack && !committed:
			committed = true
			continue
		}
		m, err := Parse(block)
		if err != nil {
			return Ack{}, err
		}
		a, err := ReadAck(m)
		if err != nil {
			return Ack{}, err
		}
		if a.ControlID != controlID {
			return Ack{}, ErrOtherMessage
		}
		if committed { // Release 2: what is received is committed, too
			_ = writeBlock(c, []byte{commitAck})
		}
		return a, nil
	}
}

func (e Endpoint) dial(ctx context.Context) (net.Conn, error) {
	host, secure, err := e.target()
	if err != nil {
		return nil, err
	}
	d := &net.Dialer{Timeout: 10 * time.Second}
	if !secure {
		return d.DialContext(ctx, "tcp", host)
	}
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		return nil, err
	}
	config := transit.Least()
	if e.TLS != nil {
		config = e.TLS.Clone()
	}
	config.ServerName = name
	c, err := (&tls.Dialer{NetDialer: d, Config: config}).DialContext(ctx, "tcp", host)
	return c, transit.Explain(err)
}
