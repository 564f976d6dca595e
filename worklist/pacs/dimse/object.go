package dimse

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/ul"
)

// Why an object that came is not used.
var (
	errOtherObject = errors.New("the archive sent an object that is not the one announced")
	errNotAsked    = errors.New("the archive sent an object that was not asked for")
)

// limited writes to a buffer that must not become larger than most.
type limited struct {
	bytes.Buffer
	most int64
}

func (w *limited) Write(b []byte) (int, error) {
	if int64(w.Len())+int64(len(b)) > w.most {
		return 0, pacs.ErrTooLarge
	}
	return w.Buffer.Write(b)
}

// object reads the data set of a C-STORE-RQ to its end and makes a Part 10 file of it
// (PS3.10 7). guess is how large it may be. What is refused was read all the same, so
// that the association goes on; any other error is the link's.
func object(m Message, a ul.Accepted, source string, guess int, most int64) (b []byte, refused, err error) {
	head, refused := dicom.Head{Class: m.Command.Class, Instance: m.Command.Instance, Transfer: a.Transfer}.Bytes(source)
	if refused == nil && m.Command.Class != a.Abstract {
		refused = errOtherObject
	}
	w := &limited{most: most}
	if refused == nil {
		w.Grow(int(min(int64(len(head)+max(guess, 64<<10)), most)))
		w.Write(head)
		_, err = copyData(w, m.Data)
	}
	if errors.Is(err, pacs.ErrTooLarge) {
		refused, err = err, nil
	}
	if refused != nil {
		_, err = copyData(io.Discard, m.Data)
		return nil, refused, err
	}
	return w.Bytes(), nil, err
}

func copyData(w io.Writer, r io.Reader) (int64, error) {
	if r == nil {
		return 0, broken("a C-STORE-RQ without a data set")
	}
	if in, ok := r.(io.WriterTo); ok {
		return in.WriteTo(w)
	}
	return io.Copy(w, r)
}

// check holds a file to what was announced and to what was asked for: the whole data set,
// the same SOP instance, in the study, series and instance of ref where ref names them.
func check(f *dicom.File, announced dicom.UID, ref pacs.Ref) error {
	switch got := f.Dataset; {
	case f.Truncated:
		return pacs.ErrTruncated
	case dicom.UID(got.Str(dicom.SOPInstanceUID)) != announced:
		return errOtherObject
	case ref.Study != "" && dicom.UID(got.Str(dicom.StudyInstanceUID)) != ref.Study,
		ref.Series != "" && dicom.UID(got.Str(dicom.SeriesInstanceUID)) != ref.Series,
		ref.Instance != "" && announced != ref.Instance:
		return errNotAsked
	}
	return nil
}

// stored is the response to a C-STORE-RQ (PS3.4 B.2.3): what was wrong in one status.
func stored(c Command, wrong error) Command {
	status := Success
	switch {
	case wrong == nil:
	case errors.Is(wrong, pacs.ErrTooLarge):
		status = outOfResources
	case errors.Is(wrong, errNotAsked), errors.Is(wrong, errOtherObject):
		status = cannotStore
	default:
		status = cannotUnderstand
	}
	return c.NewResponse(status)
}

// accept takes one C-STORE-RQ of a C-GET: it reads, judges and answers. wrong says why
// the object is not used.
func (c *Client) accept(ctx context.Context, l *line, m Message, ref pacs.Ref) (b []byte, wrong, err error) {
	a, ok := l.byID(m.Context)
	if !ok {
		return nil, nil, broken("an object in a context that nobody agreed to")
	}
	b, wrong, err = object(m, a, c.cfg.CalledAE, l.size, c.cfg.Object)
	if err != nil {
		return nil, nil, err
	}
	if wrong == nil {
		l.size = len(b)
		wrong = judge(b, m.Command.Instance, ref)
	}
	return b, wrong, l.c.Send(ctx, Message{Context: m.Context, Command: stored(m.Command, wrong)})
}

// judge is check for a file in memory.
func judge(b []byte, announced dicom.UID, ref pacs.Ref) error {
	f, err := dicom.Parse(b)
	if err != nil {
		return fmt.Errorf("read object: %w", err)
	}
	return check(f, announced, ref)
}
