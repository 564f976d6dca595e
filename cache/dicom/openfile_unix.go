//go:build unix

package dicom

import (
	"io"
	"os"
	"syscall"
)

// handle is a regular file open for reading. os.Open asks five more system calls of
// it to find out that a file cannot be waited for: a tenth of what a header costs. It
// must not be read after Close, nor by two goroutines of which one closes.
type handle struct{ fd int }

func openFile(path string) (handle, error) {
	for {
		fd, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
		switch err {
		case nil:
			return handle{fd}, nil
		case syscall.EINTR:
			continue
		}
		return handle{}, &os.PathError{Op: "open", Path: path, Err: err}
	}
}

// ReadAt implements io.ReaderAt.
func (h handle) ReadAt(b []byte, off int64) (n int, err error) {
	for n < len(b) {
		k, err := syscall.Pread(h.fd, b[n:], off+int64(n))
		switch {
		case err == syscall.EINTR:
		case err != nil:
			return n, os.NewSyscallError("pread", err)
		case k == 0:
			return n, io.EOF
		default:
			n += k
		}
	}
	return n, nil
}

// size is -1 where it is no regular file.
func (h handle) size() int64 {
	var st syscall.Stat_t
	if err := syscall.Fstat(h.fd, &st); err != nil || st.Mode&syscall.S_IFMT != syscall.S_IFREG {
		return -1
	}
	return st.Size
}

// Close implements io.Closer.
func (h handle) Close() error { return syscall.Close(h.fd) }
