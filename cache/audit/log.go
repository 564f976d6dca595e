package audit

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/seal"
)

// Log is a home's Trail: a folder with
//
//	lock            taken by whoever writes
//	log/records     "nocturne audit 1\n", then frames; nothing in it is ever changed
//	log/signer      the key that signs tree heads, in a box
//	log/keys/2026-11  the key of a month's records, in a box
//	broken-1 …      logs that did not verify, set aside as they were found
//
// A frame is a kind, a length, a body and the length again (kind one byte, lengths four,
// big endian). The body of a record 'r' is its month (four bytes, 202611) and a box with
// the event's XML; RecordHash of the body is a leaf of the tree. The body of a head 'h'
// is a signed note (golang.org/x/mod/sumdb/note) of the tree's size and hash, of where
// in the file it stands and when it was made, and the hashes of the tree's right edge.
//
// What is written at once ends in a head and is synced once; events that wait meanwhile
// are written together (group commit). Record therefore costs one write and one sync of
// one file, whatever the log's length; see BenchmarkRecord.
//
// Leaves are hashes of what is stored, so a month's key can be erased (Shred) and every
// head still verifies. Nobody without the key can tell what a record holds or forge one;
// nobody can change, move, add or remove one without a head ceasing to verify, nor cut
// the end off when a later head is kept elsewhere: Options.Heads, and what is forwarded.
//
// Heads are kept elsewhere just after Record returned, not before: a power cut within
// those milliseconds leaves the last write unprotected against being cut off by somebody
// who then takes the disk. A write that a crash cut short is taken away by the next who
// writes, which is said in a record of its own.
//
// Several Logs in one or several processes may write to the folder. Methods are safe for
// concurrent use.
type Log struct {
	dir   string
	key   seal.Key
	opt   Options
	heads chan Head // of one: the newest that is not kept elsewhere yet

	writing, keeping sync.WaitGroup // drain; keepHeads

	mu     sync.Mutex // guards what follows
	queue  []*waiting
	busy   bool
	closed bool

	file sync.Mutex // guards what follows: who writes, or looks where the log ends
	book *book
}

// Options of a log.
type Options struct {
	Whose Whose
	FS    disk.FS // nil: the system's
	Heads Heads   // nil: no head is kept elsewhere
	// Failed is told what goes wrong where nobody waits for an answer: keeping a head
	// elsewhere. It may be nil.
	Failed func(error)
}

// Heads is another place where the heads of logs are kept, so that a log cannot be cut
// off behind one.
type Heads interface {
	// Heads are the newest note of each log.
	Heads(ctx context.Context) ([]string, error)
	// KeepHead keeps a note in place of the older one of the same log.
	KeepHead(ctx context.Context, log, note string, size int64) error
}

type waiting struct {
	xml   []byte
	month int
	done  chan error
}

// ErrClosed is what a Log says after Close.
var ErrClosed = errors.New("the audit log is closed")

// Open opens the log in dir, made where it is not. A log that does not stand as its last
// head says is set aside, and a new one begins with a record that says so: reading goes
// on, and Verify names what was found until somebody takes the old one away.
func Open(dir string, key seal.Key, o Options) (*Log, error) {
	if o.FS == nil {
		o.FS = disk.OS
	}
	if o.Whose.Now == nil {
		o.Whose.Now = time.Now
	}
	l := &Log{dir: dir, key: key, opt: o, heads: make(chan Head, 1)}
	if err := errors.Join(o.FS.MkdirAll(dir), o.FS.SyncDir(filepath.Dir(dir))); err != nil {
		return nil, fmt.Errorf("open audit log: %w", err)
	}
	l.keeping.Go(l.keepHeads)
	if err := l.commit(nil); err != nil {
		l.Close()
		return nil, fmt.Errorf("open audit log: %w", err)
	}
	return l, nil
}

// Record implements Trail.
func (l *Log) Record(ctx context.Context, e Event) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w, err := l.sealed(e)
	if err != nil {
		return err
	}
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return ErrClosed
	}
	l.queue = append(l.queue, w)
	if !l.busy {
		l.busy = true
		l.writing.Go(l.drain)
	}
	l.mu.Unlock()
	if err := <-w.done; err != nil { // whoever waits holds nothing up: a sync is short
		return fmt.Errorf("keep audit record: %w", err)
	}
	return nil
}

func (l *Log) sealed(e Event) (*waiting, error) {
	e = l.opt.Whose.Complete(e)
	x := e.XML()
	if len(x) > MaxMessage {
		return nil, errors.New("keep audit record: it is too long")
	}
	at := e.At.UTC()
	return &waiting{xml: x, month: at.Year()*100 + int(at.Month()), done: make(chan error, 1)}, nil
}

// drain writes what waits until nothing does.
func (l *Log) drain() {
	for {
		l.mu.Lock()
		batch := l.queue
		l.queue = nil
		l.busy = len(batch) > 0
		l.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		err := l.commit(batch)
		for _, w := range batch {
			w.done <- err
		}
	}
}

// commit makes the batch durable, after what the state of the log gives to say.
func (l *Log) commit(batch []*waiting) error {
	l.file.Lock()
	defer l.file.Unlock()
	unlock, err := lockPath(filepath.Join(l.dir, "lock"))
	if err != nil {
		return err
	}
	defer unlock()
	said, err := l.ready()
	if err != nil {
		return err
	}
	err = l.write(said, batch)
	var bad *Tampered
	if errors.As(err, &bad) { // a key of it: nothing can be written behind it any more
		if said, err = l.anew(bad); err == nil {
			err = l.write(said, batch)
		}
	}
	return err
}

// write appends what is to be said of the log, and then the batch.
func (l *Log) write(said []Event, batch []*waiting) error {
	var all []*waiting
	for _, e := range said {
		w, err := l.sealed(e)
		if err != nil {
			return err
		}
		all = append(all, w)
	}
	if all = append(all, batch...); len(all) == 0 {
		return nil
	}
	if err := l.book.write(all, l.opt.Whose.Now()); err != nil {
		return err
	}
	l.keepSoon(l.book.at.head)
	return nil
}

// Head is the newest signed tree head; the zero Head of a log that nothing was ever
// recorded in.
func (l *Log) Head() Head {
	l.file.Lock()
	defer l.file.Unlock()
	if l.book == nil {
		return Head{}
	}
	return l.book.at.head
}

// Close waits for what is being written and kept elsewhere, and closes the files.
func (l *Log) Close() error {
	l.mu.Lock()
	was := l.closed
	l.closed = true
	l.mu.Unlock()
	if was {
		return nil
	}
	l.writing.Wait()
	close(l.heads)
	l.keeping.Wait()
	l.file.Lock()
	defer l.file.Unlock()
	l.key.Zero()
	if l.book == nil {
		return nil
	}
	return l.book.close()
}
