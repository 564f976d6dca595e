// Package databasetest lets SQLite work on a disk that fails (cache/disk/disktest), for
// tests only. Locks and the shared memory beside a database are the system's own: both
// are gone after a crash.
package databasetest

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strconv"
	"sync/atomic"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/util/vfsutil"
	"github.com/ncruces/go-sqlite3/vfs"

	"github.com/nocturne/nocturne/cache/disk/disktest"
)

var made atomic.Int64

// Register makes an SQLite VFS of a disk and returns the name to open it by; forget
// takes the name away. Several connections of one process may use it.
func Register(d *disktest.Disk) (name string, forget func()) {
	name = "failing" + strconv.FormatInt(made.Add(1), 10)
	vfs.Register(name, on{vfs.Find(""), d})
	return name, func() { vfs.Unregister(name) }
}

// on is the system's VFS, its bytes and names by way of the disk.
type on struct {
	vfs.VFS
	d *disktest.Disk
}

// Open implements vfs.VFS; SQLite asks OpenFilename.
func (v on) Open(string, vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	return nil, 0, sqlite3.CANTOPEN
}

// OpenFilename implements vfs.VFSFilename. What has no name is on no disk.
func (v on) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	if name == nil {
		return vfsutil.WrapOpenFilename(v.VFS, name, flags)
	}
	how := os.O_RDWR
	if flags&vfs.OPEN_READONLY != 0 {
		how = os.O_RDONLY
	}
	if flags&vfs.OPEN_CREATE != 0 {
		how |= os.O_CREATE
	}
	if flags&vfs.OPEN_EXCLUSIVE != 0 {
		how |= os.O_EXCL
	}
	f, err := v.d.OpenFile(name.String(), how)
	if err != nil {
		return nil, flags, code(err, sqlite3.CANTOPEN)
	}
	beneath, flags, err := vfsutil.WrapOpenFilename(v.VFS, name, flags&^vfs.OPEN_EXCLUSIVE)
	if err != nil {
		return nil, flags, errors.Join(err, f.Close())
	}
	return &file{beneath, f}, flags, nil
}

// Delete implements vfs.VFS.
func (v on) Delete(path string, syncDir bool) error {
	err := v.d.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return sqlite3.IOERR_DELETE_NOENT
	}
	if err == nil && syncDir {
		err = v.d.SyncDir(v.d.Dir())
	}
	return code(err, sqlite3.IOERR_DELETE)
}

// Access implements vfs.VFS.
func (v on) Access(path string, flags vfs.AccessFlag) (bool, error) {
	if _, err := v.d.Stat(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, sqlite3.IOERR_ACCESS
	}
	return v.VFS.Access(path, flags)
}

// code tells SQLite in its own words what the disk said.
func code(err error, otherwise error) error {
	switch {
	case err == nil:
		return nil
	case disktest.IsFull(err):
		return sqlite3.FULL
	}
	return otherwise
}

// file is a file of the system whose bytes go by way of the disk.
type file struct {
	vfs.File
	on *disktest.File
}

func (f *file) ReadAt(b []byte, off int64) (int, error) {
	n, err := f.on.ReadAt(b, off)
	if err != nil && err != io.EOF {
		return n, sqlite3.IOERR_READ
	}
	return n, err
}

func (f *file) WriteAt(b []byte, off int64) (int, error) {
	n, err := f.on.WriteAt(b, off)
	return n, code(err, sqlite3.IOERR_WRITE)
}

func (f *file) Truncate(size int64) error { return code(f.on.Truncate(size), sqlite3.IOERR_TRUNCATE) }

// Sync makes the bytes durable and not the file's name, though SQLite asks for both
// with a new log: the system's VFS (v0.33.1) syncs the file twice and the folder never.
func (f *file) Sync(vfs.SyncFlag) error { return code(f.on.Sync(), sqlite3.IOERR_FSYNC) }

func (f *file) Size() (int64, error) {
	info, err := f.on.Stat()
	if err != nil {
		return 0, sqlite3.IOERR_FSTAT
	}
	return info.Size(), nil
}

func (f *file) Close() error { return errors.Join(f.on.Close(), f.File.Close()) }

// What the file beneath can do besides and no bytes are written by, it does.

func (f *file) Unwrap() vfs.File                  { return f.File }
func (f *file) SharedMemory() vfs.SharedMemory    { return vfsutil.WrapSharedMemory(f.File) }
func (f *file) LockState() vfs.LockLevel          { return vfsutil.WrapLockState(f.File) }
func (f *file) PersistWAL() bool                  { return vfsutil.WrapPersistWAL(f.File) }
func (f *file) SetPersistWAL(keep bool)           { vfsutil.WrapSetPersistWAL(f.File, keep) }
func (f *file) PowersafeOverwrite() bool          { return vfsutil.WrapPowersafeOverwrite(f.File) }
func (f *file) SetPowersafeOverwrite(powers bool) { vfsutil.WrapSetPowersafeOverwrite(f.File, powers) }
func (f *file) HasMoved() (bool, error)           { return vfsutil.WrapHasMoved(f.File) }
