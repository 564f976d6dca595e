package seal

import (
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// A file: head (magic, version, salt), then chunks of ChunkSize bytes, each followed by
// its tag; the last one may be shorter, and is empty only where the file is.
const (
	magic    = "NCT"
	headSize = len(magic) + 1 + saltSize

	// ChunkSize is how much of a file is read and authenticated at once, in bytes.
	ChunkSize = 64 << 10
)

// stream seals or opens the chunks of one file: the key is the file's own, the nonce
// says which chunk it is and whether it is the last, and the head is authenticated with
// each.
type stream struct {
	aead cipher.AEAD
	head [headSize]byte
}

func newStream(k *Key, context string, head [headSize]byte) stream {
	own := derive(k, head[len(magic)+1:], "file", context)
	defer own.Zero()
	return stream{aead(&own), head}
}

func nonce(chunk int64, last bool) (n [12]byte) {
	binary.BigEndian.PutUint64(n[3:], uint64(chunk))
	if last {
		n[11] = 1
	}
	return n
}

// SealedSize is how long a file of n bytes is when it is sealed.
func SealedSize(n int64) int64 {
	return int64(headSize) + n + max(1, (n+ChunkSize-1)/ChunkSize)*tagSize
}

var errClosed = errors.New("the sealed file is closed")

// Writer seals what is written to it. What reached the writer below is a sealed file
// only after Close; it opens as damaged before.
type Writer struct {
	w      io.Writer
	s      stream
	chunk  int64
	plain  []byte // of the chunk begun; never leaves unsealed
	sealed []byte
	err    error
}

// NewWriter begins a sealed file with a key of its own, from k and a random salt. The
// context is what the file must be opened with again: its name.
func NewWriter(w io.Writer, k *Key, context string) (*Writer, error) {
	if k.None() {
		return nil, errors.New("seal file: there is no key")
	}
	var head [headSize]byte
	copy(head[:], magic)
	head[len(magic)] = version
	rand.Read(head[len(magic)+1:])
	return begin(w, newStream(k, context, head)), nil
}

func begin(w io.Writer, s stream) *Writer {
	return &Writer{w: w, s: s, sealed: append(make([]byte, 0, headSize+ChunkSize+tagSize), s.head[:]...)}
}

// Write implements io.Writer. A chunk is sealed when a byte beyond it comes: only then
// is it known not to be the last.
func (w *Writer) Write(p []byte) (n int, err error) {
	n = len(p)
	for len(p) > 0 && w.err == nil {
		switch {
		case len(w.plain) == ChunkSize:
			w.put(w.plain, false)
			w.plain = w.plain[:0]
		case len(w.plain) == 0 && len(p) > ChunkSize:
			w.put(p[:ChunkSize], false)
			p = p[ChunkSize:]
		default:
			m := min(len(p), ChunkSize-len(w.plain))
			w.plain = append(w.plain, p[:m]...)
			p = p[m:]
		}
	}
	if w.err != nil {
		return 0, w.err
	}
	return n, nil
}

// put seals a chunk and writes it, the head with the first.
func (w *Writer) put(plain []byte, last bool) {
	n := nonce(w.chunk, last)
	w.chunk++
	w.sealed = w.s.aead.Seal(w.sealed, n[:], plain, w.s.head[:])
	if _, err := w.w.Write(w.sealed); err != nil {
		w.err = fmt.Errorf("write sealed file: %w", err)
	}
	w.sealed = w.sealed[:0]
}

// Close seals the last chunk. It does not close the writer below.
func (w *Writer) Close() error {
	if w.err == nil {
		w.put(w.plain, true)
	}
	clear(w.plain[:cap(w.plain)])
	if err := w.err; err != nil {
		return err
	}
	w.err = errClosed
	return nil
}

// Write seals all of r; n is how many bytes of it. What stands in w is a sealed file
// only when it returns nil.
func Write(w io.Writer, k *Key, context string, r io.Reader) (n int64, err error) {
	s, err := NewWriter(w, k, context)
	if err != nil {
		return 0, err
	}
	n, err = io.Copy(s, r)
	if e := s.Close(); err == nil {
		err = e
	}
	return n, err
}

// File seals bytes as a file.
func File(k *Key, context string, plain []byte) ([]byte, error) {
	var out bytes.Buffer
	out.Grow(int(SealedSize(int64(len(plain)))))
	_, err := Write(&out, k, context, bytes.NewReader(plain))
	return out.Bytes(), err
}
