package reading

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/report"
)

// Keeper saves one draft again and again through the journal. Of drafts handed
// over faster than the disk takes them, the last is written. When another program
// has saved or signed the study's draft meanwhile, ours is kept apart from then on,
// told once as an error, and offered where the case is opened next: nothing that was
// typed is lost.
type Keeper struct {
	room  *Room
	study string

	mu       sync.Mutex // guards what follows
	revision int64
	saved    time.Time
	apart    bool
	id       int64 // of the draft kept apart
}

// Keeper begins saving the draft from the revision it was loaded with.
func (r *Room) Keeper(d *report.Draft) *Keeper {
	return &Keeper{room: r, study: d.StudyUID, revision: d.Revision}
}

// Keep hands the draft over as it is now and returns at once; Saved tells when it is on
// disk.
func (k *Keeper) Keep(d *report.Draft) error {
	body, err := d.Encode()
	if err != nil {
		return fmt.Errorf("keep draft: %w", err)
	}
	k.room.Journal.Put("draft "+k.study, func(ctx context.Context) error {
		if err := k.write(ctx, body); err != nil {
			return fmt.Errorf("keep draft: %w", err)
		}
		return nil
	})
	return nil
}

// Saved is when the disk last took the draft, as it stood then; zero when it never did.
func (k *Keeper) Saved() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.saved
}

// write saves one state of the draft.
func (k *Keeper) write(ctx context.Context, body []byte) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	var refused error
	if !k.apart {
		n, err := k.room.save(ctx, k.study, body, k.revision)
		if err == nil {
			k.revision, k.saved = n, k.room.Now()
			return nil
		}
		if !errors.Is(err, ledger.ErrStale) && !errors.Is(err, ledger.ErrSigned) {
			return err
		}
		k.apart, refused = true, err
	}
	id, err := k.room.Ledger.PartDraft(ctx, k.id, ledger.Draft{StudyUID: k.study, Body: body, Revision: k.revision, Saved: k.room.Now()})
	if err != nil {
		return errors.Join(refused, err)
	}
	k.id, k.saved = id, k.room.Now()
	return refused
}

// Revision is the revision on disk.
func (k *Keeper) Revision() int64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.revision
}

// Apart is text that was typed in another program and is not in the study's draft.
type Apart struct {
	ID    int64
	Saved time.Time
	Text  string // the sections that differ, each under its title
}

// apart reads what was kept apart of a study; what is in the draft as it stands is
// nothing to offer, and forgotten.
func (r *Room) apart(ctx context.Context, d *report.Draft) (out []Apart, err error) {
	parted, err := r.Ledger.PartedDrafts(ctx, d.StudyUID)
	if err != nil {
		return nil, err
	}
	for _, p := range parted {
		other, err := report.Decode(p.Body)
		if err != nil {
			return out, fmt.Errorf("load draft kept apart: %w", err)
		}
		if text := beyond(d, other); text != "" {
			out = append(out, Apart{ID: p.ID, Saved: p.Saved, Text: text})
		} else if err := r.Ledger.DropParted(ctx, p.ID); err != nil {
			return out, err
		}
	}
	return out, nil
}

// beyond is what other says and d does not, section by section.
func beyond(d, other *report.Draft) string {
	var out []string
	for _, s := range report.Order {
		text := strings.TrimSpace(other.Plain(s))
		if text != "" && text != other.Filled[s] && !strings.Contains(d.Plain(s), text) {
			out = append(out, s.Title()+": "+text)
		}
	}
	return strings.Join(out, "\n")
}

// Joined forgets what was kept apart, once the draft that it went into is on disk.
func (r *Room) Joined(apart []Apart) {
	ids := make([]int64, len(apart))
	for i, a := range apart {
		ids[i] = a.ID
	}
	r.Journal.Put("", func(ctx context.Context) error { return r.Ledger.DropParted(ctx, ids...) })
}
