//go:build !windows

package disk

import (
	"os"
	"syscall"
)

// TryLock takes the file for this opening of it, or gives ErrTaken at once where another
// has it; the system gives it free when the file is closed or the process ends.
func TryLock(f *os.File) error { return flock(f, syscall.LOCK_EX) }

// TryShare takes it together with others that share it; ErrTaken where one has it alone.
func TryShare(f *os.File) error { return flock(f, syscall.LOCK_SH) }

func flock(f *os.File, how int) error {
	for {
		switch err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB); err {
		case syscall.EINTR:
		case syscall.EWOULDBLOCK:
			return ErrTaken
		default:
			return err
		}
	}
}
