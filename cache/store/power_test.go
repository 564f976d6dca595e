package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/disk/disktest"
	"github.com/nocturne/nocturne/cache/store"
)

// restless is a program that tries again at once what failed, in a store opened anew, and
// that gets most objects twice.
type restless struct {
	promised
	want map[[2]int][]byte
}

func (r *restless) work(d *disktest.Disk) error {
	for _, at := range [][2]int{{1, 0}, {1, 0}, {2, 0}, {2, 1}, {1, 1}, {2, 1}} {
		delete(r.gone, at[0])
		err := r.twice(d, func(s *store.Store) error {
			_, _, err := s.Put(r.want[at])
			return err
		})
		if err != nil {
			return err
		}
		r.kept[at] = true
	}
	tries := 0
	if err := r.twice(d, func(s *store.Store) error { tries++; return s.SetExpected(studyUID(1), 2) }); err != nil {
		return err
	}
	if tries == 1 { // a count that is there already is not written again: the site says it again
		r.expected[1] = 2
	}
	for _, at := range [][2]int{{2, 0}, {2, 1}} {
		delete(r.kept, at) // from here on it may be gone
	}
	if err := r.twice(d, func(s *store.Store) error { return s.Remove(studyUID(2)) }); err != nil {
		return err
	}
	r.gone[2] = true
	return nil
}

func (r *restless) twice(d *disktest.Disk, do func(*store.Store) error) (all error) {
	for range 2 {
		s, err := store.OpenOn(d, d.Path("cache"), keys)
		if err == nil {
			err = do(s)
		}
		if err == nil {
			return nil
		}
		all = errors.Join(all, err)
	}
	return all
}

func (r *restless) check(d *disktest.Disk) error {
	s, err := store.OpenOn(d, d.Path("cache"), keys)
	if err != nil {
		return err
	}
	if err := r.holds(s, r.want); err != nil {
		return err
	}
	return agree(s)
}

// agree: the store lists the studies that it holds objects of, and no others.
func agree(s *store.Store) error {
	studies, err := s.Studies()
	if err != nil {
		return err
	}
	listed := map[dicom.UID]bool{}
	for _, u := range studies {
		listed[u] = true
	}
	for n := 1; n <= 2; n++ {
		es, err := s.Study(studyUID(n))
		if err != nil || (len(es) > 0) != listed[studyUID(n)] {
			return fmt.Errorf("study %d is listed: %v, and has %d objects: %w", n, listed[studyUID(n)], len(es), err)
		}
	}
	return nil
}

func TestWhatWasTriedAgainStandsToo(t *testing.T) {
	t.Parallel()
	want := map[[2]int][]byte{}
	for _, at := range [][2]int{{1, 0}, {1, 1}, {2, 0}, {2, 1}} {
		want[at] = object(t, at[0], at[1], strings.Repeat("x", 900))
	}
	disktest.Every(t, disktest.Story{Most: 3, Twice: true, Play: func() (run, check func(*disktest.Disk) error) {
		r := &restless{promised{map[[2]int]bool{}, map[int]int{}, map[int]bool{}}, want}
		return r.work, r.check
	}})
}
