package ul

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"

	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/transit"
)

// Dial asks address ("host:port") for an association. Errors: *RejectError when it
// was refused, *AbortError, *ProtocolError or *pacs.NotArchiveError when something
// else answers there, ErrUnanswered when it said nothing and went, those of worklist/transit when TLS did not come about, and
// those of the network (pacs.Unreachable). An association in which no context was
// accepted is one; see Refused.
func Dial(ctx context.Context, address string, r Request, o Options) (*Association, error) {
	t := o.Timeouts.filled()
	r.MaxPDU = announced(r.MaxPDU)
	oneByOne(&r.Invoked, &r.Performed)
	if r.Implementation == "" {
		r.Implementation, r.Version = implementation, version
	}
	rq, err := r.pdu()
	if err != nil {
		return nil, fmt.Errorf("associate: %w", err)
	}
	a := newAssociation(true, t)
	a.most, a.offered = r.MaxPDU, r.Contexts
	a.peer.CallingAE, a.peer.CalledAE = r.CallingAE, r.CalledAE
	a.happens(evtAssociate, false) // AE-1
	conn, err := connect(ctx, address, o, t)
	if err != nil {
		return nil, err
	}
	a.link = newLink(conn, t.Idle)
	ctx, cancel := context.WithTimeoutCause(ctx, t.Negotiate, pacs.ErrStalled)
	defer cancel()
	if err := a.negotiate(ctx, address, o.TLS, rq); err != nil {
		a.Abort()
		return nil, fmt.Errorf("associate: %w", err)
	}
	return a, nil
}

func connect(ctx context.Context, address string, o Options, t Timeouts) (net.Conn, error) {
	within, cancel := context.WithTimeout(ctx, t.Connect)
	defer cancel()
	dial := o.Dial
	if dial == nil {
		var d net.Dialer
		dial = func(ctx context.Context, address string) (net.Conn, error) { return d.DialContext(ctx, "tcp", address) }
	}
	conn, err := dial(within, address)
	if err == nil {
		return conn, nil
	}
	if ctx.Err() != nil {
		return nil, fmt.Errorf("connect: %w", context.Cause(ctx))
	}
	return nil, fmt.Errorf("connect: %w", err)
}

// negotiate secures the connection and brings the association from Sta4 to Sta6.
func (a *Association) negotiate(ctx context.Context, address string, config *tls.Config, rq []byte) error {
	explain := func(err error) error { return err }
	if config != nil {
		if config.ServerName == "" && !config.InsecureSkipVerify {
			host, _, err := net.SplitHostPort(address)
			if err != nil {
				return err
			}
			config = config.Clone()
			config.ServerName = host
		}
		secured, why, err := transit.Client(ctx, a.link.raw, config)
		if err != nil {
			return err
		}
		a.link.conn, explain = secured, why
	}
	if _, err := a.request(ctx, evtConnected, rq); err != nil { // AE-2
		return linkFault(err, explain)
	}
	for a.state() != sta6 {
		if err := a.step(ctx); err != nil {
			return a.unanswered(notArchive(linkFault(err, explain)), config)
		}
	}
	return nil
}

// linkFault asks explain about what happened to the connection, and not about what
// the other side said on it.
func linkFault(err error, explain func(error) error) error {
	var op *net.OpError
	if errors.Is(err, pacs.ErrTruncated) || errors.As(err, &op) {
		return explain(err)
	}
	return err
}

// unanswered names the end of a plain connection on which nothing at all was heard.
func (a *Association) unanswered(err error, config *tls.Config) error {
	var op *net.OpError
	if config == nil && a.link.w == 0 && (errors.Is(err, pacs.ErrTruncated) || errors.As(err, &op)) {
		return fmt.Errorf("%w: %w", ErrUnanswered, err)
	}
	return err
}

// notArchive says of a first answer that was no PDU that something else speaks
// there (a web server, TLS).
func notArchive(err error) error {
	if bad, ok := err.(*ProtocolError); ok && bad.Reason == unrecognizedPDU {
		return &pacs.NotArchiveError{Op: "associate", Got: bad.What}
	}
	return err
}

// confirm takes in what the acceptor agreed to (AE-3). Whatever it agreed to that
// was not proposed is an error.
func (a *Association) confirm(ac *associated) *ProtocolError {
	calling, called := a.peer.CallingAE, a.peer.CalledAE
	a.peer = ac.Request
	a.peer.CallingAE, a.peer.CalledAE, a.peer.Contexts = calling, called, nil // those of an AC mean nothing (PS3.8 9.3.3)
	a.refused = map[byte]Result{}
	for _, c := range a.offered {
		i := slices.IndexFunc(ac.Contexts, func(k Context) bool { return k.ID == c.ID })
		if i < 0 {
			a.refused[c.ID] = NoReason
			continue
		}
		if r := ac.results[c.ID]; r != Acceptance {
			a.refused[c.ID] = r
			continue
		}
		transfer := ac.Contexts[i].Transfers[0]
		if !slices.Contains(c.Transfers, transfer) {
			return invalid("a transfer syntax was accepted that was not proposed")
		}
		k := Accepted{ID: c.ID, Abstract: c.Abstract, Transfer: transfer, SCU: true}
		if role, ok := ac.roles[c.Abstract]; ok && (c.SCU || c.SCP) {
			k.SCU, k.SCP = c.SCU && role[0], c.SCP && role[1]
		}
		a.accepted = append(a.accepted, k)
		a.known[k.ID] = true
	}
	return a.limits()
}
