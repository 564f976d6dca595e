package demo

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync/atomic"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs/dimse"
	"github.com/nocturne/nocturne/worklist/pacs/ul"
)

// session serves one association. Its methods are called by one goroutine, but for
// the delivery of reports, which only sends.
type session struct {
	a        *Archive
	assoc    *ul.Association
	conn     *dimse.Conn
	contexts map[byte]ul.Accepted
	peer     ul.Request

	// ahead is where the next message will be; nil when nobody reads it yet. held is
	// one that was read ahead and is to be answered next.
	ahead chan received
	held  *received

	last    atomic.Uint32             // our last request's Message ID, counted on
	awaited map[uint16]*commitOutcome // reports of storage commitment that were not acknowledged
}

type received struct {
	dimse.Message
	err error
}

// invocation is a request with the context it came in.
type invocation struct {
	dimse.Message
	on ul.Accepted
}

func newSession(a *Archive, assoc *ul.Association) *session {
	s := &session{a: a, assoc: assoc, conn: dimse.NewConn(assoc), contexts: map[byte]ul.Accepted{}, peer: assoc.Peer(),
		awaited: map[uint16]*commitOutcome{}}
	for _, c := range assoc.Accepted() {
		s.contexts[c.ID] = c
	}
	return s
}

// close ends what the session began. The association is over.
func (s *session) close() {
	s.assoc.Abort()
	if s.ahead != nil {
		<-s.ahead
	}
}

// serve answers messages until the peer releases the association; then nil.
func (s *session) serve(ctx context.Context) error {
	stop := s.deliverReports(ctx)
	defer stop()
	defer func() { s.reportElsewhere(ctx) }()
	for {
		m, err := s.receive(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if m.Command.Field.IsResponse() {
			s.acknowledged(m)
			continue
		}
		if err := s.answer(ctx, m); err != nil {
			return err
		}
	}
}

// receive gives the next message.
func (s *session) receive(ctx context.Context) (dimse.Message, error) {
	if h := s.held; h != nil {
		s.held = nil
		return h.Message, h.err
	}
	if s.ahead != nil {
		r := <-s.ahead
		s.ahead = nil
		return r.Message, r.err
	}
	return s.conn.Receive(ctx)
}

// listen begins to read the next message beside what is being done, so that a
// cancel is heard.
func (s *session) listen(ctx context.Context) {
	if s.ahead != nil || s.held != nil {
		return
	}
	next := make(chan received, 1)
	s.ahead = next
	go func() { // joined by receive or close
		m, err := s.conn.Receive(ctx)
		next <- received{m, err}
	}()
}

// canceled reports whether the peer asked to stop request id, or is gone (PS3.7
// 9.3.2.3). Whatever else it said is kept for later.
func (s *session) canceled(ctx context.Context, id uint16) bool {
	if s.ahead == nil {
		return s.held != nil && s.held.err != nil
	}
	select {
	case r := <-s.ahead:
		s.ahead = nil
		if r.err == nil && r.Command.Field == dimse.CCancel {
			s.listen(ctx)
			return r.Command.Responded == id
		}
		if r.err == nil && r.Command.Field.IsResponse() {
			s.acknowledged(r.Message)
			s.listen(ctx)
			return false
		}
		s.held = &r
		return r.err != nil
	default:
		return false
	}
}

// answer finds the operation of a request. What is not served is said so, with the
// status of the standard (PS3.7 annex C).
func (s *session) answer(ctx context.Context, m dimse.Message) error {
	how, _ := s.a.away.state()
	if how == awayRefuse {
		s.assoc.Abort()
		return errors.New("the archive is away")
	}
	r := invocation{m, s.contexts[m.Context]}
	if m.Command.Field == dimse.CCancel {
		return nil // of what is over
	}
	if !s.a.arrive(ctx) {
		return s.refuse(ctx, r, fail(away(m.Command.Field), "the archive is not available now"))
	}
	served, ok := s.a.service(r.on.Abstract)
	op := served.operations[m.Command.Field]
	switch {
	case r.on.ID == 0:
		return errors.New("a message in no presentation context")
	case !ok || op == nil || !r.on.SCU:
		return s.refuse(ctx, r, fail(unrecognized, "this operation is not of this SOP class"))
	case !classFits(m.Command, r.on.Abstract):
		return s.refuse(ctx, r, fail(wrongClass(m.Command.Field), "the SOP class is not the presentation context's"))
	}
	return op(s, ctx, r)
}

// away is the status by which a service says that it has no means now.
func away(f dimse.Field) dimseStatus {
	switch f {
	case dimse.CFind, dimse.CStore:
		return outOfResources
	case dimse.CGet, dimse.CMove:
		return cannotPerform
	}
	return resourceLimitation
}

// classFits holds the command's SOP class to the context's: all UPS classes name
// UPS Push (PS3.4 CC.3.1).
func classFits(c dimse.Command, abstract dicom.UID) bool {
	ups := strings.HasPrefix(string(abstract), "1.2.840.10008.5.1.4.34.6.")
	return c.Class == abstract || ups && c.Class == dicom.UPSPushSOPClass
}

func wrongClass(f dimse.Field) dimseStatus {
	if f < dimse.NEventReport {
		return classNotSupported
	}
	return noSuchClass
}

// refuse answers a request with a failure.
func (s *session) refuse(ctx context.Context, r invocation, no *failure) error {
	rsp := r.Command.NewResponse(uint16(no.status))
	rsp.Comment, rsp.Offending = no.comment, no.offending
	return s.conn.Send(ctx, dimse.Message{Context: r.Context, Command: rsp})
}

// done answers a request with a status that is no failure, and a data set or nil.
func (s *session) done(ctx context.Context, r invocation, status dimseStatus, d *dicom.Dataset) error {
	return s.conn.SendDataset(ctx, r.Context, r.Command.NewResponse(uint16(status)), d, r.on.Transfer)
}

// dataset reads the request's data set. What cannot be read is a failure, what cannot
// be received an error.
func (s *session) dataset(r invocation) (*dicom.Dataset, *failure, error) {
	d, err := r.Dataset(r.on.Transfer, dicom.Options{})
	var bad *dicom.InvalidError
	var limit *dicom.LimitError
	switch {
	case errors.As(err, &bad), errors.As(err, &limit):
		return nil, fail(cannotUnderstand, "the data set cannot be read"), nil
	case err != nil:
		return nil, nil, err
	}
	return d, nil, nil
}

// echo is C-ECHO (PS3.7 9.1.5).
func (s *session) echo(ctx context.Context, r invocation) error {
	return s.done(ctx, r, statusOK, nil)
}

// nextID numbers our own requests, from 1.
func (s *session) nextID() uint16 {
	return uint16(s.last.Add(1)%65535) + 1
}
