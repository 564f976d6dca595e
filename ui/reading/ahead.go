package reading

import "github.com/nocturne/nocturne/worklist/feed"

// FetchAhead gives the list, counted (CountCached), to what fetches cases before they
// are opened.
func (r *Room) FetchAhead(rows []feed.Row) {
	if r.Ahead != nil {
		r.Ahead.Set(rows)
	}
}

// Forecast writes into each row when its case is ready, or why it is not coming. It reads
// no disk: once a second for a whole list costs nothing.
func (r *Room) Forecast(rows []feed.Row) {
	if r.Ahead != nil {
		r.Ahead.Forecast(rows)
	}
}
