package sr

import (
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Section is one part of a report. Key is indication, technique, comparison,
// findings, impression, recommendation, critical or addendum; Read gives
// headings it does not know the empty key and their meaning as Name. Text has
// \n line ends.
type Section struct{ Key, Name, Text string }

// Observer is who reports. Name is a PN. ID is the login, and may be empty.
type Observer struct{ Name, ID, Organization string }

// InstanceRef names one instance of the evidence.
type InstanceRef struct {
	Study, Series, Instance, Class dicom.UID
}

// Request is the order that is answered. Fields may be empty.
type Request struct {
	Accession, ProcedureID, Description string
	PlacerOrder, FillerOrder            string
	Procedure                           Code
}

// Document is a report. BasicText makes a data set of it, Read one of a data set.
type Document struct {
	// Study is a header of the study that is reported, usually of one of its
	// images: patient, study and time zone are copied from it.
	Study              *dicom.Dataset
	SeriesUID, SOPUID  dicom.UID
	Class              dicom.UID // set by Read
	SeriesNumber       int
	Title              Code   // zero: by modality and body part of Study
	Language           string // RFC 5646; empty: en
	Observer           Observer
	Authors            []Observer // who wrote it besides Observer
	Sections           []Section
	Verified           bool // VERIFIED by Observer at VerifiedAt; else UNVERIFIED
	VerifiedAt         time.Time
	AttestedAt         time.Time // when Observer let an unverified document out; zero: not stated
	Preliminary        bool      // PRELIMINARY; else FINAL
	Partial            bool      // PARTIAL; else COMPLETE
	Content            time.Time
	Current, Priors    []InstanceRef // evidence of this procedure; other instances looked at
	Identical          []InstanceRef // duplicates of this document in other studies
	Request            Request
	Predecessor        *InstanceRef // the document this one replaces or adds to
	PredecessorPurpose Code         // Addended, Replaced or Preliminary
}

// Section returns the text of the first section with the key.
func (d Document) Section(key string) string {
	for _, s := range d.Sections {
		if s.Key == key {
			return s.Text
		}
	}
	return ""
}
