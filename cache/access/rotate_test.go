package access

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/disk/disktest"
	"github.com/nocturne/nocturne/cache/seal"
)

// cases are studies of a home in the way of a store: a folder each with its wrapped key.
type cases struct {
	fs   disk.FS
	home string
	keys []seal.Key
}

func (c *cases) path(i int) string { return filepath.Join(c.home, fmt.Sprint("study-", i)) }

func (c *cases) wrap(n int, r *Ring) error {
	for i := range n {
		c.keys = append(c.keys, seal.NewKey())
		box, err := r.Wrap(c.keys[i], filepath.Base(c.path(i)))
		if err == nil {
			err = disk.Replace(c.fs, c.path(i)+".new", c.path(i), box)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *cases) rewrap(again func([]byte, string) ([]byte, error)) error {
	for i := range c.keys {
		box, err := disk.ReadFile(c.fs, c.path(i))
		if err != nil {
			return err
		}
		fresh, err := again(box, filepath.Base(c.path(i)))
		if err == nil && fresh != nil {
			c.fs.Remove(c.path(i) + ".new")
			err = disk.Replace(c.fs, c.path(i)+".new", c.path(i), fresh)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// check opens every study, and tells with how many of the reader's keys.
func (c *cases) check(r *Ring) error {
	for i, want := range c.keys {
		box, err := disk.ReadFile(c.fs, c.path(i))
		if err != nil {
			return err
		}
		if got, err := r.Unwrap(box, filepath.Base(c.path(i))); err != nil || got != want {
			return fmt.Errorf("study %d: %w", i, err)
		}
	}
	return nil
}

func TestAfterARotationTheOldKeyOpensNothing(t *testing.T) {
	home := t.TempDir()
	c := &cases{fs: disk.OS, home: home}
	old := opened(t, home, alone)
	if err := c.wrap(3, old); err != nil {
		t.Fatal(err)
	}
	box, err := disk.ReadFile(disk.OS, c.path(0))
	if err != nil {
		t.Fatal(err)
	}
	if err := Rotate(home, alone, c.rewrap); !errors.Is(err, ErrInUse) {
		t.Fatalf("while a program wraps under the old key: %v", err)
	}
	reader, key := *old.keys.key(placeReader), old.Key("ledger")
	old.Close()
	if err := Rotate(home, alone, c.rewrap); err != nil {
		t.Fatal(err)
	}
	r := opened(t, home, alone)
	if err := c.check(r); err != nil {
		t.Error(err)
	}
	if r.readers != 1 || *r.keys.key(placeReader) == reader || r.Key("ledger") != key {
		t.Errorf("%d keys of the reader's", r.readers)
	}
	if _, err := r.Unwrap(box, "study-0"); !errors.Is(err, seal.ErrDamaged) {
		t.Errorf("what the old key wrapped opens: %v", err)
	}
	fresh, err := disk.ReadFile(disk.OS, c.path(0))
	if err != nil || bytes.Equal(fresh, box) {
		t.Errorf("a study is wrapped as before: %v", err)
	}
}

func TestARotationThatIsCutShortAnywhereLosesNoStudyAndGoesOn(t *testing.T) {
	t.Parallel()
	var keys []seal.Key
	disktest.Every(t, disktest.Story{Most: 5,
		Before: func(d *disktest.Disk) error {
			r, err := Open(d.Dir(), on(alone, d))
			if err != nil {
				return err
			}
			defer r.Close()
			c := &cases{fs: d, home: d.Dir()}
			err = c.wrap(2, r)
			keys = c.keys
			return err
		},
		Play: func() (run, check func(*disktest.Disk) error) {
			run = func(d *disktest.Disk) error {
				return Rotate(d.Dir(), on(alone, d), (&cases{d, d.Dir(), keys}).rewrap)
			}
			check = func(d *disktest.Disk) error {
				c := &cases{d, d.Dir(), keys}
				r, err := Open(d.Dir(), on(alone, d))
				if err != nil {
					return err
				}
				err = c.check(r)
				r.Close()
				if err != nil {
					return err
				}
				if err := run(d); err != nil {
					return fmt.Errorf("go on: %w", err)
				}
				if r, err = Open(d.Dir(), on(alone, d)); err != nil {
					return err
				}
				defer r.Close()
				if r.readers != 1 {
					return errors.New("the old key is left")
				}
				return c.check(r)
			}
			return run, check
		}})
}
