package store

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/seal"
)

// Keys is what a store needs of the reader's keys: *access.Ring is one. Unwrap gives a
// *seal.DamageError for what Wrap did not make in the same context.
type Keys interface {
	Name(kind, of string) string
	Wrap(study seal.Key, context string) ([]byte, error)
	Unwrap(wrapped []byte, context string) (seal.Key, error)
}

// NewKeys are keys made of one.
func NewKeys(k seal.Key) Keys { return oneKey{k} }

type oneKey struct{ seal.Key }

func (k oneKey) Name(kind, of string) string { return k.MAC(kind, of) }

func (k oneKey) Wrap(study seal.Key, context string) ([]byte, error) {
	return k.Seal(study[:], context), nil
}

func (k oneKey) Unwrap(wrapped []byte, context string) (seal.Key, error) {
	b, err := k.Open(wrapped, context)
	if err != nil || len(b) != len(seal.Key{}) {
		return seal.Key{}, &seal.DamageError{What: "wrapped key"}
	}
	return seal.Key(b), nil
}

const keyName = "key"

func (s *Store) folder(study dicom.UID) string {
	return filepath.Join(s.objects(), s.keys.Name("study", string(study)))
}

// objectName is the name of an object, apart that of other bytes under the same UID.
func objectName(k *seal.Key, sop dicom.UID) string { return k.MAC("object", string(sop)) }

func apart(k *seal.Key, sop dicom.UID, sum string) string {
	return objectName(k, sop) + "-" + k.MAC("apart", sum)[:16]
}

const nameSize = 64 // of a MAC in hex

func isApart(name string) bool { return len(name) > nameSize && name[nameSize] == '-' }

// held is a study's folder as last read. About 500 bytes an object.
type held struct {
	dir     string
	box     []byte // the key file, by which a change is noticed
	key     *seal.Key
	read    int64 // how far the list was read; -1: not yet
	entries []Entry
	at      map[string]int // entries by path
	count   int            // expected; -1: nobody said
	named   bool           // the names of the folder and its key are durable
}

// study gives what is known of a folder, its key opened. fs.ErrNotExist: it is not held.
// It is called with mu held.
func (s *Store) study(dir string) (*held, error) {
	box, err := disk.ReadFile(s.fs, filepath.Join(dir, keyName))
	if errors.Is(err, fs.ErrNotExist) {
		s.forget(dir)
	}
	if err != nil {
		return nil, err
	}
	if h := s.known[dir]; h != nil && bytes.Equal(h.box, box) {
		return h, nil
	}
	k, err := s.keys.Unwrap(box, filepath.Base(dir))
	if err != nil {
		return nil, fmt.Errorf("open the study's key: %w", err)
	}
	if h := s.known[dir]; h != nil && *h.key == k { // wrapped anew: the reader's key is another
		h.box, h.named = box, false
		k.Zero()
		return h, nil
	}
	s.forget(dir)
	h := &held{dir: dir, box: box, key: &k, read: -1, at: map[string]int{}, count: -1}
	s.known[dir] = h
	return h, nil
}

// begin gives a copy of the key of a folder, which it makes where it is not: then both
// are durable. Several processes that make one at once end with the same.
func (s *Store) begin(dir string) (k seal.Key, box []byte, err error) {
	for range 4 {
		s.mu.Lock()
		h, err := s.study(dir)
		if err == nil {
			err = s.stands(h)
		}
		if err == nil {
			k, box = *h.key, h.box
		}
		s.mu.Unlock()
		switch {
		case err == nil:
			return k, box, nil
		case errors.Is(err, seal.ErrDamaged):
			err = s.setAside(dir)
		case errors.Is(err, fs.ErrNotExist):
			err = s.make(dir)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return seal.Key{}, nil, err
		}
	}
	return seal.Key{}, nil, errors.New("the study's folder comes and goes")
}

// stands makes a folder's name and its key's durable: who made them may have been ended
// before they were. It is called with mu held.
func (s *Store) stands(h *held) error {
	if h.named {
		return nil
	}
	for _, dir := range []string{h.dir, s.objects()} {
		if err := s.fs.SyncDir(dir); err != nil {
			return err
		}
	}
	h.named = true
	return nil
}

// make puts a folder with a new key in place, whole, unless another is there already. One
// without a key is what a removal left that did not end.
func (s *Store) make(dir string) error {
	if _, err := s.fs.Stat(dir); err == nil {
		if err := s.sweep(dir); err != nil {
			return err
		}
	}
	k := seal.NewKey()
	defer k.Zero()
	box, err := s.keys.Wrap(k, filepath.Base(dir))
	if err != nil {
		return err
	}
	tmp := s.free("new")
	if err := s.fs.MkdirAll(tmp); err != nil {
		return err
	}
	defer s.fs.RemoveAll(tmp)
	if err := s.write(filepath.Join(tmp, keyName), func(f disk.File) error { _, err := f.Write(box); return err }); err != nil {
		return err
	}
	if err := s.fs.SyncDir(tmp); err != nil {
		return err
	}
	if err := s.fs.Rename(tmp, dir); err != nil {
		if _, there := s.fs.Stat(filepath.Join(dir, keyName)); there == nil {
			return nil // another process was quicker
		}
		return err
	}
	return nil // begin makes the name durable
}

// sweep takes away a folder without a key; one that another process just put in its place
// goes back. That the key is gone is made durable first: who removed it may have been
// ended before it was, and nobody asks again once the folder is away.
func (s *Store) sweep(dir string) error {
	if err := s.fs.SyncDir(dir); err != nil {
		return err
	}
	gone := s.free("gone")
	if err := s.fs.Rename(dir, gone); err != nil {
		return err
	}
	if _, err := s.fs.Stat(filepath.Join(gone, keyName)); err == nil {
		return s.fs.Rename(gone, dir)
	}
	return s.fs.RemoveAll(gone)
}

// write makes a file, durable when it returns nil.
func (s *Store) write(path string, fill func(disk.File) error) error {
	f, err := s.fs.Create(path)
	if err != nil {
		return err
	}
	err = fill(f)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		s.fs.Remove(path)
	}
	return err
}

// setAside takes a study out of the way whose key cannot be opened: nothing in it can be
// read, and it can be fetched again. It is not deleted: a lost ring may be found again.
func (s *Store) setAside(dir string) error {
	if err := s.fs.MkdirAll(s.aside()); err != nil {
		return err
	}
	to := filepath.Join(s.aside(), filepath.Base(dir)+"-"+filepath.Base(s.free("was")))
	if err := s.fs.Rename(dir, to); err != nil {
		return err
	}
	if err := s.fs.SyncDir(s.aside()); err != nil {
		return err
	}
	return s.fs.SyncDir(s.objects())
}

func (s *Store) aside() string { return filepath.Join(s.root, "damaged") }
