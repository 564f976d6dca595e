package access

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/seal"
)

// What can be wrong with a home's key.
var (
	// ErrLocked: the home has a key and nothing here can open it.
	ErrLocked = errors.New("this home is locked: its key needs the passphrase, which a terminal can ask for or a file can hold (NOCTURNE_PASSPHRASE_FILE)")
	// ErrWrongPassphrase says no more than its words.
	ErrWrongPassphrase = errors.New("wrong passphrase")
	// ErrNoRing: there is nothing to change yet.
	ErrNoRing = errors.New("this home has no key yet")
	// ErrInUse: a key cannot be changed while another program works with the old one.
	ErrInUse = errors.New("another nocturne works in this home: end it first")
)

// mostReaders: a ring has one reader's key, and while it is changed the old one too.
const mostReaders = 2

// Options are where a ring's secret may come from.
type Options struct {
	Getenv func(string) string                 // nil: os.Getenv
	Ask    func(prompt string) (string, error) // asks a terminal without showing the answer; nil: there is none
	Demo   bool                                // nobody's home: only keys/unprotected
	New    string                              // the passphrase of a ring that has to be made
	FS     disk.FS                             // nil: disk.OS
}

func (o Options) fs() disk.FS {
	if o.FS == nil {
		return disk.OS
	}
	return o.FS
}

func (o Options) env(name string) string {
	if o.Getenv == nil {
		return os.Getenv(name)
	}
	return o.Getenv(name)
}

// passphraseFile is the file that holds the passphrase; "" when none does.
func (o Options) passphraseFile() string {
	if o.Demo {
		return ""
	}
	return o.env(PassphraseFileEnv)
}

// Ring holds the keys of a home while it is open: one that all keys and names of the home
// are derived from, for good, and the reader's, which the studies' keys are wrapped
// under. It is safe for concurrent use. As long as it is open no other program of the home
// changes the reader's key.
type Ring struct {
	home   string
	id     string
	source Source
	fs     disk.FS
	use    *os.File // shared lock; nil for a ring in memory

	mu      sync.RWMutex
	keys    *vault // guarded by mu
	readers int    // guarded by mu: 0 when closed
}

// Open opens the home's ring, and makes one where there is none: protected by the
// passphrase of NOCTURNE_PASSPHRASE_FILE where that is set, else by nothing but the mode
// of keys/unprotected. Programs that open a new home at once get one ring.
func Open(home string, o Options) (*Ring, error) {
	use, err := lockShared(o.fs(), home)
	if err != nil {
		return nil, err
	}
	r, err := open(home, o)
	if err != nil {
		use.Close()
		return nil, err
	}
	r.use = use
	return r, nil
}

// InMemory is a ring that is in no file and ends with the program.
func InMemory() *Ring {
	r := &Ring{source: Unprotected, keys: newVault(), readers: 1}
	*r.keys.key(placeHome), *r.keys.key(placeReader) = seal.NewKey(), seal.NewKey()
	r.name()
	return r
}

func open(home string, o Options) (*Ring, error) {
	f, err := ringAt(home, o)
	if err != nil {
		return nil, err
	}
	if err := stands(home, o); err != nil {
		return nil, err
	}
	master, source, err := f.master(home, o)
	if err != nil {
		return nil, err
	}
	defer master.Zero()
	if f.slot(Unprotected) == nil {
		_ = shred(o.fs(), home, unprotectedFile) // what a crash left while the home was being protected
	}
	return f.ring(home, &master, source, o)
}

// stands makes the ring's name durable before anything is sealed under its keys: who
// wrote it may have been ended before that was done.
func stands(home string, o Options) error {
	for _, dir := range []string{filepath.Dir(filepath.Join(home, filepath.FromSlash(ringName))), home} {
		if err := o.fs().SyncDir(dir); err != nil {
			return fmt.Errorf("open the key ring: %w", err)
		}
	}
	return nil
}

// name derives the key that names are computed with.
func (r *Ring) name() { *r.keys.key(placeNames) = r.keys.key(placeHome).Derive("names") }

// Key is the home's key for what the label says: "ledger", "index", "audit", "files". It
// stays the same for the home's life. A closed ring has none: asking it is a programming
// error, and panics rather than sealing under a key that nobody has.
func (r *Ring) Key(label string) seal.Key {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.readers == 0 {
		panic("access: a closed ring was asked for a key")
	}
	return r.keys.key(placeHome).Derive("key", label)
}

// Name is a name for a thing of a kind that cannot be computed without the key. A closed
// ring gives names that nothing has.
func (r *Ring) Name(kind, of string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.readers == 0 {
		k := seal.NewKey()
		return k.MAC(kind, of)
	}
	return r.keys.key(placeNames).MAC(kind, of)
}

// Wrap seals a study's key under the reader's; context is the name of the study's folder.
func (r *Ring) Wrap(study seal.Key, context string) ([]byte, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.readers == 0 {
		return nil, ErrLocked
	}
	return r.keys.key(placeReader).Seal(study[:], wrapped+context), nil
}

const wrapped = "study key "

// Unwrap is the study's key that Wrap sealed, under the reader's key of now or the one
// that is being replaced: *seal.DamageError, or ErrLocked of a closed ring.
func (r *Ring) Unwrap(box []byte, context string) (seal.Key, error) {
	k, _, err := r.unwrap(box, context)
	return k, err
}

// unwrap also tells which of the reader's keys opened it, 0 the one in use.
func (r *Ring) unwrap(box []byte, context string) (seal.Key, int, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	err := ErrLocked
	for i := range r.readers {
		var b []byte
		if b, err = r.keys.key(placeReader+i).Open(box, wrapped+context); err != nil {
			continue
		}
		defer clear(b)
		if len(b) != keySize {
			return seal.Key{}, i, fmt.Errorf("open study: %w", seal.ErrDamaged)
		}
		return seal.Key(b), i, nil
	}
	return seal.Key{}, 0, err
}

// Source is where the ring's secret came from.
func (r *Ring) Source() Source { return r.source }

// Close forgets all keys. Twice is once.
func (r *Ring) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.readers == 0 {
		return
	}
	r.keys.zero()
	r.readers = 0
	if r.use != nil {
		r.use.Close()
	}
}
