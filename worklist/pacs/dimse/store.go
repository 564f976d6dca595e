package dimse

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/ul"
)

// outgoing is an object that is to be sent as it is.
type outgoing struct {
	dicom.Head
	b []byte
}

// window is how many C-STOREs we would like to have under way at once: enough for a long
// line. Most archives do one (PS3.7 D.3.3.3).
const window = 8

// Store is C-STORE (PS3.4 B), the objects as they are in the files, on one association.
// Stored.OK are those whose response names their SOP Instance UID with success or a
// warning; what is of another study, or in a form that the archive does not take, is in
// Failed and was not sent. A link that failed leaves the rest in neither. An archive that
// has no room left is asked no more: the *pacs.StatusError says so.
func (c *Client) Store(ctx context.Context, study dicom.UID, objects ...[]byte) (pacs.Stored, error) {
	const op = "store"
	done := pacs.Stored{Failed: map[dicom.UID]uint16{}}
	var all []outgoing
	for _, b := range objects {
		h, err := c.outgoing(b, study)
		if err != nil && h.Instance == "" {
			return done, wrap(op, err)
		}
		if err != nil {
			done.Failed[h.Instance] = cannotStore
			continue
		}
		all = append(all, outgoing{h, b})
	}
	for len(all) > 0 {
		o, n := c.storeOffer(all)
		if err := c.storeOn(ctx, op, o, all[:n], &done); err != nil {
			return done, wrap(op, err)
		}
		all = all[n:]
	}
	return done, nil
}

// outgoing reads what an object says of itself. An error with an Instance: it is none of
// the study.
func (c *Client) outgoing(b []byte, study dicom.UID) (dicom.Head, error) {
	h, err := dicom.ReadHead(b)
	if err != nil {
		return dicom.Head{}, err
	}
	f, err := dicom.OpenReaderAt(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return dicom.Head{}, err
	}
	if dicom.UID(f.Dataset.Str(dicom.StudyInstanceUID)) != study || dicom.UID(f.Dataset.Str(dicom.SOPInstanceUID)) != h.Instance {
		return h, errNotAsked
	}
	return h, nil
}

// storeOffer proposes a context for each class and form, for as many of the objects as
// there are contexts for.
func (c *Client) storeOffer(all []outgoing) (offer, int) {
	o := offer{kind: "store", window: window}
	for i, x := range all {
		has := slices.ContainsFunc(o.contexts, func(k ul.Context) bool { return k.Abstract == x.Class && k.Transfers[0] == x.Transfer })
		if !has && !o.add(c.cfg.Quirks.Contexts, x.Class, false, x.Transfer) {
			return o, i
		}
	}
	return o, len(all)
}

// storeOn sends objects on an association of its own. As many are under way as the
// archive agreed to.
func (c *Client) storeOn(ctx context.Context, op string, o offer, all []outgoing, done *pacs.Stored) error {
	l, err := c.pool.fresh(ctx, o)
	if err != nil {
		return err
	}
	s := storing{c: c, l: l, done: done, sent: map[uint16]outgoing{}, most: window}
	if n := int(l.a.Peer().Invoked); n > 0 {
		s.most = min(window, n)
	}
	defer func() {
		l.broken = l.broken || len(s.sent) > 0
		c.pool.done(l)
	}()
	for _, x := range all {
		a, ok := l.a.Find(x.Class, x.Transfer)
		if !ok {
			done.Failed[x.Instance] = classNotSupported
			continue
		}
		for len(s.sent) >= s.most {
			if err := s.answer(ctx, op); err != nil {
				return err
			}
		}
		if err := s.send(ctx, a, x); err != nil {
			return err
		}
	}
	for len(s.sent) > 0 {
		if err := s.answer(ctx, op); err != nil {
			return err
		}
	}
	return nil
}

// storing is one association that objects are sent on.
type storing struct {
	c    *Client
	l    *line
	done *pacs.Stored
	sent map[uint16]outgoing // by message ID: not answered yet
	most int
}

func (s *storing) send(ctx context.Context, a ul.Accepted, x outgoing) error {
	s.l.next++
	cmd := Command{Field: CStore, ID: s.l.next, Class: x.Class, Instance: x.Instance, HasData: true}
	s.sent[cmd.ID] = x
	err := s.l.c.sendBytes(ctx, a.ID, cmd, x.b[x.Offset:])
	s.l.broken = s.l.broken || err != nil
	return err
}

// answer takes one response. Only one that names its object says that it was stored.
func (s *storing) answer(ctx context.Context, op string) error {
	m, err := s.l.receive(ctx)
	if err != nil {
		return err
	}
	x, ours := s.sent[m.Command.Responded]
	if m.Command.Field != CStore|Response || !ours {
		s.l.broken = true
		return broken("a %s where a C-STORE of ours is to be answered", m.Command.Field)
	}
	delete(s.sent, m.Command.Responded)
	named := m.Command.Instance == x.Instance || m.Command.Instance == "" && s.c.cfg.Quirks.Unnamed
	switch status := m.Command.Status; {
	case (status == Success || IsWarning(status)) && named:
		s.done.OK = append(s.done.OK, x.Instance)
	case status == Success || IsWarning(status):
		return fmt.Errorf("the archive's answer does not name what it stored: %w", pacs.ErrPartial)
	default:
		s.done.Failed[x.Instance] = status
		if err := refusal(op, m.Command); status&0xFF00 == outOfResources {
			return err
		}
	}
	return nil
}
