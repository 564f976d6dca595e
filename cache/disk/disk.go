// Package disk is the seam between what is kept and the system's files. What must
// survive a crash is written through an FS, so that tests can let any operation fail,
// write short, run out of space or lose what was not synced.
//
// The real one is OS. A crash keeps of a file what File.Sync acknowledged, and of a
// folder the names that FS.SyncDir acknowledged; anything else may be gone, or half
// there.
package disk

import (
	"errors"
	"io"
	"io/fs"
)

// FS is what stores need of a file system. Paths are the system's own. Errors wrap
// fs.ErrExist and fs.ErrNotExist where they apply.
type FS interface {
	// Create makes a file that must not be there yet (0600), to be written.
	Create(path string) (File, error)
	// Append opens a file to be written at its end, making it (0600) where it is not.
	Append(path string) (File, error)
	// Open opens a file to be read.
	Open(path string) (File, error)
	Stat(path string) (fs.FileInfo, error)
	ReadDir(path string) ([]fs.DirEntry, error)
	// MkdirAll makes folders (0700).
	MkdirAll(path string) error
	// Rename puts a file or folder in another's place; a file there is replaced at once.
	Rename(from, to string) error
	// Link gives a file a second name, which must be free.
	Link(from, to string) error
	Remove(path string) error
	RemoveAll(path string) error
	// SyncDir makes the names in a folder durable, where the system can.
	SyncDir(path string) error
}

// File is an open file. ReadAt may be called from several goroutines.
type File interface {
	io.Reader
	io.ReaderAt
	io.Writer
	io.Closer
	Name() string
	Stat() (fs.FileInfo, error)
	Truncate(size int64) error
	// Sync makes what was written durable.
	Sync() error
}

// ReadFile reads a whole file.
func ReadFile(f FS, path string) ([]byte, error) {
	h, err := f.Open(path)
	if err != nil {
		return nil, err
	}
	defer h.Close()
	info, err := h.Stat()
	if err != nil {
		return nil, err
	}
	b := make([]byte, info.Size())
	n, err := io.ReadFull(h, b)
	if err == io.ErrUnexpectedEOF || err == io.EOF {
		err = nil // it was cut meanwhile: what is there is what is there
	}
	return b[:n], err
}

// Finish writes to an open file, makes it durable and closes it.
func Finish(h File, b []byte) error {
	_, err := h.Write(b)
	if err == nil {
		err = h.Sync()
	}
	return errors.Join(err, h.Close())
}

// Replace writes a whole file in the place of what stood there: after a crash at any
// time one of the two stands, whole. tmp is a free name in a folder of the same file
// system. When it returns nil the new one is durable.
func Replace(f FS, tmp, path string, b []byte) error {
	h, err := f.Create(tmp)
	if err != nil {
		return err
	}
	if err = Finish(h, b); err == nil {
		err = f.Rename(tmp, path)
	}
	if err != nil {
		f.Remove(tmp)
		return err
	}
	return f.SyncDir(parent(path))
}
