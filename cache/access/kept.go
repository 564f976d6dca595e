package access

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/seal"
)

// kept is a small file of the home that proves who its reader is, sealed under the ring:
// the signing key, the PIN and its tries, logins.
type kept struct {
	ring *Ring
	name string // below the home, with slashes
	old  string // where it lay in plain text before there was a ring
}

func (r *Ring) kept(name, old string) kept { return kept{r, "keys/" + name, "keys/" + old} }

var errNotKept = errors.New("nothing of this kind is kept for a medium")

// key seals the file; a ring in memory keeps nothing.
func (k kept) key() (seal.Key, error) {
	k.ring.mu.RLock()
	defer k.ring.mu.RUnlock()
	switch {
	case k.ring.home == "":
		return seal.Key{}, errNotKept
	case k.ring.readers == 0:
		return seal.Key{}, ErrLocked
	}
	return k.ring.keys.key(placeHome).Derive("key", "kept"), nil
}

// read is the file's content; fs.ErrNotExist where there is none. One in plain text is
// sealed, then overwritten and removed.
func (k kept) read() ([]byte, error) {
	key, err := k.key()
	if err != nil {
		return nil, err
	}
	defer key.Zero()
	box, err := readOurs(k.ring.fs, k.ring.home, k.name)
	if errors.Is(err, fs.ErrNotExist) {
		return k.migrate()
	}
	if err != nil {
		return nil, err
	}
	b, err := key.Open(box, k.name)
	if err != nil {
		return nil, fmt.Errorf("%s is damaged", k.name)
	}
	return b, k.shredOld()
}

func (k kept) migrate() ([]byte, error) {
	b, err := readOurs(k.ring.fs, k.ring.home, k.old)
	if err != nil {
		return nil, err
	}
	if err := k.make(b); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return k.read() // whoever sealed it
}

// shredOld removes what lies in plain text though it is sealed already: a crash came
// between.
func (k kept) shredOld() error { return shred(k.ring.fs, k.ring.home, k.old) }

// write puts b in the file's place, durably.
func (k kept) write(b []byte) error {
	key, err := k.key()
	if err != nil {
		return err
	}
	defer key.Zero()
	if err := replaceOurs(k.ring.fs, k.ring.home, k.name, key.Seal(b, k.name)); err != nil {
		return err
	}
	return k.shredOld()
}

// make writes b where no such file is yet, whole from its first moment: fs.ErrExist.
func (k kept) make(b []byte) error {
	key, err := k.key()
	if err != nil {
		return err
	}
	defer key.Zero()
	path, d := k.path(), k.ring.fs
	if err := d.MkdirAll(filepath.Dir(path)); err != nil {
		return err
	}
	whole, part := path+"-"+rand.Text()+".whole", path+"-"+rand.Text()+".part"
	if err := disk.Replace(d, part, whole, key.Seal(b, k.name)); err != nil {
		return err
	}
	err = d.Link(whole, path)
	if err == nil {
		err = d.SyncDir(filepath.Dir(path))
	}
	return errors.Join(err, d.Remove(whole))
}

// there tells whether the file is there, in plain text or sealed.
func (k kept) there() bool {
	for _, name := range []string{k.name, k.old} {
		if _, err := k.ring.fs.Stat(filepath.Join(k.ring.home, filepath.FromSlash(name))); err == nil || !errors.Is(err, fs.ErrNotExist) {
			return k.ring.home != ""
		}
	}
	return false
}

// remove forgets the file; there being none is no error.
func (k kept) remove() error {
	if err := k.ring.fs.Remove(k.path()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return k.shredOld()
}

func (k kept) path() string { return filepath.Join(k.ring.home, filepath.FromSlash(k.name)) }

// readJSON and writeJSON are read and write of a value.
func (k kept) readJSON(into any) error {
	b, err := k.read()
	if err != nil {
		return err
	}
	defer clear(b)
	if json.Unmarshal(b, into) != nil {
		return fmt.Errorf("%s is damaged", k.name)
	}
	return nil
}

func (k kept) writeJSON(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	defer clear(b)
	return k.write(b)
}

// lockFolder makes the folder that lock files lie in.
func (k kept) lockFolder() error { return os.MkdirAll(filepath.Dir(k.path()), 0o700) }
