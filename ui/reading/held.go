package reading

import (
	"context"
	"fmt"

	"github.com/nocturne/nocturne/cache/dicom"
)

// held is a study on disk.
type held struct {
	uid            dicom.UID
	have, expected int
	size           int64 // of its objects as received; at least a byte each
}

// held lists the studies on disk: from the list of what is cached, which costs a row a
// study, or, where the house has none, from the store, which costs every object's record.
func (r *Room) held(ctx context.Context) ([]held, error) {
	if r.Shelf.Index != nil {
		return r.listed(ctx)
	}
	studies, err := r.Store.Studies()
	if err != nil {
		return nil, err
	}
	var out []held
	for _, uid := range studies {
		entries, err := r.Store.Study(uid)
		if err != nil {
			return nil, err
		}
		h := held{uid: uid, have: len(entries)}
		h.expected, _ = r.Store.Expected(uid)
		for _, e := range entries {
			h.size += max(1, e.Size)
		}
		out = append(out, h)
	}
	return out, nil
}

func (r *Room) listed(ctx context.Context) ([]held, error) {
	x, err := r.Shelf.Index(ctx)
	if err != nil {
		return nil, fmt.Errorf("list what is cached: %w", err)
	}
	studies, err := x.Studies()
	out := make([]held, 0, len(studies))
	for _, s := range studies {
		out = append(out, held{s.UID, s.Instances, max(0, s.Expected), max(int64(s.Instances), s.Bytes)})
	}
	return out, err
}
