package ul

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"slices"

	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/transit"
)

// Accept waits on a connection, which is then its own, for the request of an
// association and answers what decide says. The request that decide sees is
// well-formed, and its identity proves nothing. Without an association the
// connection is closed and the error says why: a *RejectError where we refused.
func Accept(ctx context.Context, c net.Conn, o Options, decide func(*Request) (Answer, *RejectError)) (*Association, error) {
	t := o.Timeouts.filled()
	a := newAssociation(false, t)
	a.link = newLink(c, t.Idle)
	a.happens(evtConnection, false) // AE-5
	ctx, cancel := context.WithTimeoutCause(ctx, t.Negotiate, pacs.ErrStalled)
	defer cancel()
	if err := a.listen(ctx, o.TLS, decide); err != nil {
		a.Abort()
		return nil, fmt.Errorf("accept association: %w", err)
	}
	return a, nil
}

// listen brings the association from Sta2 to Sta6.
func (a *Association) listen(ctx context.Context, config *tls.Config, decide func(*Request) (Answer, *RejectError)) error {
	if config != nil {
		conn := tls.Server(a.link.raw, config)
		if err := conn.HandshakeContext(ctx); err != nil {
			return transit.Explain(err)
		}
		a.link.conn = conn
	}
	for a.state() != sta3 {
		if err := a.step(ctx); err != nil {
			return transit.Explain(err)
		}
	}
	answer, refusal := decide(&a.peer)
	if refusal == nil && a.limits() != nil {
		refusal = &RejectError{Result: 1, Source: 3, Reason: 2}
	}
	if refusal != nil {
		a.because(refusal)
		if _, err := a.request(ctx, evtReject, refusal.pdu()); err != nil { // AE-8
			return err
		}
		return a.settle(ctx)
	}
	return a.agree(ctx, answer)
}

// agree answers with an A-ASSOCIATE-AC (AE-7). A context that was not proposed so
// is not agreed to.
func (a *Association) agree(ctx context.Context, answer Answer) error {
	answer.MaxPDU = announced(answer.MaxPDU)
	oneByOne(&answer.Invoked, &answer.Performed)
	if answer.Implementation == "" {
		answer.Implementation, answer.Version = implementation, version
	}
	a.refused = map[byte]Result{}
	for _, c := range a.peer.Contexts {
		i := slices.IndexFunc(answer.Contexts, func(k Accepted) bool { return k.ID == c.ID && slices.Contains(c.Transfers, k.Transfer) })
		if i < 0 {
			a.refused[c.ID] = answer.Refused[c.ID]
			if a.refused[c.ID] == Acceptance {
				a.refused[c.ID] = AbstractNotSupported
			}
			continue
		}
		k := Accepted{ID: c.ID, Abstract: c.Abstract, Transfer: answer.Contexts[i].Transfer, SCU: true}
		if c.SCU || c.SCP {
			k.SCU, k.SCP = c.SCU && answer.Contexts[i].SCU, c.SCP && answer.Contexts[i].SCP
		}
		a.accepted = append(a.accepted, k)
		a.known[k.ID] = true
	}
	answer.Contexts, answer.Refused = a.accepted, a.refused
	ac, err := answer.pdu(&a.peer)
	if err != nil {
		return err
	}
	a.most = answer.MaxPDU
	_, err = a.request(ctx, evtAccept, ac)
	return err
}

// indicate takes in a request (AE-6), or refuses it for the provider.
func (a *Association) indicate(ctx context.Context, rq *associated, refused bool) {
	a.peer = rq.Request
	if !refused {
		return
	}
	no := &RejectError{Result: 1, Source: 1, Reason: 2} // application context name not supported
	if !rq.protocol {
		no = &RejectError{Result: 1, Source: 2, Reason: 2}
	}
	a.because(no)
	if hold(ctx, a.writing) == nil {
		a.link.whole(ctx, no.pdu())
		free(a.writing)
	}
}

// settle waits until the other side closes, or ARTIM expires.
func (a *Association) settle(ctx context.Context) error {
	for {
		a.rest = nil
		if err := a.step(ctx); err != nil {
			return a.why()
		}
	}
}
