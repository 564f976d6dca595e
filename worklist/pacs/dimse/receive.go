package dimse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/ul"
)

// spool is an object on its way through the disk: a file without a name where the system
// allows that, so that none is left behind, whatever ends us.
type spool struct {
	f    *os.File
	name string // not yet removed; empty: it has none any more
	left int64
}

func newSpool(most int64) (*spool, error) {
	f, err := os.CreateTemp("", "nocturne-*")
	if err != nil {
		return nil, fmt.Errorf("keep an object: %w", err)
	}
	s := &spool{f: f, left: most}
	if os.Remove(f.Name()) != nil {
		s.name = f.Name()
	}
	return s, nil
}

// Write keeps to what an object may have.
func (s *spool) Write(b []byte) (int, error) {
	if s.left -= int64(len(b)); s.left < 0 {
		return 0, pacs.ErrTooLarge
	}
	return s.f.Write(b)
}

func (s *spool) close() {
	s.f.Close()
	if s.name != "" {
		os.Remove(s.name)
	}
}

// bytes reads it into memory and ends it.
func (s *spool) bytes() ([]byte, error) {
	defer s.close()
	if _, err := s.f.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("read an object: %w", err)
	}
	st, err := s.f.Stat()
	if err != nil {
		return nil, fmt.Errorf("read an object: %w", err)
	}
	b := make([]byte, st.Size())
	if _, err := io.ReadFull(s.f, b); err != nil {
		return nil, fmt.Errorf("read an object: %w", err)
	}
	return b, nil
}

// store takes one C-STORE-RQ that belongs to a C-MOVE of ours: to disk as it comes, and
// answered when it is whole, what was asked for, and taken over. What is under way is
// bounded by that: an archive waits for its answer.
func (l *Listener) store(ctx context.Context, c *Conn, a ul.Accepted, m Message) error {
	move := l.moveOf(m.Command, "")
	if move == nil && (m.Command.OriginatorID != 0 || !l.waiting()) {
		return l.refuse(ctx, c, m, errNobody)
	}
	most := int64(defaultObject)
	if move != nil {
		most = move.most
	}
	s, err := newSpool(most)
	if err != nil {
		return l.refuse(ctx, c, m, pacs.ErrTooLarge)
	}
	wrong, err := s.fill(m, a)
	if err == nil && wrong == nil {
		move, wrong = l.judge(s, m.Command, move)
	}
	if err == nil && wrong == nil {
		wrong = move.take(ctx, arrival{m.Command.Instance, s})
	}
	if err != nil || wrong != nil {
		s.close()
	}
	if err != nil {
		return err
	}
	if wrong != nil && move != nil {
		move.spoil(wrong)
	}
	return c.Send(ctx, Message{Context: m.Context, Command: stored(m.Command, wrong)})
}

func (l *Listener) refuse(ctx context.Context, c *Conn, m Message, why error) error {
	if _, err := copyData(io.Discard, m.Data); err != nil {
		return err
	}
	return c.Send(ctx, Message{Context: m.Context, Command: stored(m.Command, why)})
}

// fill writes the file. wrong is what is answered, err the link's.
func (s *spool) fill(m Message, a ul.Accepted) (wrong, err error) {
	head, wrong := dicom.Head{Class: m.Command.Class, Instance: m.Command.Instance, Transfer: a.Transfer}.Bytes(m.Command.Originator)
	if wrong == nil && m.Command.Class != a.Abstract {
		wrong = errOtherObject
	}
	if wrong == nil {
		_, wrong = s.Write(head)
	}
	if wrong == nil {
		_, err = copyData(s, m.Data)
		var disk *os.PathError
		if errors.Is(err, pacs.ErrTooLarge) || errors.As(err, &disk) {
			wrong = pacs.ErrTooLarge // no room here: out of resources
		} else {
			return nil, err
		}
	}
	_, err = copyData(io.Discard, m.Data)
	return wrong, err
}

// judge holds the file to what its C-MOVE asked for.
func (l *Listener) judge(s *spool, c Command, move *moving) (*moving, error) {
	st, err := s.f.Stat()
	if err != nil {
		return move, fmt.Errorf("read an object: %w", err)
	}
	f, err := dicom.OpenReaderAt(s.f, st.Size())
	if err != nil {
		return move, fmt.Errorf("read an object: %w", err)
	}
	if move == nil {
		if move = l.moveOf(c, dicom.UID(f.Dataset.Str(dicom.StudyInstanceUID))); move == nil {
			return nil, errNobody
		}
	}
	return move, check(f, c.Instance, move.ref)
}
