package report

import (
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
)

// Kind is what a signed document is to the reports before it (workflow.md E2).
type Kind string

// A Preliminary is sent before the case is finished and replaced by the Final; an
// Added one stands beside the report it adds to, a Corrected one in its place, and a
// Withdrawn one says that the report before must not be used.
const (
	Final       Kind = "final"
	Preliminary Kind = "preliminary"
	Added       Kind = "addendum"
	Corrected   Kind = "correction"
	Withdrawn   Kind = "withdrawal"
)

// Release is a signed report with all that any destination is told of it: what an SR,
// a PDF, an ORU message and a FHIR bundle are made from. The same release makes the
// same bytes of each.
type Release struct {
	Kind Kind
	// Before is the document that this one replaces, adds to or withdraws; nil for a
	// first one. BeforeKind is its Kind.
	Before     *Document
	BeforeKind Kind

	Signed Signed // UIDs, bytes of the SR, time
	Began  time.Time

	Site       string // where it goes
	Facility   string // the organization the reader signs for
	Patient    Patient
	Accession  string
	Exam       string // what was ordered, in words
	Modality   string
	Priority   string // stat, urgent, routine
	StudyDate  string // DA
	StudyTime  string // TM
	Requester  string // PN form
	Indication string
	Request    sr.Request
	Reader     Reader
	Others     []Reader // co-authors and who dictated, after the reader who signs

	Parts  []Part // the sections that say something, in order; with the reason of a change
	Footer string // what is added to the reader's words (Facts.Footer)
	Reason string // why it was corrected or withdrawn

	Study     *dicom.Dataset   // a header of the study: all objects of the release copy patient and study from it
	Evidence  []sr.InstanceRef // every instance of this procedure
	Priors    []sr.InstanceRef // of other studies that were looked at; never one of Evidence
	Identical []sr.InstanceRef // the same words for the linked orders
	Critical  []Communication
	FollowUp  []FollowUp
}

// Part is one section as it goes out.
type Part struct {
	Section Section
	Title   string
	Text    string // lines end in \n
}

// Release is the signed draft as every destination is told of it. Site is left to who
// sends it.
func (d *Draft) Release(f Facts, s Signed) Release {
	r := Release{
		FollowUp: d.FollowUps(),
		Kind:     d.WhatBy(f.Reader), Before: d.Before, BeforeKind: d.BeforeKind, Signed: s, Began: d.Started, Site: d.Site,
		Facility: f.Reader.Organization, Patient: f.Patient, Accession: d.Accession, Exam: oneLine(f.Exam), Modality: f.Modality,
		Priority: f.Priority, Requester: f.Requester, Indication: f.Indication, Request: f.Request,
		Reader: f.Reader, Others: d.others(f.Reader), Footer: d.footer(f), Reason: d.Reason, Critical: f.Critical,
		Parts: d.parts(), Study: f.header(d), Evidence: f.Instances, Priors: d.priorEvidence(f), Identical: f.Identical,
	}
	if d.LinkedTo != "" { // what is left to be done is done once
		r.FollowUp = nil
	}
	r.StudyDate, r.StudyTime = r.Study.Str(dicom.StudyDate), r.Study.Str(dicom.StudyTime)
	return r
}

// Preview is the draft as it would be released now: a release that nobody signed, with
// times in the given zone.
func (d *Draft) Preview(f Facts, in *time.Location) Release {
	return d.Release(f, Signed{StudyUID: d.StudyUID, At: time.Time{}.In(in)})
}

// footer is what is added to the reader's words. An addendum repeats what the images
// are, but nobody read them again; a withdrawal is about no images.
func (d *Draft) footer(f Facts) string {
	switch k := d.What(); {
	case k == Withdrawn, k == Added && strings.TrimSpace(d.Plain(Technique)) == "":
		return ""
	case k == Added:
		return f.lossyWords()
	}
	return f.Footer()
}

// Part returns the text of a section, "" where it says nothing.
func (r Release) Part(s Section) string {
	for _, p := range r.Parts {
		if p.Section == s {
			return p.Text
		}
	}
	return ""
}

// FollowUp is a recommendation with a date (X6).
type FollowUp struct {
	ID   string    `json:"id"`
	What string    `json:"what"` // "CT chest"
	From time.Time `json:"from,omitzero"`
	By   time.Time `json:"by"`
	Why  string    `json:"why,omitempty"` // rule and version, "Fleischner 2017"
}

// LOINC is the code of a section's heading (DICOM CID 7001).
func (s Section) LOINC() string {
	return map[Section]string{Indication: "18785-6", Technique: "55111-9", Comparison: "55114-3", Findings: "59776-5",
		Impression: "19005-8", Recommendation: "18783-1", Critical: "73568-8", Addendum: "55107-7"}[s]
}
