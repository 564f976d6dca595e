// Package access is who sits here: the ring of keys that all that a home holds is sealed
// under, where the secret that opens it comes from, and what proves who its reader is: the
// key that reports are signed with, the PIN, logins at sites.
package access

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// KeyFile is where the reader's key lies in a home: PKCS #8 as PEM (RFC 8410, RFC 7468),
// mode 0600.
const KeyFile = "keys/reader.ed25519"

const pemType = "PRIVATE KEY"

// ReaderKey is the key that this home's reader signs with, made on first use. A file that
// others may read or that holds no such key is refused, never replaced.
func ReaderKey(home string) (ed25519.PrivateKey, error) {
	path := filepath.Join(home, filepath.FromSlash(KeyFile))
	key, err := readKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := makeKey(path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("make the reader's key: %w", err)
	}
	return readKey(path) // whoever made it: two programs of one home have one key
}

func readKey(path string) (ed25519.PrivateKey, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read the reader's key: %w", err)
	}
	if !private(info) {
		return nil, fmt.Errorf("the reader's key can be read by others: chmod 600 %s", KeyFile)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the reader's key: %w", err)
	}
	block, _ := pem.Decode(b)
	if block == nil || block.Type != pemType {
		return nil, errors.New("the reader's key is damaged: " + KeyFile + " holds no PEM private key")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	key, ok := parsed.(ed25519.PrivateKey)
	if err != nil || !ok {
		return nil, errors.New("the reader's key is damaged: " + KeyFile + " holds no Ed25519 key")
	}
	return key, nil
}

// makeKey writes a new key beside its place and links it there: the file is whole from
// its first moment, and never takes the place of another.
func makeKey(path string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, "reader-*.part")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err := errors.Join(f.Chmod(0o600), pem.Encode(f, &pem.Block{Type: pemType, Bytes: der}), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Link(f.Name(), path)
}
