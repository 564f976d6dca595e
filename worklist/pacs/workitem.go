package pacs

import (
	"context"
	"errors"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// State is a Unified Procedure Step's state (PS3.4 CC.1.1, (0074,1000)).
type State string

// The four states; COMPLETED and CANCELED are final.
const (
	Scheduled  State = "SCHEDULED"
	InProgress State = "IN PROGRESS"
	Completed  State = "COMPLETED"
	Canceled   State = "CANCELED"
)

// Priority is the Scheduled Procedure Step Priority (0074,1200) in the words of
// the list. UPS has three values only: a HIGH step with Worklist Label STAT is stat.
type Priority string

// Priorities, most pressing first; NotStated is a step that was sent without one (N14).
const (
	Stat      Priority = "stat"
	Urgent    Priority = "urgent"
	Routine   Priority = "routine"
	NotStated Priority = ""
)

// Rank orders priorities: 0 is the most pressing.
func (p Priority) Rank() int {
	switch p {
	case Stat:
		return 0
	case Urgent:
		return 1
	}
	return 2
}

// Workitem is a reading task: a UPS instance (PS3.4 CC, PS3.3 C.30) read into
// the fields a worklist shows. Dataset keeps everything else. It never holds the
// Transaction UID: no server returns it (PS3.18 11.5).
type Workitem struct {
	UID        dicom.UID
	StudyUID   dicom.UID // of the first Input Information Sequence item
	Accession  string    // of the Referenced Request Sequence
	State      State
	Priority   Priority
	Readiness  string    // READY, INCOMPLETE, UNAVAILABLE
	Start      time.Time // Scheduled Procedure Step Start DateTime
	Due        time.Time // Expected Completion DateTime; zero when not sent
	Modified   time.Time
	Label      string    // Procedure Step Label: the examination in words
	Assigned   []string  // Scheduled Human Performers' names, PN form
	Performer  string    // Actual Human Performer's name, PN form: who holds it
	Since      time.Time // Performed Procedure Step Start or progress start of the holder
	Progress   string    // Procedure Step Progress Description
	Indication string    // Reason for the Requested Procedure (0040,1002) or Requested Procedure Comments
	Requester  string    // Requesting Physician, PN form
	Callback   string    // Order Callback Phone Number
	Replaces   dicom.UID
	Patient    Patient
	Dataset    *dicom.Dataset
}

// Patient is who a workitem or a study says it is about.
type Patient struct {
	Name  string // PN form
	ID    string
	Birth string // DA
	Sex   string // M F O or empty
	Class string // inpatient, emergency …, from Admission or Patient State when sent
	Bed   string // Current Patient Location (0038,0300)
}

// WorkitemQuery asks for reading workitems. Empty fields do not narrow.
type WorkitemQuery struct {
	States    []State
	Assigned  string // Scheduled Human Performer, PN form
	Study     dicom.UID
	Accession string
}

// Workitems is an archive's UPS side (PS3.18 chapter 11).
type Workitems interface {
	SearchWorkitems(ctx context.Context, q WorkitemQuery) ([]Workitem, error)
	RetrieveWorkitem(ctx context.Context, uid dicom.UID) (Workitem, error)
	// CreateWorkitem returns the UID the server gave or kept.
	CreateWorkitem(ctx context.Context, uid dicom.UID, w *dicom.Dataset) (dicom.UID, error)
	// UpdateWorkitem needs the Transaction UID once IN PROGRESS.
	UpdateWorkitem(ctx context.Context, uid, transaction dicom.UID, change *dicom.Dataset) error
	// ChangeState claims (IN PROGRESS with a new Transaction UID), completes or
	// cancels (with the same). The caller has stored the Transaction UID on disk
	// before it calls (PS3.4 CC.2.1.3).
	ChangeState(ctx context.Context, uid, transaction dicom.UID, s State) error
	// RequestCancel asks whoever performs it to stop (PS3.18 11.8).
	RequestCancel(ctx context.Context, uid dicom.UID, reason string) error
}

// CollectWorkitems searches once for each state that q asks for, or once for all: UPS
// matches a state by one value. It keeps of what search gives what matches, once.
// ErrPartial of one state lets the others go on; any other error ends with what came.
func CollectWorkitems(q WorkitemQuery, search func(s State, each func(*dicom.Dataset)) error) ([]Workitem, error) {
	states := q.States
	if len(states) == 0 {
		states = []State{""}
	}
	var all []Workitem
	var partial error
	seen := map[dicom.UID]bool{}
	for _, s := range states {
		err := search(s, func(ds *dicom.Dataset) {
			if w := WorkitemFromDataset(ds); !seen[w.UID] && q.Matches(w) {
				seen[w.UID] = true
				all = append(all, w)
			}
		})
		if errors.Is(err, ErrPartial) {
			partial = err
		} else if err != nil {
			return all, err
		}
	}
	return all, partial
}
