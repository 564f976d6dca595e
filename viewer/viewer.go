// Package viewer names all that is seen: what a case on screen is, the marks a
// reader puts on it, and the one grammar of keys and actions that terminal and
// window share. The children do the work: link runs the window as a child
// process, desk holds the state of the tiles, screen draws with the GPU, still
// paints the same on the CPU for a terminal.
package viewer

import (
	"context"
	"image"
	"time"
)

// Case is what a viewer is asked to show. Epoch rises by one each time another
// case comes on screen; every message either way carries it and StudyUID, and a
// receiver drops, visibly, what is not of the case on screen (N1).
type Case struct {
	Epoch    uint64   `json:"epoch"`
	StudyUID string   `json:"study_uid"` // the study to be read
	Order    Order    `json:"order"`
	Studies  []Study  `json:"studies"` // the current study first, then priors, nearest first
	Marks    []Mark   `json:"marks,omitempty"`
	State    *State   `json:"state,omitempty"`     // where the reader left off
	Seen     []Seen   `json:"seen,omitempty"`      // frames that were on screen before
	ReadOnly string   `json:"read_only,omitempty"` // why nothing may be marked ("held by … since …"); empty = may
	Night    bool     `json:"night,omitempty"`
	Site     SiteLine `json:"site"`
	Display  Display  `json:"display,omitzero"` // the monitor's last check (N22)
}

// SiteLine is what the window repeats of the list (N11, W4).
type SiteLine struct {
	Name   string    `json:"name"`
	Due    time.Time `json:"due,omitzero"`
	Stale  string    `json:"stale,omitempty"`  // "NORTH 2 min old" or empty
	Banner string    `json:"banner,omitempty"` // a STAT that arrived meanwhile
	Typing bool      `json:"typing,omitempty"` // the terminal's keys go to the report, not to the images (N2)
}

// Order is what was asked for: every instance is compared with it (N4).
type Order struct {
	PatientName string `json:"patient_name"` // PN form
	PatientID   string `json:"patient_id"`
	BirthDate   string `json:"birth_date"` // DA
	Sex         string `json:"sex"`
	Accession   string `json:"accession"`
	Exam        string `json:"exam"`
	Laterality  string `json:"laterality,omitempty"` // R, L or empty, from the order's words
	Modality    string `json:"modality,omitempty"`
}

// Study is one study of the case.
type Study struct {
	UID         string `json:"uid"`
	Date        string `json:"date"` // DA
	Description string `json:"description"`
	Accession   string `json:"accession,omitempty"`
	Modality    string `json:"modality,omitempty"`
	Prior       bool   `json:"prior,omitempty"`
	Expected    int    `json:"expected,omitempty"` // instances the site says there are; 0 unknown (N8)
	PriorReport string `json:"prior_report,omitempty"`
}

// Viewer shows one case at a time. Its implementations are the window
// (viewer/link, a child process) and the terminal image (viewer/still); both pass
// viewertest.
//
// Calls return at once: they queue. What happens comes back on Events, which is
// closed when the viewer is closed. No call blocks on the reader.
type Viewer interface {
	// Open shows another case: tiles blank until the first own pixel (N1).
	Open(ctx context.Context, c Case) error
	// Add tells of objects of the open case that are readable now.
	Add(epoch uint64, objects []Object) error
	// Update replaces the site line, banner and expected counts of the open case.
	Update(epoch uint64, site SiteLine, studies []Study) error
	// Press gives the viewer a key pressed elsewhere (the terminal's case page). The
	// viewer resolves it by its own state, so that a key never races the tool it is
	// meant for. Actions of the terminal come back as Acted.
	Press(epoch uint64, k Key) error
	// Do performs an action by name (palette, command line).
	Do(epoch uint64, a Action) error
	// Focus brings the viewer to the front (F3; N3: only on the reader's word).
	Focus(epoch uint64) error
	// Blank covers all pixels at once until the next Open (lock).
	Blank() error
	Events() <-chan Event
	Close() error
}

// Keyed is a Viewer that can be given another key map while it runs.
type Keyed interface {
	Keys(m *Keymap) error
}

// Painter is a Viewer that lives inside the terminal: it gives its picture to
// whoever asks. Size is in pixels; the picture is marked "not for diagnosis".
type Painter interface {
	Paint(size image.Point) image.Image
}

// EventKind tells what an Event brings.
type EventKind string

// Events of a viewer.
const (
	Ready   EventKind = "ready"   // the viewer can show cases
	Shown   EventKind = "shown"   // the first own pixel of the epoch is on screen
	Stated  EventKind = "state"   // State changed; coalesced, at most 30 a second
	Viewed  EventKind = "viewed"  // frames of the current study were on screen for the first time: Seen
	Edited  EventKind = "edit"    // marks were added, changed or deleted: persist within 100 ms
	Acted   EventKind = "action"  // an action that is not the viewer's own: F4, F5, F6, F12 …
	Held    EventKind = "held"    // stray text was held back (N2): Text
	Hidden  EventKind = "hidden"  // the reader closed the window; it stays warm
	Crashed EventKind = "crashed" // the child died; Text says why without patient data
	Noticed EventKind = "notice"  // a sentence for the status line
	Kept    EventKind = "kept"    // the reader keeps a layout (Action HangKeep, Text the protocol) or forgets one (HangForget, Text its name)
	Painted EventKind = "painted" // a Painter's picture changed
	Touched EventKind = "touched" // the reader did something here, whatever it was; told every few seconds (N19)
)

// Event is one message of a viewer to the terminal.
type Event struct {
	Kind     EventKind `json:"kind"`
	Epoch    uint64    `json:"epoch"`
	StudyUID string    `json:"study_uid,omitempty"`
	State    *State    `json:"state,omitempty"`
	Marks    []Mark    `json:"marks,omitempty"`   // Edited: added or changed, whole
	Deleted  []string  `json:"deleted,omitempty"` // Edited: IDs
	Seen     []Seen    `json:"seen,omitempty"`    // Viewed
	Action   Action    `json:"action,omitempty"`
	Text     string    `json:"text,omitempty"`
}
