//go:build linux || darwin

package access

import "golang.org/x/sys/unix"

// lockedMemory is memory outside the collector's reach, held out of swap if the limits
// allow it.
func lockedMemory(n int) []byte {
	mem, err := unix.Mmap(-1, 0, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return make([]byte, n)
	}
	_ = unix.Mlock(mem)
	return mem
}

func freeMemory(mem []byte) { _ = unix.Munmap(mem) } // EINVAL of what make gave
