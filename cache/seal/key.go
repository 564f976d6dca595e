// Package seal keeps bytes from whoever has the disk and not the key, and notices
// every byte that is not as it was sealed. It knows nothing of DICOM.
//
// A Key seals small boxes (Seal, Open), makes names that tell nothing (MAC), makes
// other keys (Derive) and seals files of any length that are read at any place (Write,
// NewReader). The bytes are described, with what this keeps from whom, in FORMAT.md.
// Everything is of the standard library: HKDF-SHA256 (RFC 5869), HMAC-SHA256
// (RFC 2104), AES-256-GCM (SP 800-38D) in the STREAM construction (Hoang, Reyhanitabar,
// Rogaway, Vizár 2015).
package seal

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// Key is a secret of 256 bits. It prints as "seal.Key" by every verb. The zero Key is
// no key: it seals nothing and opens nothing.
type Key [32]byte

// NewKey is a new random key.
func NewKey() Key {
	var k Key
	rand.Read(k[:]) // never fails: crypto/rand ends the program instead
	return k
}

// Zero forgets the key.
func (k *Key) Zero() { clear(k[:]) }

// None reports whether there is no key: it was never set, or is forgotten.
func (k *Key) None() bool {
	var zero Key
	return k == nil || subtle.ConstantTimeCompare(k[:], zero[:]) == 1
}

// Derive makes the key for one use out of this one: the same for the same label and
// context, and nothing about this key or another use can be told from it. Of no key
// comes no key.
func (k *Key) Derive(label string, context ...string) Key {
	if k.None() {
		return Key{}
	}
	return derive(k, nil, "key", append([]string{label}, context...)...)
}

// derive is HKDF-SHA256 with the info of FORMAT.md.
func derive(k *Key, salt []byte, kind string, parts ...string) (out Key) {
	b, err := hkdf.Key(sha256.New, k[:], salt, info(kind, parts...), len(out))
	if err != nil {
		panic(fmt.Sprintf("seal: HKDF of 32 bytes: %v", err)) // only lengths over 255 hashes are refused
	}
	copy(out[:], b)
	clear(b)
	return out
}

// info joins strings so that no two lists of strings give the same one.
func info(kind string, parts ...string) string {
	b := []byte("nocturne seal v1 " + kind)
	for _, p := range parts {
		b = binary.BigEndian.AppendUint32(b, uint32(len(p)))
		b = append(b, p...)
	}
	return string(b)
}

// MAC names something: 64 hexadecimal digits, the same for the same label and text,
// which nobody can compute or check without the key. Without a key they are random:
// a name that is found nowhere and tells nothing.
func (k *Key) MAC(label, of string) string {
	var name Key
	if k.None() {
		name = NewKey()
	} else {
		name = derive(k, nil, "name", label)
	}
	h := hmac.New(sha256.New, name[:])
	name.Zero()
	io.WriteString(h, of)
	return hex.EncodeToString(h.Sum(nil))
}

// Format implements fmt.Formatter: a key is never printed.
func (k Key) Format(f fmt.State, _ rune) { io.WriteString(f, "seal.Key") }

// LogValue implements slog.LogValuer: a key is never logged.
func (k Key) LogValue() slog.Value { return slog.StringValue("seal.Key") }

// MarshalText gives the key in base64, for the pipe to another process of ours and for
// nothing else.
func (k Key) MarshalText() ([]byte, error) {
	return base64.StdEncoding.AppendEncode(nil, k[:]), nil
}

var errNoKey = errors.New("these are no 32 bytes in base64")

// UnmarshalText takes what MarshalText gave.
func (k *Key) UnmarshalText(text []byte) error {
	var b [33]byte // one more than a key: a longer one is noticed
	if base64.StdEncoding.DecodedLen(len(text)) > len(b) {
		return errNoKey
	}
	n, err := base64.StdEncoding.Strict().Decode(b[:], text)
	if err != nil || n != len(k) {
		return errNoKey
	}
	copy(k[:], b[:])
	clear(b[:])
	return nil
}
