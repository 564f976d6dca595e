//go:build !windows

package access

import (
	"time"

	"golang.org/x/sys/unix"
)

// processorTime is what this process used of all processors so far.
func processorTime() time.Duration {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &u) != nil {
		return time.Duration(time.Now().UnixNano())
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
