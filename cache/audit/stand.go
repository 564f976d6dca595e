package audit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"github.com/nocturne/nocturne/cache/disk"
)

// fromStart looks at the whole file for the last head that everything before it leads
// to. What follows that head is a write cut short by a crash, *errTorn, as long as
// nothing shows that more was promised: a later head kept elsewhere, or heads of more
// writes than the one that a crash can cut.
func (b *book) fromStart(size int64, kept Head) (point, error) {
	if err := b.begins(); err != nil {
		return point{}, err
	}
	p, s := start, framesFrom(b.file, start.end, size)
	for {
		next, err := b.write1(s, p, nil)
		if err == io.EOF {
			return p, nil
		}
		if err == nil {
			p = next
			continue
		}
		if unread(err) {
			return p, err
		}
		more, err := b.headsBehind(p, size)
		if err != nil {
			return p, err
		}
		if kept.Size > p.head.Size || more > 1 {
			return p, b.classify(p, size, kept)
		}
		return p, &errTorn{size - p.end}
	}
}

// headsBehind counts the heads of this log behind p that its key signed.
func (b *book) headsBehind(p point, size int64) (n int, err error) {
	rest := make([]byte, min(size-p.end, 64<<20))
	if _, err := io.ReadFull(io.NewSectionReader(b.file, p.end, size-p.end), rest); err != nil {
		return 0, &readError{err}
	}
	for {
		i := bytes.Index(rest, []byte(b.name+"\n"))
		if i < 0 {
			return n, nil
		}
		text := rest[i:min(len(rest), i+2048)]
		// The signature line is the last, and ends the note.
		if j := bytes.Index(text, []byte("\n\n— ")); j >= 0 {
			if k := bytes.IndexByte(text[j+2:], '\n'); k >= 0 {
				if h, err := openHead(string(text[:j+2+k+1]), b.verifier); err == nil && h.Size > p.head.Size {
					n++
				}
			}
		}
		rest = rest[i+len(b.name):]
	}
}

// ready makes l.book stand at the end of the log that is in force, healed or begun anew,
// and gives what is to be said of it in the log. It is called with the folder locked.
func (l *Log) ready() (said []Event, err error) {
	if l.book != nil && l.current() {
		return l.settle(l.catchUp(), nil)
	}
	if l.book != nil {
		l.book.close()
		l.book = nil
	}
	if err := l.opt.FS.SyncDir(l.dir); err != nil { // who made the log may have been ended before its name was durable
		return nil, err
	}
	kept, err := l.kept()
	if err != nil {
		return nil, err
	}
	l.book, err = openBook(l.opt.FS, l.path("log"), &l.key, kept)
	return l.settle(err, kept)
}

func (l *Log) path(name string) string { return filepath.Join(l.dir, name) }

// current reports whether the folder still holds the file that is open.
func (l *Log) current() bool {
	here, err1 := l.book.file.Stat()
	there, err2 := l.opt.FS.Stat(filepath.Join(l.book.dir, "records"))
	return err1 == nil && err2 == nil && sameFile(here, there)
}

// catchUp reads what others wrote since.
func (l *Log) catchUp() error {
	b := l.book
	size, err := b.size()
	if err != nil || size == b.at.end {
		return err
	}
	if size < b.at.end {
		return &Tampered{Finding: Truncated, Record: -1, Of: b.at.head.Size}
	}
	p, err := b.stand(b.at.head)
	var torn *errTorn
	if err == nil || errors.As(err, &torn) {
		b.at = p
	}
	return err
}

// settle acts on what opening or catching up found.
func (l *Log) settle(found error, kept map[string]Head) ([]Event, error) {
	var torn *errTorn
	var bad *Tampered
	switch {
	case found == nil:
		return nil, nil
	case errors.As(found, &torn):
		if err := l.book.cut(); err != nil {
			return nil, err
		}
		return []Event{Recovered(torn.Error())}, nil
	case errors.As(found, &bad):
		return l.anew(bad)
	case errors.Is(found, fs.ErrNotExist):
		return l.beginFirst(kept)
	}
	return nil, found
}

// anew sets the log aside and begins another, which says why.
func (l *Log) anew(bad *Tampered) ([]Event, error) {
	if err := l.setAside(); err != nil {
		return nil, errors.Join(bad, err)
	}
	return l.begin(ChainBroken(bad.Error()))
}

// cut takes away what stands behind the last head.
func (b *book) cut() error {
	if err := b.file.Truncate(b.at.end); err != nil {
		return err
	}
	return b.file.Sync()
}

// beginFirst begins a log where none is: the first, or after one was taken away.
func (l *Log) beginFirst(kept map[string]Head) ([]Event, error) {
	gone, err := l.gone(kept)
	if err != nil {
		return nil, err
	}
	if len(gone) == 0 {
		return l.begin()
	}
	return l.begin(ChainBroken(gone[0].Error()))
}

func (l *Log) begin(said ...Event) ([]Event, error) {
	if err := makeBook(l.opt.FS, l.dir, l.path("log"), &l.key); err != nil {
		return nil, err
	}
	var err error
	l.book, err = openBook(l.opt.FS, l.path("log"), &l.key, nil)
	return said, err
}

// setAside puts the log away as it is.
func (l *Log) setAside() error {
	if l.book != nil {
		l.book.close()
		l.book = nil
	}
	for n := 1; ; n++ {
		to := l.path(fmt.Sprintf("broken-%d", n))
		if _, err := l.opt.FS.Stat(to); errors.Is(err, fs.ErrNotExist) {
			if err := l.opt.FS.Rename(l.path("log"), to); err != nil {
				return err
			}
			return l.opt.FS.SyncDir(l.dir)
		} else if err != nil {
			return err
		}
	}
}

// aside are the folders of logs that were set aside, in order.
func (l *Log) aside() (out []string, err error) {
	for n := 1; ; n++ {
		dir := l.path(fmt.Sprintf("broken-%d", n))
		if _, err := l.opt.FS.Stat(dir); errors.Is(err, fs.ErrNotExist) {
			return out, nil
		} else if err != nil {
			return nil, err
		}
		out = append(out, dir)
	}
}

// gone are the logs of which a head is kept elsewhere and nothing lies here.
func (l *Log) gone(kept map[string]Head) (out []*Tampered, err error) {
	dirs, err := l.aside()
	if err != nil {
		return nil, err
	}
	here := map[string]bool{}
	for _, dir := range append(dirs, l.path("log")) {
		b := &book{fs: l.opt.FS, dir: dir, key: &l.key}
		if b.readSigner() == nil {
			here[b.name] = true
		} else if _, err := disk.ReadFile(l.opt.FS, filepath.Join(dir, "records")); err == nil {
			return nil, nil // whose it is cannot be told: it is named as damaged already
		}
	}
	for name, h := range kept {
		if !here[name] {
			out = append(out, &Tampered{Finding: LogGone, Of: h.Size})
		}
	}
	return out, nil
}
