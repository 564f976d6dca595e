package medium

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"

	"github.com/nocturne/nocturne/cache/dicom/dir"
	"github.com/nocturne/nocturne/cache/seal"
)

// mostDirectory bounds the list of contents of a ZIP, which is held in memory: about
// a million files, at some 200 bytes each beside their names.
const mostDirectory = 64 << 20

// spare is what every ZIP may unpack to, however small it is.
const spare = 1 << 30

// budget is how much a ZIP, and all in it, may still unpack to.
type budget struct{ left int64 }

// zip takes the files of a ZIP. Their names are only compared with a DICOMDIR's:
// where they are unpacked to has a name of our own, so that none can lead out.
func (w *walk) zip(from found, deep int, b *budget) error {
	f, err := seal.OpenPath(from.path, from.seal)
	if err != nil {
		w.counts.Unreadable++
		return nil
	}
	defer f.Close()
	if err := bearable(f, f.Size()); err != nil {
		return err
	}
	z, err := zip.NewReader(f, f.Size())
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		if deep > 1 || len(w.files) > 0 {
			w.counts.Unreadable++
			return nil
		}
		return ErrDamaged
	}
	if b == nil {
		most := min(w.left, w.lim.Ratio*f.Size()+spare)
		b = &budget{most}
		defer func() { w.left -= most - b.left }()
	}
	for _, e := range z.File {
		if err := w.entry(e, from.key, deep, b); err != nil {
			return err
		}
		if w.full() {
			return nil
		}
	}
	return nil
}

// entry unpacks one file of a ZIP, unless its first bytes say that it is neither an
// object nor a ZIP.
func (w *walk) entry(e *zip.File, key string, deep int, b *budget) error {
	switch {
	case w.ctx.Err() != nil:
		return w.ctx.Err()
	case e.FileInfo().IsDir():
		return nil
	case e.Mode()&fs.ModeSymlink != 0: // other kinds, such as a pipe, are what the packer read from
		w.counts.Links++
		return nil
	case e.Flags&1 != 0: // APPNOTE 4.4.4, bit 0
		w.counts.Encrypted++
		return nil
	}
	r, err := e.Open()
	if err != nil {
		w.counts.Packed++
		return nil
	}
	defer r.Close()
	head := make([]byte, 132)
	n, err := io.ReadFull(r, head)
	if head = head[:n]; err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		w.counts.Files, w.counts.Unreadable = w.counts.Files+1, w.counts.Unreadable+1
		return nil
	}
	if !plausible(head) {
		w.counts.Files, w.counts.Other = w.counts.Files+1, w.counts.Other+1
		return nil
	}
	path, err := w.unpack(io.MultiReader(bytes.NewReader(head), r), b)
	var damaged *damagedError
	switch {
	case errors.As(err, &damaged):
		w.counts.Files, w.counts.Unreadable = w.counts.Files+1, w.counts.Unreadable+1
		return nil
	case err != nil:
		return err
	}
	return w.file(found{path, dir.Key(key, e.Name), w.temp.key}, deep, b)
}

// plausible reports whether the first bytes can be those of an object (PS3.10 7.1, or
// without preamble: group 0002 or 0008, in either order of bytes) or of a ZIP.
func plausible(head []byte) bool {
	if len(head) == 132 && string(head[128:]) == "DICM" {
		return true
	}
	for _, begin := range []string{"DICM", "\x02\x00", "\x08\x00", "\x00\x02", "\x00\x08", "PK\x03\x04"} {
		if bytes.HasPrefix(head, []byte(begin)) {
			return true
		}
	}
	return false
}

// damagedError is a file of a ZIP that does not come out whole: a wrong checksum, a
// stream that ends early.
type damagedError struct{ error }

// unpack writes a file, sealed, under a name of our own. It stops, with nothing left, when the
// budget is used up, whatever sizes the ZIP claims.
func (w *walk) unpack(r io.Reader, b *budget) (path string, err error) {
	f, out, err := w.temp.create()
	if err != nil {
		return "", fmt.Errorf("unpack: %w", plain(err))
	}
	from := &counted{r: &ended{w, r}}
	n, err := io.Copy(out, io.LimitReader(from, b.left+1))
	if e := out.Close(); err == nil {
		err = e
	}
	if e := f.Close(); err == nil && e != nil {
		err = e
	}
	switch b.left -= n; {
	case err == nil && b.left >= 0:
		return f.Name(), nil
	case err == nil:
		err = ErrTooLarge
	case w.ctx.Err() != nil:
		err = w.ctx.Err()
	case from.err != nil:
		err = &damagedError{from.err}
	case errors.Is(err, syscall.ENOSPC):
		err = fmt.Errorf("unpack: %w", syscall.ENOSPC)
	default:
		err = fmt.Errorf("unpack: %w", plain(err))
	}
	os.Remove(f.Name())
	return "", err
}

// counted remembers that it was the reading that failed, and not the disk.
type counted struct {
	r   io.Reader
	err error
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if err != nil && err != io.EOF {
		c.err = err
	}
	return n, err
}

// ended stops a long file when the reader gives up.
type ended struct {
	w *walk
	r io.Reader
}

func (e *ended) Read(p []byte) (int, error) {
	if err := e.w.ctx.Err(); err != nil {
		return 0, err
	}
	return e.r.Read(p)
}

// bearable reads the end of a ZIP (APPNOTE 4.3.14 to 4.3.16) and refuses one whose
// list of contents would fill the memory.
func bearable(r io.ReaderAt, size int64) error {
	const most = 22 + 1<<16 + 20
	tail := make([]byte, min(size, most))
	if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("open ZIP: %w", plain(err))
	}
	at := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if at < 0 || at+22 > len(tail) {
		return ErrDamaged
	}
	end := size - int64(len(tail)) + int64(at)
	length, from := uint64(binary.LittleEndian.Uint32(tail[at+12:])), uint64(binary.LittleEndian.Uint32(tail[at+16:]))
	if at >= 20 && string(tail[at-20:at-16]) == "PK\x06\x07" {
		long := make([]byte, 56)
		if _, err := r.ReadAt(long, int64(binary.LittleEndian.Uint64(tail[at-12:])&(1<<62-1))); err == nil && string(long[:4]) == "PK\x06\x06" {
			length, from = binary.LittleEndian.Uint64(long[40:]), binary.LittleEndian.Uint64(long[48:])
		}
	}
	if length > mostDirectory || from > uint64(end) || uint64(end)-from > mostDirectory+1<<20 {
		return ErrTooLarge
	}
	return nil
}
