package seal

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// OpenFile is a file open to be read at any place, sealed or plain.
type OpenFile struct {
	io.ReaderAt
	size int64
	file *os.File
}

// Size is how many bytes there are to read.
func (f *OpenFile) Size() int64 { return f.size }

// Close gives the file back and forgets what was opened of it.
func (f *OpenFile) Close() error {
	if r, ok := f.ReaderAt.(*Reader); ok {
		r.Forget()
	}
	return f.file.Close()
}

// OpenPath opens a sealed file by its path; its name is the context it was sealed in.
// Where k is nil it is a plain file, which is read as it stands. A key that was
// forgotten is not nil: it opens nothing. The same errors as NewReader.
func OpenPath(path string, k *Key) (*OpenFile, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	f := &OpenFile{file, 0, file}
	if err == nil && k == nil {
		f.size = info.Size()
	} else if err == nil {
		var r *Reader
		if r, err = NewReader(file, info.Size(), k, filepath.Base(path)); err == nil {
			f.ReaderAt, f.size = r, r.Size()
		}
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return f, nil
}

// ReadPath reads all of what OpenPath opens.
func ReadPath(path string, k *Key) ([]byte, error) {
	f, err := OpenPath(path, k)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b := make([]byte, f.size)
	if n, err := f.ReadAt(b, 0); n < len(b) {
		clear(b)
		return nil, fmt.Errorf("read file: %w", err)
	}
	return b, nil
}
