//go:build unix

package dicom

import (
	"os"
	"syscall"
)

// blocks is how many bytes of a file are on the disk.
func blocks(st os.FileInfo) int64 { return st.Sys().(*syscall.Stat_t).Blocks * 512 }
