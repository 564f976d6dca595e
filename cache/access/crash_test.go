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

// keyOf opens the ring on a disk and gives the ledger's key.
func keyOf(o Options, d *disktest.Disk) (seal.Key, error) {
	r, err := Open(d.Dir(), on(o, d))
	if err != nil {
		return seal.Key{}, err
	}
	defer r.Close()
	return r.Key("ledger"), nil
}

// A key that was given out once seals what must never be lost.
func TestAKeyThatWasGivenOutIsThereAfterAnyCrash(t *testing.T) {
	t.Parallel()
	disktest.Every(t, disktest.Story{Play: func() (run, check func(*disktest.Disk) error) {
		var given seal.Key
		run = func(d *disktest.Disk) (err error) {
			given, err = keyOf(alone, d)
			return err
		}
		check = func(d *disktest.Disk) error {
			found, err := keyOf(alone, d)
			if err == nil && !given.None() && found != given {
				err = errors.New("the home has another key now")
			}
			return err
		}
		return run, check
	}})
}

func TestAHomeThatIsBeingProtectedOpensAfterAnyCrash(t *testing.T) {
	var given seal.Key
	disktest.Every(t, disktest.Story{
		Before: func(d *disktest.Disk) (err error) {
			given, err = keyOf(alone, d)
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
				found, err := keyOf(desktop(), d)
				if err == nil && found != given {
					err = errors.New("the home has another key now")
				}
				if _, open := keyOf(alone, d); err == nil && done && open == nil {
					err = errors.New("it was said to be protected")
				}
				return err
			}
			return run, check
		}})
}
