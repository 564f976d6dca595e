package store

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/seal"
)

// record is one line of a folder's list before it is sealed: an object, or how many
// there should be. About 350 bytes: 1,000 slices are 500 kB of lines, opened in 10 ms.
type record struct {
	Study    dicom.UID `json:"study,omitempty"`
	Series   dicom.UID `json:"series,omitempty"`
	SOP      dicom.UID `json:"sop,omitempty"`
	File     string    `json:"file,omitempty"`
	SHA256   string    `json:"sha256,omitempty"`
	Size     int64     `json:"size,omitempty"`
	Expected *int      `json:"expected,omitempty"`
}

func recordOf(e Entry) record {
	return record{Study: e.Study, Series: e.Series, SOP: e.SOP, File: filepath.Base(e.Path), SHA256: e.SHA256, Size: e.Size}
}

const listName = "entries"

// note appends a record. One write of a whole line: those of several processes do not
// mix. It begins with a line feed, so that a torn line before it harms only itself. What
// tells of an object is not synced: it can be had from the object.
func (s *Store) note(dir string, k *seal.Key, r record, sync bool) error {
	b, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("list object: %w", err)
	}
	line := append(base64.StdEncoding.AppendEncode([]byte{'\n'}, k.Seal(b, listName)), '\n')
	f, err := s.fs.Append(filepath.Join(dir, listName))
	if err != nil {
		return fmt.Errorf("list object: %w", err)
	}
	_, err = f.Write(line)
	if err == nil && sync {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil && sync {
		err = s.fs.SyncDir(dir)
	}
	if err != nil {
		return fmt.Errorf("list object: %w", err)
	}
	return nil
}

// Study lists the objects of a study in order of arrival, one for each SOP
// Instance UID; none for a study that is not held.
func (s *Store) Study(study dicom.UID) ([]Entry, error) { return s.entries(s.folder(study), false) }

// Conflicts lists the objects of a study that came under a SOP Instance UID
// already held with other bytes.
func (s *Store) Conflicts(study dicom.UID) ([]Entry, error) { return s.entries(s.folder(study), true) }

func (s *Store) entries(dir string, conflicts bool) ([]Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h, err := s.list(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list study: %w", err)
	}
	return h.held(conflicts), nil
}

// held are the objects under their own names, or those apart.
func (h *held) held(conflicts bool) (out []Entry) {
	for _, e := range h.entries {
		if isApart(filepath.Base(e.Path)) == conflicts {
			out = append(out, e)
		}
	}
	return out
}

