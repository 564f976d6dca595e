// Package ko holds Key Object Selection documents (PS3.3 A.35.4) by TID 2010
// (PS3.16): a title, a description, and the images that are meant.
//
//	written   titles of CID 7010, images with frames, of one study or several
//	read      every Key Object Selection
package ko

import (
	"slices"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
)

// Titles of CID 7010 that this house writes.
var (
	OfInterest           = sr.Code{Value: "113000", Scheme: "DCM", Meaning: "Of Interest"}
	ForReferringProvider = sr.Code{Value: "113002", Scheme: "DCM", Meaning: "For Referring Provider"}
	ForSurgery           = sr.Code{Value: "113003", Scheme: "DCM", Meaning: "For Surgery"}
	ForTeaching          = sr.Code{Value: "113004", Scheme: "DCM", Meaning: "For Teaching"}
	ForConference        = sr.Code{Value: "113005", Scheme: "DCM", Meaning: "For Conference"}
	ForReport            = sr.Code{Value: "113020", Scheme: "DCM", Meaning: "For Report Attachment"}
	RejectedForSafety    = sr.Code{Value: "113037", Scheme: "DCM", Meaning: "Rejected for Patient Safety Reasons"}
	BestInSet            = sr.Code{Value: "113013", Scheme: "DCM", Meaning: "Best In Set"}
)

// Codes of TID 2010.
var (
	titleModifier = sr.Code{Value: "113011", Scheme: "DCM", Meaning: "Document Title Modifier"}
	description   = sr.Code{Value: "113012", Scheme: "DCM", Meaning: "Key Object Description"}
	observerType  = sr.Code{Value: "121005", Scheme: "DCM", Meaning: "Observer Type"}
	person        = sr.Code{Value: "121006", Scheme: "DCM", Meaning: "Person"}
	observerName  = sr.Code{Value: "121008", Scheme: "DCM", Meaning: "Person Observer Name"}
)

// Image is one image, or other object, that is meant, with those of its frames, from 1; none: all.
type Image struct {
	sr.InstanceRef
	Frames []int
}

// Selection is a document.
type Selection struct {
	// Study is a header of the study it belongs to; patient and study are copied.
	Study             *dicom.Dataset
	SeriesUID, SOPUID dicom.UID
	SeriesNumber      int
	Title             sr.Code   // zero: OfInterest
	Modifiers         []sr.Code // why rejected, what is best: CID 7011, 7012
	Description       string
	Observer          string // PN; may be empty
	Content           time.Time
	Images            []Image // in the reader's order
	Maker             string  // set by Read
}

// Write makes a Key Object Selection. The same selection gives the same data set. One
// that would not be legal is an *sr.InvalidError: without a study, UIDs, a time or an
// image.
func Write(s Selection) (*dicom.Dataset, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	d := &dicom.Dataset{}
	sr.CopyStudy(d, s.Study)
	d.SetStr(dicom.Modality, "KO")
	d.SetStr(dicom.SeriesInstanceUID, string(s.SeriesUID))
	d.SetInt(dicom.SeriesNumber, s.SeriesNumber)
	d.SetStr(dicom.SeriesDescription, "Key images")
	d.SetSeq(dicom.ReferencedPerformedProcedureStepSequence)
	d.SetStr(dicom.Manufacturer, sr.Manufacturer)
	d.SetStr(dicom.SOPClassUID, string(dicom.KeyObjectSelectionStorage))
	d.SetStr(dicom.SOPInstanceUID, string(s.SOPUID))
	d.SetStr(dicom.SpecificCharacterSet, "ISO_IR 192")
	d.SetInt(dicom.InstanceNumber, 1)
	sr.SetContent(d, dicom.ContentDate, dicom.ContentTime, s.Content)
	var refs []sr.InstanceRef
	for _, im := range s.Images {
		refs = append(refs, im.InstanceRef)
	}
	d.SetSeq(dicom.CurrentRequestedProcedureEvidenceSequence, sr.Hierarchy(refs)...)
	for e := range s.root().Dataset().All() {
		d.Set(e)
	}
	d.SetSeq(dicom.ContentTemplateSequence, sr.Template("2010"))
	return d, nil
}

