package report

import (
	"slices"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/prose"
)

// Sheet is what the reader is shown before Enter signs (N10).
type Sheet struct {
	Patient    string    `json:"patient"` // "PHANTOM, Anna · P1 · 1954-03-02 · F"
	Accession  string    `json:"accession_number"`
	Exam       string    `json:"exam"`
	Sides      []string  `json:"sides"` // "order: right (XR hand right)", "impression: left"
	Impression string    `json:"impression"`
	Have       int       `json:"have"`
	Expected   int       `json:"expected"`
	Unseen     int       `json:"unseen"`
	Footer     string    `json:"footer,omitempty"`  // what is added to the reader's words
	Changed    []Token   `json:"changed,omitempty"` // numbers not seen since they changed (N7)
	Findings   []Finding `json:"findings"`          // what stops first
	Ready      bool      `json:"ready"`             // nothing stops
	Kind       Kind      `json:"kind"`
	Linked     []string  `json:"linked,omitempty"` // further orders that are signed with it
	Reason     string    `json:"reason,omitempty"` // of a correction or withdrawal
}

// SignSheet makes the sheet of the draft as it stands.
func SignSheet(d *Draft, f Facts) Sheet {
	s := Sheet{
		Patient: f.Patient.line(), Accession: d.Accession, Exam: oneLine(f.Exam), Sides: sidesNamed(d, f),
		Impression: d.Said(Impression), Have: f.Have, Expected: f.Expected, Unseen: f.Unseen,
		Changed: d.stale(), Findings: Check(d, f), Kind: d.WhatBy(f.Reader), Reason: d.Reason, Footer: d.footer(f), Linked: linkedLines(d, f),
	}
	if s.Kind == Added {
		s.Impression = d.Said(Addendum)
	}
	s.Ready = len(Stopping(s.Findings)) == 0
	slices.SortStableFunc(s.Findings, func(a, b Finding) int { return weight(a) - weight(b) })
	return s
}

func weight(f Finding) int {
	switch {
	case f.Stops && f.Override == "":
		return 0
	case f.Severity == Info:
		return 2
	}
	return 1
}

func (p Patient) line() string {
	parts := []string{dicom.ParsePN(p.Name).Display(), oneLine(p.ID), dicom.ISODay(p.Birth), oneLine(p.Sex)}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// sidesNamed lists what names a side: order, images, then each section.
func sidesNamed(d *Draft, f Facts) (out []string) {
	if s, ok := f.orderSide(); ok {
		out = append(out, s.words)
	}
	if s, ok := f.imageSide(); ok {
		out = append(out, s.words)
	}
	for _, s := range Order {
		var named []string
		for _, h := range sidesIn(prose.Parse(d.Plain(s))) {
			if !slices.Contains(named, string(h.side)) {
				named = append(named, string(h.side))
			}
		}
		if named != nil {
			out = append(out, string(s)+": "+strings.Join(named, ", "))
		}
	}
	return out
}

// OverrideWith records the reader's typed reason for a finding. It returns false,
// and records nothing, when the reason is blank or the finding is one that no
// reason overrides.
func (d *Draft) OverrideWith(f Finding, why string, by Reader, now time.Time) bool {
	why = oneLine(why)
	if why == "" || f.Final || !f.Stops {
		return false
	}
	d.Overrides = append(d.Overrides, Override{Rule: f.Rule, Evidence: f.Evidence, Reason: why, By: by.Name, At: now.UTC()})
	d.Changed = now.UTC()
	return true
}