// list gives a folder with its list as it is now: what was appended since is read, and
// all of it where there is less than there was. It is called with mu held.
func (s *Store) list(dir string) (*held, error) {
	h, err := s.study(dir)
	if err != nil {
		return nil, err
	}
	size := int64(0)
	info, err := s.fs.Stat(filepath.Join(dir, listName))
	if err == nil {
		size = info.Size()
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	switch {
	case h.read < 0 || size < h.read:
		return h, s.load(h)
	case size > h.read:
		return h, s.follow(h, size)
	}
	return h, nil
}

// load reads the list and compares it with the folder: records without an object
// are passed over, objects without a record are described anew.
func (s *Store) load(h *held) error {
	b, err := disk.ReadFile(s.fs, filepath.Join(h.dir, listName)) // before the folder: no object listed here can be missing there
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	names, err := s.fs.ReadDir(h.dir)
	if err != nil {
		return err
	}
	files := map[string]bool{}
	for _, d := range names {
		if len(d.Name()) >= nameSize {
			files[d.Name()] = true
		}
	}
	h.entries, h.at, h.count, h.read = nil, map[string]int{}, -1, 0
	h.take(b, func(name string) bool { return files[name] })
	for name := range files {
		if path := filepath.Join(h.dir, name); !h.has(path) {
			s.describe(h, path)
		}
	}
	return nil
}

// follow reads what was appended to the list.
func (s *Store) follow(h *held, size int64) error {
	f, err := s.fs.Open(filepath.Join(h.dir, listName))
	if err != nil {
		return err
	}
	defer f.Close()
	b := make([]byte, size-h.read)
	n, err := f.ReadAt(b, h.read)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	h.take(b[:n], func(name string) bool {
		_, err := s.fs.Stat(filepath.Join(h.dir, name))
		return err == nil
	})
	return nil
}

func (h *held) has(path string) bool {
	_, ok := h.at[path]
	return ok
}

// take adds the records of whole lines, of objects that are there.
func (h *held) take(b []byte, there func(name string) bool) {
	b = b[:bytes.LastIndexByte(b, '\n')+1]
	h.read += int64(len(b))
	for line := range bytes.SplitSeq(b, []byte{'\n'}) {
		r, ok := h.open(line)
		switch {
		case !ok:
		case r.Expected != nil:
			h.count = *r.Expected
		case r.File == filepath.Base(r.File) && len(r.File) >= nameSize && there(r.File):
			h.add(Entry{r.Study, r.Series, r.SOP, filepath.Join(h.dir, r.File), r.SHA256, r.Size, h.key})
		}
	}
}

// open unseals a line; one that is torn or not ours is none.
func (h *held) open(line []byte) (r record, ok bool) {
	if len(line) == 0 {
		return r, false
	}
	box, err := base64.StdEncoding.AppendDecode(nil, line)
	if err != nil {
		return r, false
	}
	b, err := h.key.Open(box, listName)
	return r, err == nil && json.Unmarshal(b, &r) == nil
}

// add takes an entry once: a second record of the same object says the same.
func (h *held) add(e Entry) {
	if !h.has(e.Path) {
		h.at[e.Path] = len(h.entries)
		h.entries = append(h.entries, e)
	}
}

// describe adds an object that no record tells of: a crash came between object and
// record, or the list was lost. What is no object of this name is not held; Put writes
// over it.
func (s *Store) describe(h *held, path string) {
	b, err := s.read(path, h.key)
	if err != nil {
		return
	}
	e, err := describe(b)
	if err != nil || s.folder(e.Study) != h.dir {
		return
	}
	if name := filepath.Base(path); name != objectName(h.key, e.SOP) && name != apart(h.key, e.SOP, e.SHA256) {
		return
	}
	e.Path, e.key = path, h.key
	if s.note(h.dir, h.key, recordOf(e), false) == nil {
		h.add(e)
	}
}

// Studies lists the studies held, in no order.
func (s *Store) Studies() ([]dicom.UID, error) {
	folders, err := s.fs.ReadDir(s.objects())
	if err != nil {
		return nil, fmt.Errorf("list studies: %w", err)
	}
	var out []dicom.UID
	for _, d := range folders {
		entries, err := s.entries(filepath.Join(s.objects(), d.Name()), false)
		if errors.Is(err, seal.ErrDamaged) {
			continue // its key cannot be opened: it is not held
		}
		if err != nil {
			return nil, fmt.Errorf("list studies: %w", err)
		}
		if len(entries) > 0 {
			out = append(out, entries[0].Study)
		}
	}
	return out, nil
}

// SetExpected notes how many instances the site says a study has (N8).
func (s *Store) SetExpected(study dicom.UID, n int) error {
	dir := s.folder(study)
	if was, ok := s.Expected(study); ok && was == n {
		return nil
	}
	k, _, err := s.begin(dir)
	if err == nil {
		defer k.Zero()
		err = s.note(dir, &k, record{Expected: &n}, true)
	}
	if err != nil {
		return fmt.Errorf("note expected count: %w", err)
	}
	return nil
}

// Expected is what SetExpected noted last; ok is false when nothing was.
func (s *Store) Expected(study dicom.UID) (n int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h, err := s.list(s.folder(study))
	if err != nil || h.count < 0 {
		return 0, false
	}
	return h.count, true
}
