package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Wipe overwrites a file with zeros and removes it; that it is not there is no error. A
// file system that copies on write, or a flash disk, may keep old blocks: nothing that is
// written here can reach them.
//
// It writes past the FS, which has no such operation and needs none: there is nothing in
// the file that a crash could lose.
func Wipe(on FS, path string) error {
	err := overwrite(path)
	if err == nil {
		err = on.Remove(path)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("wipe: %w", err)
	}
	return nil
}

func overwrite(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil {
		_, err = io.CopyN(f, zeros{}, info.Size())
	}
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
