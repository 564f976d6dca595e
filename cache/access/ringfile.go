package access

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/seal"
)

// Files of the ring in a home, mode 0600.
const (
	ringName        = "keys/ring"
	unprotectedFile = "keys/unprotected"
)

const ringForm = "nocturne key ring 1"

// mostRing bounds what is read of a ring, in bytes.
const mostRing = 64 << 10

var errRing = errors.New("the key ring is damaged: " + ringName)

// ringFile is keys/ring. Its body, the home's key and the reader's, is sealed under a
// master key; each slot holds that master key once more, sealed under the secret that one
// source gives. Nothing in it is of use without one of the secrets.
type ringFile struct {
	Form  string `json:"form"`
	Home  string `json:"home"` // 128 random bits: the home's name in a keychain
	Slots []slot `json:"slots"`
	Body  []byte `json:"body"`
}

type slot struct {
	Source   Source `json:"source"`
	Argon2id *cost  `json:"argon2id,omitempty"` // of a passphrase
	Box      []byte `json:"box"`
}

func (f *ringFile) slot(s Source) *slot {
	for i := range f.Slots {
		if f.Slots[i].Source == s {
			return &f.Slots[i]
		}
	}
	return nil
}

// put sets the slot of a source: master sealed under secret.
func (f *ringFile) put(s Source, c *cost, secret, master *seal.Key) {
	f.drop(s)
	f.Slots = append(f.Slots, slot{Source: s, Argon2id: c, Box: secret.Seal(master[:], "slot "+string(s)+" "+f.Home)})
}

func (f *ringFile) drop(s Source) {
	f.Slots = slices.DeleteFunc(f.Slots, func(x slot) bool { return x.Source == s })
}

// unseal opens a slot.
func (f *ringFile) unseal(s *slot, secret *seal.Key) (seal.Key, error) {
	b, err := secret.Open(s.Box, "slot "+string(s.Source)+" "+f.Home)
	if err != nil || len(b) != keySize {
		return seal.Key{}, errRing
	}
	defer clear(b)
	return seal.Key(b), nil
}

// fill seals the keys of a ring in the body: the home's, then the reader's.
func (f *ringFile) fill(master *seal.Key, keys ...*seal.Key) {
	plain := make([]byte, 0, len(keys)*keySize)
	for _, k := range keys {
		plain = append(plain, k[:]...)
	}
	f.Body = master.Seal(plain, "ring "+f.Home)
	clear(plain)
}

// ring opens the body.
func (f *ringFile) ring(home string, master *seal.Key, source Source, o Options) (*Ring, error) {
	plain, err := master.Open(f.Body, "ring "+f.Home)
	readers := len(plain)/keySize - 1
	if err != nil || len(plain)%keySize != 0 || readers < 1 || readers > mostReaders {
		return nil, errRing
	}
	defer clear(plain)
	r := &Ring{home: home, id: f.Home, source: source, fs: o.fs(), keys: newVault(), readers: readers}
	copy(r.keys.key(placeHome)[:], plain)
	for i := range readers {
		copy(r.keys.key(placeReader + i)[:], plain[(1+i)*keySize:])
	}
	r.name()
	return r, nil
}

// ringAt reads the home's ring, made first where there is none.
func ringAt(home string, o Options) (*ringFile, error) {
	f, err := readRing(o.fs(), home)
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	done, err := lockWriting(o.fs(), home)
	if err != nil {
		return nil, err
	}
	defer done()
	if f, err = readRing(o.fs(), home); errors.Is(err, fs.ErrNotExist) {
		if f, err = makeRing(home, o); err != nil {
			return nil, fmt.Errorf("make the key ring: %w", err)
		}
	}
	return f, err
}

// makeRing makes new keys. The secret is on the disk before the ring that needs it.
func makeRing(home string, o Options) (*ringFile, error) {
	id := make([]byte, 16)
	if _, err := rand.Read(id); err != nil {
		return nil, err
	}
	f := &ringFile{Form: ringForm, Home: hex.EncodeToString(id)}
	master, homeKey, reader := seal.NewKey(), seal.NewKey(), seal.NewKey()
	f.fill(&master, &homeKey, &reader)
	p, err := o.New, error(nil)
	if path := o.passphraseFile(); p == "" && path != "" {
		p, err = passphraseFile(path)
	}
	switch {
	case err != nil:
	case p != "":
		err = f.protect(p, &master)
	default:
		err = f.leaveOpen(home, &master, o)
	}
	if err == nil {
		err = f.write(home, o)
	}
	if err == nil {
		err = o.fs().SyncDir(home) // the name of keys/ itself
		_ = o.fs().SyncDir(filepath.Dir(home))
	}
	return f, err
}

// leaveOpen writes keys/unprotected and its slot.
func (f *ringFile) leaveOpen(home string, master *seal.Key, o Options) error {
	secret := seal.NewKey()
	text, err := secret.MarshalText()
	if err != nil {
		return err
	}
	f.put(Unprotected, nil, &secret, master)
	return replaceOurs(o.fs(), home, unprotectedFile, append(text, '\n'))
}

func (f *ringFile) write(home string, o Options) error {
	return replaceOurs(o.fs(), home, ringName, f.json())
}

func (f *ringFile) json() []byte {
	b, _ := json.MarshalIndent(f, "", " ") // nothing in it can fail
	return append(b, '\n')
}

func readRing(d disk.FS, home string) (*ringFile, error) {
	b, err := readOurs(d, home, ringName)
	if err != nil {
		return nil, err
	}
	return parseRing(b)
}

// parseRing reads a ring file, which may be anybody's bytes.
func parseRing(b []byte) (*ringFile, error) {
	f := &ringFile{}
	if len(b) > mostRing || json.Unmarshal(b, f) != nil || f.Form != ringForm || len(f.Slots) == 0 || len(f.Slots) > 8 {
		return nil, errRing
	}
	if id, err := hex.DecodeString(f.Home); err != nil || len(id) != 16 {
		return nil, errRing
	}
	return f, nil
}

// readOurs reads a file of the home that nobody else may read.
func readOurs(d disk.FS, home, name string) ([]byte, error) {
	path := filepath.Join(home, filepath.FromSlash(name))
	info, err := d.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if !private(info) {
		return nil, fmt.Errorf("%s can be read by others: chmod 600 %s", name, name)
	}
	if info.Size() > mostRing {
		return nil, fmt.Errorf("%s is damaged", name)
	}
	b, err := disk.ReadFile(d, path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return b, nil
}

// replaceOurs writes a whole file of the home in its place; nil: it is durable.
func replaceOurs(d disk.FS, home, name string, b []byte) error {
	path := filepath.Join(home, filepath.FromSlash(name))
	if err := d.MkdirAll(filepath.Dir(path)); err != nil {
		return err
	}
	return disk.Replace(d, path+"-"+rand.Text()+".part", path, b)
}
