package database

import (
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"time"

	"lukechampine.com/adiantum/hbsh"

	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/seal"
)

// A write-ahead log (sqlite.org/fileformat2.html, 4.2) is a head and frames, each with a
// sum over all before it. SQLite takes it up to the first frame whose sum is wrong: the
// end that a crash left. Where the disk or somebody spoiled a frame in its midst, it
// would drop what was committed after it, in silence. With synchronous=FULL a frame
// behind a commit proves that this commit was on the disk: so a wrong frame with a
// commit and another frame behind it is no crash.

// readLog reports whether a log's head is readable under the key, and whether the log is
// torn in its midst. Another process may be writing it: what is torn only for a moment
// is not.
func readLog(on disk.FS, path string, key seal.Key) (ours, torn bool, err error) {
	var last int64
	for range 3 {
		r := logReader{cipher: cipherOf(key, true)}
		if err := r.open(on, path); err != nil || !r.ours {
			return false, false, err
		}
		at := r.tear()
		r.f.Close()
		if at == 0 || last != 0 && at != last {
			return true, false, nil
		}
		last = at
		time.Sleep(10 * time.Millisecond)
	}
	return true, true, nil
}

type logReader struct {
	f      disk.File
	cipher *hbsh.HBSH
	ours   bool
	order  binary.ByteOrder // of the sums
	salt   uint64
	sum    [2]uint32
	block  [pageSize]byte
}

// Marks of a log's head: the magic number with the order of its sums, and the format.
const (
	logMagic  = 0x377f0682
	logFormat = 3007000
)

// open reads the head; a log that is not there, or has none that can be read, is not ours.
func (r *logReader) open(on disk.FS, path string) error {
	f, err := on.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	h, ok := r.load(f, 0, logHead)
	if !ok || binary.BigEndian.Uint32(h)&^1 != logMagic || binary.BigEndian.Uint32(h[4:]) != logFormat || binary.BigEndian.Uint32(h[8:]) != pageSize {
		f.Close()
		return nil
	}
	r.f, r.order = f, binary.LittleEndian
	if h[3]&1 == 1 {
		r.order = binary.BigEndian
	}
	r.salt = binary.BigEndian.Uint64(h[16:])
	r.add(h[:24])
	r.ours = r.says(h[24:])
	if !r.ours {
		f.Close()
	}
	return nil
}

// tear is where the first wrong frame lies that a commit follows, and that one a frame
// that was written after it, as its sum shows; 0: there is none. What a crash or an error
// left behind the end does not follow on what was written over its beginning later.
func (r *logReader) tear() int64 {
	wrong, committed := int64(0), false // the frame before is a commit, at the wrong one or behind it
	for at := int64(logHead); ; at += frameSize {
		head, ours, whole := r.frame(at)
		switch follows := ours && r.says(head[16:]); {
		case !whole:
			return 0
		case wrong == 0 && !follows:
			wrong = at
		case wrong != 0 && follows && committed:
			return wrong
		}
		committed = wrong != 0 && ours && binary.BigEndian.Uint32(head[4:]) != 0
		r.sum = [2]uint32{binary.BigEndian.Uint32(head[16:]), binary.BigEndian.Uint32(head[20:])}
	}
}

// frame adds a frame to the sum that the one before it has.
func (r *logReader) frame(at int64) (head [frameHead]byte, ours, whole bool) {
	b, ok := r.load(r.f, at, frameHead)
	if !ok {
		return head, false, false
	}
	copy(head[:], b)
	page, ok := r.load(r.f, at+frameHead, pageSize)
	if !ok {
		return head, false, false
	}
	r.add(head[:8])
	r.add(page)
	return head, binary.BigEndian.Uint64(head[8:]) == r.salt, true
}

// add is SQLite's sum over 32-bit words.
func (r *logReader) add(b []byte) {
	for ; len(b) >= 8; b = b[8:] {
		r.sum[0] += r.order.Uint32(b) + r.sum[1]
		r.sum[1] += r.order.Uint32(b[4:]) + r.sum[0]
	}
}

func (r *logReader) says(b []byte) bool {
	return binary.BigEndian.Uint32(b) == r.sum[0] && binary.BigEndian.Uint32(b[4:]) == r.sum[1]
}

func (r *logReader) load(f io.ReaderAt, at int64, size int) ([]byte, bool) {
	b := r.block[:size]
	if n, _ := f.ReadAt(b, at); n < size {
		return nil, false
	}
	return r.cipher.Decrypt(b, binary.LittleEndian.AppendUint64(nil, uint64(at))), true
}
