//go:build !unix

package dicom

import "os"

// handle is a file open for reading.
type handle struct{ *os.File }

func openFile(path string) (handle, error) {
	f, err := os.Open(path)
	return handle{f}, err
}

// size is -1 where it is no regular file.
func (h handle) size() int64 {
	if st, err := h.Stat(); err == nil && st.Mode().IsRegular() {
		return st.Size()
	}
	return -1
}
