package database

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/ncruces/go-sqlite3"

	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/seal"
)

// ErrNoKey says that there is no key to open the file with: the home is locked.
var ErrNoKey = errors.New("there is no key: unlock the home first")

// ErrInUse says that a plain database cannot be sealed while an older program has it open.
var ErrInUse = errors.New("an older nocturne works in this home: end it first")

// DamageError says that a database is not as it was written, is gone, or was written
// under another key. Nothing was changed, and nothing was made in its place.
type DamageError struct {
	What string // "ledger", "index"
	Gone bool   // there is no file at all, where there was one
}

// Error implements error.
func (e *DamageError) Error() string {
	if e.Gone {
		return fmt.Sprintf("the %s of this home is gone: put it back from a backup; nothing was changed", e.What)
	}
	return fmt.Sprintf("the %s of this home cannot be read: it is damaged, or belongs to another home; put it back from a backup; nothing was changed", e.What)
}

// Named turns what SQLite says of pages that are not as they were written into
// *DamageError, and leaves every other error as it is.
func Named(what string, err error) error {
	var known *DamageError
	if err == nil || errors.As(err, &known) {
		return err
	}
	if errors.Is(err, sqlite3.NOTADB) || errors.Is(err, sqlite3.CORRUPT) || errors.Is(err, sqlite3.IOERR_DATA) {
		return &DamageError{What: what}
	}
	return err
}

// State is what a file looks like before SQLite sees it.
type State int

// Only Sealed can be opened, and Missing be made.
const (
	Missing State = iota
	Empty         // no bytes: made, and never written
	Plain         // SQLite's, not sealed
	Sealed        // under this key
	Torn          // so too, but what it was told last cannot all be read
	Foreign       // damaged, or under another key
)

// Recognise tells what a file is by its first page, or, where a crash tore that one, by
// its log: whose head shows the key, and which holds the page anew.
func Recognise(on disk.FS, path string, key seal.Key) (State, error) {
	head, size, err := start(on, path, pageSize)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Missing, nil
	case err != nil:
		return Missing, err
	case size == 0:
		return Empty, nil
	case bytes.HasPrefix(head, []byte(databaseTag)):
		return Plain, nil
	}
	ours, torn, err := readLog(on, path+"-wal", key)
	switch {
	case err != nil:
		return Missing, err
	case torn:
		return Torn, nil
	case ours || firstPage(head, key):
		return Sealed, nil
	}
	return Foreign, nil
}

// firstPage reports whether the head of a file is a first page under the key.
func firstPage(head []byte, key seal.Key) bool {
	if len(head) < pageSize {
		return false
	}
	p := cipherOf(key, false).Decrypt(bytes.Clone(head), make([]byte, 8))
	return bytes.HasPrefix(p, []byte(databaseTag)) && binary.BigEndian.Uint16(p[16:]) == pageSize && p[20] == reserve
}

// start reads up to n bytes from the beginning of a file.
func start(on disk.FS, path string, n int) (head []byte, size int64, err error) {
	f, err := on.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	head = make([]byte, min(int64(n), info.Size()))
	if _, err := io.ReadFull(f, head); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && err != io.EOF {
		return nil, 0, err
	}
	return head, info.Size(), nil
}
