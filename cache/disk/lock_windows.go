package disk

import (
	"os"

	"golang.org/x/sys/windows"
)

// TryLock takes the file for this opening of it, or gives ErrTaken at once where another
// has it; the system gives it free when the file is closed or the process ends.
func TryLock(f *os.File) error { return lockFile(f, windows.LOCKFILE_EXCLUSIVE_LOCK) }

// TryShare takes it together with others that share it; ErrTaken where one has it alone.
func TryShare(f *os.File) error { return lockFile(f, 0) }

func lockFile(f *os.File, how uint32) error {
	err := windows.LockFileEx(windows.Handle(f.Fd()), how|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &windows.Overlapped{})
	if err == windows.ERROR_LOCK_VIOLATION {
		return ErrTaken
	}
	return err
}
