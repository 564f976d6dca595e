// Package template is what reports are begun from: a structure of sections with
// fields, text proposed as normal, and facts merged in, chosen by what was ordered
// and for whom. Templates are IHE MRRT files (HTML5); readers may also write them as
// plain text (see ParsePlain).
//
// The package does no I/O but through the fs.FS it is handed, and knows no clock.
package template

import (
	"github.com/nocturne/nocturne/worklist/report"
)

// Template is one report template.
type Template struct {
	ID          string // dcterms.identifier; unique in a Set
	Title       string // "CT head"
	Description string
	Language    string // RFC 5646
	Publisher   string
	Creator     string
	Rights      string
	License     string
	Date        string // YYYY-MM-DD
	Status      string // DRAFT, ACTIVE or RETIRED
	Scope       Scope
	Terms       []Code // what it is about, in codes (MRRT coded_content)
	Sections    []Section
	// File is where it was read from, "" for one made here; Own says that it is the
	// reader's and not the program's.
	File string
	Own  bool
}

// Code is a coded concept. Scheme is a name of DICOM (LN, DCM, SCT, RADLEX).
type Code struct{ Value, Scheme, Meaning string }

// Scope is what a template is for.
type Scope struct {
	Modalities []string // any of; none: any
	Parts      []string // body parts in the exam's words or Body Part Examined; any of
	Words      []string // at least one must be in the exam's words: what makes it special
	Not        []string // none may be
	Codes      []string // procedure codes, "VALUE" or "SCHEME:VALUE"; any of: chosen before all else
	Sex        string   // letters of M, F and O; "": any
	Age        Ages
	Addendum   bool // for addenda, not for reports
	Module     bool // a building block, used only by name
}

// Section is a heading with its lines.
type Section struct {
	Key      report.Section
	ID       string // of the HTML element; "" makes one
	Name     string // as the file names it
	Required bool
	Code     Code // of the heading
	Lines    []Line
}

// Line is a line of text, written only where its condition holds.
type Line struct {
	If     Condition
	Pieces []Piece
}

// Kinds of pieces that are no span of a report.
const (
	Literal report.SpanKind = ""       // text as it is
	Module  report.SpanKind = "module" // the lines of the template of that name
)

// Piece is a part of a line.
type Piece struct {
	Kind     report.SpanKind
	Name     string // of a field; of a merge field the fact; of a module its identifier
	Text     string // of Literal and Normal; of a field what it says at first
	Choices  []string
	Multiple bool
	Unit     string
	Min, Max float64 // Min = Max: no bounds
	Required bool
	Fact     string // what a field that is not a merge field is filled from, where there is such a fact
}

// field reports whether the piece is to be filled in.
func (p Piece) field() bool {
	return p.Kind != Literal && p.Kind != Module && p.Kind != report.Normal
}
