package demo

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/seal"
)

// store is C-STORE (PS3.4 B): the same checks and the same place as STOW-RS, but the
// object is written down as it comes.
func (s *session) store(ctx context.Context, r invocation) error {
	c := r.Command
	switch {
	case !dicom.ValidUID(string(c.Instance)):
		return s.refuse(ctx, r, fail(invalidInstance, "the Affected SOP Instance UID is none", dicom.SOPInstanceUID))
	case r.Data == nil:
		return s.refuse(ctx, r, fail(cannotUnderstand, "there is no data set"))
	}
	head := dicom.Head{Class: c.Class, Instance: c.Instance, Transfer: r.on.Transfer}
	no, err := s.a.take(r.Data, head)
	if err != nil {
		return err
	}
	if no != nil {
		return s.refuse(ctx, r, no)
	}
	return s.done(ctx, r, statusOK, nil)
}

// sink writes what comes and remembers its own failure: the sender's is another.
type sink struct {
	w    io.Writer
	left int64
	err  error
}

var errTooLarge = errors.New("the object is larger than this archive takes")

func (s *sink) Write(b []byte) (n int, err error) {
	if s.left -= int64(len(b)); s.left < 0 {
		s.err = errTooLarge
		return 0, s.err
	}
	n, s.err = s.w.Write(b)
	return n, s.err
}

// take holds an object that comes as a data set. A failure is what was wrong with
// it, an error that it did not come whole.
func (a *Archive) take(data io.Reader, h dicom.Head) (*failure, error) {
	meta, err := h.Bytes("")
	if err != nil {
		return fail(cannotUnderstand, "the object's identity cannot be written"), nil
	}
	if a.disk == nil {
		return a.takeInMemory(data, h, meta)
	}
	f, err := a.disk.temp("objects")
	if err != nil {
		a.log.Warn("store object", "error", err.Error())
		return fail(outOfResources, "there is no room for the object"), nil
	}
	defer os.Remove(f.Name()) // renamed when it stays
	defer f.Close()
	sealed, err := a.disk.sealing(f)
	if err != nil {
		return nil, err
	}
	out := &sink{w: sealed, left: maxObject}
	if _, err = out.Write(meta); err == nil {
		_, err = io.Copy(out, data)
	}
	if err == nil {
		out.err = sealed.Close()
	}
	switch {
	case out.err != nil:
		a.log.Warn("store object", "error", out.err.Error())
		return fail(outOfResources, "there is no room for the object"), nil
	case err != nil:
		return nil, err
	}
	in, no := readTaken(f.Name(), a.disk.key, h)
	if no != nil {
		return no, nil
	}
	return storeFailure(a.keep(in, func() *instance { return a.placeFile(in, f) })), nil
}

// takeInMemory is take without a store: within bounds, and gone with the archive.
func (a *Archive) takeInMemory(data io.Reader, h dicom.Head, meta []byte) (*failure, error) {
	b := bytes.NewBuffer(meta)
	out := &sink{w: b, left: maxObject}
	_, err := io.Copy(out, data)
	switch {
	case out.err != nil:
		return fail(outOfResources, "there is no room for the object"), nil
	case err != nil:
		return nil, err
	}
	f, err := dicom.Parse(b.Bytes())
	if err != nil || f.Truncated {
		return fail(cannotUnderstand, "the data set cannot be read"), nil
	}
	in, err := fileInstance(f, content{bytes: b.Bytes()})
	if err != nil {
		return fail(cannotUnderstand, err.Error()), nil
	}
	if no := isWhatWasSaid(in, h); no != nil {
		return no, nil
	}
	return storeFailure(a.keep(in, func() *instance { return a.place(in) })), nil
}

// readTaken reads the header of an object on disk and sees that it ends where it
// should, without reading it into memory: of compressed pixels, its last frame.
func readTaken(path string, key *seal.Key, h dicom.Head) (*instance, *failure) {
	in, err := readStored(path, key)
	if err != nil {
		return nil, fail(cannotUnderstand, err.Error())
	}
	f, err := in.framed()
	if err != nil {
		return nil, fail(cannotUnderstand, "the data set cannot be read")
	}
	defer f.Close()
	if f.Pixel.Encapsulated {
		_, err = f.Frame(dicom.Frames(f) - 1)
	}
	if err != nil || f.Truncated {
		return nil, fail(cannotUnderstand, "the data set ends early")
	}
	return in, isWhatWasSaid(in, h)
}

// isWhatWasSaid holds an object to the command it came with.
func isWhatWasSaid(in *instance, h dicom.Head) *failure {
	switch {
	case in.class != h.Class:
		return fail(notOfClass, "the data set is of another SOP class", dicom.SOPClassUID)
	case in.sop != h.Instance:
		return fail(cannotUnderstand, "the data set is another SOP instance", dicom.SOPInstanceUID)
	}
	return nil
}

// storeFailure says by C-STORE why an object was not kept.
func storeFailure(reason uint16) *failure {
	switch reason {
	case 0:
		return nil
	case reasonResources:
		return fail(outOfResources, "there is no room for the object")
	case reasonDuplicate:
		return fail(duplicateInstance, "other bytes are held under this SOP Instance UID")
	}
	return fail(processingFailure, "the archive could not keep the object")
}

// placeFile puts a file that was written down where it stays.
func (a *Archive) placeFile(in *instance, f *os.File) *instance {
	path, err := a.disk.commit(f, a.disk.objectFile(in.sop))
	if err != nil {
		a.log.Warn("store object", "error", err.Error())
		return nil
	}
	in.content.path = path
	return in
}

// sameObject compares two objects without their meta information, which tells who
// wrote the file.
func (a *Archive) sameObject(x, y *instance) (bool, error) {
	if x.syntax != y.syntax || x.class != y.class {
		return false, nil
	}
	p, err := a.openDataset(x, x.syntax)
	if err != nil {
		return false, err
	}
	defer p.Close()
	q, err := a.openDataset(y, y.syntax)
	if err != nil {
		return false, err
	}
	defer q.Close()
	return sameBytes(p, q)
}

func sameBytes(p, q io.Reader) (bool, error) {
	a, b := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		n, err := io.ReadFull(p, a)
		m, err2 := io.ReadFull(q, b)
		ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		ended2 := errors.Is(err2, io.EOF) || errors.Is(err2, io.ErrUnexpectedEOF)
		switch {
		case err != nil && !ended:
			return false, err
		case err2 != nil && !ended2:
			return false, err2
		case n != m || !bytes.Equal(a[:n], b[:m]):
			return false, nil
		case ended || ended2:
			return ended == ended2, nil
		}
	}
}
