package reading

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/viewer"
)

// Place is where a reader is in a case, eyes and hands: what a restart brings back (W6).
// The draft, the marks and what was seen are kept by themselves.
type Place struct {
	State *viewer.State // of the images; nil: none are on screen
	Desk  Desk
}

// Desk is where the reader is in the report. Who has the keys is not kept: after a start
// they are the images', and F3 goes to the caret (N3).
type Desk struct {
	Section string `json:"section,omitempty"` // under the caret; "" where no report is open
	// After is how many runes of the section stand behind the caret: what is typed before a
	// crash may be on disk while this is not, and what stands behind the caret stays.
	After int `json:"after,omitempty"`
}

// placeForm is the form of a place on disk. It goes up when a program of the form before
// would read it wrongly; such a one begins afresh.
const placeForm = 1

// capsule is a Place on disk. The state's own names stand beside desk and form: a place
// of an older program, a state alone, is one of form 0.
type capsule struct {
	*viewer.State
	Form int  `json:"form"`
	Desk Desk `json:"desk,omitzero"`
}

// KeepPlace puts where the reader is on disk and returns at once.
func (r *Room) KeepPlace(study string, p Place) {
	r.Journal.Put("capsule "+study, func(ctx context.Context) error {
		body, err := json.Marshal(capsule{p.State, placeForm, p.Desk})
		if err != nil {
			return fmt.Errorf("keep place: %w", err)
		}
		return r.Ledger.SaveCapsule(ctx, ledger.Capsule{StudyUID: study, Body: body, Saved: r.Now()})
	})
}

// place reads where the reader was; zero where that is nowhere, or is in a form that this
// program does not know: it is a convenience, and never keeps a case from being opened.
func (r *Room) place(ctx context.Context, study string) (Place, error) {
	c, ok, err := r.Ledger.Capsule(ctx, study)
	if err != nil || !ok {
		return Place{}, err
	}
	var kept capsule
	if json.Unmarshal(c.Body, &kept) != nil || kept.Form > placeForm {
		return Place{}, nil
	}
	if kept.State != nil && len(kept.Tiles) == 0 {
		kept.State = nil
	}
	return Place{State: kept.State, Desk: kept.Desk}, nil
}
