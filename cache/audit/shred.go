package audit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"
)

// Shred makes what the records of a month hold unreadable for good, by erasing their key;
// that it is erased is recorded first. Every head verifies as before: leaves are hashes
// of what is stored. The month that runs is not erased.
func (l *Log) Shred(ctx context.Context, month time.Time) error {
	m := month.UTC().Year()*100 + int(month.UTC().Month())
	now := l.opt.Whose.Now().UTC()
	if m >= now.Year()*100+int(now.Month()) {
		return errors.New("erase audit records: this month's are still being written")
	}
	if err := l.Record(ctx, erasedMonth(m)); err != nil {
		return err
	}
	l.file.Lock()
	defer l.file.Unlock()
	delete(l.book.months, m)
	path := l.book.monthFile(m)
	if err := l.opt.FS.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("erase audit records: %w", err)
	}
	return l.opt.FS.SyncDir(filepath.Join(l.book.dir, "keys"))
}

const erasedSubject = "nocturne:audit/keys/"

// erasedMonth is the record that a month's key was erased.
func erasedMonth(m int) Event {
	e := security(objectSecurity, Success, fmt.Sprintf("%s%06d", erasedSubject, m), "what these records hold was erased")
	e.Objects[0].Life = Erased
	return e
}

// noteErased notes the month of an erasedMonth.
func noteErased(x []byte, erased map[int]bool) {
	if !strings.Contains(string(x), erasedSubject) {
		return
	}
	e, err := ParseXML(x)
	if err != nil {
		return
	}
	for _, o := range e.Objects {
		var m int
		if _, err := fmt.Sscanf(o.ID, erasedSubject+"%d", &m); err == nil && o.Life == Erased {
			erased[m] = true
		}
	}
}
