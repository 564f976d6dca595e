package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/seal"
)

// Verdict is what Verify read, and what of it is not as it was kept.
type Verdict struct {
	Studies int   // whose key opens
	Objects int   // that are what was received
	Bytes   int64 // of them
	Records int   // of the lists
	Damaged []Damage
}

// Damage is one file that is not as it was kept. File is its place below the store's
// folder: a hidden name. What is a sentence without its content.
type Damage struct{ File, What string }

// Verify reads and authenticates everything that is kept: keys, lists and objects, whose
// bytes are held against the sum of what was received. Nothing is changed. What another
// process removes meanwhile is passed over. An error is of reading, of a locked ring, or
// the end of ctx; damage is none.
func (s *Store) Verify(ctx context.Context) (Verdict, error) {
	var v Verdict
	folders, err := s.fs.ReadDir(s.objects())
	if err != nil {
		return v, fmt.Errorf("verify store: %w", err)
	}
	for _, d := range folders {
		err := s.verifyStudy(ctx, &v, filepath.Join(s.objects(), d.Name()))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return v, fmt.Errorf("verify store: %w", err)
		}
	}
	aside, err := s.fs.ReadDir(s.aside())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return v, fmt.Errorf("verify store: %w", err)
	}
	for _, d := range aside {
		v.damage(filepath.Join(filepath.Base(s.aside()), d.Name()), "a study that was set aside, because its key does not open")
	}
	return v, nil
}

func (v *Verdict) damage(file, what string) {
	v.Damaged = append(v.Damaged, Damage{filepath.ToSlash(file), what})
}

func (s *Store) verifyStudy(ctx context.Context, v *Verdict, dir string) error {
	rel, _ := filepath.Rel(s.root, dir)
	s.mu.Lock()
	h, err := s.list(dir)
	var k seal.Key
	var entries []Entry
	if err == nil {
		k, entries = *h.key, append(entries, h.entries...)
	}
	s.mu.Unlock()
	if errors.Is(err, seal.ErrDamaged) {
		v.damage(filepath.Join(rel, keyName), "the key of a study does not open: it is damaged, or of another key ring")
		return nil
	}
	if err != nil {
		return err
	}
	defer k.Zero()
	v.Studies++
	if err := s.verifyList(v, dir, rel, &k); err != nil {
		return err
	}
	listed := map[string]Entry{}
	for _, e := range entries {
		listed[filepath.Base(e.Path)] = e
	}
	names, err := s.fs.ReadDir(dir)
	for i := 0; i < len(names) && err == nil; i++ {
		switch name := names[i].Name(); {
		case len(name) >= nameSize:
			err = errors.Join(ctx.Err(), s.verifyObject(v, filepath.Join(dir, name), filepath.Join(rel, name), &k, listed))
		case name != keyName && name != listName:
			v.damage(filepath.Join(rel, name), "a file that does not belong here")
		}
	}
	return err
}

func (s *Store) verifyList(v *Verdict, dir, rel string, k *seal.Key) error {
	b, err := disk.ReadFile(s.fs, filepath.Join(dir, listName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	h, bad := held{key: k}, 0
	for line := range bytes.SplitSeq(b, []byte{'\n'}) {
		if _, ok := h.open(line); ok {
			v.Records++
		} else if len(line) > 0 {
			bad++
		}
	}
	if bad > 0 {
		v.damage(filepath.Join(rel, listName), fmt.Sprintf("%d of its records do not open; the objects say the same, nothing else is lost", bad))
	}
	return nil
}

func (s *Store) verifyObject(v *Verdict, path, rel string, k *seal.Key, listed map[string]Entry) error {
	b, err := s.read(path, k)
	e, ok := listed[filepath.Base(path)]
	switch {
	case errors.Is(err, seal.ErrDamaged):
		v.damage(rel, "an image or document that is not what was kept")
	case errors.Is(err, fs.ErrNotExist): // discarded meanwhile
	case err != nil:
		return err
	case !ok || e.SHA256 != sum(b) || e.Size != int64(len(b)):
		v.damage(rel, "an object under a name that is not its own")
	default:
		v.Objects++
		v.Bytes += e.Size
	}
	return nil
}

// Mend takes away what Verify found damaged, so that it can be received again: an object
// alone; with a key that does not open, the study, which is set aside; what was set aside,
// for good. A list stays: it is read in spite of its damage.
func (s *Store) Mend(d Damage) error {
	path := filepath.Join(s.root, filepath.FromSlash(d.File))
	dir := filepath.Dir(path)
	var err error
	switch {
	case dir == s.aside():
		err = s.fs.RemoveAll(path)
	case filepath.Base(path) == keyName:
		err = s.setAside(dir)
	case len(filepath.Base(path)) >= nameSize && filepath.Dir(dir) == s.objects():
		s.mu.Lock()
		err = s.discard(path)
		s.mu.Unlock()
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("mend store: %w", err)
	}
	return nil
}
