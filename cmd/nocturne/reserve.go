package main

import (
	"context"
	"errors"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/ui/reading"
)

// upkeep looks after the room that the home keeps on its disk for what must be written
// although it is full: given back before the last of it goes, made anew when there is
// room again.
type upkeep struct {
	reserve *disk.Reserve
	gave    atomic.Int64 // Unix nanoseconds; 0: never
}

func newUpkeep(home string) *upkeep {
	return &upkeep{reserve: &disk.Reserve{Path: filepath.Join(home, "reserve"), Size: reading.ReserveSize}}
}

// give gives the reserve back, and reports that a write may be tried again: another
// program may have given it a moment ago.
func (u *upkeep) give() bool {
	if u.reserve.Give() {
		u.gave.Store(time.Now().UnixNano())
	}
	return !u.reserve.Held()
}

// A disk is at the brink, and the reserve is given back, when an eighth of its size is
// all that is free; it is made again where three times its size is, and not within a
// minute.
func (u *upkeep) brink() int64 { return u.reserve.Size / 8 }
func (u *upkeep) roomy() int64 { return 3 * u.reserve.Size }

const (
	makeMost = time.Minute
	lookAt   = 2 * time.Second
)

// errFull says what a reader has to know of a full disk.
var errFull = errors.New("the disk is full: drafts and reports go into the room that was kept for them, images wait until somebody makes some")

// look is one look at the disk. full: it has just been found so.
func (u *upkeep) look() (full bool, err error) {
	free, err := disk.Free(filepath.Dir(u.reserve.Path))
	if err != nil {
		return false, err
	}
	since := time.Since(time.Unix(0, u.gave.Load()))
	switch {
	case free < u.brink() && u.reserve.Held():
		return u.give(), nil
	case free >= u.roomy() && since > makeMost:
		return false, u.reserve.Make()
	}
	return false, nil
}

// run looks until ctx ends. Making room is tried before the reader is told of a full
// disk.
func (u *upkeep) run(ctx context.Context, tidy func(), fail func(error)) {
	tick := time.NewTicker(lookAt)
	defer tick.Stop()
	for {
		full, err := u.look()
		if err != nil {
			fail(err)
			return // the disk cannot be looked at: what cannot be written says so itself
		}
		if full {
			tidy()
			fail(errFull)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
