package demo

import (
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Source gives studies that exist before anyone stores one. It must give the
// same studies with the same UIDs each time, and cheaply: pixels are made when
// they are asked for.
type Source interface {
	Studies() []Study
}

// Study is a study a Source gives, with the order for it when it is to be read.
type Study struct {
	Instances []Instance
	Order     *Order // nil: a prior, held without a workitem
	// LateInstances is how many of the last instances are announced, but arrive
	// only with a "late" event.
	LateInstances int
}

// Instance is one object of a Study.
type Instance struct {
	// Header has every attribute but pixel data, the patient's, the study's and
	// the series' included. It must not change afterwards.
	Header *dicom.Dataset
	// Render makes the native pixel data, little endian, the same bytes each
	// time. Nil for an object without pixels.
	Render func() ([]byte, error)
}

// Order is what makes a study somebody's task.
type Order struct {
	WorkitemUID  dicom.UID // empty: derived from the Study Instance UID
	Accession    string
	Priority     string        // HIGH, MEDIUM, LOW; empty: not stated
	Stat         bool          // the worklist label is STAT
	ArrivedAgo   time.Duration // before the archive's start
	DueAfter     time.Duration // after the archive's start; negative: overdue
	Label        string        // the examination in words
	Indication   string
	Requester    string // PN form
	Callback     string // telephone number
	PatientClass string
	Bed          string
	Procedure    Code // empty: not sent
}

// Code is a coded entry (PS3.3 8.8).
type Code struct{ Value, Scheme, Meaning string }
