package seal

import (
	"errors"
	"fmt"
	"io"
	"sync"
)

// Reader reads a sealed file at any place. Only the chunks asked for are read, each is
// authenticated before a byte of it is given out. Several goroutines may use it at once.
//
// It holds one chunk opened, the one last read in part: small steps through a file
// open each chunk once.
type Reader struct {
	r      io.ReaderAt
	s      stream
	size   int64 // plain
	chunks int64

	mu    sync.Mutex
	at    int64            // guarded by mu: which chunk plain is
	plain []byte           // guarded by mu
	room  *[ChunkSize]byte // guarded by mu: what plain stands in; nil: nothing
}

var buffers = sync.Pool{New: func() any { return new([ChunkSize + tagSize]byte) }}

// plains are cleared: what Forget gives back.
var plains = sync.Pool{New: func() any { return new([ChunkSize]byte) }}

// NewReader opens a sealed file of size bytes in r. It reads the head and the last
// chunk, so that Size is authentic and a file cut anywhere is refused here.
// *DamageError: these are not as they were sealed, or key or context is another. ErrNoKey:
// nothing can be said of them.
func NewReader(r io.ReaderAt, size int64, k *Key, context string) (*Reader, error) {
	if k.None() {
		return nil, fmt.Errorf("read sealed file: %w", ErrNoKey)
	}
	body := size - int64(headSize)
	chunks := (body + ChunkSize + tagSize - 1) / (ChunkSize + tagSize)
	if body < tagSize || body-(chunks-1)*(ChunkSize+tagSize) < tagSize {
		return nil, &DamageError{"length"}
	}
	var head [headSize]byte
	if err := readFull(r, head[:], 0); err != nil {
		return nil, err
	}
	if string(head[:len(magic)]) != magic || head[len(magic)] != version {
		return nil, &DamageError{"head"}
	}
	s := &Reader{r: r, s: newStream(k, context, head), size: body - chunks*tagSize, chunks: chunks, at: -1}
	if chunks > 1 && s.length(chunks-1) == 0 {
		return nil, &DamageError{"length"} // no writer of ours ends so: one length has one form
	}
	if _, err := s.part(make([]byte, 1), chunks-1, 0); err != nil {
		return nil, err
	}
	return s, nil
}

// readFull is ReadAt of the whole of p; what is not there is damage.
func readFull(r io.ReaderAt, p []byte, off int64) error {
	n, err := r.ReadAt(p, off)
	if n == len(p) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		return &DamageError{"length"}
	}
	return fmt.Errorf("read sealed file: %w", err)
}

// Size is the length of what was sealed, in bytes.
func (s *Reader) Size() int64 { return s.size }

// length is how many plain bytes a chunk holds.
func (s *Reader) length(chunk int64) int { return int(min(ChunkSize, s.size-chunk*ChunkSize)) }

// ReadAt implements io.ReaderAt. *DamageError: a chunk is not as it was sealed; of it
// and of what follows nothing is given out.
func (s *Reader) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, errors.New("read sealed file: negative offset")
	}
	for n < len(p) && off+int64(n) < s.size {
		chunk, from := (off+int64(n))/ChunkSize, int((off+int64(n))%ChunkSize)
		m, err := s.step(p[n:], chunk, from)
		if err != nil {
			return n, err
		}
		n += m
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// step reads of one chunk what p has room for: a whole one straight into p.
func (s *Reader) step(p []byte, chunk int64, from int) (int, error) {
	whole := s.length(chunk)
	if from > 0 || len(p) < whole || s.holds(chunk) {
		return s.part(p, chunk, from)
	}
	return whole, s.open(p[:0:whole], chunk)
}

func (s *Reader) holds(chunk int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at == chunk
}

// open authenticates a chunk and puts its plain bytes behind dst, whose room for them
// is there.
func (s *Reader) open(dst []byte, chunk int64) error {
	buf := buffers.Get().(*[ChunkSize + tagSize]byte)
	defer buffers.Put(buf) // sealed bytes only: nothing to clear
	sealed := buf[:s.length(chunk)+tagSize]
	if err := readFull(s.r, sealed, int64(headSize)+chunk*(ChunkSize+tagSize)); err != nil {
		return err
	}
	n := nonce(chunk, chunk == s.chunks-1)
	if _, err := s.s.aead.Open(dst, n[:], sealed, s.s.head[:]); err != nil {
		return &DamageError{fmt.Sprintf("chunk %d of %d", chunk+1, s.chunks)}
	}
	return nil
}

// part copies what p asks of a chunk, which it keeps for the next step.
func (s *Reader) part(p []byte, chunk int64, from int) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.at != chunk {
		whole := s.length(chunk)
		if s.room == nil {
			s.room = plains.Get().(*[ChunkSize]byte)
		}
		s.at = -1
		if err := s.open(s.room[:0:whole], chunk); err != nil {
			return 0, err
		}
		s.at, s.plain = chunk, s.room[:whole]
	}
	return copy(p, s.plain[from:]), nil
}

// Forget clears what the reader holds opened; it may be used again.
func (s *Reader) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.room != nil {
		clear(s.room[:])
		plains.Put(s.room)
	}
	s.at, s.plain, s.room = -1, nil, nil
}

// ReadAll opens a whole file. The same errors as NewReader and ReadAt.
func ReadAll(r io.ReaderAt, size int64, k *Key, context string) ([]byte, error) {
	s, err := NewReader(r, size, k, context)
	if err != nil {
		return nil, err
	}
	defer s.Forget()
	b := make([]byte, s.size)
	if _, err := s.ReadAt(b, 0); err != nil {
		clear(b)
		return nil, err
	}
	return b, nil
}
