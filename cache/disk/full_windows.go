package disk

import (
	"errors"
	"syscall"

	"golang.org/x/sys/windows"
)

// Full reports whether an error says that the disk, or the user's share of it, has no
// room.
func Full(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL) || errors.Is(err, syscall.ENOSPC)
}
