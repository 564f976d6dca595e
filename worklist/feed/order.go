package feed

import (
	"cmp"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs"
)

// Tiers, first to be read first. A STAT is never overtaken by a case of a lower
// tier, however long that has waited (N14).
const (
	tierStat = iota
	tierOpen
	tierNotYet // no images to read yet
	tierEnded
)

func tier(r Row) int {
	switch {
	case r.Finished():
		return tierEnded
	case r.Priority == pacs.Stat:
		return tierStat
	case r.State == Ordered:
		return tierNotYet
	}
	return tierOpen
}

// Finished tells whether nothing is left to be read of it.
func (r Row) Finished() bool {
	return r.State == Preliminary || r.State == Final || r.State == Returned
}

// key is the row's identity from poll to poll.
func (r Row) key() string { return r.Site + "\x00" + r.WorkitemUID + "\x00" + r.StudyUID }

// allowance stands in for a due time that was not sent.
func allowance(p pacs.Priority) (d time.Duration, words string) {
	switch p {
	case pacs.Stat, pacs.Urgent:
		return time.Hour, "1 h"
	case pacs.Routine:
		return 24 * time.Hour, "24 h"
	}
	return 4 * time.Hour, "4 h"
}

// due is the due time, or the one assumed.
func due(r Row) time.Time {
	if !r.Due.IsZero() {
		return r.Due
	}
	d, _ := allowance(r.Priority)
	return r.Arrived.Add(d)
}

// Compare orders rows as they are to be read: by tier, then due, then arrival.
// Because a due time is fixed, a case that waits rises by itself, and nothing of
// its tier that comes later and is due later ever passes it.
func Compare(a, b Row) int {
	return cmp.Or(
		cmp.Compare(tier(a), tier(b)),
		due(a).Compare(due(b)),
		a.Arrived.Compare(b.Arrived),
		cmp.Compare(a.Accession, b.Accession),
		cmp.Compare(a.key(), b.key()),
	)
}

// Reason says in words why the row stands where it stands.
func Reason(r Row) string {
	switch tier(r) {
	case tierEnded:
		return "ended: " + string(r.State)
	case tierNotYet:
		return "no images yet"
	}
	words := "due " + r.Due.Format("15:04 -0700")
	if r.Due.IsZero() {
		_, given := allowance(r.Priority)
		words = "no due time sent, taken as " + given + " after arrival"
	}
	switch {
	case r.Priority == pacs.Stat:
		return "STAT, before all others; " + words
	case r.Priority == pacs.NotStated:
		return "priority not stated; " + words
	}
	return string(r.Priority) + "; " + words
}