func (s Selection) check() error {
	switch {
	case s.Study == nil || s.Study.Str(dicom.StudyInstanceUID) == "":
		return &sr.InvalidError{Reason: "no study"}
	case !dicom.ValidUID(string(s.SeriesUID)) || !dicom.ValidUID(string(s.SOPUID)):
		return &sr.InvalidError{Reason: "series or instance UID missing or not a UID"}
	case s.Content.IsZero():
		return &sr.InvalidError{Reason: "no content time"}
	case len(s.Images) == 0:
		return &sr.InvalidError{Reason: "no image"}
	}
	for _, im := range s.Images {
		if im.Study == "" || im.Series == "" || im.Instance == "" || im.Class == "" {
			return &sr.InvalidError{Reason: "an image without its study, series or class"}
		}
	}
	return nil
}

// root is the content tree by TID 2010.
func (s Selection) root() sr.Item {
	root := sr.Item{ValueType: "CONTAINER", Concept: s.Title}
	if s.Title.Value == "" {
		root.Concept = OfInterest
	}
	add := func(it sr.Item) { root.Children = append(root.Children, it) }
	for _, m := range s.Modifiers {
		add(sr.Item{Relationship: "HAS CONCEPT MOD", ValueType: "CODE", Concept: titleModifier, Code: m})
	}
	if strings.Trim(s.Observer, "^= ") != "" {
		add(sr.Item{Relationship: "HAS OBS CONTEXT", ValueType: "CODE", Concept: observerType, Code: person})
		add(sr.Item{Relationship: "HAS OBS CONTEXT", ValueType: "PNAME", Concept: observerName, Text: s.Observer})
	}
	if s.Description != "" {
		add(sr.Item{Relationship: "CONTAINS", ValueType: "TEXT", Concept: description, Text: s.Description})
	}
	for _, im := range s.Images {
		kind := "IMAGE"
		if !dicom.IsImageSOPClass(im.Class) {
			kind = "COMPOSITE" // a report, a presentation state, a document
		}
		add(sr.Item{Relationship: "CONTAINS", ValueType: kind, Ref: sr.Ref{Class: im.Class, Instance: im.Instance, Frames: im.Frames}})
	}
	return root
}

// Read reads any Key Object Selection. What it names that is no image (a report, a
// waveform) is left out. It fails, with an *sr.InvalidError, only when d is none.
func Read(d *dicom.Dataset) (Selection, error) {
	if dicom.UID(d.Str(dicom.SOPClassUID)) != dicom.KeyObjectSelectionStorage {
		return Selection{}, &sr.InvalidError{Reason: "not a key object selection"}
	}
	doc, err := sr.Read(d)
	if err != nil {
		return Selection{}, err
	}
	s := Selection{
		Study: d, SeriesUID: doc.SeriesUID, SOPUID: doc.SOPUID, SeriesNumber: doc.SeriesNumber, Title: doc.Title,
		Observer: doc.Observer.Name, Content: doc.Content, Maker: dicom.Clean(d.Str(dicom.Manufacturer)),
	}
	where := map[dicom.UID]sr.InstanceRef{}
	for _, r := range slices.Concat(doc.Current, doc.Priors) {
		where[r.Instance] = r
	}
	s.collect(sr.Tree(d), where)
	return s, nil
}

func (s *Selection) collect(it sr.Item, where map[dicom.UID]sr.InstanceRef) {
	for _, c := range it.Children {
		switch {
		case c.ValueType == "IMAGE" && c.Ref.Instance != "":
			im := Image{InstanceRef: where[c.Ref.Instance], Frames: c.Ref.Frames}
			im.Instance, im.Class = c.Ref.Instance, c.Ref.Class
			s.Images = append(s.Images, im)
		case c.Concept.Is(description):
			s.Description = strings.TrimRight(strings.ReplaceAll(c.Text, "\r\n", "\n"), " \n")
		case c.Concept.Is(titleModifier):
			s.Modifiers = append(s.Modifiers, c.Code)
		case c.ValueType == "CONTAINER":
			s.collect(c, where)
		}
	}
}
