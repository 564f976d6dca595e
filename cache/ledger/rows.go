package ledger

import "time"

// Draft is a report being written: Body is the report package's JSON, opaque here.
type Draft struct {
	StudyUID string
	Body     []byte
	Revision int64 // counts up with every save; 0 is a draft never saved
	Saved    time.Time
	// SignedAs is the SOP Instance UID of the report that this draft became; the
	// draft is frozen then. Empty while it is being written.
	SignedAs string
}

// ClaimState is how far a claim got.
type ClaimState string

// A claim is written as Asking before the request leaves; the answer makes it
// Held or Lost; giving back makes it Released, signing Completed. Asking after a
// crash means: ask the server who holds it.
const (
	Asking    ClaimState = "asking"
	Held      ClaimState = "held"
	Lost      ClaimState = "lost"
	Releasing ClaimState = "releasing"
	Released  ClaimState = "released"
	Completed ClaimState = "completed"
)

// Ended reports whether the claim is over: the same workitem may be asked for anew.
func (s ClaimState) Ended() bool { return s == Lost || s == Released || s == Completed }

// Claim is one workitem that this home asked for. The Transaction UID is the
// lock (PS3.4 CC.2.1): whoever's journal holds it owns the case, never a name.
type Claim struct {
	WorkitemUID    string
	TransactionUID string
	StudyUID       string
	Accession      string
	Site           string // name of the site
	UPSURL         string // where to ask, so that no configuration is needed later
	State          ClaimState
	Since          time.Time
	Return         Return // set from Releasing on
}

// Return is how a claim is being given back: all that is needed to finish it
// after a crash, stored before the first request leaves.
type Return struct {
	ReplacementUID string // of the workitem that takes the case's place
	Replacement    []byte // its data set, as DICOM JSON (PS3.18 F)
	ReasonCode     string // CID 9300, coding scheme DCM
	ReasonText     string
}

// Annotation is one measurement mark: Body is the viewer's JSON, opaque here. A
// deleted mark keeps its row, so that undo can bring it back.
type Annotation struct {
	StudyUID string
	ID       string // Tracking UID
	Body     []byte
	Deleted  bool
	Saved    time.Time
}

// Capsule is where a reader's eyes were in a case: the viewer's state as JSON.
type Capsule struct {
	StudyUID string
	Body     []byte
	Saved    time.Time
}

// Seen names one frame that was on screen.
type Seen struct {
	SOPUID string
	Frame  int // 0-based
	MS     int // how long in all, milliseconds; 0: not measured
}
