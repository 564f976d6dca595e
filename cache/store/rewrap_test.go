package store_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/disk/disktest"
	"github.com/nocturne/nocturne/cache/seal"
	"github.com/nocturne/nocturne/cache/store"
)

// from wraps under to what was wrapped under the other.
func from(old, to store.Keys) func([]byte, string) ([]byte, error) {
	return func(box []byte, context string) ([]byte, error) {
		if _, err := to.Unwrap(box, context); err == nil {
			return nil, nil
		}
		k, err := old.Unwrap(box, context)
		if err != nil {
			return nil, err
		}
		return to.Wrap(k, context)
	}
}

func TestStudiesAreWrappedAnewWhateverGoesWrongMeanwhile(t *testing.T) {
	t.Parallel()
	old, fresh := store.NewKeys(seal.NewKey()), store.NewKeys(seal.NewKey())
	studies := map[string]seal.Key{"0a": seal.NewKey(), "0b": seal.NewKey()}
	path := func(d *disktest.Disk, name string) string { return d.Path("cache", "objects", name, "key") }
	run := func(d *disktest.Disk) error { // and then the old key is thrown away
		if _, err := d.Stat(d.Path("thrown")); err == nil {
			return nil
		}
		again := func() error { _, err := store.Rewrap(d, d.Path("cache"), from(old, fresh)); return err }
		if again() != nil {
			if err := again(); err != nil {
				return err
			}
		}
		d.Remove(d.Path("part"))
		return disk.Replace(d, d.Path("part"), d.Path("thrown"), nil)
	}
	disktest.Every(t, disktest.Story{Most: 12,
		Before: func(d *disktest.Disk) error {
			for name, k := range studies {
				box, err := old.Wrap(k, name)
				if err == nil {
					err = d.MkdirAll(filepath.Dir(path(d, name)))
				}
				if err == nil {
					err = disk.Replace(d, path(d, name)+".part", path(d, name), box)
				}
				if err != nil {
					return err
				}
			}
			return nil
		},
		Play: func() (_, check func(*disktest.Disk) error) {
			return run, func(d *disktest.Disk) error {
				if err := run(d); err != nil {
					return fmt.Errorf("go on: %w", err)
				}
				for name, k := range studies {
					box, err := disk.ReadFile(d, path(d, name))
					if err != nil {
						return err
					}
					if got, err := fresh.Unwrap(box, name); err != nil || got != k {
						return fmt.Errorf("a study is lost: %w", err)
					}
				}
				return nil
			}
		}})
}

func TestAKeyThatNobodyCanOpenIsCountedAndHoldsNothingUp(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	put(t, s, object(t, 1, 1, "a"))
	a, b := store.NewKeys(seal.NewKey()), store.NewKeys(seal.NewKey())
	got, err := store.Rewrap(disk.OS, dir, from(a, b))
	if err != nil || got != (store.Rewrapped{Studies: 1, Damaged: 1}) {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := store.Rewrap(disk.OS, t.TempDir(), from(a, b)); err != nil || got != (store.Rewrapped{}) {
		t.Errorf("an empty home: %+v, %v", got, err)
	}
}
