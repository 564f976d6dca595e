package dimse

import (
	"context"
	"errors"
	"slices"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

var _ pacs.Committer = (*Client)(nil)

// promise is a storage commitment that is waited for.
type promise struct{ came chan *dicom.Dataset }

// tell gives the first report; a second one changes nothing.
func (p *promise) tell(ds *dicom.Dataset) {
	select {
	case p.came <- ds:
	default:
	}
}

var errNoReport = errors.New("the archive took the request and reports on an association of its own: nobody listens (listen)")

// Commit is storage commitment in the push model (PS3.4 J.3): N-ACTION, and the
// N-EVENT-REPORT on the same association or on another one that the archive opens to our
// Listener, which may come before the answer to the N-ACTION. Without a Listener only the
// first is waited for. An object that the report does not name is in neither list.
func (c *Client) Commit(ctx context.Context, objects []pacs.SOP) (pacs.Stored, error) {
	const op = "ask for storage commitment"
	p, transaction := &promise{came: make(chan *dicom.Dataset, 1)}, dicom.NewUID()
	if l := c.cfg.Listener; l != nil {
		if _, err := l.Open(); err != nil {
			return pacs.Stored{}, wrap(op, err)
		}
		l.mu.Lock()
		l.commits[transaction] = p
		l.mu.Unlock()
		defer func() {
			l.mu.Lock()
			delete(l.commits, transaction)
			l.mu.Unlock()
		}()
	}
	o := offer{kind: "commit"}
	o.add(1, commitment, false, plain...)
	l, err := c.pool.fresh(ctx, o)
	if err != nil {
		return pacs.Stored{}, wrap(op, err)
	}
	defer c.pool.done(l)
	ds, err := c.promised(ctx, op, l, p, transaction, objects)
	if err != nil {
		return pacs.Stored{}, wrap(op, err)
	}
	return committed(ds, objects), nil
}

// promised asks and waits for the report.
func (c *Client) promised(ctx context.Context, op string, l *line, p *promise, transaction dicom.UID, objects []pacs.SOP) (*dicom.Dataset, error) {
	a, err := l.context(commitment)
	if err != nil {
		return nil, err
	}
	ask := Command{Field: NAction, Class: commitment, Instance: commitmentInstance, ActionType: 1}
	id, err := l.send(ctx, a, ask, asked(transaction, objects))
	if err != nil {
		return nil, err
	}
	within, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- c.reports(within, op, l, p, id, a.Transfer, transaction) }()
	defer cancel()
	for {
		select {
		case ds := <-p.came:
			cancel()
			if ended != nil {
				<-ended
			}
			return ds, nil
		case err := <-ended:
			var refused *pacs.StatusError
			switch {
			case errors.As(err, &refused), ctx.Err() != nil, errors.As(err, new(*ProtocolError)):
				return nil, err
			case c.cfg.Listener == nil && len(p.came) == 0:
				return nil, errNoReport
			}
			ended = nil // our association is over; the report comes on another one
		case <-ctx.Done():
			cancel()
			if ended != nil {
				<-ended
			}
			return nil, context.Cause(ctx)
		}
	}
}

// reports reads our own association: the answer, and the report where it comes here. It
// ends when that came or the association did.
func (c *Client) reports(ctx context.Context, op string, l *line, p *promise, id uint16, ts, transaction dicom.UID) error {
	for {
		m, err := l.receive(ctx)
		if err != nil {
			return err
		}
		switch cmd := m.Command; {
		case cmd.Field == NAction|Response && cmd.Responded == id:
			if cmd.Status != Success && !IsWarning(cmd.Status) {
				return refusal(op, cmd)
			}
		case cmd.Field == NEventReport:
			ds, err := m.Dataset(ts, c.options())
			if err != nil {
				return err
			}
			ours := dicom.UID(ds.Str(dicom.TransactionUID)) == transaction
			status := Success
			if !ours {
				status = processingFailure
			}
			if err := l.c.Send(ctx, Message{Context: m.Context, Command: cmd.NewResponse(status)}); err != nil {
				return err
			}
			if ours {
				p.tell(ds)
				return nil
			}
		default:
			return broken("a %s where a commitment is waited for", cmd.Field)
		}
	}
}

// asked is the data set of the N-ACTION (PS3.4 table J.3-1).
func asked(transaction dicom.UID, objects []pacs.SOP) *dicom.Dataset {
	ds := new(dicom.Dataset)
	ds.SetStr(dicom.TransactionUID, string(transaction))
	items := make([]*dicom.Dataset, len(objects))
	for i, o := range objects {
		items[i] = new(dicom.Dataset)
		items[i].SetStr(dicom.ReferencedSOPClassUID, string(o.Class))
		items[i].SetStr(dicom.ReferencedSOPInstanceUID, string(o.Instance))
	}
	ds.SetSeq(dicom.ReferencedSOPSequence, items...)
	return ds
}

// committed reads a report (PS3.4 table J.3-2): of what was asked for and no more. What
// is in both lists was not promised.
func committed(ds *dicom.Dataset, objects []pacs.SOP) pacs.Stored {
	s := pacs.Stored{Failed: map[dicom.UID]uint16{}}
	is := func(it *dicom.Dataset) (dicom.UID, bool) {
		u := dicom.UID(it.Str(dicom.ReferencedSOPInstanceUID))
		return u, slices.ContainsFunc(objects, func(o pacs.SOP) bool { return o.Instance == u })
	}
	for _, it := range ds.Seq(dicom.FailedSOPSequence) {
		if u, ok := is(it); ok {
			s.Failed[u] = uint16(it.IntOr(dicom.FailureReason, int(processingFailure)))
		}
	}
	for _, it := range ds.Seq(dicom.ReferencedSOPSequence) {
		if u, ok := is(it); ok {
			if _, failed := s.Failed[u]; !failed {
				s.OK = append(s.OK, u)
			}
		}
	}
	return s
}
