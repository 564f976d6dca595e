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
)

// The reader's key lies in a home as PKCS #8 in PEM (RFC 8410, RFC 7468), sealed.
const (
	signingName = "signing"
	signingOld  = "reader.ed25519"
	pemType     = "PRIVATE KEY"
)

// ReaderKey is the key that this home's reader signs with, made on first use. A file that
// others may read, that was not sealed here or that holds no such key is refused, never
// replaced.
func (r *Ring) ReaderKey() (ed25519.PrivateKey, error) {
	k := r.kept(signingName, signingOld)
	b, err := k.read()
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeKey(k); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, fmt.Errorf("make the reader's key: %w", err)
		}
		b, err = k.read() // whoever made it: two programs of one home have one key
	}
	if err != nil {
		return nil, fmt.Errorf("read the reader's key: %w", err)
	}
	defer clear(b)
	block, _ := pem.Decode(b)
	if block == nil || block.Type != pemType {
		return nil, errors.New("the reader's key is damaged: it is no PEM private key")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	key, ok := parsed.(ed25519.PrivateKey)
	if err != nil || !ok {
		return nil, errors.New("the reader's key is damaged: it is no Ed25519 key")
	}
	return key, nil
}

func makeKey(k kept) error {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return k.make(pem.EncodeToMemory(&pem.Block{Type: pemType, Bytes: der}))
}
