package store_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/disk/disktest"
	"github.com/nocturne/nocturne/cache/store"
)

// promised is what a store acknowledged: objects by study and number, counts, removals.
type promised struct {
	kept     map[[2]int]bool // nil-able: false is an object that may be there or not
	expected map[int]int
	gone     map[int]bool
}

// holds demands of a store found after a crash: what was promised is there byte for byte,
// what was removed is not, and whatever is listed can be read and is right.
func (p *promised) holds(s *store.Store, want map[[2]int][]byte) error {
	for study := 1; study <= 2; study++ {
		es, err := s.Study(studyUID(study))
		if err != nil {
			return fmt.Errorf("study %d: %w", study, err)
		}
		found := map[[2]int]bool{}
		for _, e := range es {
			for at, b := range want {
				if e.SOP != sopUID(at[0], at[1]) {
					continue
				}
				got, err := s.Read(e)
				if err != nil || !bytes.Equal(got, b) {
					return fmt.Errorf("object %v is listed and reads as %d bytes, %w", at, len(got), err)
				}
				found[at] = true
			}
		}
		for at := range p.kept {
			if at[0] == study && !found[at] {
				return fmt.Errorf("object %v was acknowledged and is lost", at)
			}
		}
		if p.gone[study] && len(es) > 0 {
			return fmt.Errorf("study %d was removed and is back", study)
		}
		if n, ok := p.expected[study]; ok {
			if got, _ := s.Expected(studyUID(study)); got != n {
				return fmt.Errorf("expected count of study %d: %d, want %d", study, got, n)
			}
		}
	}
	return nil
}

func TestNothingAcknowledgedIsLostAndNothingHalfIsServedWhereverTheDiskFails(t *testing.T) {
	t.Parallel()
	want := map[[2]int][]byte{}
	for _, at := range [][2]int{{1, 0}, {1, 1}, {2, 0}} {
		want[at] = object(t, at[0], at[1], strings.Repeat("x", 9000))
	}
	disktest.Every(t, disktest.Story{Most: 3, Play: func() (run, check func(*disktest.Disk) error) {
		p := &promised{map[[2]int]bool{}, map[int]int{}, map[int]bool{}}
		run = func(d *disktest.Disk) error {
			s, err := store.OpenOn(d, d.Path("cache"), keys)
			if err != nil {
				return err
			}
			put := func(study, n int) {
				delete(p.gone, study)
				if _, _, e := s.Put(want[[2]int{study, n}]); e != nil {
					err = e
					return
				}
				p.kept[[2]int{study, n}] = true
			}
			put(1, 0)
			if e := s.SetExpected(studyUID(1), 2); e == nil {
				p.expected[1] = 2
			} else {
				err = e
			}
			put(1, 1)
			put(2, 0)
			for at := range p.kept {
				if at[0] == 1 {
					delete(p.kept, at)
				}
			}
			delete(p.expected, 1)
			if e := s.Remove(studyUID(1)); e == nil {
				p.gone[1] = true
			} else {
				err = e
			}
			put(1, 1)
			return err
		}
		return run, func(d *disktest.Disk) error {
			s, err := store.OpenOn(d, d.Path("cache"), keys)
			if err != nil {
				return err
			}
			return p.holds(s, want)
		}
	}})
}

// plainStore writes what an older version kept: paths by SHA-256, plain bytes.
func plainStore(f disk.FS, dir string, objects map[[2]int][]byte, other []byte) error {
	h := func(s string) string { x := sha256.Sum256([]byte(s)); return hex.EncodeToString(x[:]) }
	write := func(path string, b []byte) error {
		if err := f.MkdirAll(filepath.Dir(path)); err != nil {
			return err
		}
		return disk.Replace(f, path+".new", path, b)
	}
	var list []byte
	folder := filepath.Join(dir, "objects", h(string(studyUID(1))))
	for at, b := range objects {
		name := h(string(sopUID(at[0], at[1]))) + ".dcm"
		if err := write(filepath.Join(dir, "objects", h(string(studyUID(at[0]))), name), b); err != nil {
			return err
		}
		line, _ := json.Marshal(map[string]any{"study": studyUID(at[0]), "file": name})
		list = append(append(list, line...), '\n')
	}
	for name, b := range map[string][]byte{"entries": list, "expected": []byte("17"), h("x") + ".dcm": []byte("no object"),
		h(string(sopUID(1, 0))) + "-0123456789abcdef.dcm": other} {
		if err := write(filepath.Join(folder, name), b); err != nil {
			return err
		}
	}
	if err := f.SyncDir(filepath.Join(dir, "objects")); err != nil {
		return err
	}
	return f.SyncDir(dir)
}

func TestAPlainStoreIsSealedWhereverItIsInterrupted(t *testing.T) {
	t.Parallel()
	want := map[[2]int][]byte{{1, 0}: object(t, 1, 0, "a"), {1, 1}: object(t, 1, 1, "b"), {2, 0}: object(t, 2, 0, "c")}
	other := object(t, 1, 0, "other")
	all := &promised{map[[2]int]bool{{1, 0}: true, {1, 1}: true, {2, 0}: true}, map[int]int{1: 17}, nil}
	disktest.Every(t, disktest.Story{
		Most: 3,
		Before: func(d *disktest.Disk) error {
			if err := plainStore(d, d.Path("cache"), want, other); err != nil {
				return err
			}
			return d.SyncDir(d.Dir())
		},
		Play: func() (run, check func(*disktest.Disk) error) {
			run = func(d *disktest.Disk) error {
				_, err := store.OpenOn(d, d.Path("cache"), keys)
				return err
			}
			return run, func(d *disktest.Disk) error {
				s, err := store.OpenOn(d, d.Path("cache"), keys)
				if err != nil {
					return err
				}
				conflicts, err := s.Conflicts(studyUID(1))
				if err != nil || len(conflicts) != 1 {
					return fmt.Errorf("%d conflicts, %v", len(conflicts), err)
				}
				if b, err := s.Read(conflicts[0]); err != nil || !bytes.Equal(b, other) {
					return fmt.Errorf("the other bytes are lost: %v", err)
				}
				return all.holds(s, want)
			}
		},
	})
}

func TestNothingOfAPlainStoreStaysPlain(t *testing.T) {
	dir := t.TempDir()
	want := map[[2]int][]byte{{1, 0}: object(t, 1, 0, "a"), {1, 1}: object(t, 1, 1, "b"), {2, 0}: object(t, 2, 0, "c")}
	if err := plainStore(disk.OS, dir, want, object(t, 1, 0, "other")); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir)
	if r := s.Recovered(); r.Sealed != 4 || r.Refused != 1 || r.Removed != 0 {
		t.Errorf("%+v", r)
	}
	noSecret(t, dir)
}
