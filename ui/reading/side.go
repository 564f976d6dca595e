package reading

import "github.com/nocturne/nocturne/worklist/feed"

// sideOf is the side an order's words name: R, L, B for both, or empty.
func sideOf(exam string) string { return feed.Side(exam) }
