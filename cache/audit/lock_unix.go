//go:build !windows

package audit

import (
	"os"
	"syscall"
)

// tryLock takes the file for this opening of it, or says ErrTaken. The system gives it
// free when the process ends.
func tryLock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		if err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != syscall.EINTR {
			break
		}
	}
	if err != nil {
		f.Close()
		if err == syscall.EWOULDBLOCK {
			err = ErrTaken
		}
		return nil, err
	}
	return func() { f.Close() }, nil
}
