package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"github.com/nocturne/nocturne/cache/disk"
)

// Place is where one receiver of the log has come to. It lies sealed beside the log, so
// that nobody can have records left out by moving it. It must be taken by Take before
// it is used by who sends; whoever only asks may Load.
type Place struct {
	l    *Log
	name string
}

// Place is that of the receiver of an address.
func (l *Log) Place(address string) *Place {
	return &Place{l, "sent-" + l.key.MAC("audit receiver", address)[:16]}
}

// Take makes this program the one that sends, until give is called or it ends. ErrTaken:
// another one is.
func (s *Place) Take() (give func(), err error) {
	return tryLock(s.l.path(s.name + ".lock"))
}

// Load is where the receiver has come to; the zero Cursor where nothing is known, or
// what is there is damaged: it gets everything again then.
func (s *Place) Load() (Cursor, error) {
	box, err := disk.ReadFile(s.l.opt.FS, s.l.path(s.name))
	if errors.Is(err, fs.ErrNotExist) {
		return Cursor{}, nil
	}
	if err != nil {
		return Cursor{}, fmt.Errorf("read what was sent of the audit log: %w", err)
	}
	var c Cursor
	plain, err := s.l.key.Open(box, s.name)
	if err != nil || json.Unmarshal(plain, &c) != nil {
		return Cursor{}, nil
	}
	return c, nil
}

// Save keeps a new place.
func (s *Place) Save(c Cursor) error {
	plain, err := json.Marshal(c)
	if err != nil {
		return err
	}
	path := s.l.path(s.name)
	s.l.opt.FS.Remove(path + ".new") // a crash left it, or nobody
	if err := disk.Replace(s.l.opt.FS, path+".new", path, s.l.key.Seal(plain, s.name)); err != nil {
		return fmt.Errorf("keep what was sent of the audit log: %w", err)
	}
	return nil
}
