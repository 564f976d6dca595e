// Package store keeps objects as they were received, sealed, on disk.
//
//	objects/<h(study)>/key                  the study's key, wrapped under the reader's
//	objects/<h(study)>/<m(sop)>             one object, the bytes as received, sealed
//	objects/<h(study)>/<m(sop)>-<m(sum)>    other bytes under the same SOP Instance UID
//	objects/<h(study)>/entries              a sealed record an object, appended; rebuilt from the objects when lost
//	tmp/                                    what is being written, or is being removed
//	damaged/                                studies whose key could not be opened any more, set aside
//
// h is a name by the reader's key, m one by the study's: no path holds a UID or anything
// of a patient, and none can be checked against a guess. The forms of sealed bytes are
// those of cache/seal (FORMAT.md); a file's name is its context. Folders are 0700 and
// files 0600.
//
// A folder comes with its key, whole, synced before the first object is written. An object
// is written to tmp, synced, and linked to its name, which never replaces what stands
// there; so a name, once seen, holds whole bytes. A study without its key is not held:
// removing it means removing its key first. Several processes may hold one store open.
//
// The store knows nothing of what it may forget: see Remove.
package store

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/seal"
)

// Entry is one object held.
type Entry struct {
	Study, Series, SOP dicom.UID
	Path               string
	SHA256             string // of the bytes as received, hex
	Size               int64  // of them

	key *seal.Key
}

// Key opens the object's file. It is the study's own, and forgotten with it.
func (e Entry) Key() *seal.Key { return e.key }

// ConflictError says that other bytes came under the SOP Instance UID of an
// object already held. Both are kept: the first under its name, the others
// apart, listed by Conflicts.
type ConflictError struct {
	Held, Received string // SHA-256 in hex
}

// Error implements error.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("other bytes under the SOP Instance UID of an object already held (%.12s, received %.12s)", e.Held, e.Received)
}

// Store is a folder of objects. Its methods are safe for concurrent use.
type Store struct {
	root  string
	keys  Keys
	fs    disk.FS
	found Recovery

	// guarded by mu
	mu    sync.Mutex
	known map[string]*held // by study folder
}

// stale is how old a file in tmp must be to be nobody's any more: no object
// takes so long to write.
const stale = 15 * time.Minute

// Open opens the store in dir, making it where it is not. It clears away what a crash
// left half written or half removed, and seals what an older version kept plain.
func Open(dir string, keys Keys) (*Store, error) { return OpenOn(disk.OS, dir, keys) }

// OpenOn is Open on another file system.
func OpenOn(f disk.FS, dir string, keys Keys) (*Store, error) {
	s := &Store{root: dir, keys: keys, fs: f, known: map[string]*held{}}
	for _, d := range []string{dir, s.objects(), s.tmp()} {
		if err := f.MkdirAll(d); err != nil {
			return nil, fmt.Errorf("open store: %w", err)
		}
	}
	for _, d := range []string{filepath.Dir(dir), dir} { // what is kept is durable only in folders that are
		if err := f.SyncDir(d); err != nil {
			return nil, fmt.Errorf("open store: %w", err)
		}
	}
	left, err := f.ReadDir(s.tmp())
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	for _, d := range left {
		info, err := d.Info()
		if err == nil && time.Since(info.ModTime()) > stale {
			f.RemoveAll(filepath.Join(s.tmp(), d.Name()))
		}
	}
	if err := s.recover(); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	return s, nil
}

func (s *Store) objects() string { return filepath.Join(s.root, "objects") }
func (s *Store) tmp() string     { return filepath.Join(s.root, "tmp") }

// free is a name under tmp that nothing has.
func (s *Store) free(kind string) string {
	return filepath.Join(s.tmp(), kind+"-"+rand.Text())
}

// Has reports whether an object of a study is held.
func (s *Store) Has(study, sop dicom.UID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	h, err := s.list(s.folder(study))
	if err != nil {
		return false
	}
	_, ok := h.at[filepath.Join(h.dir, objectName(h.key, sop))]
	return ok
}

// Read returns the bytes as received. *seal.DamageError: they are not what was kept.
func (s *Store) Read(e Entry) ([]byte, error) {
	b, err := s.read(e.Path, e.key)
	if err != nil {
		return nil, fmt.Errorf("read object: %w", err)
	}
	return b, nil
}

func (s *Store) read(path string, k *seal.Key) ([]byte, error) {
	f, size, err := s.open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return seal.ReadAll(f, size, k, filepath.Base(path))
}

func (s *Store) open(path string) (disk.File, int64, error) {
	f, err := s.fs.Open(path)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// Header reads an object as far as its pixel data; only the chunks that it stands in
// and the last one are read.
func (s *Store) Header(e Entry) (*dicom.File, error) {
	f, size, err := s.open(e.Path)
	if err != nil {
		return nil, fmt.Errorf("read header: %w", err)
	}
	defer f.Close()
	r, err := seal.NewReader(f, size, e.key, filepath.Base(e.Path))
	if err != nil {
		return nil, fmt.Errorf("read header: %w", err)
	}
	defer r.Forget()
	return dicom.Options{}.ReadHeaderAt(r, r.Size())
}

func sum(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// Remove forgets a study: its key first, for good, so that nothing that is left of it
// anywhere can be read; then its objects, its expected count, all of it. When it returns
// nil, or a crash comes later, the study is not held.
func (s *Store) Remove(study dicom.UID) error {
	dir := s.folder(study)
	s.mu.Lock()
	s.forget(dir)
	s.mu.Unlock()
	err := s.shred(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove study: %w", err)
	}
	return nil
}

func (s *Store) shred(dir string) error {
	if err := s.fs.Remove(filepath.Join(dir, keyName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := s.fs.SyncDir(dir); err != nil {
		return err
	}
	gone := s.free("gone")
	if err := s.fs.Rename(dir, gone); err != nil {
		return err
	}
	return s.fs.RemoveAll(gone)
}

// Forget clears all keys from memory: those of every Entry that was given out too. The
// store goes on: it unwraps keys again where the ring still gives them.
func (s *Store) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for dir := range s.known {
		s.forget(dir)
	}
}

// forget is called with mu held.
func (s *Store) forget(dir string) {
	if h := s.known[dir]; h != nil {
		h.key.Zero()
	}
	delete(s.known, dir)
}
