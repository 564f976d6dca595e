// Package sr holds structured reports: the tree of content items (PS3.3
// C.17.3), the Basic Text SR that this house writes by TID 2000 (PS3.16), and
// the reading of anybody's.
//
//	written   Basic Text SR (1.2.840.10008.5.1.4.1.1.88.11) by TID 2000;
//	          Comprehensive SR (….88.33), and Comprehensive 3D SR (….88.34) where a
//	          coordinate is one of the patient's, by TID 1500
//	read      every SR, Key Object Selections too: tree, sections, plain text;
//	          measurements of TID 1500 and of whatever else holds numbers and
//	          coordinates, as plain groups
//	not yet   waveform and temporal coordinates
package sr

import (
	"strconv"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Code is a coded entry (PS3.3 8.8): Value means Meaning in Scheme.
type Code struct{ Value, Scheme, Meaning string }

// Is reports whether both codes name the same concept; the meaning is prose.
func (c Code) Is(o Code) bool {
	return c.Value == o.Value && c.Scheme == o.Scheme && c.Value != ""
}

// Ref names one instance, and frames of it when they are few.
type Ref struct {
	Class, Instance dicom.UID
	Frames          []int // from 1
	Segments        []int // of a segmentation
}

// Item is a content item and what hangs below it.
type Item struct {
	Relationship string // CONTAINS, HAS CONCEPT MOD, …; empty for the root
	ValueType    string // CONTAINER, TEXT, CODE, NUM, PNAME, …
	Concept      Code
	// Text is the value of TEXT, PNAME, DATE, TIME, DATETIME and UIDREF as the
	// data set has it, and the Graphic Type of SCOORD and SCOORD3D.
	Text    string
	Code    Code      // of CODE
	Num     string    // of NUM, its decimal string; empty when there is none
	Units   Code      // of NUM; when Num is empty, why
	Ref     Ref       // of IMAGE, COMPOSITE and WAVEFORM
	Graphic []float64 // of SCOORD and SCOORD3D
	// FrameOfReference is of SCOORD3D.
	FrameOfReference dicom.UID
	Target           []int   // position of another item, when this is only a reference to it
	exact            float64 // of NUM: what its decimal string rounds
	// Continuous: the values of this container's children make one running text.
	Continuous bool
	// Children stand in the document's order.
	Children []Item
}

func readCode(d *dicom.Dataset) Code {
	c := Code{d.Str(dicom.CodeValue), d.Str(dicom.CodingSchemeDesignator), d.Str(dicom.CodeMeaning)}
	for _, t := range []dicom.Tag{longCodeValue, urnCodeValue} {
		if c.Value == "" {
			c.Value = d.Str(t)
		}
	}
	return c
}

const (
	longCodeValue dicom.Tag = 0x00080119
	urnCodeValue  dicom.Tag = 0x00080120
)

// Tree reads the content of any structured report.
func Tree(d *dicom.Dataset) Item {
	it := Item{
		Relationship: d.Str(dicom.RelationshipType),
		ValueType:    d.Str(dicom.ValueType),
		Concept:      readCode(d.Item(dicom.ConceptNameCodeSequence)),
	}
	for _, s := range d.Strs(dicom.ReferencedContentItemIdentifier) {
		n, _ := strconv.Atoi(s)
		it.Target = append(it.Target, n)
	}
	it.readValue(d)
	for _, c := range d.Seq(dicom.ContentSequence) {
		it.Children = append(it.Children, Tree(c))
	}
	return it
}

func (it *Item) readValue(d *dicom.Dataset) {
	switch it.ValueType {
	case "CONTAINER":
		it.Continuous = d.Str(dicom.ContinuityOfContent) == "CONTINUOUS"
	case "TEXT":
		it.Text = d.Str(dicom.TextValue)
	case "PNAME":
		it.Text = d.Str(dicom.PersonNameValue)
	case "DATE":
		it.Text = d.Str(dicom.DateValue)
	case "TIME":
		it.Text = d.Str(dicom.TimeValue)
	case "DATETIME":
		it.Text = d.Str(dicom.DateTimeValue)
	case "UIDREF":
		it.Text = d.Str(dicom.UIDValue)
	case "CODE":
		it.Code = readCode(d.Item(dicom.ConceptCodeSequence))
	case "NUM":
		m := d.Item(dicom.MeasuredValueSequence)
		it.Num, it.Units = m.Str(dicom.NumericValue), readCode(m.Item(dicom.MeasurementUnitsCodeSequence))
		it.exact, _ = m.Float(dicom.FloatingPointValue)
		if it.Num == "" {
			it.Units = readCode(d.Item(dicom.NumericValueQualifierCodeSequence))
		}
	case "IMAGE", "COMPOSITE", "WAVEFORM":
		it.Ref = readRef(d.Item(dicom.ReferencedSOPSequence))
	case "SCOORD", "SCOORD3D":
		it.Text, it.Graphic = d.Str(dicom.GraphicType), d.Floats(dicom.GraphicData)
		it.FrameOfReference = dicom.UID(d.Str(dicom.ReferencedFrameOfReferenceUID))
	}
}

func readRef(d *dicom.Dataset) Ref {
	r := Ref{
		Class:    dicom.UID(d.Str(dicom.ReferencedSOPClassUID)),
		Instance: dicom.UID(d.Str(dicom.ReferencedSOPInstanceUID)),
	}
	for _, f := range d.Floats(dicom.ReferencedFrameNumber) {
		r.Frames = append(r.Frames, int(f))
	}
	for _, n := range d.Floats(dicom.ReferencedSegmentNumber) {
		r.Segments = append(r.Segments, int(n))
	}
	return r
}
