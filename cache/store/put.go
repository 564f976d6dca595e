package store

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/seal"
)

// Put keeps one object as received. When it returns nil the bytes are on disk, sealed,
// and so is the key that opens them. fresh is false for bytes that are held already.
// *dicom.InvalidError or *dicom.UnsupportedError: it is no whole object with Study,
// Series and SOP Instance UID, and nothing was kept. *ConflictError: kept, but apart.
func (s *Store) Put(b []byte) (e Entry, fresh bool, err error) {
	e, err = describe(b)
	if err != nil {
		return Entry{}, false, err
	}
	for range 4 { // another process may remove the study meanwhile
		e, fresh, err = s.put(e, b)
		if !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	var conflict *ConflictError
	if err != nil && !errors.As(err, &conflict) {
		return Entry{}, false, fmt.Errorf("keep object: %w", err)
	}
	return e, fresh, err
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

// placing is one object on its way under the key of its study's folder, a copy.
type placing struct {
	s   *Store
	dir string
	key seal.Key
	box []byte // the key file
	e   Entry
	b   []byte
}

func (s *Store) put(e Entry, b []byte) (Entry, bool, error) {
	p := placing{s: s, dir: s.folder(e.Study), e: e, b: b}
	var err error
	if p.key, p.box, err = s.begin(p.dir); err != nil {
		return e, false, err
	}
	defer p.key.Zero()
	p.e.Path = filepath.Join(p.dir, objectName(&p.key, e.SOP))
	fresh, held, err := p.place()
	if err != nil || held == e.SHA256 {
		return p.done(fresh, err)
	}
	p.e.Path = filepath.Join(p.dir, apart(&p.key, e.SOP, e.SHA256))
	if fresh, _, err = p.place(); err != nil {
		return p.done(false, err)
	}
	return p.done(fresh, &ConflictError{Held: held, Received: e.SHA256})
}

// done gives the entry the key that the store holds, and notices a study that was removed
// and begun again by another process while we wrote: what we wrote went with it.
func (p *placing) done(fresh bool, err error) (Entry, bool, error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	h, e := p.s.study(p.dir)
	if e == nil && *h.key != p.key {
		e = fs.ErrNotExist
	}
	if e != nil {
		return p.e, false, e
	}
	p.e.key = h.key
	return p.e, fresh, err
}

// place brings the object under its path and into the list. held is the sum of what
// stands there afterwards: another's where the name was taken.
func (p *placing) place() (fresh bool, held string, err error) {
	held, err = p.there()
	if err == nil {
		return false, held, p.s.fs.SyncDir(p.dir) // who put it there may have been ended before this
	}
	damaged := errors.Is(err, seal.ErrDamaged)
	if !damaged && !errors.Is(err, fs.ErrNotExist) {
		return false, "", err
	}
	listed := ""
	if damaged {
		if listed = p.listed(); listed != "" && listed != p.e.SHA256 {
			return false, listed, nil // what it was is known, and it was not this
		}
	}
	tmp := p.s.free("put")
	err = p.s.write(tmp, func(f disk.File) error {
		_, err := seal.Write(f, &p.key, filepath.Base(p.e.Path), bytes.NewReader(p.b))
		return err
	})
	if err != nil {
		return false, "", err
	}
	defer p.s.fs.Remove(tmp)
	if damaged {
		err = p.s.fs.Rename(tmp, p.e.Path)
	} else {
		err = p.s.link(tmp, p.e.Path)
	}
	if errors.Is(err, fs.ErrExist) { // another process was quicker
		if held, err = p.there(); err == nil {
			err = p.s.fs.SyncDir(p.dir)
		}
		return false, held, err
	}
	if err == nil {
		err = p.s.fs.SyncDir(p.dir)
	}
	if err == nil && listed == "" {
		err = p.s.note(p.dir, &p.key, recordOf(p.e), false)
	}
	return true, p.e.SHA256, err
}

// there is the sum of what stands under the path.
func (p *placing) there() (string, error) {
	old, err := p.s.read(p.e.Path, &p.key)
	if err != nil {
		return "", err
	}
	return sum(old), nil
}

// listed is the sum that the list has for the path; "" when it has none.
func (p *placing) listed() string {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	h, err := p.s.list(p.dir)
	if err != nil {
		return ""
	}
	if i, ok := h.at[p.e.Path]; ok {
		return h.entries[i].SHA256
	}
	return ""
}

// link gives a written file its name, unless the name is taken. Where the file system has
// no hard links, two processes that receive the same object in the same instant may both
// find the name free; the later one stays.
func (s *Store) link(tmp, path string) error {
	err := s.fs.Link(tmp, path)
	if err == nil || errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, err := s.fs.Stat(path); err == nil {
		return fs.ErrExist
	}
	return s.fs.Rename(tmp, path)
}
