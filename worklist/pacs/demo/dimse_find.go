package demo

import (
	"context"

	"github.com/nocturne/nocturne/cache/dicom"
)

// find is C-FIND of the query/retrieve models (PS3.4 C.4.1).
func (s *session) find(ctx context.Context, r invocation) error {
	d, no, err := s.dataset(r)
	if err != nil {
		return err
	}
	var id identifier
	if no == nil {
		id, no = s.model(r.on.Abstract).readFind(d)
	}
	return s.answers(ctx, r, id, no, func(each func(*dicom.Dataset) bool) { s.a.findEntities(id, s.a.dimse.ae, each) })
}

// model is what was agreed on for a SOP class.
func (s *session) model(abstract dicom.UID) model {
	m := s.a.dimse.services[abstract].model
	info := s.peer.Extended[abstract]
	m.relational = len(info) > 0 && info[0] == 1
	return m
}

// findWorklist is C-FIND of Modality Worklist (PS3.4 K.4.1).
func (s *session) findWorklist(ctx context.Context, r invocation) error {
	d, no, err := s.dataset(r)
	if err != nil {
		return err
	}
	var id identifier
	if no == nil {
		id, no = readWorklist(d)
	}
	return s.answers(ctx, r, id, no, func(each func(*dicom.Dataset) bool) { s.a.findWorklist(id, each) })
}

// answers sends what found hands on, each as a pending response, until the peer
// cancels; then the final response. no, where not nil, is the whole answer.
func (s *session) answers(ctx context.Context, r invocation, id identifier, no *failure, found func(each func(*dicom.Dataset) bool)) error {
	if no != nil {
		return s.refuse(ctx, r, no)
	}
	pending, final := statusPending, statusOK
	if id.unsupported {
		pending = statusPendingKeys
	}
	s.listen(ctx)
	var err error
	found(func(d *dicom.Dataset) bool {
		if s.canceled(ctx, r.Command.ID) {
			final = statusCancel
			return false
		}
		err = s.done(ctx, r, pending, d)
		return err == nil
	})
	if err != nil {
		return err
	}
	return s.done(ctx, r, final, nil)
}
