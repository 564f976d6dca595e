package store

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/disk"
)

// Recovery is what opening a store found to do.
type Recovery struct {
	Removed int // studies whose removal a crash had interrupted: now gone
	Sealed  int // objects that an older version had kept plain
	Refused int // plain files that were no whole objects: removed
}

// Recovered tells what opening the store found to do.
func (s *Store) Recovered() Recovery { return s.found }

// recover ends what a crash interrupted and seals what is plain. A crash in it leaves it
// to the next opening.
func (s *Store) recover() error {
	folders, err := s.fs.ReadDir(s.objects())
	if err != nil {
		return err
	}
	for _, d := range folders {
		dir := filepath.Join(s.objects(), d.Name())
		if _, err := s.fs.Stat(filepath.Join(dir, keyName)); !errors.Is(err, fs.ErrNotExist) || !d.IsDir() {
			continue
		}
		plain, err := s.plainFiles(dir)
		switch {
		case err != nil:
		case len(plain) > 0:
			err = s.sealPlain(dir, plain)
		default:
			s.found.Removed++
		}
		if err == nil {
			err = s.sweep(dir)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Names of the older, plain form: <SHA-256 of the UID>.dcm, <...>-<sum>.dcm, the list and
// the expected count beside them.
const plainExt, plainExpected = ".dcm", "expected"

// plainFiles are the files of a plain folder: objects in order of arrival, those first
// that came first under their UID. The count is before all, because only an object tells
// whose it is.
func (s *Store) plainFiles(dir string) ([]string, error) {
	names, err := s.fs.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	b, err := disk.ReadFile(s.fs, filepath.Join(dir, listName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	order := map[string]int{}
	for i, line := range bytes.Split(b, []byte{'\n'}) {
		var l struct{ File string }
		if json.Unmarshal(line, &l) == nil {
			order[l.File] = i + 1
		}
	}
	var out []string
	for _, d := range names {
		if strings.HasSuffix(d.Name(), plainExt) || d.Name() == plainExpected {
			out = append(out, d.Name())
		}
	}
	rank := func(name string) int {
		switch {
		case name == plainExpected:
			return -1
		case strings.Contains(name, "-"):
			return 1
		}
		return 0
	}
	slices.SortFunc(out, func(a, b string) int {
		return cmp.Or(rank(a)-rank(b), order[a]-order[b], strings.Compare(a, b))
	})
	return out, nil
}

// sealPlain puts the objects of a plain folder among the sealed ones, and removes each
// when it is there.
func (s *Store) sealPlain(dir string, names []string) error {
	for _, name := range names {
		path := filepath.Join(dir, name)
		b, err := disk.ReadFile(s.fs, path)
		if err != nil {
			return err
		}
		if name == plainExpected {
			err = s.sealExpected(dir, names, string(b))
		} else {
			err = s.sealObject(b)
		}
		if err == nil {
			err = s.fs.Remove(path)
		}
		if err != nil {
			return fmt.Errorf("seal what is plain: %w", err)
		}
	}
	return nil
}

// sealObject keeps an object; what is none stays away.
func (s *Store) sealObject(b []byte) error {
	_, _, err := s.Put(b)
	var conflict *ConflictError
	var invalid *dicom.InvalidError
	var unsupported *dicom.UnsupportedError
	switch {
	case errors.As(err, &invalid), errors.As(err, &unsupported):
		s.found.Refused++
		return nil
	case err != nil && !errors.As(err, &conflict):
		return err
	}
	s.found.Sealed++
	return nil
}

func (s *Store) sealExpected(dir string, names []string, text string) error {
	n, err := strconv.Atoi(text)
	if err != nil {
		return nil
	}
	for _, name := range names {
		b, err := disk.ReadFile(s.fs, filepath.Join(dir, name))
		if err != nil {
			return err
		}
		if e, err := describe(b); err == nil {
			return s.SetExpected(e.Study, n)
		}
	}
	return nil // whose count it was is not known: the site says it again
}
