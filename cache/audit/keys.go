package audit

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/seal"
)

// makeBook makes a new, empty log in dir: whole, or not there.
func makeBook(d disk.FS, parent, dir string, key *seal.Key) error {
	id := make([]byte, 8)
	rand.Read(id)
	signer, verifier, err := note.GenerateKey(rand.Reader, "nocturne-audit-"+hex.EncodeToString(id))
	if err != nil {
		return err
	}
	tmp := filepath.Join(parent, "new")
	if err := d.RemoveAll(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := d.MkdirAll(filepath.Join(tmp, "keys")); err != nil {
		return err
	}
	box := key.Seal([]byte(signer+"\n"+verifier), signerContext)
	for name, b := range map[string][]byte{"signer": box, "records": []byte(magic)} {
		if err := create(d, filepath.Join(tmp, name), b); err != nil {
			return err
		}
	}
	for _, p := range []string{filepath.Join(tmp, "keys"), tmp} {
		if err := d.SyncDir(p); err != nil {
			return err
		}
	}
	if err := d.Rename(tmp, dir); err != nil {
		return err
	}
	return d.SyncDir(parent)
}

const signerContext = "audit signer"

func create(d disk.FS, path string, b []byte) error {
	f, err := d.Create(path)
	if err != nil {
		return err
	}
	return disk.Finish(f, b)
}

// readSigner opens the key of the log's heads.
func (b *book) readSigner() error {
	box, err := disk.ReadFile(b.fs, filepath.Join(b.dir, "signer"))
	if errors.Is(err, fs.ErrNotExist) {
		return &Tampered{Finding: KeyGone}
	}
	if err != nil {
		return err
	}
	plain, err := b.key.Open(box, signerContext)
	if err != nil {
		return &Tampered{Finding: KeyDamaged, err: err}
	}
	private, public, _ := strings.Cut(string(plain), "\n")
	if b.signer, err = note.NewSigner(private); err == nil {
		b.verifier, err = note.NewVerifier(public)
	}
	if err != nil {
		return &Tampered{Finding: KeyDamaged}
	}
	b.name = b.verifier.Name()
	return nil
}

// month is the key of a month's records, made where it is not and is to be. nil: it was
// erased, or is gone.
func (b *book) month(m int, make bool) (*seal.Key, error) {
	if k := b.months[m]; k != nil {
		return k, nil
	}
	path := b.monthFile(m)
	box, err := disk.ReadFile(b.fs, path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !make:
		return nil, nil
	case errors.Is(err, fs.ErrNotExist):
		return b.newMonth(m)
	case err == nil && make: // who made it may have been ended before its name was durable
		err = b.fs.SyncDir(filepath.Dir(path))
	}
	if err != nil {
		return nil, err
	}
	plain, err := b.key.Open(box, b.monthContext(m))
	if err != nil || len(plain) != len(seal.Key{}) {
		return nil, &Tampered{Finding: KeyDamaged, Month: m, err: err}
	}
	k := seal.Key(plain)
	b.months[m] = &k
	return &k, nil
}

// newMonth keeps a new key before the first record is sealed under it.
func (b *book) newMonth(m int) (*seal.Key, error) {
	k, path := seal.NewKey(), b.monthFile(m)
	if err := b.fs.MkdirAll(filepath.Dir(path)); err != nil {
		return nil, err
	}
	b.fs.Remove(path + ".new") // a crash left it, or nobody
	if err := disk.Replace(b.fs, path+".new", path, b.key.Seal(k[:], b.monthContext(m))); err != nil {
		return nil, err
	}
	b.months[m] = &k
	return &k, nil
}

func (b *book) monthFile(m int) string {
	return filepath.Join(b.dir, "keys", fmt.Sprintf("%04d-%02d", m/100, m%100))
}

func (b *book) monthContext(m int) string { return fmt.Sprintf("audit month %d of %s", m, b.name) }
