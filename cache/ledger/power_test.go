package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/database"
	"github.com/nocturne/nocturne/cache/database/databasetest"
	"github.com/nocturne/nocturne/cache/disk/disktest"
	"github.com/nocturne/nocturne/cache/ledger/ledgertest"
)

// act is something that a reader does, and what must be so once it was acknowledged.
// held reports whether it is; what was not acknowledged may be or not be.
type act struct {
	name string
	do   func(context.Context, *Ledger) error
	held func(context.Context, *Ledger) (bool, error)
}

// onDisk opens the ledger of a disk that fails.
func onDisk(d *disktest.Disk, do func(context.Context, *Ledger) error) error {
	name, forget := databasetest.Register(d)
	defer forget()
	l, err := OpenOn(database.Disk{FS: d, VFS: name}, d.Dir(), ledgertest.Key)
	if err != nil {
		return err
	}
	return errors.Join(do(context.Background(), l), l.Close())
}

// working is a story of acts one after the other; a program that is told that one failed
// goes on with the next.
func working(acts []act, before ...act) disktest.Story {
	return disktest.Story{
		Most: 5, Twice: true,
		Before: func(d *disktest.Disk) error {
			return onDisk(d, func(ctx context.Context, l *Ledger) (err error) {
				for _, a := range before {
					err = errors.Join(err, a.do(ctx, l))
				}
				return err
			})
		},
		Play: func() (run, check func(*disktest.Disk) error) {
			var promised []act
			run = func(d *disktest.Disk) error {
				return onDisk(d, func(ctx context.Context, l *Ledger) (err error) {
					for _, a := range acts {
						if e := a.do(ctx, l); e != nil {
							err = errors.Join(err, fmt.Errorf("%s: %w", a.name, e))
						} else {
							promised = append(promised, a)
						}
					}
					return err
				})
			}
			return run, func(d *disktest.Disk) error { return stand(d, append(before, promised...)) }
		},
	}
}

// stand opens the ledger and holds it against what was promised.
func stand(d *disktest.Disk, promised []act) error {
	return onDisk(d, func(ctx context.Context, l *Ledger) error {
		if err := l.Check(ctx); err != nil {
			return err
		}
		for _, a := range promised {
			if ok, err := a.held(ctx, l); !ok || err != nil {
				return fmt.Errorf("%s is lost: %w", a.name, err)
			}
		}
		return atomic(ctx, l)
	})
}

// atomic: a report that is signed is in the outbox with all of its rows and records, and
// none is there that is not signed.
func atomic(ctx context.Context, l *Ledger) error {
	all, err := l.Drafts(ctx)
	if err != nil {
		return err
	}
	for _, d := range all {
		rows, err := l.OutboxOf(ctx, d.StudyUID)
		if err != nil {
			return err
		}
		records, err := l.Records(ctx, "signing", d.StudyUID)
		if err != nil {
			return err
		}
		want := 0
		if d.SignedAs != "" {
			want = 2
		}
		if len(rows) != want || len(records) != want/2 {
			return fmt.Errorf("signed as %q: %d rows, %d records", d.SignedAs, len(rows), len(records))
		}
	}
	return nil
}

func drafts(study, body string) act {
	return act{"the draft of " + study, func(ctx context.Context, l *Ledger) error {
		d, _, err := l.Draft(ctx, study)
		if err != nil {
			return err
		}
		_, err = l.SaveDraft(ctx, Draft{StudyUID: study, Body: []byte(body), Revision: d.Revision})
		return err
	}, func(ctx context.Context, l *Ledger) (bool, error) {
		d, ok, err := l.Draft(ctx, study)
		return ok && string(d.Body) == body, err
	}}
}

func signs(study string) act {
	return act{"the signature of " + study, func(ctx context.Context, l *Ledger) error {
		d, _, err := l.Draft(ctx, study)
		if err != nil {
			return err
		}
		first := row(study, "")
		first.SHA256 = fmt.Sprintf("%x", sha256.Sum256(first.Object))
		second := first
		second.Control, second.Kind = study+".10", KindSR+"2"
		_, err = l.Enqueue(ctx, []OutboxRow{first, second}, d.Revision, Record{ID: "signing " + study, Kind: "signing", StudyUID: study, At: t0})
		return err
	}, func(ctx context.Context, l *Ledger) (bool, error) {
		rows, err := l.OutboxOf(ctx, study)
		return len(rows) == 2 && string(rows[0].Object) == "bytes of "+study, err
	}}
}

