package access

import (
	"errors"
	"testing"

	"github.com/nocturne/nocturne/cache/disk/disktest"
	"github.com/nocturne/nocturne/cache/seal"
)

func on(o Options, d *disktest.Disk) Options {
	o.FS = d
	return o
}

// keyWith opens the ring on a disk and gives the ledger's key.
func keyWith(o Options, d *disktest.Disk) (seal.Key, error) {
	r, err := Open(d.Dir(), on(o, d))
	if err != nil {
		return seal.Key{}, err
	}
	defer r.Close()
	return r.Key("ledger"), nil
}

func TestAHomeThatIsBeingProtectedOpensAfterAnyCrash(t *testing.T) {
	var given seal.Key
	disktest.Every(t, disktest.Story{Most: 8,
		Before: func(d *disktest.Disk) (err error) {
			given, err = keyWith(alone, d)
			return err
		},
		Play: func() (run, check func(*disktest.Disk) error) {
			done := false
			run = func(d *disktest.Disk) error {
				err := UseKeychain(d.Dir(), on(desktop(), d))
				done = err == nil
				return err
			}
			check = func(d *disktest.Disk) error {
				found, err := keyWith(desktop(), d)
				if err == nil && found != given {
					err = errors.New("the home has another key now")
				}
				if _, open := keyWith(alone, d); err == nil && done && open == nil {
					err = errors.New("it was said to be protected")
				}
				return err
			}
			return run, check
		}})
}
