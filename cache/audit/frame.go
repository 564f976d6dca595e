package audit

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/nocturne/nocturne/cache/disk"
)

const (
	magic     = "nocturne audit 1\n"
	kindLeaf  = 'r'
	kindHead  = 'h'
	frameRoom = 1 + 4 + 4
	maxBody   = MaxMessage + 4096
)

// errFrame: here stands no frame.
var errFrame = errors.New("here stands no frame")

func appendFrame(b []byte, kind byte, body []byte) []byte {
	b = append(b, kind)
	b = binary.BigEndian.AppendUint32(b, uint32(len(body)))
	b = append(b, body...)
	return binary.BigEndian.AppendUint32(b, uint32(len(body)))
}

// frame is one as it stands in the file.
type frame struct {
	kind   byte
	body   []byte
	offset int64
}

func (f frame) end() int64 { return f.offset + frameRoom + int64(len(f.body)) }

// frames reads one after the other.
type frames struct {
	r  *bufio.Reader
	at int64
}

func framesFrom(f disk.File, from, to int64) *frames {
	return &frames{r: bufio.NewReaderSize(io.NewSectionReader(f, from, max(0, to-from)), 64<<10), at: from}
}

// next is the next frame; io.EOF where the file ends with the one before, errFrame where
// none stands.
func (s *frames) next() (frame, error) {
	var b [5]byte
	if n, err := io.ReadFull(s.r, b[:]); err == io.EOF && n == 0 {
		return frame{}, io.EOF
	} else if err != nil {
		return frame{}, short(err)
	}
	size := binary.BigEndian.Uint32(b[1:])
	if b[0] != kindLeaf && b[0] != kindHead || size > maxBody {
		return frame{}, errFrame
	}
	f := frame{kind: b[0], body: make([]byte, size), offset: s.at}
	if _, err := io.ReadFull(s.r, f.body); err != nil {
		return frame{}, short(err)
	}
	if _, err := io.ReadFull(s.r, b[:4]); err != nil {
		return frame{}, short(err)
	}
	if binary.BigEndian.Uint32(b[:4]) != size {
		return frame{}, errFrame
	}
	s.at = f.end()
	return f, nil
}

// readError is the disk's: it says nothing of what stands there.
type readError struct{ err error }

func (e *readError) Error() string { return e.err.Error() }
func (e *readError) Unwrap() error { return e.err }

func short(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errFrame
	}
	return &readError{err}
}

// unread reports whether the disk, or who asked, ended the reading.
func unread(err error) bool {
	var r *readError
	return errors.As(err, &r) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// frameBefore is the frame that ends at end.
func frameBefore(f disk.File, end int64) (frame, error) {
	var b [4]byte
	if end < int64(len(magic))+frameRoom {
		return frame{}, errFrame
	}
	if _, err := f.ReadAt(b[:], end-4); err != nil {
		return frame{}, short(err)
	}
	from := end - frameRoom - int64(binary.BigEndian.Uint32(b[:]))
	if from < int64(len(magic)) || end-from > maxBody+frameRoom {
		return frame{}, errFrame
	}
	return framesFrom(f, from, end).next()
}

// headBody is a note and the hashes of the tree's edge behind it.
func headBody(h Head, t tree) []byte {
	b := binary.BigEndian.AppendUint16(nil, uint16(len(h.Note)))
	b = append(b, h.Note...)
	for _, x := range t.edge {
		b = append(b, x[:]...)
	}
	return b
}

// readHeadBody takes apart what headBody made.
func readHeadBody(b []byte) (note string, edge []tlog.Hash, err error) {
	if len(b) < 2 {
		return "", nil, errFrame
	}
	n := int(binary.BigEndian.Uint16(b))
	if b = b[2:]; n > len(b) || (len(b)-n)%tlog.HashSize != 0 {
		return "", nil, errFrame
	}
	for rest := b[n:]; len(rest) > 0; rest = rest[tlog.HashSize:] {
		edge = append(edge, tlog.Hash(rest[:tlog.HashSize]))
	}
	return string(b[:n]), edge, nil
}
