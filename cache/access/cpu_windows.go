package access

import (
	"time"

	"golang.org/x/sys/windows"
)

// processorTime is what this process used of all processors so far.
func processorTime() time.Duration {
	var made, ended, kernel, user windows.Filetime
	if windows.GetProcessTimes(windows.CurrentProcess(), &made, &ended, &kernel, &user) != nil {
		return time.Duration(time.Now().UnixNano())
	}
	units := func(f windows.Filetime) int64 { return int64(f.HighDateTime)<<32 | int64(f.LowDateTime) } // of 100 ns
	return time.Duration(100 * (units(kernel) + units(user)))
}
