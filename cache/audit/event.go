package audit

import "time"

// Action is EventActionCode.
type Action string

// The actions.
const (
	Create  Action = "C"
	Read    Action = "R"
	Update  Action = "U"
	Delete  Action = "D"
	Execute Action = "E"
)

// Outcome is EventOutcomeIndicator. In an alert Minor and Serious say that what was done
// against it helped, Major that it may not have (A.5.3.11).
type Outcome int

// The outcomes.
const (
	Success Outcome = 0
	Minor   Outcome = 4
	Serious Outcome = 8
	Major   Outcome = 12
)

// LifeCycle is ParticipantObjectDataLifeCycle (A.5.1.2.3); 0: none is stated.
type LifeCycle int

// The stages that are used here.
const (
	Created   LifeCycle = 1
	Copied    LifeCycle = 2
	Amendment LifeCycle = 3
	Verified  LifeCycle = 4
	Used      LifeCycle = 6
	ExportedL LifeCycle = 10
	Erased    LifeCycle = 15
)

// Event is one audit message (PS3.15 A.5.1).
type Event struct {
	ID      Code
	Action  Action
	At      time.Time // when it happened, with its zone; zero: when it is recorded
	Outcome Outcome
	Why     string // EventOutcomeDescription
	Type    []Code
	Active  []Participant
	Source  Source // who says so; the Trail fills it in
	Objects []Object
}

// Failed is the event as one that did not succeed, and why.
func (e Event) Failed(o Outcome, why string) Event {
	e.Outcome, e.Why = o, why
	return e
}

// Source is AuditSourceIdentification.
type Source struct {
	ID   string // AuditSourceID
	Site string // AuditEnterpriseSiteID; may be empty
}

// Us marks a participant whom only the Trail can name.
type Us int

// Who of us takes part.
const (
	Other   Us = iota
	Reader     // who sits here
	Program    // this process
)

// Participant is ActiveParticipant.
type Participant struct {
	Us          Us // Reader, Program: the Trail names it
	UserID      string
	Alternative string // AlternativeUserID
	Name        string // UserName
	Requestor   bool   // UserIsRequestor: at most one of an event
	Role        []Code
	Media       Code   // MediaType; zero: no medium
	Address     string // NetworkAccessPointID
	AddressType int    // 1 name, 2 IP address, 5 URI; 0: none
}

// Object is ParticipantObjectIdentification. Either Name or Query is stated.
type Object struct {
	Type      int // 1 person, 2 system object, 3 organization, 4 other
	Role      int // A.5.1.2.2; 0: none
	Life      LifeCycle
	IDType    Code
	ID        string
	Name      string
	Query     []byte // the query itself where the object is one; nil: Name is stated
	Detail    []Detail
	Accession []string
	Classes   []Class
	Contains  []string // Study Instance UIDs, where ID is none
}

// Detail is ParticipantObjectDetail; its value travels in base64.
type Detail struct{ Type, Value string }

// Class says how many instances of a SOP class an object holds.
type Class struct {
	UID string
	N   int
}

// Study is whom and what an event is about. Fields that are not known stay empty.
type Study struct {
	UID         string
	Accession   string
	PatientID   string
	PatientName string
	Classes     []Class
}
