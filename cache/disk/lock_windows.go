package disk

import (
	"os"

	"golang.org/x/sys/windows"
)

// TryLock takes the file for this opening of it, or fails at once where another has it;
// the system gives it free when the file is closed or the process ends.
func TryLock(f *os.File) error {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	return windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, &windows.Overlapped{})
}
