package reading

import (
	"fmt"
	"syscall"

	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/store"
)

// ReserveSize is how much room the home keeps for what must be written although the disk
// is full: drafts, signatures, the outbox's steps, the audit trail.
const ReserveSize = 32 << 20

// spare is what fetched images never take: the room that the reserve leaves when it is
// given back, and as much again.
const spare = 2 * ReserveSize

// Spared is a store that images are fetched into: it takes none where that would leave
// less than the spare room free on its disk. What was asked for says so by
// fetch.DiskFailed, and goes on when there is room again (Room.HasRoom).
type Spared struct {
	*store.Store
	// Free is how many bytes are free; nil: it asks the disk.
	Free func() (int64, error)
}

// Put implements fetch.Store.
func (s Spared) Put(b []byte) (store.Entry, bool, error) {
	if free, err := s.free(); err == nil && free < spare+int64(len(b)) {
		return store.Entry{}, false, fmt.Errorf("keep object: %w", syscall.ENOSPC)
	}
	return s.Store.Put(b)
}

func (s Spared) free() (int64, error) {
	if s.Free != nil {
		return s.Free()
	}
	return disk.Free(s.Root())
}

// HasRoom reports whether images can be fetched again, with room for a hundred of them.
func (r *Room) HasRoom() bool {
	free, err := r.free()
	return err != nil || free >= 2*spare
}
