package reading

import (
	"slices"

	"github.com/nocturne/nocturne/cache/access/policy"
	"github.com/nocturne/nocturne/worklist/feed"
)

// FetchAhead gives the list, counted (CountCached), to what fetches cases before they
// are opened; without those that their site's policy does not open to this reader.
func (r *Room) FetchAhead(rows []feed.Row) {
	if r.Ahead != nil {
		r.Ahead.Set(slices.DeleteFunc(slices.Clone(rows), func(row feed.Row) bool { return r.MayKnown(row, policy.Look, false) != nil }))
	}
}

// Forecast writes into each row when its case is ready, or why it is not coming. It reads
// no disk: once a second for a whole list costs nothing.
func (r *Room) Forecast(rows []feed.Row) {
	if r.Ahead != nil {
		r.Ahead.Forecast(rows)
	}
}
