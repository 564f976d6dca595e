package audit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/disk/disktest"
	"github.com/nocturne/nocturne/cache/seal"
)

var powerKey = seal.Key{4, 5, 6}

// recording is a story of records over two months, some of them waiting together. Those
// that were promised stand, in the order they were promised, and the log verifies: after
// a crash nobody is told that somebody tampered with it.
func recording() disktest.Story {
	return disktest.Story{Most: 4, Twice: true, Play: func() (run, check func(*disktest.Disk) error) {
		var promised []string
		next := 0
		work := func(d *disktest.Disk) error {
			return onDisk(d, func(l *Log) (all error) {
				for range 4 {
					next++
					e := Opened(Study{UID: fmt.Sprint("1.2.", next)})
					e.At = time.Date(2026, 10+time.Month(next/3%2), 1, 2, 3, 4, next, time.UTC)
					err := l.Record(context.Background(), e)
					if err == nil {
						promised = append(promised, fmt.Sprint("1.2.", next))
					}
					all = errors.Join(all, err)
				}
				return all
			})
		}
		run = func(d *disktest.Disk) error {
			err := work(d)
			if err != nil {
				return errors.Join(err, work(d)) // it is started again
			}
			return nil
		}
		return run, func(d *disktest.Disk) error {
			return onDisk(d, func(l *Log) error {
				if _, err := l.Verify(context.Background()); err != nil {
					return err
				}
				found, err := studies(l)
				if err != nil {
					return err
				}
				missing := slices.Clone(promised)
				for _, u := range found {
					if len(missing) > 0 && u == missing[0] {
						missing = missing[1:]
					}
				}
				if len(missing) > 0 {
					return fmt.Errorf("%s of those promised is not in its place among %v", missing[0], found)
				}
				return nil
			})
		}
	}}
}

// kept are heads on the same disk, as the ledger keeps them.
type kept struct{ d *disktest.Disk }

func (k kept) Heads(context.Context) ([]string, error) {
	b, err := disk.ReadFile(k.d, k.d.Path("head"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return []string{string(b)}, err
}

func (k kept) KeepHead(_ context.Context, _, note string, _ int64) error {
	k.d.Remove(k.d.Path("head.new"))
	return disk.Replace(k.d, k.d.Path("head.new"), k.d.Path("head"), []byte(note))
}

func onDisk(d *disktest.Disk, do func(*Log) error) error {
	l, err := Open(d.Path("audit"), powerKey, Options{Whose: whose, FS: d, Heads: kept{d}})
	if err != nil {
		return err
	}
	return errors.Join(do(l), l.Close())
}

// studies are those that the log says were opened, in order.
func studies(l *Log) (out []string, err error) {
	err = l.Entries(context.Background(), Cursor{}, func(of []Entry, _ Head, _ Cursor) error {
		for _, e := range of {
			ev, err := e.Event()
			if err != nil {
				return err
			}
			for _, o := range ev.Objects {
				if ev.ID == InstancesAccessed {
					out = append(out, o.ID)
				}
			}
		}
		return nil
	})
	return out, err
}

func TestWhatTheLogPromisedStandsWhateverTheDiskDoes(t *testing.T) {
	t.Parallel()
	disktest.Every(t, recording())
}
