package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// catalogue is what a study's folder holds, as last read. It is good as long as
// the list of entries has the size it had then.
type catalogue struct {
	size    int64
	entries []Entry // in order of arrival
}

// line is one Entry in the list of a folder. About 350 bytes: 1,000 slices are
// 350 kB, read in a few milliseconds.
type line struct {
	Study  dicom.UID `json:"study"`
	Series dicom.UID `json:"series"`
	SOP    dicom.UID `json:"sop"`
	File   string    `json:"file"`
	SHA256 string    `json:"sha256"`
	Size   int64     `json:"size"`
}

const listName = "entries"

// note appends an entry. One write of a whole line: those of several processes
// do not mix. It begins with a line feed, so that a torn line before it harms
// only itself. The list is not synced: it can be had from the objects.
func (s *Store) note(dir string, e Entry) error {
	b, err := json.Marshal(line{e.Study, e.Series, e.SOP, filepath.Base(e.Path), e.SHA256, e.Size})
	if err != nil {
		return fmt.Errorf("list object: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, listName), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("list object: %w", err)
	}
	_, err = f.Write(append(append([]byte{'\n'}, b...), '\n'))
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("list object: %w", err)
	}
	return nil
}

// Study lists the objects of a study in order of arrival, one for each SOP
// Instance UID; none for a study that is not held.
func (s *Store) Study(study dicom.UID) ([]Entry, error) { return s.list(s.folder(study), false) }

// Conflicts lists the objects of a study that came under a SOP Instance UID
// already held with other bytes.
func (s *Store) Conflicts(study dicom.UID) ([]Entry, error) { return s.list(s.folder(study), true) }

func (s *Store) list(dir string, conflicts bool) ([]Entry, error) {
	all, err := s.catalogue(dir)
	if err != nil {
		return nil, fmt.Errorf("list study: %w", err)
	}
	var out []Entry
	for _, e := range all {
		if isApart(filepath.Base(e.Path)) == conflicts {
			out = append(out, e)
		}
	}
	return out, nil
}

func (s *Store) catalogue(dir string) ([]Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	info, err := os.Stat(filepath.Join(dir, listName))
	if c, ok := s.known[dir]; ok && err == nil && info.Size() == c.size {
		return c.entries, nil
	}
	delete(s.known, dir)
	c, err := s.load(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil {
		s.known[dir] = c
	}
	return c.entries, err
}

// listed is the sum that the list has for a path; "" when it has none.
func (s *Store) listed(dir, path string) string {
	entries, err := s.catalogue(dir)
	for _, e := range entries {
		if err == nil && e.Path == path {
			return e.SHA256
		}
	}
	return ""
}

// load reads the list and compares it with the folder: lines without an object
// are passed over, objects without a line are described anew.
func (s *Store) load(dir string) (catalogue, error) {
	b, err := os.ReadFile(filepath.Join(dir, listName)) // before the folder: no object listed here can be missing there
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return catalogue{}, err
	}
	c := catalogue{size: int64(len(b))}
	files, err := objectFiles(dir)
	if err != nil {
		return catalogue{}, err
	}
	for part := range bytes.SplitSeq(b, []byte{'\n'}) {
		var l line
		if json.Unmarshal(part, &l) != nil || !files[l.File] {
			continue
		}
		delete(files, l.File) // a second line of the same object says the same
		c.entries = append(c.entries, Entry{l.Study, l.Series, l.SOP, filepath.Join(dir, l.File), l.SHA256, l.Size})
	}
	for name := range files {
		if e, ok := s.found(dir, name); ok {
			c.entries = append(c.entries, e)
			c.size = -1 // the list has grown: read it again next time
		}
	}
	return c, nil
}

// objectFiles are the names of a study's objects.
func objectFiles(dir string) (map[string]bool, error) {
	names, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	files := map[string]bool{}
	for _, d := range names {
		if strings.HasSuffix(d.Name(), objectExt) {
			files[d.Name()] = true
		}
	}
	return files, nil
}

// found describes an object that no line tells of: a crash came between object
// and line, or the list was lost. What is no object of this name is removed,
// so that it can be received again.
func (s *Store) found(dir, name string) (Entry, bool) {
	path := filepath.Join(dir, name)
	b, err := os.ReadFile(path)
	if err != nil {
		return Entry{}, false
	}
	e, err := describe(b)
	if err != nil || s.folder(e.Study) != dir || !strings.HasPrefix(name, hidden(e.SOP)) {
		os.Remove(path)
		return Entry{}, false
	}
	e.Path = path
	return e, s.note(dir, e) == nil
}

// Studies lists the studies held, in no order.
func (s *Store) Studies() ([]dicom.UID, error) {
	folders, err := os.ReadDir(s.objects())
	if err != nil {
		return nil, fmt.Errorf("list studies: %w", err)
	}
	var out []dicom.UID
	for _, d := range folders {
		entries, err := s.catalogue(filepath.Join(s.objects(), d.Name()))
		if err != nil {
			return nil, fmt.Errorf("list studies: %w", err)
		}
		if len(entries) > 0 {
			out = append(out, entries[0].Study)
		}
	}
	return out, nil
}

const expectedName = "expected"

// SetExpected notes how many instances the site says a study has (N8).
func (s *Store) SetExpected(study dicom.UID, n int) error {
	tmp, err := s.write([]byte(strconv.Itoa(n)))
	if err == nil {
		defer os.Remove(tmp)
		err = os.MkdirAll(s.folder(study), 0o700)
	}
	if err == nil {
		err = os.Rename(tmp, filepath.Join(s.folder(study), expectedName))
	}
	if err != nil {
		return fmt.Errorf("note expected count: %w", err)
	}
	return nil
}

// Expected is what SetExpected noted last; ok is false when nothing was.
func (s *Store) Expected(study dicom.UID) (n int, ok bool) {
	b, err := os.ReadFile(filepath.Join(s.folder(study), expectedName))
	if err != nil {
		return 0, false
	}
	n, err = strconv.Atoi(string(b))
	return n, err == nil
}
