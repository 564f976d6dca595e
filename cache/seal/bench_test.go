package seal_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/crypto/chacha20poly1305"

	"github.com/nocturne/nocturne/cache/seal"
)

// BenchmarkAEAD64KiB is the measurement the cipher was chosen by: opening one chunk.
func BenchmarkAEAD64KiB(b *testing.B) {
	key := make([]byte, 32)
	block, err := aes.NewCipher(key)
	if err != nil {
		b.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		b.Fatal(err)
	}
	chacha, err := chacha20poly1305.NewX(key)
	if err != nil {
		b.Fatal(err)
	}
	for _, a := range []struct {
		name string
		cipher.AEAD
	}{{"AES-256-GCM", gcm}, {"XChaCha20-Poly1305", chacha}} {
		b.Run(a.name, func(b *testing.B) {
			nonce := make([]byte, a.NonceSize())
			box := a.Seal(nil, nonce, random(seal.ChunkSize), nil)
			out := make([]byte, seal.ChunkSize)
			b.SetBytes(seal.ChunkSize)
			for b.Loop() {
				if _, err := a.Open(out[:0], nonce, box, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSealedRead300x512 reads 300 sealed slices of 512×512 16-bit pixels whole
// (157 MB) from a warm page cache. The bar is 150 ms on one core:
//
//	go test ./cache/seal -run '^$' -bench SealedRead -cpu 1
func BenchmarkSealedRead300x512(b *testing.B) {
	const slices, size = 300, 512*512*2 + 1800
	dir, k := b.TempDir(), seal.NewKey()
	plain := random(size)
	name := func(i int) string { return filepath.Join(dir, fmt.Sprint(i)) }
	for i := range slices {
		if err := os.WriteFile(name(i), sealed(b, &k, fmt.Sprint(i), plain), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	read := func(b *testing.B, one func(i int, f *os.File, size int64) error) {
		b.SetBytes(slices * size)
		for b.Loop() {
			for i := range slices {
				f, err := os.Open(name(i))
				if err != nil {
					b.Fatal(err)
				}
				info, err := f.Stat()
				if err == nil {
					err = one(i, f, info.Size())
				}
				f.Close()
				if err != nil {
					b.Fatal(err)
				}
			}
		}
	}
	buf := make([]byte, size+1000) // a loader reads into memory it has
	b.Run("sealed", func(b *testing.B) {
		read(b, func(i int, f *os.File, size int64) error {
			r, err := seal.NewReader(f, size, &k, fmt.Sprint(i))
			if err != nil {
				return err
			}
			_, err = r.ReadAt(buf[:r.Size()], 0)
			return err
		})
	})
	b.Run("plain", func(b *testing.B) {
		read(b, func(i int, f *os.File, size int64) error {
			_, err := f.ReadAt(buf[:size], 0)
			return err
		})
	})
}

// BenchmarkSealedWrite526KB is what sealing adds to keeping one slice.
func BenchmarkSealedWrite526KB(b *testing.B) {
	k, plain := seal.NewKey(), random(526<<10)
	b.SetBytes(int64(len(plain)))
	for b.Loop() {
		if _, err := seal.Write(io.Discard, &k, "name", bytes.NewReader(plain)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBox350 seals and opens a record of a list.
func BenchmarkBox350(b *testing.B) {
	k, plain := seal.NewKey(), random(350)
	for b.Loop() {
		if _, err := k.Open(k.Seal(plain, "record"), "record"); err != nil {
			b.Fatal(err)
		}
	}
}
