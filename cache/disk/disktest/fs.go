package disktest

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/nocturne/nocturne/cache/disk"
)

var _ disk.FS = (*Disk)(nil)

// Create implements disk.FS.
func (d *Disk) Create(path string) (disk.File, error) {
	return asFile(d.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR))
}

// Append implements disk.FS.
func (d *Disk) Append(path string) (disk.File, error) {
	return asFile(d.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_RDWR))
}

// Open implements disk.FS.
func (d *Disk) Open(path string) (disk.File, error) { return asFile(d.OpenFile(path, os.O_RDONLY)) }

func asFile(f *File, err error) (disk.File, error) {
	if err != nil {
		return nil, err
	}
	return f, nil
}

// OpenFile opens a file as os.OpenFile does, new ones 0600.
func (d *Disk) OpenFile(path string, flag int) (*File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	parent, name, err := d.split(path)
	if err != nil {
		return nil, err
	}
	makes := flag&os.O_CREATE != 0 && parent.names[name] == nil
	what := looks
	if makes {
		what = changes | grows
	}
	if _, err := d.strike(what, 0); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, flag, 0o600)
	if err != nil {
		return nil, err
	}
	if makes {
		parent.names[name] = &inode{}
		d.note(&change{names: []naming{{parent, name, parent.names[name]}}})
	}
	return &File{f, d, parent.names[name]}, nil
}

// look counts an operation that changes nothing.
func (d *Disk) look() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, err := d.strike(looks, 0)
	return err
}

// Stat implements disk.FS.
func (d *Disk) Stat(path string) (fs.FileInfo, error) {
	if err := d.look(); err != nil {
		return nil, err
	}
	return os.Stat(path)
}

// ReadDir implements disk.FS.
func (d *Disk) ReadDir(path string) ([]fs.DirEntry, error) {
	if err := d.look(); err != nil {
		return nil, err
	}
	return os.ReadDir(path)
}

// MkdirAll makes one folder after the other. One that was made by other ways is there
// from now on, its name not durable.
func (d *Disk) MkdirAll(path string) error {
	if !strings.HasPrefix(path, d.dir) {
		return fmt.Errorf("%s is not on this disk", filepath.Base(path))
	}
	if d.knows(path) {
		return d.look()
	}
	if err := d.MkdirAll(filepath.Dir(path)); err != nil {
		return err
	}
	return d.rename(changes|grows, func(parent *inode, name string) (*change, error) {
		err := os.Mkdir(path, 0o700)
		if info, e := os.Stat(path); e == nil && info.IsDir() {
			err = nil
		}
		return &change{names: []naming{{parent, name, folder()}}}, err
	}, path)
}

func (d *Disk) knows(path string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if path == d.dir {
		return true
	}
	parent, name, err := d.split(path)
	return err == nil && parent.names[name] != nil
}

// Rename implements disk.FS.
func (d *Disk) Rename(from, to string) error {
	return d.rename(changes, func(old *inode, was string) (*change, error) {
		parent, name, err := d.split(to)
		if err != nil {
			return nil, err
		}
		c := &change{names: []naming{{old, was, nil}, {parent, name, old.names[was]}}}
		return c, os.Rename(from, to)
	}, from)
}

// Link implements disk.FS.
func (d *Disk) Link(from, to string) error {
	return d.rename(changes|grows, func(parent *inode, name string) (*change, error) {
		old, was, err := d.split(from)
		if err != nil {
			return nil, err
		}
		return &change{names: []naming{{parent, name, old.names[was]}}}, os.Link(from, to)
	}, to)
}

// Remove implements disk.FS.
func (d *Disk) Remove(path string) error {
	return d.rename(changes, func(parent *inode, name string) (*change, error) {
		return &change{names: []naming{{parent, name, nil}}}, os.Remove(path)
	}, path)
}

// RemoveAll removes one file after the other: it may be cut short anywhere.
func (d *Disk) RemoveAll(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return d.look()
	}
	if info.IsDir() {
		inside, err := d.ReadDir(path)
		if err != nil {
			return err
		}
		for _, e := range inside {
			if err := d.RemoveAll(filepath.Join(path, e.Name())); err != nil {
				return err
			}
		}
	}
	return d.Remove(path)
}

// rename does what changes the names in a folder.
func (d *Disk) rename(what class, do func(parent *inode, name string) (*change, error), path string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, err := d.strike(what, 0); err != nil {
		return err
	}
	parent, name, err := d.split(path)
	if err != nil {
		return err
	}
	c, err := do(parent, name)
	if err != nil {
		return err
	}
	for _, n := range c.names {
		n.apply()
	}
	d.note(c)
	return nil
}

// SyncDir implements disk.FS.
func (d *Disk) SyncDir(path string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, err := d.strike(changes, 0); err != nil {
		return err
	}
	if _, err := os.Stat(path); err != nil {
		return err
	}
	at := d.root
	if path != d.dir {
		parent, name, err := d.split(path)
		if err != nil {
			return err
		}
		at = parent.names[name]
	}
	for _, c := range d.log {
		for _, n := range c.names {
			c.durable = c.durable || n.in == at
		}
	}
	return nil
}
