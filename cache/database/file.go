package database

import (
	"encoding/binary"
	"io"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/util/vfsutil"
	"github.com/ncruces/go-sqlite3/vfs"
	"lukechampine.com/adiantum/hbsh"

	"github.com/nocturne/nocturne/cache/disk"
)

// Sizes of SQLite's files (sqlite.org/fileformat2.html).
const (
	pageSize    = 4096
	logHead     = 32 // of a write-ahead log
	frameHead   = 24 // of one frame of it
	frameSize   = frameHead + pageSize
	reserve     = 8 // at the end of a page: its sum
	databaseTag = "SQLite format 3\x00"
)

// file enciphers one file. Like any SQLite file it is used by one goroutine at a time.
type file struct {
	vfs.File
	cipher *hbsh.HBSH
	log    bool
	named  func() error // makes the name of a file that may be new durable; nil: it is
	block  [pageSize]byte
	tweak  [8]byte
}

// unit is the piece that is enciphered as one around an offset. A log's pieces are what
// SQLite writes in one go, so that writing one never touches another that is committed:
// a block over a border would be torn for another process that reads it meanwhile.
func unit(log bool, off int64) (at int64, size int) {
	if !log {
		return off &^ (pageSize - 1), pageSize
	}
	if off < logHead {
		return 0, logHead
	}
	at = logHead + (off-logHead)/frameSize*frameSize
	if off < at+frameHead {
		return at, frameHead
	}
	return at + frameHead, pageSize
}

// load deciphers a piece into f.block; io.EOF where the file ends before or in it.
func (f *file) load(at int64, size int) ([]byte, error) {
	b := f.block[:size]
	n, err := f.File.ReadAt(b, at)
	if n < size {
		if err == nil {
			err = io.EOF
		}
		return nil, err
	}
	return f.cipher.Decrypt(b, f.at(at)), nil
}

func (f *file) at(off int64) []byte {
	binary.LittleEndian.PutUint64(f.tweak[:], uint64(off))
	return f.tweak[:]
}

// ReadAt implements vfs.File.
func (f *file) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) {
		at, size := unit(f.log, off+int64(n))
		b, err := f.load(at, size)
		if err != nil {
			return n, err
		}
		n += copy(p[n:], b[off+int64(n)-at:])
	}
	return n, nil
}

// WriteAt implements vfs.File. Of a piece that is written in part the rest stays.
func (f *file) WriteAt(p []byte, off int64) (n int, err error) {
	for n < len(p) {
		at, size := unit(f.log, off+int64(n))
		b, skip := f.block[:size], off+int64(n)-at
		if skip > 0 || len(p)-n < size {
			if _, err := f.load(at, size); err == io.EOF {
				clear(b) // the file ends here
			} else if err != nil {
				return n, err
			}
		}
		k := copy(b[skip:], p[n:])
		f.cipher.Encrypt(b, f.at(at))
		if _, err := f.File.WriteAt(b, at); disk.Full(err) {
			return n, sqlite3.FULL // the VFS beneath calls it an I/O error
		} else if err != nil {
			return n, err
		}
		n += k
	}
	return n, nil
}

// pages rounds a size up to whole pages; a log has none.
func (f *file) pages(size int64) int64 {
	if f.log {
		return size
	}
	return (size + pageSize - 1) &^ (pageSize - 1)
}

// Truncate implements vfs.File.
func (f *file) Truncate(size int64) error { return f.File.Truncate(f.pages(size)) }

// Sync implements vfs.File. The first one makes the file's name durable too: a log that
// nobody finds after a crash holds nothing (the VFS beneath does not see to it).
func (f *file) Sync(how vfs.SyncFlag) error {
	err := f.File.Sync(how)
	if err != nil || f.named == nil {
		return err
	}
	if err := f.named(); err != nil {
		return sqlite3.IOERR_DIR_FSYNC
	}
	f.named = nil
	return nil
}

// SectorSize implements vfs.File: nothing smaller than a page is written.
func (f *file) SectorSize() int { return max(pageSize, f.File.SectorSize()) }

// DeviceCharacteristics implements vfs.File: those beneath that hold for whole pages.
func (f *file) DeviceCharacteristics() vfs.DeviceCharacteristic {
	return f.File.DeviceCharacteristics() & (vfs.IOCAP_ATOMIC4K | vfs.IOCAP_IMMUTABLE | vfs.IOCAP_SEQUENTIAL |
		vfs.IOCAP_BATCH_ATOMIC | vfs.IOCAP_UNDELETABLE_WHEN_OPEN | vfs.IOCAP_POWERSAFE_OVERWRITE)
}

// What the file beneath can do besides, it does.

func (f *file) Unwrap() vfs.File                { return f.File }
func (f *file) SharedMemory() vfs.SharedMemory  { return vfsutil.WrapSharedMemory(f.File) }
func (f *file) LockState() vfs.LockLevel        { return vfsutil.WrapLockState(f.File) }
func (f *file) PersistWAL() bool                { return vfsutil.WrapPersistWAL(f.File) }
func (f *file) SetPersistWAL(keep bool)         { vfsutil.WrapSetPersistWAL(f.File, keep) }
func (f *file) HasMoved() (bool, error)         { return vfsutil.WrapHasMoved(f.File) }
func (f *file) Overwrite() error                { return vfsutil.WrapOverwrite(f.File) }
func (f *file) SyncSuper(super string) error    { return vfsutil.WrapSyncSuper(f.File, super) }
func (f *file) CommitPhaseTwo() error           { return vfsutil.WrapCommitPhaseTwo(f.File) }
func (f *file) BeginAtomicWrite() error         { return vfsutil.WrapBeginAtomicWrite(f.File) }
func (f *file) CommitAtomicWrite() error        { return vfsutil.WrapCommitAtomicWrite(f.File) }
func (f *file) RollbackAtomicWrite() error      { return vfsutil.WrapRollbackAtomicWrite(f.File) }
func (f *file) CheckpointStart()                { vfsutil.WrapCheckpointStart(f.File) }
func (f *file) CheckpointDone()                 { vfsutil.WrapCheckpointDone(f.File) }
func (f *file) BusyHandler(handler func() bool) { vfsutil.WrapBusyHandler(f.File, handler) }
func (f *file) ChunkSize(size int)              { vfsutil.WrapChunkSize(f.File, int(f.pages(int64(size)))) }
func (f *file) SizeHint(size int64) error       { return vfsutil.WrapSizeHint(f.File, f.pages(size)) }
