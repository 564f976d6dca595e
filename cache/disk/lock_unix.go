//go:build !windows

package disk

import (
	"os"
	"syscall"
)

// TryLock takes the file for this opening of it, or fails at once where another has it;
// the system gives it free when the file is closed or the process ends.
func TryLock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }
