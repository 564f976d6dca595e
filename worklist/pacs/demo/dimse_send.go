package demo

import (
	"context"
	"errors"
	"runtime"
	"slices"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs/dimse"
	"github.com/nocturne/nocturne/worklist/pacs/ul"
)

// receiver is who C-STORE sub-operations go to: the requestor of a C-GET on its own
// association, or a C-MOVE's destination.
type receiver struct {
	conn     *dimse.Conn
	accepted []ul.Accepted
	window   int                                          // sub-operations under way at once
	next     func(context.Context) (dimse.Message, error) // the next message from it
	canceled func() bool                                  // by the requestor, in some other way than next
	nextID   func() uint16
	command  func(in *instance) dimse.Command                 // what is the same in all C-STORE-RQ
	tell     func(ctx context.Context, t *tally) error        // how it goes on
	other    func(m dimse.Message) (canceled bool, err error) // next gave something else than a C-STORE-RSP
}

// tally counts sub-operations (PS3.4 C.4.2.1.6 to .9).
type tally struct {
	remaining, completed, failed, warning int
	failures                              []string // SOP Instance UIDs
	canceled                              bool
}

// status is the final one.
func (t *tally) status() dimseStatus {
	switch {
	case t.canceled:
		return statusCancel
	case t.failed+t.warning == 0:
		return statusOK
	case t.completed+t.warning == 0:
		return cannotPerform
	}
	return someFailed
}

// fill writes the counts into a response.
func (t *tally) fill(c *dimse.Command) {
	c.Remaining, c.Completed, c.Failed, c.Warning = t.remaining, t.completed, t.failed, t.warning
}

// list is the final response's identifier: what failed, where anything did.
func (t *tally) list() *dicom.Dataset {
	if t.status() == statusOK {
		return nil
	}
	d := &dicom.Dataset{}
	d.SetStr(failedInstanceList, t.failures...)
	return d
}

func (t *tally) fail(in *instance) {
	t.remaining--
	t.failed++
	t.failures = append(t.failures, string(in.sop))
}

// came counts a C-STORE-RSP.
func (t *tally) came(in *instance, status uint16) {
	switch {
	case status == dimse.Success:
		t.remaining--
		t.completed++
	case dimse.IsWarning(status):
		t.remaining--
		t.warning++
	default:
		t.fail(in)
	}
}

// context chooses how an object is sent: as it is stored where the receiver takes
// that, else uncompressed; ok is false when neither can be.
func (to *receiver) context(in *instance) (c ul.Accepted, ok bool) {
	best := -1
	for _, k := range to.accepted {
		if k.Abstract != in.class || !canBecome(in.syntax, k.Transfer) {
			continue
		}
		rank := 2 - slices.Index(dataSyntaxes, k.Transfer)
		if k.Transfer == in.syntax {
			rank = 4
		}
		if rank > best {
			c, best = k, rank
		}
	}
	return c, best >= 0
}

// parcel is an object ready to be sent.
type parcel struct {
	on   ul.Accepted
	data body
	err  error
}

// parcels makes the next objects while one is sent, as many as there are processors.
func (a *Archive) parcels(list []*instance, to *receiver) (take func(i int) parcel, stop func()) {
	ready := make([]chan parcel, len(list))
	next := 0
	take = func(i int) parcel {
		for ; next < len(list) && next < i+1+runtime.GOMAXPROCS(0); next++ {
			out := make(chan parcel, 1)
			ready[next] = out
			go func(in *instance) { // joined by take or stop
				on, ok := to.context(in)
				if !ok {
					out <- parcel{err: errNoForm}
					return
				}
				b, err := a.openDataset(in, on.Transfer)
				out <- parcel{on, b, err}
			}(list[next])
		}
		p := <-ready[i]
		ready[i] = nil
		return p
	}
	stop = func() {
		for _, out := range ready[:next] {
			if out == nil {
				continue
			}
			if p := <-out; p.err == nil {
				p.data.Close()
			}
		}
	}
	return take, stop
}

// delivery is the sending of a list.
type delivery struct {
	*receiver
	*tally
	list     []*instance
	begun    int                  // how many of list were begun
	underway map[uint16]*instance // by Message ID: not answered yet
}

// send performs C-STORE sub-operations for list. An error is the receiver's
// association's: what was not confirmed has failed.
func (a *Archive) send(ctx context.Context, list []*instance, to *receiver) (*tally, error) {
	d := &delivery{receiver: to, tally: &tally{remaining: len(list)}, list: list, underway: map[uint16]*instance{}}
	take, stop := a.parcels(list, to)
	defer stop()
	err := d.all(ctx, take)
	if err != nil {
		d.lost()
	}
	return d.tally, err
}

func (d *delivery) all(ctx context.Context, take func(i int) parcel) error {
	for i := range d.list {
		if d.tally.canceled = d.tally.canceled || d.receiver.canceled(); d.tally.canceled {
			break
		}
		p := take(i)
		d.begun = i + 1
		if err := d.one(ctx, d.list[i], p); err != nil {
			return err
		}
	}
	for len(d.underway) > 0 {
		if err := d.await(ctx); err != nil {
			return err
		}
	}
	return nil
}

// one begins a sub-operation, and waits until there is room for the next.
func (d *delivery) one(ctx context.Context, in *instance, p parcel) error {
	if p.err != nil {
		d.fail(in)
		return d.tell(ctx, d.tally)
	}
	id := d.nextID()
	d.underway[id] = in
	if err := d.store(ctx, id, in, p); err != nil {
		return err
	}
	for len(d.underway) >= d.window {
		if err := d.await(ctx); err != nil {
			return err
		}
	}
	return nil
}

// lost counts as failed whatever has no answer.
func (d *delivery) lost() {
	for _, in := range d.underway {
		d.fail(in)
	}
	for _, in := range d.list[d.begun:] {
		d.fail(in)
	}
}

func (to *receiver) store(ctx context.Context, id uint16, in *instance, p parcel) error {
	defer p.data.Close()
	c := to.command(in)
	c.Field, c.ID, c.Class, c.Instance = dimse.CStore, id, in.class, in.sop
	return to.conn.Send(ctx, dimse.Message{Context: p.on.ID, Command: c, Data: p.data})
}

// await reads until one sub-operation was answered.
func (d *delivery) await(ctx context.Context) error {
	for {
		m, err := d.next(ctx)
		if err != nil {
			return err
		}
		if m.Command.Field != dimse.CStore|dimse.Response {
			canceled, err := d.other(m)
			if err != nil {
				return err
			}
			d.tally.canceled = d.tally.canceled || canceled
			continue
		}
		in := d.underway[m.Command.Responded]
		if in == nil {
			return errors.New("an answer to no request")
		}
		delete(d.underway, m.Command.Responded)
		d.came(in, m.Command.Status)
		return d.tell(ctx, d.tally)
	}
}
