package demo

import (
	"context"
	"errors"
	"slices"

	"github.com/nocturne/nocturne/cache/dicom"

	"github.com/nocturne/nocturne/worklist/pacs/dimse"
	"github.com/nocturne/nocturne/worklist/pacs/ul"
)

// wanted reads a retrieval's identifier.
func (s *session) wanted(r invocation) ([]*instance, *failure, error) {
	d, no, err := s.dataset(r)
	if no != nil || err != nil {
		return nil, no, err
	}
	list, no := s.a.readRetrieve(s.model(r.on.Abstract), d)
	if no == nil && len(list) > 0xFFFF {
		no = fail(cannotCount, "more objects than one request can count")
	}
	return list, no, nil
}

// get is C-GET (PS3.4 C.4.3): the objects come as C-STORE sub-operations on the same
// association, in contexts for which the requestor took the role of SCP.
func (s *session) get(ctx context.Context, r invocation) error {
	list, no, err := s.wanted(r)
	if err != nil {
		return err
	}
	if no != nil {
		return s.refuse(ctx, r, no)
	}
	to := &receiver{conn: s.conn, window: s.window(), next: s.receive, nextID: s.nextID, canceled: func() bool { return false }}
	for _, c := range s.assoc.Accepted() {
		if c.SCP {
			to.accepted = append(to.accepted, c)
		}
	}
	to.command = func(*instance) dimse.Command { return dimse.Command{Priority: r.Command.Priority} }
	to.tell = func(ctx context.Context, t *tally) error { return s.pending(ctx, r, t) }
	to.other = func(m dimse.Message) (bool, error) {
		switch {
		case m.Command.Field == dimse.CCancel:
			return m.Command.Responded == r.Command.ID, nil
		case m.Command.Field.IsResponse():
			s.acknowledged(m)
			return false, nil
		}
		busy := fail(away(m.Command.Field), "a retrieval is under way on this association")
		return false, s.refuse(ctx, invocation{m, s.contexts[m.Context]}, busy)
	}
	t, err := s.a.send(ctx, list, to)
	if err != nil {
		return err
	}
	return s.finish(ctx, r, t)
}

// window is how many sub-operations the peer performs at once.
func (s *session) window() int { return int(window(s.peer.Performed)) }

// pending tells how a retrieval goes on.
func (s *session) pending(ctx context.Context, r invocation, t *tally) error {
	if t.remaining == 0 {
		return nil // the final response says it
	}
	rsp := r.Command.NewResponse(uint16(statusPending))
	t.fill(&rsp)
	return s.conn.Send(ctx, dimse.Message{Context: r.Context, Command: rsp})
}

// finish is a retrieval's final response.
func (s *session) finish(ctx context.Context, r invocation, t *tally) error {
	rsp := r.Command.NewResponse(uint16(t.status()))
	t.fill(&rsp)
	return s.conn.SendDataset(ctx, r.Context, rsp, t.list(), r.on.Transfer)
}

// move is C-MOVE (PS3.4 C.4.2): the objects go to a destination that was configured,
// over an association of its own.
func (s *session) move(ctx context.Context, r invocation) error {
	list, no, err := s.wanted(r)
	if err != nil {
		return err
	}
	address, known := s.a.dimse.destinations[r.Command.Destination]
	if no == nil && !known {
		no = fail(unknownDestination, "the move destination is not configured here")
	}
	if no != nil {
		return s.refuse(ctx, r, no)
	}
	if len(list) == 0 {
		return s.finish(ctx, r, &tally{})
	}
	s.listen(ctx)
	t, err := s.moveTo(ctx, r, list, address)
	if err != nil {
		return err
	}
	return s.finish(ctx, r, t)
}

// moveTo sends list. What the destination does wrong counts as failures; an error is
// the requestor's association's.
func (s *session) moveTo(ctx context.Context, r invocation, list []*instance, address string) (*tally, error) {
	assoc, err := ul.Dial(ctx, address, ul.Request{CallingAE: s.a.dimse.ae, CalledAE: r.Command.Destination,
		Contexts: moveContexts(list), Invoked: maxWindow, Performed: 1}, ul.Options{})
	if err != nil {
		s.a.log.Info("move", "error", err.Error())
		d := delivery{tally: &tally{remaining: len(list)}, list: list}
		d.lost()
		return d.tally, nil
	}
	defer assoc.Abort()
	var told error
	conn := dimse.NewConn(assoc)
	to := &receiver{conn: conn, accepted: assoc.Accepted(), window: int(window(assoc.Peer().Invoked)), next: conn.Receive, nextID: s.nextID}
	to.canceled = func() bool { return s.canceled(ctx, r.Command.ID) }
	to.command = func(*instance) dimse.Command {
		return dimse.Command{Priority: r.Command.Priority, Originator: s.peer.CallingAE, OriginatorID: r.Command.ID}
	}
	to.tell = func(ctx context.Context, t *tally) error {
		told = s.pending(ctx, r, t)
		return told
	}
	to.other = func(dimse.Message) (bool, error) {
		return false, errors.New("the destination asks instead of answering")
	}
	t, err := s.a.send(ctx, list, to)
	if err == nil {
		err = assoc.Release(ctx)
	}
	if told != nil {
		return nil, told
	}
	if err != nil {
		s.a.log.Info("move", "error", err.Error())
	}
	return t, nil
}

// moveContexts proposes every class as stored, and uncompressed where it can become
// that; at most as many contexts as an association has.
func moveContexts(list []*instance) []ul.Context {
	var out []ul.Context
	add := func(c ul.Context) {
		same := func(o ul.Context) bool { return o.Abstract == c.Abstract && slices.Equal(o.Transfers, c.Transfers) }
		if len(out) < 128 && !slices.ContainsFunc(out, same) {
			c.ID = byte(2*len(out) + 1)
			out = append(out, c)
		}
	}
	for _, in := range list {
		add(ul.Context{Abstract: in.class, Transfers: []dicom.UID{in.syntax}})
		if canBecome(in.syntax, dataSyntaxes[0]) {
			add(ul.Context{Abstract: in.class, Transfers: dataSyntaxes})
		}
	}
	return out
}
