package access

import (
	"errors"
	"testing"

	"github.com/nocturne/nocturne/cache/disk/disktest"
	"github.com/nocturne/nocturne/cache/seal"
)

// onDisk are options for a ring on a disk that fails, with no other source of a secret
// than its own file.
func onDisk(d *disktest.Disk) Options {
	return Options{FS: d, Getenv: func(string) string { return "" }}
}

// keyOf opens the disk's ring and gives the ledger's key.
func keyOf(d *disktest.Disk) (seal.Key, error) {
	r, err := Open(d.Dir(), onDisk(d))
	if err != nil {
		return seal.Key{}, err
	}
	defer r.Close()
	return r.Key("ledger"), nil
}

var errOtherKey = errors.New("the home has other keys than those that were used")

// TestAKeyThatWasUsedIsNeverLost: whoever got a key from the ring seals under it, though
// another program made the ring a moment ago and ended before it was done.
func TestAKeyThatWasUsedIsNeverLost(t *testing.T) {
	t.Parallel()
	disktest.Every(t, disktest.Story{Most: 6, Play: func() (run, check func(*disktest.Disk) error) {
		var used *seal.Key
		run = func(d *disktest.Disk) error {
			k, err := keyOf(d)
			if err != nil {
				k, err = keyOf(d) // it is started again
			}
			if err == nil {
				used = &k
			}
			return err
		}
		return run, func(d *disktest.Disk) error {
			k, err := keyOf(d)
			if err == nil && used != nil && k != *used {
				return errOtherKey
			}
			return err
		}
	}})
}
