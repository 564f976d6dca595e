package medium

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/seal"
)

// temp is a folder of random name for what is unpacked, made when it is needed. A
// lock says that somebody uses it, and goes with the process, however that ends. What is
// in it is sealed under a key that is in the memory of this process only: what a crash
// leaves can be read by nobody.
type temp struct {
	under string
	dir   string
	lock  *os.File
	key   *seal.Key // of all its files; nil before there is one
}

const lockName = "lock"

// NewFolder makes a folder of random name (0700) under a folder, which lasts until
// done is called, or until Sweep finds it after a crash.
func NewFolder(under string) (path string, done func() error, err error) {
	t := &temp{under: under}
	if err := t.make(); err != nil {
		return "", nil, fmt.Errorf("make folder: %w", plain(err))
	}
	return t.dir, t.close, nil
}

func (t *temp) make() error {
	if t.dir != "" {
		return nil
	}
	if err := os.MkdirAll(t.under, 0o700); err != nil {
		return err
	}
	path, err := os.MkdirTemp(t.under, "medium-")
	if err != nil {
		return err
	}
	t.dir = path
	f, err := os.OpenFile(filepath.Join(path, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err == nil {
		t.lock = f
		err = disk.TryLock(f)
	}
	if err != nil {
		return errors.Join(err, t.close())
	}
	return nil
}

// create makes a file of random name (0600), of which what is written to w is sealed.
func (t *temp) create() (f *os.File, w *seal.Writer, err error) {
	if err := t.make(); err != nil {
		return nil, nil, err
	}
	if t.key == nil {
		k := seal.NewKey()
		t.key = &k
	}
	if f, err = os.CreateTemp(t.dir, "f-"); err != nil {
		return nil, nil, err
	}
	if w, err = seal.NewWriter(f, t.key, filepath.Base(f.Name())); err != nil {
		f.Close()
		os.Remove(f.Name())
		return nil, nil, err
	}
	return f, w, nil
}

func (t *temp) close() error {
	if t.dir == "" {
		return nil
	}
	if t.lock != nil {
		t.lock.Close()
	}
	if t.key != nil {
		t.key.Zero()
	}
	err := os.RemoveAll(t.dir)
	t.dir, t.lock = "", nil
	if err != nil {
		return fmt.Errorf("remove what was unpacked: %w", plain(err))
	}
	return nil
}

// Sweep removes what a crash left under a folder: folders whose owner is gone.
func Sweep(under string) {
	left, _ := filepath.Glob(filepath.Join(under, "medium-*"))
	for _, path := range left {
		f, err := os.OpenFile(filepath.Join(path, lockName), os.O_RDWR, 0)
		if err != nil {
			if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > time.Hour {
				os.RemoveAll(path) // nobody is just making or removing it
			}
			continue
		}
		if disk.TryLock(f) == nil {
			f.Close()
			os.RemoveAll(path)
			continue
		}
		f.Close()
	}
}
