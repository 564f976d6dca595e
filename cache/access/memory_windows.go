package access

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// lockedMemory is memory outside the collector's reach, held out of the page file if the
// limits allow it.
func lockedMemory(n int) []byte {
	at, err := windows.VirtualAlloc(0, uintptr(n), windows.MEM_COMMIT|windows.MEM_RESERVE, windows.PAGE_READWRITE)
	if err != nil {
		return make([]byte, n)
	}
	_ = windows.VirtualLock(at, uintptr(n))
	return unsafe.Slice((*byte)(*(*unsafe.Pointer)(unsafe.Pointer(&at))), n)
}

// freeMemory does nothing for what make gave: it is none of VirtualAlloc's.
func freeMemory(mem []byte) {
	_ = windows.VirtualFree(uintptr(unsafe.Pointer(unsafe.SliceData(mem))), 0, windows.MEM_RELEASE)
}
