package store

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/nocturne/nocturne/cache/seal"
)

// Folder is a study's folder as the disk shows it to anybody: its name, and a stamp that
// changes whenever an object comes or goes. Two equal ones hold the same.
type Folder struct{ Name, Stamp string }

// Folders lists the folders of all studies, in no order, without opening a key: about
// 20 µs a study.
func (s *Store) Folders() ([]Folder, error) {
	names, err := s.fs.ReadDir(s.objects())
	if err != nil {
		return nil, fmt.Errorf("list studies: %w", err)
	}
	out := make([]Folder, 0, len(names))
	for _, d := range names {
		list, err := s.fs.Stat(filepath.Join(s.objects(), d.Name(), listName))
		var dir fs.FileInfo
		if err == nil {
			dir, err = s.fs.Stat(filepath.Join(s.objects(), d.Name()))
		}
		switch {
		case err == nil:
			out = append(out, Folder{d.Name(), fmt.Sprintf("%d %d %d", list.Size(), list.ModTime().UnixNano(), dir.ModTime().UnixNano())})
		case errors.Is(err, fs.ErrNotExist): // its list is lost: In makes it anew
			if _, err := s.fs.Stat(filepath.Join(s.objects(), d.Name(), keyName)); err == nil {
				out = append(out, Folder{Name: d.Name()})
			}
		default:
			return nil, fmt.Errorf("list studies: %w", err)
		}
	}
	return out, nil
}

// In lists the objects of the study in a folder, as Study does, and how many there should
// be, -1 where nobody said; none for a folder whose study is not held any more, or whose
// key cannot be opened.
func (s *Store) In(folder string) (entries []Entry, expected int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h, err := s.list(filepath.Join(s.objects(), filepath.Base(folder)))
	if errors.Is(err, seal.ErrDamaged) || errors.Is(err, fs.ErrNotExist) {
		return nil, -1, nil
	}
	if err != nil {
		return nil, -1, fmt.Errorf("list study: %w", err)
	}
	if entries = h.held(false); len(entries) == 0 {
		return nil, -1, nil
	}
	return entries, h.count, nil
}

// Discard takes away an object whose file is not what was kept, so that it can be
// received again. The caller met *seal.DamageError reading it; what can be read after
// all stays: a key may have been forgotten meanwhile.
func (s *Store) Discard(e Entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	h, err := s.study(filepath.Dir(e.Path))
	if err == nil {
		_, err = s.read(e.Path, h.key)
	}
	if errors.Is(err, seal.ErrDamaged) {
		err = s.discard(e.Path)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("discard damaged object: %w", err)
	}
	return nil
}

// discard is called with mu held.
func (s *Store) discard(path string) error {
	if h := s.known[filepath.Dir(path)]; h != nil {
		h.read = -1 // read it all again: the object is in the list, and not there
	}
	return s.fs.Remove(path)
}
