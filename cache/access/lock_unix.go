//go:build !windows

package access

import (
	"os"
	"syscall"
)

// lockFile takes the file for this opening of it; the system gives it free when the file
// is closed or the process ends.
func lockFile(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }

// lockFileShared takes it together with others that share it.
func lockFileShared(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
}
