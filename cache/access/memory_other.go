//go:build !linux && !darwin && !windows

package access

func lockedMemory(n int) []byte { return make([]byte, n) }

func freeMemory([]byte) {}
