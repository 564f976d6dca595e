// Package store keeps objects as they were received, on disk.
//
//	objects/<h(study)>/<h(sop)>.dcm          one object, bytes as received
//	objects/<h(study)>/<h(sop)>-<sum>.dcm    other bytes under the same SOP Instance UID
//	objects/<h(study)>/entries               one line of JSON an object, appended; rebuilt from the objects when lost
//	objects/<h(study)>/expected              how many instances the site says there are
//	tmp/                                     what is being written
//
// h is SHA-256 in hex: no path holds a UID or anything of a patient. Folders are
// 0700 and files 0600. An object is written whole to tmp, synced, and linked to
// its name, which never replaces what stands there; so a name, once seen, holds
// whole bytes. Several processes may hold one store open.
//
// All reading goes through Read and Header, so that sealing can come between.
// The store knows nothing of what it may forget: see Remove.
package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Entry is one object held.
type Entry struct {
	Study, Series, SOP dicom.UID
	Path               string
	SHA256             string // of the bytes as received, hex
	Size               int64
}

// ErrCorrupt says that an object on disk is no longer what was received.
var ErrCorrupt = errors.New("object on disk is not what was received")

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
	root string

	// guarded by mu
	mu    sync.Mutex
	known map[string]catalogue // by study folder
}

// stale is how old a file in tmp must be to be nobody's any more: no object
// takes so long to write.
const stale = 15 * time.Minute

// Open opens the store in dir, making it where it is not, and clears away what
// a crash left half written.
func Open(dir string) (*Store, error) {
	s := &Store{root: dir, known: map[string]catalogue{}}
	for _, d := range []string{dir, s.objects(), s.tmp()} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return nil, fmt.Errorf("open store: %w", err)
		}
	}
	left, err := os.ReadDir(s.tmp())
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	for _, d := range left {
		info, err := d.Info()
		if err == nil && time.Since(info.ModTime()) > stale {
			os.RemoveAll(filepath.Join(s.tmp(), d.Name()))
		}
	}
	return s, nil
}

func (s *Store) objects() string { return filepath.Join(s.root, "objects") }
func (s *Store) tmp() string     { return filepath.Join(s.root, "tmp") }

func (s *Store) folder(study dicom.UID) string { return filepath.Join(s.objects(), hidden(study)) }

func hidden(u dicom.UID) string {
	h := sha256.Sum256([]byte(u))
	return hex.EncodeToString(h[:])
}

const objectExt = ".dcm"

func objectName(sop dicom.UID) string { return hidden(sop) + objectExt }

// apart is the name of other bytes under the same SOP Instance UID.
func apart(sop dicom.UID, sum string) string { return hidden(sop) + "-" + sum[:16] + objectExt }

func isApart(name string) bool { return strings.Contains(name, "-") }

// Has reports whether an object of a study is held.
func (s *Store) Has(study, sop dicom.UID) bool {
	_, err := os.Stat(filepath.Join(s.folder(study), objectName(sop)))
	return err == nil
}

// Read returns the bytes as received; ErrCorrupt when they changed since.
func (s *Store) Read(e Entry) ([]byte, error) {
	b, err := os.ReadFile(e.Path)
	if err != nil {
		return nil, fmt.Errorf("read object: %w", err)
	}
	if int64(len(b)) != e.Size || sum(b) != e.SHA256 {
		return nil, ErrCorrupt
	}
	return b, nil
}

// Header reads an object as far as its pixel data. It does not look for changed
// bytes.
func (s *Store) Header(e Entry) (*dicom.File, error) { return dicom.ReadHeader(e.Path) }

func sum(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// Remove forgets a study: its objects, its expected count, all of it. What
// others are reading stays readable to them where the system allows it.
func (s *Store) Remove(study dicom.UID) error {
	s.mu.Lock()
	delete(s.known, s.folder(study))
	s.mu.Unlock()
	gone, err := os.MkdirTemp(s.tmp(), "gone-")
	if err != nil {
		return fmt.Errorf("remove study: %w", err)
	}
	defer os.RemoveAll(gone)
	err = os.Rename(s.folder(study), filepath.Join(gone, "study"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove study: %w", err)
	}
	return nil
}
