package ul

import (
	"context"
	"errors"
	"io"
	"net"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs"
)

// arrival is one event from the other side, with what came.
type arrival struct {
	event event
	body  []byte
	asked *associated // of an A-ASSOCIATE-RQ or -AC
	err   error       // why the event is not a good one
}

// step waits for one event and does what the table says. An error says that the
// association is over and its connection closed, or that ctx ended.
func (a *Association) step(ctx context.Context) error {
	if !a.open() {
		return a.why()
	}
	v, err := a.receive(ctx)
	if err != nil {
		if a.state() == sta13 {
			a.end(err) // there is nothing to go on with
		}
		return err
	}
	if err := a.handle(ctx, v); err != nil {
		return err
	}
	if !a.open() {
		return a.why()
	}
	return nil
}

// receive waits for a PDU or for what happens in its place. An error is that of ctx.
func (a *Association) receive(ctx context.Context) (arrival, error) {
	until := a.timer()
	for a.adrift {
		a.link.take(a.link.w - a.link.r)
		if err := a.link.need(ctx, 1, until); err != nil {
			return a.instead(ctx, err)
		}
	}
	err := a.link.need(ctx, headBytes, until)
	if err != nil {
		return a.instead(ctx, err)
	}
	kind, n, bad := header(a.link.buf[a.link.r:], a.most)
	if bad != nil {
		a.adrift = true
		return arrival{event: evtInvalid, err: bad}, nil
	}
	if err := a.link.need(ctx, headBytes+n, until); err != nil {
		return a.instead(ctx, err)
	}
	return a.arrived(kind, a.link.take(headBytes + n)[headBytes:]), nil
}

// arrived checks the body of a PDU.
func (a *Association) arrived(kind byte, body []byte) arrival {
	v, bad := arrival{event: eventOf[kind], body: body}, (*ProtocolError)(nil)
	switch kind {
	case pduRQ, pduAC:
		v.asked, bad = parseAssociate(kind, body)
	case pduData:
		var last bool
		if last, bad = checkData(body, &a.known); last {
			a.link.alive()
		}
	}
	if bad != nil {
		return arrival{event: evtInvalid, err: bad}
	}
	return v
}

// instead is what happened in place of a PDU.
func (a *Association) instead(ctx context.Context, err error) (arrival, error) {
	switch {
	case errors.Is(err, errTimer):
		return arrival{event: evtARTIM, err: pacs.ErrStalled}, nil
	case ctx.Err() != nil:
		return arrival{}, context.Cause(ctx)
	case errors.Is(err, pacs.ErrStalled):
		return arrival{event: evtAbort, err: err}, nil // we give up
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return arrival{event: evtClosed, err: pacs.ErrTruncated}, nil
	case errors.Is(err, net.ErrClosed):
		return arrival{event: evtClosed, err: ErrEnded}, nil
	}
	return arrival{event: evtClosed, err: err}, nil
}

// handle does the action of an event from the other side. Indications that a
// user has nothing to decide about, those of a release, are answered at once.
func (a *Association) handle(ctx context.Context, v arrival) error {
	refused := v.event == evtRQ && (!v.asked.protocol || v.asked.application != applicationContext)
	switch act := a.happens(v.event, refused); act {
	case dt2, ar6:
		a.rest = v.body
	case ae3:
		if bad := a.confirm(v.asked); bad != nil {
			return a.handle(ctx, arrival{event: evtInvalid, err: bad})
		}
	case ae4:
		a.end(&RejectError{v.body[1], v.body[2], v.body[3]})
	case ae6:
		a.indicate(ctx, v.asked, refused)
	case ar2:
		a.because(io.EOF)
		return a.respond(ctx) // AR-4
	case ar8:
		if a.machine.requestor {
			return a.respond(ctx) // AR-9
		}
	case ar10: // the request of ours is confirmed, and theirs still to be answered
		a.because(io.EOF)
		return a.respond(ctx) // AR-4
	case ar3:
		a.end(io.EOF)
	case aa3:
		a.end(&AbortError{v.body[2], v.body[3]})
	case aa1, aa7, aa8:
		a.violated(act, v.err)
	case aa2, aa4, aa5, ar5:
		a.end(v.err)
	}
	return nil
}

// violated aborts because of what came, or did not come.
func (a *Association) violated(act action, err error) {
	if err == nil {
		err = &ProtocolError{Reason: unexpectedPDU, What: "a PDU came that cannot come now"}
	}
	a.because(err)
	abort, bad := &AbortError{}, (*ProtocolError)(nil)
	if errors.As(err, &bad) && act != aa1 {
		abort = &AbortError{Source: 2, Reason: bad.Reason}
	}
	a.sendAbort(abort)
}

// sendAbort sends an A-ABORT where that can be done without waiting long.
func (a *Association) sendAbort(e *AbortError) {
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	if hold(ctx, a.writing) == nil {
		defer free(a.writing)
		a.link.whole(ctx, e.pdu())
	}
}

// request is a primitive of ours that sends one PDU: the state changes when
// nothing else is being written. false says that the table has no such cell.
func (a *Association) request(ctx context.Context, e event, pdu []byte) (bool, error) {
	if err := hold(ctx, a.writing); err != nil {
		return false, err
	}
	defer free(a.writing)
	if a.happens(e, false) == none {
		return false, nil
	}
	return true, a.link.whole(ctx, pdu)
}

// respond is the A-RELEASE response (AR-4, AR-9): there is never a reason to
// refuse a release.
func (a *Association) respond(ctx context.Context) error {
	_, err := a.request(ctx, evtReleaseResponse, fixed(pduReleaseRP, [4]byte{}))
	if err != nil {
		a.end(err)
	}
	return err
}
