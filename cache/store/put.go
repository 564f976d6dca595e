package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Put keeps one object as received. When it returns nil the bytes are on disk.
// fresh is false for bytes that are held already. *dicom.InvalidError or
// *dicom.UnsupportedError: it is no whole object with Study, Series and SOP
// Instance UID, and nothing was kept. *ConflictError: kept, but apart.
func (s *Store) Put(b []byte) (e Entry, fresh bool, err error) {
	e, err = describe(b)
	if err != nil {
		return Entry{}, false, err
	}
	dir := s.folder(e.Study)
	e.Path = filepath.Join(dir, objectName(e.SOP))
	fresh, held, err := s.place(dir, e, b)
	if err != nil || held == e.SHA256 {
		return e, fresh, err
	}
	if s.listed(dir, e.Path) == e.SHA256 {
		return e, true, s.restore(e, b)
	}
	conflict := &ConflictError{Held: held, Received: e.SHA256}
	e.Path = filepath.Join(dir, apart(e.SOP, e.SHA256))
	fresh, _, err = s.place(dir, e, b)
	if err != nil {
		return Entry{}, false, err
	}
	return e, fresh, conflict
}

// describe parses an object and refuses what is not whole.
func describe(b []byte) (Entry, error) {
	f, err := dicom.Parse(b)
	if err != nil {
		return Entry{}, fmt.Errorf("keep object: %w", err)
	}
	if f.Truncated {
		return Entry{}, fmt.Errorf("keep object: %w", invalid("its bytes end early"))
	}
	e := Entry{
		Study:  dicom.UID(f.Dataset.Str(dicom.StudyInstanceUID)),
		Series: dicom.UID(f.Dataset.Str(dicom.SeriesInstanceUID)),
		SOP:    dicom.UID(f.Dataset.Str(dicom.SOPInstanceUID)),
		SHA256: sum(b), Size: int64(len(b)),
	}
	if e.Study == "" || e.Series == "" || e.SOP == "" {
		return Entry{}, fmt.Errorf("keep object: %w", invalid("no Study, Series or SOP Instance UID"))
	}
	return e, nil
}

func invalid(reason string) error { return &dicom.InvalidError{Offset: -1, Reason: reason} }

// place brings b under e.Path and into the catalogue. held is the sum of what
// stands there afterwards: another's where the name was taken.
func (s *Store) place(dir string, e Entry, b []byte) (fresh bool, held string, err error) {
	if old, err := os.ReadFile(e.Path); err == nil {
		return false, sum(old), nil
	}
	tmp, err := s.write(b)
	if err != nil {
		return false, "", fmt.Errorf("keep object: %w", err)
	}
	defer os.Remove(tmp)
	err = link(dir, tmp, e.Path)
	if errors.Is(err, fs.ErrExist) { // another process was quicker
		old, err := os.ReadFile(e.Path)
		if err != nil {
			return false, "", fmt.Errorf("keep object: %w", err)
		}
		return false, sum(old), nil
	}
	if err != nil {
		return false, "", fmt.Errorf("keep object: %w", err)
	}
	if err := syncDir(dir); err != nil {
		return false, "", fmt.Errorf("keep object: %w", err)
	}
	return true, e.SHA256, s.note(dir, e)
}

// restore puts back bytes that changed on disk since they were received.
func (s *Store) restore(e Entry, b []byte) error {
	tmp, err := s.write(b)
	if err == nil {
		defer os.Remove(tmp)
		err = os.Rename(tmp, e.Path)
	}
	if err != nil {
		return fmt.Errorf("restore object: %w", err)
	}
	return nil
}

// write puts bytes into a file of their own under tmp, on disk when it returns.
func (s *Store) write(b []byte) (path string, err error) {
	f, err := os.CreateTemp(s.tmp(), "put-") // 0600
	if err != nil {
		return "", err
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}

// link gives a written file its name, unless the name is taken. The study's
// folder may have been removed meanwhile by another process: it is made again.
func link(dir, tmp, path string) error {
	for tries := 0; ; tries++ {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		err := os.Link(tmp, path)
		switch {
		case err == nil, errors.Is(err, fs.ErrExist):
			return err
		case errors.Is(err, fs.ErrNotExist) && tries < 3:
			continue
		}
		return renameFree(tmp, path)
	}
}

// renameFree is link for file systems without hard links. Two processes that
// receive the same object in the same instant may both find the name free; the
// later one stays.
func renameFree(tmp, path string) error {
	if _, err := os.Lstat(path); err == nil {
		return fs.ErrExist
	}
	return os.Rename(tmp, path)
}

// syncDir makes names durable where the system can.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil // folders cannot be synced there; NTFS journals names
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
