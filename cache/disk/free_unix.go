//go:build !windows

package disk

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Free is how many bytes may still be written where a path is, by a user who is not the
// system's administrator.
func Free(path string) (int64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return 0, fmt.Errorf("look at the disk: %w", err)
	}
	return int64(s.Bavail) * int64(s.Bsize), nil
}
