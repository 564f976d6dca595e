package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/audit"
	"github.com/nocturne/nocturne/cache/dicom"
)

// auditRow is a line of `audit show`.
type auditRow struct {
	N         int64    `json:"n"`
	At        string   `json:"at,omitempty"`
	Event     string   `json:"event"`
	Code      string   `json:"code,omitempty"`
	Type      string   `json:"type,omitempty"`
	Action    string   `json:"action,omitempty"`
	Outcome   int      `json:"outcome"`
	User      string   `json:"user,omitempty"`
	Others    []string `json:"others,omitempty"`
	StudyUID  string   `json:"study_instance_uid,omitempty"`
	Accession string   `json:"accession_number,omitempty"`
	PatientID string   `json:"patient_id,omitempty"`
	Patient   string   `json:"patient_name,omitempty"`
	Report    string   `json:"report,omitempty"`
	Details   []string `json:"details,omitempty"`
	Hash      string   `json:"leaf"`
}

func rowOf(n audit.Entry, e audit.Event) auditRow {
	row := auditRow{N: n.N + 1, Hash: fmt.Sprintf("%x", n.Hash)}
	if n.XML == nil {
		row.Event = fmt.Sprintf("erased with the key of %04d-%02d", n.Month/100, n.Month%100)
		return row
	}
	row.At, row.Event, row.Code = e.At.Format(time.RFC3339Nano), e.ID.Meaning, e.ID.Value
	row.Action, row.Outcome = string(e.Action), int(e.Outcome)
	for _, t := range e.Type {
		row.Type = strings.TrimSpace(row.Type + " " + t.Meaning)
	}
	for _, p := range e.Active {
		switch {
		case p.Requestor:
			row.User = p.UserID
		case p.Name != "nocturne":
			row.Others = append(row.Others, p.UserID)
		}
	}
	for _, o := range e.Objects {
		row.add(o)
	}
	if e.Why != "" {
		row.Details = append(row.Details, e.Why)
	}
	return row
}

func (row *auditRow) add(o audit.Object) {
	switch o.IDType {
	case audit.StudyInstanceUID:
		row.StudyUID = o.ID
	case audit.PatientNumber:
		row.PatientID, row.Patient = o.ID, o.Name
	case audit.ReportNumber:
		row.Report = o.ID
		row.Details = append(row.Details, o.Name)
		row.StudyUID = strings.Join(o.Contains, " ")
	default:
		if o.Query != nil {
			row.Details = append(row.Details, string(o.Query))
		}
	}
	if len(o.Accession) > 0 {
		row.Accession = strings.Join(o.Accession, " ")
	}
	for _, d := range o.Detail {
		if d.Type != "QueryEncoding" {
			row.Details = append(row.Details, d.Value)
		}
	}
}

// line is a record in a terminal's line, free of what a terminal would obey.
func (row auditRow) line() string {
	at := row.At
	if t, err := time.Parse(time.RFC3339Nano, row.At); err == nil {
		at = t.Local().Format("2006-01-02 15:04:05")
	}
	event := row.Event
	if row.Type != "" {
		event = row.Type
	}
	if row.Outcome != 0 {
		event += fmt.Sprintf(" (failure %d)", row.Outcome)
	}
	head := fmt.Sprintf("%5d  %-19s  %-27s  ", row.N, at, event)
	parts := []string{row.User}
	for _, s := range append([]string{row.Accession, dicom.ParsePN(row.Patient).Display()}, append(row.Others, row.Details...)...) {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return dicom.Clean(head + strings.Join(strings.Fields(strings.Join(parts, " · ")), " "))
}

// concerns reports whether an event is about a study, named by its UID or number.
func concerns(e audit.Event, study string) bool {
	return slices.ContainsFunc(e.Objects, func(o audit.Object) bool {
		return o.ID == study || slices.Contains(o.Accession, study) || slices.Contains(o.Contains, study)
	})
}
