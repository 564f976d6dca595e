package dimse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/seal"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/ul"
)

// spool is an object on its way through the disk: a file without a name where the system
// allows that, so that none is left behind, whatever ends us; and sealed under a key of its
// own that is nowhere else, so that nothing can be read of what is left all the same.
type spool struct {
	f    *os.File
	name string // not yet removed; empty: it has none any more
	left int64
	key  seal.Key
	w    *seal.Writer
	r    *seal.Reader // nil while it is written
}

func newSpool(most int64) (*spool, error) {
	f, err := os.CreateTemp("", "nocturne-*")
	if err != nil {
		return nil, fmt.Errorf("keep an object: %w", err)
	}
	s := &spool{f: f, left: most, key: seal.NewKey()}
	if os.Remove(f.Name()) != nil {
		s.name = f.Name()
	}
	if s.w, err = seal.NewWriter(f, &s.key, ""); err != nil {
		s.close()
		return nil, fmt.Errorf("keep an object: %w", err)
	}
	return s, nil
}

// Write keeps to what an object may have.
func (s *spool) Write(b []byte) (int, error) {
	if s.left -= int64(len(b)); s.left < 0 {
		return 0, pacs.ErrTooLarge
	}
	return s.w.Write(b)
}

func (s *spool) close() {
	s.f.Close()
	s.key.Zero()
	if s.name != "" {
		os.Remove(s.name)
	}
}

// whole ends the writing, the first time, and opens what was written.
func (s *spool) whole() (*seal.Reader, error) {
	if s.r != nil {
		return s.r, nil
	}
	err := s.w.Close()
	if err != nil {
		return nil, fmt.Errorf("keep an object: %w", err)
	}
	st, err := s.f.Stat()
	if err == nil {
		s.r, err = seal.NewReader(s.f, st.Size(), &s.key, "")
	}
	if err != nil {
		return nil, fmt.Errorf("read an object: %w", err)
	}
	return s.r, nil
}

// bytes reads it into memory and ends it.
func (s *spool) bytes() ([]byte, error) {
	defer s.close()
	r, err := s.whole()
	if err != nil {
		return nil, err
	}
	b := make([]byte, r.Size())
	if n, err := r.ReadAt(b, 0); n < len(b) {
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
	r, err := s.whole()
	if err != nil {
		return move, err
	}
	f, err := dicom.OpenReaderAt(r, r.Size())
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
