package main

import "golang.org/x/sys/unix"

// keepMemoryHere keeps what is in this process's memory out of core files and away from
// other programs of the same user (prctl(2): PR_SET_DUMPABLE; getrlimit(2): RLIMIT_CORE).
// What it starts decides for itself: the image window is this program and asks, too.
func keepMemoryHere() {
	_ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
}
