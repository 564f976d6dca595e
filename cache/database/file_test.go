package database

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/ncruces/go-sqlite3/util/vfsutil"

	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/seal"
)

var testKey = seal.Key{9, 1}

func sealedFile(log bool) (*file, *vfsutil.SliceFile) {
	beneath := &vfsutil.SliceFile{}
	return &file{File: beneath, cipher: cipherOf(testKey, log), log: log}, beneath
}

// sqlite.org/fileformat2.html 4.1: a head of 32 bytes, then frames of 24 bytes and a page.
func TestAPieceIsWhatSQLiteWritesInOneGo(t *testing.T) {
	for _, c := range []struct {
		log      bool
		off, at  int64
		sizeWant int
	}{
		{false, 0, 0, 4096}, {false, 4095, 0, 4096}, {false, 4096, 4096, 4096}, {false, 1 << 40, 1 << 40, 4096},
		{true, 0, 0, 32}, {true, 31, 0, 32}, {true, 32, 32, 24}, {true, 55, 32, 24}, {true, 56, 56, 4096}, {true, 56 + 4095, 56, 4096},
		{true, 56 + 4096, 56 + 4096, 24}, {true, 32 + 2*4120 + 24, 32 + 2*4120 + 24, 4096},
	} {
		if at, size := unit(c.log, c.off); at != c.at || size != c.sizeWant {
			t.Errorf("log %v, offset %d: piece of %d at %d", c.log, c.off, size, at)
		}
	}
}

// Whatever is written wherever, in pieces or over their borders, is read back as a plain
// file would, and nothing of it lies beneath.
func TestAnythingWrittenAnywhereIsReadBack(t *testing.T) {
	rnd := rand.New(rand.NewPCG(4, 2))
	for _, log := range []bool{false, true} {
		f, beneath := sealedFile(log)
		plain := make([]byte, 0, 1<<16)
		for range 200 {
			off := rnd.Int64N(int64(len(plain)) + 1)
			b := bytes.Repeat([]byte("a word about a patient. "), 400)[:1+rnd.IntN(9000)]
			if _, err := f.WriteAt(b, off); err != nil {
				t.Fatal(err)
			}
			if end := off + int64(len(b)); end > int64(len(plain)) {
				plain = append(plain, make([]byte, end-int64(len(plain)))...)
			}
			copy(plain[off:], b)
			got := make([]byte, len(plain))
			if _, err := f.ReadAt(got, 0); err != nil || !bytes.Equal(got, plain) {
				t.Fatalf("log %v: %d bytes at %d: %v", log, len(b), off, err)
			}
		}
		if bytes.Contains(*beneath, []byte("patient")) {
			t.Error("it lies there in plain")
		}
		if n, err := f.ReadAt(make([]byte, 10), 1<<20); n != 0 || err != io.EOF {
			t.Errorf("behind the end: %d, %v", n, err)
		}
	}
}

// One bit changed makes noise of its whole piece: that is what the sums rest on.
func TestAChangedBitMakesNoiseOfThePage(t *testing.T) {
	f, beneath := sealedFile(false)
	page := bytes.Repeat([]byte{0}, pageSize)
	if _, err := f.WriteAt(page, pageSize); err != nil {
		t.Fatal(err)
	}
	(*beneath)[pageSize+4000] ^= 1
	got := make([]byte, pageSize)
	if _, err := f.ReadAt(got, pageSize); err != nil {
		t.Fatal(err)
	}
	same := 0
	for _, b := range got {
		if b == 0 {
			same++
		}
	}
	if same > 60 { // 16 of 4,096 by chance; 60 has odds of less than one to 10^12
		t.Errorf("%d of %d bytes are as they were", same, pageSize)
	}
}

func TestEqualPagesDifferByPlaceAndFile(t *testing.T) {
	f, pages := sealedFile(false)
	log, frames := sealedFile(true)
	page := make([]byte, pageSize)
	for _, at := range []int64{0, pageSize} {
		if _, err := f.WriteAt(page, at); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := log.WriteAt(page, logHead+frameHead); err != nil {
		t.Fatal(err)
	}
	a, b, c := (*pages)[:pageSize], (*pages)[pageSize:], (*frames)[logHead+frameHead:]
	if bytes.Equal(a, b) || bytes.Equal(a, c) || bytes.Equal(b, c) {
		t.Error("equal pages look equal")
	}
}

// Whatever lies under the cipher in a log, reading it ends, and says that it is torn only
// where its head is a log's.
func FuzzLog(f *testing.F) {
	head := binary.BigEndian.AppendUint32(nil, logMagic)
	head = binary.BigEndian.AppendUint32(head, logFormat)
	head = binary.BigEndian.AppendUint32(head, pageSize)
	f.Add(append(head, make([]byte, 9000)...))
	f.Add([]byte("no log"))
	f.Fuzz(func(t *testing.T, plain []byte) {
		path := filepath.Join(t.TempDir(), "x-wal")
		log, beneath := sealedFile(true)
		if _, err := log.WriteAt(plain, 0); len(plain) > 0 && err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, *beneath, 0o600); err != nil {
			t.Fatal(err)
		}
		ours, torn, err := readLog(disk.OS, path, testKey)
		if err != nil || torn && !ours || ours && len(plain) < logHead {
			t.Errorf("ours %v, torn %v, %v", ours, torn, err)
		}
	})
}
