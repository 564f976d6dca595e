package disk

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// Reserve is a file that takes room on the disk so that it can be given back: what must
// be written although the disk is full is written in its place. Several programs may
// share one; whoever needs the room gives it back for all.
type Reserve struct {
	Path string
	Size int64

	mu sync.Mutex
}

// Make fills the reserve where it is not whole and the disk has room for it and as much
// again. Its bytes are random: a file system that packs or leaves out empty blocks would
// keep none for it. A disk without room is no error: Held tells.
func (r *Reserve) Make() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.held() {
		return nil
	}
	if free, err := Free(filepath.Dir(r.Path)); err != nil || free < 2*r.Size {
		return err
	}
	tmp := r.Path + ".new"
	err := r.fill(tmp)
	if err == nil {
		err = os.Rename(tmp, r.Path)
	}
	if err != nil {
		os.Remove(tmp)
		return fmt.Errorf("keep room on the disk: %w", err)
	}
	return nil
}

func (r *Reserve) fill(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.CopyN(f, rand.Reader, r.Size)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// Held reports whether the room is kept.
func (r *Reserve) Held() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.held()
}

func (r *Reserve) held() bool {
	info, err := os.Stat(r.Path)
	return err == nil && info.Size() >= r.Size
}

// Give gives the room back and reports whether there was any.
func (r *Reserve) Give() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.held() && os.Remove(r.Path) == nil
}
