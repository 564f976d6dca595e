package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/nocturne/nocturne/ui/reading"
)

// shelve says what may be kept on disk: by the policy file of each site, else by this
// home's limits.
func (h *house) shelve(env *environment) {
	limits, book := h.config.Limits, env.policies()
	s := &h.room.Shelf
	s.Index = h.cached
	s.Bytes, s.Floor = int64(limits.CacheGB)*1e9, int64(limits.FreeGB)*1e9
	s.Keep = func(site string) time.Duration {
		days := limits.KeepDays
		if p := book.Known(site); site != "" && p.Said {
			days = p.Retention.Days
		}
		return time.Duration(days) * 24 * time.Hour
	}
	for name := range h.room.Sites {
		if gb := int64(book.Known(name).Retention.Gigabytes) * 1e9; gb > 0 && (s.Bytes == 0 || gb < s.Bytes) {
			s.Bytes = gb
		}
	}
}

// between is how long the house lets pass between two looks at what may go, and low how
// long while the disk is nearly full.
const (
	between = time.Hour
	low     = time.Minute
	first   = 10 * time.Second // after the start: the sites' lists have come by then, and the first case is open
)

// tidy erases what goes by the rules, at the start and every hour, more often while the
// disk is low; what does not fit though all went that may is told once. Beside it the
// disk's room is looked after.
func (h *house) tidy(ctx context.Context, fail func(error)) {
	wake := make(chan struct{}, 1)
	var beside sync.WaitGroup
	defer beside.Wait()
	told := false
	for wait := first; ; {
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-time.After(wait):
		}
		if wait == first {
			beside.Go(func() {
				h.upkeep.run(ctx, func() {
					select {
					case wake <- struct{}{}:
					default:
					}
				}, fail)
			})
		}
		_, shortage, err := h.room.Evict(ctx, nil)
		if err != nil && ctx.Err() == nil {
			fail(fmt.Errorf("make room on the disk: %w", err))
		}
		if shortage > 0 && !told {
			fail(&reading.ShortageError{Bytes: shortage})
		}
		told = shortage > 0
		wait = between
		if shortage > 0 || h.room.DiskLow() {
			wait = low
		}
	}
}
