package reading

import (
	"context"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/store"
	"github.com/nocturne/nocturne/worklist/feed"
)

// ours is how many of a study's instances at its site are reports of this home that are
// not on disk here: the site counts them, and nobody has to fetch them.
func ours(sent []string, here []store.Entry) int {
	held := map[string]bool{}
	for _, e := range here {
		held[string(e.SOP)] = true
	}
	n := 0
	for _, sop := range sent {
		if !held[sop] {
			n++
		}
	}
	return n
}

// CountCached fills the rows' count of instances on disk, and takes what we sent to a
// site ourselves out of the count to be expected.
func (r *Room) CountCached(rows []feed.Row) {
	sent, err := r.Ledger.Sent(context.Background(), "")
	for i := range rows {
		if p, ok := r.Sites[rows[i].Site].fromMedium(rows[i].StudyUID); ok {
			rows[i].Cached, rows[i].State, rows[i].Lockable = p.Have, feed.OnMedium, true // nobody else opens it
			continue
		}
		entries, errStore := r.Store.Study(dicom.UID(rows[i].StudyUID))
		if errStore != nil {
			continue
		}
		rows[i].Cached = len(entries)
		if n := ours(sent[rows[i].StudyUID], entries); err == nil && rows[i].Expected > n {
			rows[i].Expected -= n
		}
	}
}
