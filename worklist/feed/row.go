package feed

import (
	"time"

	"github.com/nocturne/nocturne/worklist/pacs"
)

// State is a case's state in the words of workflow.md E2.
type State string

// States a row can show. "mine" is not a state: Row.Mine says whose claim it is.
const (
	Ordered     State = "ordered"   // no images yet
	Acquiring   State = "acquiring" // images are still coming
	Available   State = "available"
	Assigned    State = "assigned"
	Claimed     State = "claimed"
	Aside       State = "aside"
	Drafted     State = "drafted"
	Preliminary State = "preliminary"
	Final       State = "final"
	Returned    State = "returned"
	OnMedium    State = "on medium" // brought by somebody: no worklist knows it
)

// Row is one case of the list, as the terminal shows it and as `worklist --json`
// prints it.
type Row struct {
	Site        string        `json:"site"`
	WorkitemUID string        `json:"workitem_uid,omitempty"`
	StudyUID    string        `json:"study_instance_uid"`
	Accession   string        `json:"accession_number"`
	PatientName string        `json:"patient_name"` // PN form
	PatientID   string        `json:"patient_id"`
	BirthDate   string        `json:"birth_date,omitempty"` // DA
	Sex         string        `json:"sex,omitempty"`
	Age         string        `json:"age,omitempty"` // at the study date: "72 y"
	Class       string        `json:"patient_class,omitempty"`
	Bed         string        `json:"bed,omitempty"`
	Modality    string        `json:"modality"` // joined by "/": "CT" or "PT/CT"
	Study       string        `json:"study_description"`
	StudyDate   string        `json:"study_date,omitempty"` // DA
	StudyTime   string        `json:"study_time,omitempty"` // TM
	Priority    pacs.Priority `json:"priority"`
	Due         time.Time     `json:"due,omitzero"`
	Arrived     time.Time     `json:"arrived,omitzero"`
	State       State         `json:"state"`
	Readiness   string        `json:"readiness,omitempty"`
	ClaimedBy   *string       `json:"claimed_by"` // PN form; null when free
	Since       time.Time     `json:"claimed_since,omitzero"`
	Mine        bool          `json:"mine"`     // our journal holds the Transaction UID
	Lockable    bool          `json:"lockable"` // false: "NOT LOCKED at this site"
	Indication  string        `json:"indication,omitempty"`
	Requester   string        `json:"requester,omitempty"` // PN form
	Callback    string        `json:"callback,omitempty"`
	Expected    int           `json:"expected_instances"`
	Cached      int           `json:"cached_instances"`  // filled by who holds the cache
	Forecast    Forecast      `json:"forecast,omitzero"` // filled by who fetches ahead
	Similar     []string      `json:"similar,omitempty"` // accessions of rows whose patient is easily mistaken for this one (N4)
	Reason      string        `json:"reason,omitempty"`  // why it stands where it stands
	Stale       bool          `json:"stale,omitempty"`   // its site did not answer the last poll
}

// SiteStatus is how fresh a site's rows are (N11).
type SiteStatus struct {
	Name   string    `json:"name"`
	LastOK time.Time `json:"last_ok,omitzero"`
	Asked  time.Time `json:"-"` // when it was polled first
	Err    error     `json:"-"`
	Phone  string    `json:"phone,omitempty"`
	// Watched is how the site tells of changes: "events" or "changes"; "" where it has
	// to be asked now and then.
	Watched string `json:"watched,omitempty"`
}

// Snapshot is the merged list at one moment, in the order to read it.
type Snapshot struct {
	At    time.Time
	Rows  []Row
	Sites []SiteStatus
}
