// Package disktest is a disk that fails. It is for tests only: a Disk is a folder whose
// every operation is written down, so that one of them can be made to go wrong, and so
// that after a crash the folder can be had as a machine finds it when power came back.
//
// What is durable is what the standard promises and no more (POSIX fsync; Pillai et al.,
// "All File Systems Are Not Created Equal", OSDI 2014):
//
//   - File.Sync makes what was written to a file durable, not its name;
//   - FS.SyncDir makes the names in a folder durable, not what the files hold;
//   - a rename happens whole or not at all, and is durable with either of its folders;
//   - whatever else was done since may be lost, kept, or kept in part, in any order;
//   - what a failed Sync should have written stays unsafe, whatever a later one says.
package disktest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Disk is a disk.FS over a folder. It may be used by several goroutines. What is done in
// the folder by other ways than the Disk is not there after a crash.
type Disk struct {
	dir string

	mu    sync.Mutex // guards all below
	root  *inode
	log   []*change
	fault fault
	seen  [classes]int
}

// errDown is what every operation gives once the power is gone.
var errDown = errors.New("the power is gone")

// newDisk fills a folder with an image, all of it durable.
func newDisk(dir string, im Image) (*Disk, error) {
	d := &Disk{dir: dir, root: folder()}
	for _, path := range im.paths() {
		b, isFile := im[path].([]byte)
		at := filepath.Join(dir, path)
		parent, name := d.root.parentOf(path)
		if !isFile {
			if err := os.MkdirAll(at, 0o700); err != nil {
				return nil, err
			}
			parent.names[name] = folder()
			continue
		}
		if err := os.WriteFile(at, b, 0o600); err != nil {
			return nil, err
		}
		parent.names[name] = &inode{data: b}
	}
	d.root.begin()
	return d, nil
}

// Dir is the disk's folder: every path handed to the Disk lies in it.
func (d *Disk) Dir() string { return d.dir }

// Path joins names to the disk's folder.
func (d *Disk) Path(names ...string) string {
	return filepath.Join(append([]string{d.dir}, names...)...)
}

// split finds the folder that a path's last name is in. Callers hold mu.
func (d *Disk) split(path string) (*inode, string, error) {
	rel, err := filepath.Rel(d.dir, path)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return nil, "", fmt.Errorf("%s is not on this disk", filepath.Base(path))
	}
	parent, name := d.root.parentOf(rel)
	if parent == nil {
		if _, err := os.Lstat(filepath.Dir(path)); err != nil {
			return nil, "", err // there is none
		}
		return nil, "", fmt.Errorf("the folder of %s was made by other ways than the disk", filepath.Base(path))
	}
	return parent, name, nil
}

// unplug ends all further operations.
func (d *Disk) unplug() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fault = fault{kind: Killed, struck: true}
}

// File is an open file of a Disk. It is a disk.File that can also be written anywhere.
type File struct {
	f  *os.File
	d  *Disk
	of *inode
}

// Name implements disk.File.
func (f *File) Name() string { return f.f.Name() }

// Read implements io.Reader.
func (f *File) Read(b []byte) (int, error) {
	if err := f.d.look(); err != nil {
		return 0, err
	}
	return f.f.Read(b)
}

// ReadAt implements io.ReaderAt.
func (f *File) ReadAt(b []byte, off int64) (int, error) {
	if err := f.d.look(); err != nil {
		return 0, err
	}
	return f.f.ReadAt(b, off)
}

// Write writes at the end: every file of a disk.FS that is written grows there.
func (f *File) Write(b []byte) (int, error) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	info, err := f.f.Stat()
	if err != nil {
		return 0, err
	}
	return f.write(b, info.Size(), f.f.Write)
}

// WriteAt implements io.WriterAt.
func (f *File) WriteAt(b []byte, off int64) (int, error) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	return f.write(b, off, func(b []byte) (int, error) { return f.f.WriteAt(b, off) })
}

func (f *File) write(b []byte, off int64, do func([]byte) (int, error)) (int, error) {
	part, fail := f.d.strike(changes|grows|writes, len(b))
	if part > 0 {
		n, err := do(b[:part])
		f.d.note(&change{file: f.of, off: off, b: append([]byte{}, b[:n]...)})
		if err != nil {
			return n, err
		}
	}
	return part, fail
}

// Truncate implements disk.File.
func (f *File) Truncate(size int64) error {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if _, err := f.d.strike(changes, 0); err != nil {
		return err
	}
	f.d.note(&change{file: f.of, off: size, cut: true})
	return f.f.Truncate(size)
}

// Sync makes durable what was written, as far as no Sync before it failed.
func (f *File) Sync() error {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	_, err := f.d.strike(changes, 0)
	for _, c := range f.d.log {
		if c.file != f.of || c.durable {
			continue
		}
		c.doomed = c.doomed || err != nil
		c.durable = !c.doomed
	}
	return err
}

// Stat implements disk.File.
func (f *File) Stat() (os.FileInfo, error) {
	if err := f.d.look(); err != nil {
		return nil, err
	}
	return f.f.Stat()
}

// Close gives the file back to the system in any case.
func (f *File) Close() error {
	return errors.Join(f.f.Close(), f.d.look())
}
