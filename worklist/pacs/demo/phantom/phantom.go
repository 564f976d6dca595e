// Package phantom makes the studies of the demo: patients who do not exist, with
// images that a radiologist can read, orders, prior reports, and the truth of
// what was planted in them.
//
// Everything is computed: an anatomy is a list of implicit bodies (solid, loft,
// tree) painted into a slice (canvas) when its pixels are asked for, so that a
// study costs its headers until it is looked at. The same names give the same
// UIDs and the same pixels on every start; only dates follow the clock.
//
// What is here: CT (head, sinuses with a tilted gantry, chest, abdomen in three
// phases), MR (brain, knee), CR (chest, hand), MG, US, XA, PET/CT. No two halves
// are alike: liver right, apex and stomach left, a digital R on radiographs.
// Patients are called PHANTOM and the images say so in Image Comments.
package phantom

import (
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Study is one study of the demo.
type Study struct {
	UID       dicom.UID
	Accession string
	Header    *dicom.Dataset // patient and study attributes
	Instances []Instance
	Order     *Order // nil: a prior or an extra study nobody asked to read
	Trap      string // what is wrong with it; empty for the ordinary ones
	// LateInstances is how many of the last instances arrive only later; the site
	// announces them at once.
	LateInstances int
}

// Instance is one SOP Instance. Header holds every attribute but Pixel Data.
// Render computes the native pixels, little endian, anew each time; it is nil
// where the object has none (a report). It is safe for concurrent use.
type Instance struct {
	Header *dicom.Dataset
	Render func() ([]byte, error)
}

// Code is a coded entry (PS3.3 8.8).
type Code struct{ Value, Scheme, Meaning string }

// Order is what a reading workitem says of a study (PS3.4 CC.2.5).
type Order struct {
	WorkitemUID   dicom.UID
	Accession     string
	Priority      string        // HIGH MEDIUM LOW; empty: not stated
	Stat          bool          // HIGH, with the worklist label STAT
	DueAfter      time.Duration // from the demo's start; negative: overdue
	ArrivedAgo    time.Duration // before the demo's start
	Label         string        // the examination in words
	Indication    string
	Requester     string // PN
	Callback      string // telephone of the requester
	PatientClass  string // EMERGENCY INPATIENT OUTPATIENT
	Bed           string
	ProcedureCode Code
	Laterality    string // R or L where the order names a side
}

// phantomCase is one patient of the demo: studies, and what is true of them.
type phantomCase struct {
	studies func(now time.Time) []Study
	truth   func(now time.Time) []TruthItem // nil: a normal case
}

// ordinary are the thirteen patients of the list, in the order of their accession.
var ordinary = []phantomCase{
	{headStudies, headTruth},
	{chestStudies, chestTruth},
	{abdomenStudies, abdomenTruth},
	{sinusStudies, nil},
	{brainStudies, brainTruth},
	{kneeStudies, nil},
	{crChestStudies, crChestTruth},
	{handStudies, handTruth},
	{mammoStudies, mammoTruth},
	{usStudies, nil},
	{xaStudies, nil},
	{petStudies, petTruth},
	{crNormalStudies, nil},
}

// Studies are the 15 studies of 13 patients, and with all the traps too. Only
// headers are made: it takes milliseconds. Dates are counted back from now.
func Studies(all bool, now time.Time) []Study {
	var out []Study
	for _, c := range chosen(all) {
		out = append(out, c.studies(now)...)
	}
	return out
}

// Truth is what was planted in the studies of the same arguments. It builds the
// anatomies it asks about, which takes a fraction of a second.
func Truth(all bool, now time.Time) []TruthItem {
	var out []TruthItem
	for _, c := range chosen(all) {
		if c.truth != nil {
			out = append(out, c.truth(now)...)
		}
	}
	return out
}

func chosen(all bool) []phantomCase {
	if !all {
		return ordinary
	}
	return append(append([]phantomCase(nil), ordinary...), trapList()...)
}
