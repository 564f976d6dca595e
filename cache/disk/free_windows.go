package disk

import (
	"fmt"

	"golang.org/x/sys/windows"
)

// Free is how many bytes may still be written where a path is, by this user.
func Free(path string) (int64, error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return 0, fmt.Errorf("look at the disk: %w", err)
	}
	var mine uint64
	if err := windows.GetDiskFreeSpaceEx(name, &mine, nil, nil); err != nil {
		return 0, fmt.Errorf("look at the disk: %w", err)
	}
	return int64(mine), nil
}
