package store

import (
	"path/filepath"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Changed is when an object of a study arrived last; the zero time for one that is not
// held.
func (s *Store) Changed(study dicom.UID) time.Time {
	info, err := s.fs.Stat(filepath.Join(s.folder(study), listName))
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// Root is the folder on whose disk the objects are.
func (s *Store) Root() string { return s.root }