func claims(item string) act {
	return act{"the claim " + item, func(ctx context.Context, l *Ledger) error {
		c, _, err := l.PutClaim(ctx, claim(item, "2.25.7"))
		if err != nil {
			return err
		}
		_, err = l.MoveClaim(ctx, c, Held)
		return err
	}, func(ctx context.Context, l *Ledger) (bool, error) {
		c, ok, err := l.Claim(ctx, item)
		return ok && c.State == Held && c.TransactionUID == "2.25.7", err
	}}
}

func marks(study string, n int) act {
	return act{"the marks of " + study, func(ctx context.Context, l *Ledger) error {
		var marks []Annotation
		for i := range n {
			marks = append(marks, Annotation{StudyUID: study, ID: fmt.Sprint(i), Body: []byte(strings.Repeat("m", 700)), Saved: t0})
		}
		return l.SaveMarks(ctx, study, marks)
	}, func(ctx context.Context, l *Ledger) (bool, error) {
		marks, err := l.Marks(ctx, study)
		return len(marks) == n, err
	}}
}

// recorded is a record of its own: a call, an eviction.
func records(id string) act {
	return act{"the record " + id, func(ctx context.Context, l *Ledger) error {
		return l.PutRecord(ctx, Record{ID: id, Kind: "evicted", StudyUID: "1.9", At: t0, Body: []byte(id)})
	}, func(ctx context.Context, l *Ledger) (bool, error) {
		records, err := l.Records(ctx, "evicted", "1.9")
		return len(records) == 1 && string(records[0].Body) == id, err
	}}
}

// sent is the first row of a report on its way.
func sends(study string) act {
	return act{"the sending of " + study, func(ctx context.Context, l *Ledger) error {
		rows, err := l.OutboxOf(ctx, study)
		if err != nil || len(rows) == 0 {
			return errors.Join(err, ErrNone)
		}
		le, err := l.Lease(ctx, rows[0].ID, t0)
		if err != nil {
			return err
		}
		r := le.Row
		r.State, r.Tries = Sending, r.Tries+1
		if err := le.Save(ctx, r); err != nil {
			return err
		}
		le.Close(ctx)
		return nil
	}, func(ctx context.Context, l *Ledger) (bool, error) {
		rows, err := l.OutboxOf(ctx, study)
		if err != nil || len(rows) == 0 || rows[0].State != Sending {
			return false, err
		}
		steps, err := l.Steps(ctx, rows[0].ID)
		return len(steps) >= 2, err
	}}
}

func TestWhatTheLedgerPromisedStandsWhateverTheDiskDoes(t *testing.T) {
	t.Parallel()
	disktest.Every(t, working([]act{
		drafts("1.1", strings.Repeat("Normal. ", 1200)), claims("w1"), marks("1.1", 9), signs("1.2"), drafts("1.3", "short"), signs("1.3"), sends("1.3"), records("r"),
	}, drafts("1.2", "as it was")))
}

// TestWhatTwoCrashesLeftIsNoDamage: the first lost the beginning of a long transaction
// that nobody was promised, and what came after it was written over only a part of it;
// the second lost a page of the last, which was not promised either.
func TestWhatTwoCrashesLeftIsNoDamage(t *testing.T) {
	ctx, home := context.Background(), t.TempDir()
	l := open(t, home)
	_, err := l.SaveDraft(ctx, Draft{StudyUID: "1.1", Body: []byte("promised")})
	must(t, err)
	once, first := copyOf(t, home, -1), copyOf(t, home, -1)

	save := func(home, study, body string) []byte {
		l := open(t, home)
		_, err := l.SaveDraft(ctx, Draft{StudyUID: study, Body: []byte(body)})
		must(t, err)
		log, err := os.ReadFile(filepath.Join(home, File+"-wal"))
		must(t, err)
		return log
	}
	long := save(first, "1.2", strings.Repeat("x", 80_000))
	short := save(once, "1.3", "promised too")
	both := save(once, "1.4", strings.Repeat("y", 20_000))
	if len(both) >= len(long) || len(short) >= len(both) {
		t.Fatalf("logs of %d, %d and %d bytes", len(short), len(both), len(long))
	}
	const frame = 24 + 4096
	lost := bytes.Clone(long[len(short) : len(short)+frame]) // of the last the first frame, of which the first crash left another's
	log := append(append(bytes.Clone(short), lost...), both[len(short)+frame:]...)
	log = append(log, long[len(log):]...)

	found := copyOf(t, home, -1)
	must(t, os.WriteFile(filepath.Join(found, File+"-wal"), log, 0o600))
	l, err = Open(found, ledgertest.Key)
	must(t, err)
	defer l.Close()
	for study, want := range map[string]bool{"1.1": true, "1.2": false, "1.3": true, "1.4": false} {
		if _, ok, err := l.Draft(ctx, study); err != nil || ok != want {
			t.Errorf("the draft of %s is there: %v, want %v; %v", study, ok, want, err)
		}
	}
}
