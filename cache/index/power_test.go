package index_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/nocturne/nocturne/cache/database"
	"github.com/nocturne/nocturne/cache/database/databasetest"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/disk/disktest"
	"github.com/nocturne/nocturne/cache/index"
	"github.com/nocturne/nocturne/cache/seal"
	"github.com/nocturne/nocturne/cache/store"
)

// onDisk opens store and index of a disk that fails.
func onDisk(d *disktest.Disk, do func(*store.Store, *index.Index) error) error {
	s, err := store.OpenOn(d, d.Path("cache"), store.NewKeys(seal.Key{1}))
	if err != nil {
		return err
	}
	name, forget := databasetest.Register(d)
	defer forget()
	x, err := index.OpenOn(database.Disk{FS: d, VFS: name}, d.Path("cache", index.File), seal.Key{2})
	if err != nil {
		return err
	}
	return errors.Join(do(s, x), x.Close())
}

// agree: once it is brought up to date, the index lists what the store holds.
func agree(s *store.Store, x *index.Index) error {
	if _, err := x.Sync(context.Background(), s); err != nil {
		return err
	}
	studies, err := x.Studies()
	if err != nil {
		return err
	}
	held, err := s.Studies()
	if err != nil || len(held) != len(studies) {
		return fmt.Errorf("%d studies listed, %d held: %w", len(studies), len(held), err)
	}
	for _, u := range studies {
		entries, err := s.Study(u.UID)
		if err != nil || len(entries) != u.Instances {
			return fmt.Errorf("%d objects of study %s listed, %d held: %w", u.Instances, u.UID, len(entries), err)
		}
		for _, e := range entries {
			if _, err := s.Read(e); err != nil {
				return err
			}
		}
	}
	return nil
}

// TestIndexAndStoreAgreeWhateverTheDiskDoes: also in a program that went on after an error.
func TestIndexAndStoreAgreeWhateverTheDiskDoes(t *testing.T) {
	t.Parallel()
	var objects [][]byte
	for _, at := range [][3]int{{1, 0, 1}, {1, 0, 2}, {2, 1, 1}} {
		var b bytes.Buffer
		o := object(at[0], at[1], at[2], nil)
		if err := dicom.Write(&b, o, nil); err != nil {
			t.Fatal(err)
		}
		objects = append(objects, b.Bytes())
	}
	disktest.Every(t, disktest.Story{Most: 3, Twice: true, Play: func() (run, check func(*disktest.Disk) error) {
		kept := map[dicom.UID]bool{} // of study 1, which stays
		run = func(d *disktest.Disk) error {
			return onDisk(d, func(s *store.Store, x *index.Index) (all error) {
				for _, b := range objects {
					e, _, err := s.Put(b)
					if err == nil && e.Study == "1.2.3.1" {
						kept[e.SOP] = true
					}
					_, err2 := x.Sync(context.Background(), s)
					all = errors.Join(all, err, err2)
				}
				all = errors.Join(all, s.Remove("1.2.3.2"))
				if _, err := x.Sync(context.Background(), s); err != nil {
					return errors.Join(all, err)
				}
				if err := agree(s, x); !disktest.IsFault(err) {
					return errors.Join(all, err)
				}
				return all
			})
		}
		return run, func(d *disktest.Disk) error {
			return onDisk(d, func(s *store.Store, x *index.Index) error {
				entries, err := s.Study("1.2.3.1")
				if err != nil || len(entries) < len(kept) {
					return fmt.Errorf("%d of %d objects: %w", len(entries), len(kept), err)
				}
				return agree(s, x)
			})
		}
	}})
}
