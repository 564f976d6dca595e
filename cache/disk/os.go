package disk

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// OS is the system's own files.
var OS FS = system{}

type system struct{}

func (system) Create(path string) (File, error) {
	return file(os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600))
}

func (system) Append(path string) (File, error) {
	return file(os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600))
}

func (system) Open(path string) (File, error) { return file(os.Open(path)) }

// file keeps a nil *os.File from becoming a File that is not nil.
func file(f *os.File, err error) (File, error) {
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (system) Stat(path string) (fs.FileInfo, error)      { return os.Stat(path) }
func (system) ReadDir(path string) ([]fs.DirEntry, error) { return os.ReadDir(path) }
func (system) MkdirAll(path string) error                 { return os.MkdirAll(path, 0o700) }
func (system) Rename(from, to string) error               { return os.Rename(from, to) }
func (system) Link(from, to string) error                 { return os.Link(from, to) }
func (system) Remove(path string) error                   { return os.Remove(path) }
func (system) RemoveAll(path string) error                { return os.RemoveAll(path) }

// SyncDir does nothing on Windows: folders cannot be synced there; NTFS journals names.
func (system) SyncDir(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	err = d.Sync()
	if e := d.Close(); err == nil {
		err = e
	}
	return err
}

func parent(path string) string { return filepath.Dir(path) }
