package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
)

const (
	version  = 1
	saltSize = 28
	tagSize  = 16 // of GCM

	// BoxOverhead is how much longer a box is than what is in it, in bytes.
	BoxOverhead = 1 + saltSize + tagSize
)

// DamageError says that sealed bytes are not what was sealed under this key in this
// context: changed, cut, moved from elsewhere, or sealed under another key. Which of
// these cannot be told. What names the part, and nothing of what it holds.
type DamageError struct{ What string }

// Error implements error.
func (e *DamageError) Error() string {
	return "sealed bytes are damaged or belong elsewhere (" + e.What + ")"
}

// Is makes every DamageError an ErrDamaged.
func (e *DamageError) Is(target error) bool { return target == ErrDamaged }

// ErrNoKey: the key was never set, or is forgotten.
var ErrNoKey = errors.New("there is no key")

// ErrDamaged is any *DamageError, for errors.Is.
var ErrDamaged = fmt.Errorf("sealed bytes are damaged")

// aead is AES-256-GCM.
func aead(k *Key) cipher.AEAD {
	b, err := aes.NewCipher(k[:])
	if err != nil {
		panic(fmt.Sprintf("seal: AES: %v", err)) // 32 bytes are a key length of AES
	}
	g, err := cipher.NewGCM(b)
	if err != nil {
		panic(fmt.Sprintf("seal: GCM: %v", err)) // AES has 128-bit blocks
	}
	return g
}

// Seal puts a small thing into a box that only this key opens, and only in the same
// context. Each box has a key of its own, from a random salt: any number of boxes may
// be made. It panics without a key, because a box that anybody opens is worse than
// none.
func (k *Key) Seal(plain []byte, context string) []byte {
	if k.None() {
		panic("seal: there is no key to seal under")
	}
	box := make([]byte, 1+saltSize, BoxOverhead+len(plain))
	box[0] = version
	rand.Read(box[1:])
	own := derive(k, box[1:], "box", context)
	defer own.Zero()
	return aead(&own).Seal(box, make([]byte, 12), plain, box)
}

// Open takes out what Seal put in. *DamageError: the box is not as it was sealed, or
// the key or the context is another.
func (k *Key) Open(box []byte, context string) ([]byte, error) {
	if k.None() || len(box) < BoxOverhead || box[0] != version {
		return nil, &DamageError{"box"}
	}
	head := box[:1+saltSize]
	own := derive(k, head[1:], "box", context)
	defer own.Zero()
	plain, err := aead(&own).Open(nil, make([]byte, 12), box[len(head):], head)
	if err != nil {
		return nil, &DamageError{"box"}
	}
	return plain, nil
}
