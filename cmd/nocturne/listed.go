package main

import (
	"context"
	"fmt"
	"time"

	"github.com/nocturne/nocturne/worklist/feed"
)

// listed asks the sites for their lists. What a silent one said last, in this program
// or another of the home, stands for it, marked stale: what is on disk can be read,
// reported and signed without it.
func (h *house) listed(ctx context.Context) feed.Snapshot {
	_, _ = h.feed.Remembered() // what cannot be read of it is as if it had never been said
	s := h.feed.Poll(ctx)
	h.room.CountCached(s.Rows)
	return s
}

// agoLine says how old a silent site's list is.
func agoLine(s feed.Snapshot, site string) string {
	for _, status := range s.Sites {
		if status.Name == site && !status.LastOK.IsZero() {
			return fmt.Sprintf("%s's list is of %s, %s ago", site, status.LastOK.Local().Format("2 Jan 15:04"), time.Since(status.LastOK).Round(time.Minute))
		}
	}
	return site + " is silent"
}
