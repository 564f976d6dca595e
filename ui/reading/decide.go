package reading

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/audit"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/report"
)

// Conflict is a signed report that stays until its reader has decided what becomes of
// it beside another's.
type Conflict struct {
	Report    string    `json:"report"` // SOP Instance UID
	StudyUID  string    `json:"study_instance_uid"`
	Accession string    `json:"accession_number"`
	Site      string    `json:"site"`
	Found     time.Time `json:"found"`
	Signed    time.Time `json:"signed"`
	Mine      []Said    `json:"mine"`
	Task      string    `json:"task,omitempty"`
	Rivals    []Rival   `json:"others,omitempty"` // oldest first

	linked   bool // it answers several orders
	addition bool // it is an addendum: there is nothing in it to replace theirs with
}

// Decision is what becomes of a report in conflict.
type Decision string

// Decisions. None of them ever replaces another's report, or lets two stand as final,
// without a further signature.
const (
	AddToTheirs   Decision = "addendum" // mine is begun anew as an addendum to theirs
	ReplaceTheirs Decision = "replace"  // mine is begun anew as a correction that replaces theirs
	KeepAside     Decision = "keep"     // mine is not sent, and kept here
	SendMine      Decision = "send"     // mine goes as it was signed; only where there is no other report
)

// Choices are the decisions that a conflict leaves open.
func (c Conflict) Choices() []Decision {
	switch {
	case len(c.Rivals) == 0:
		return []Decision{SendMine, KeepAside}
	case c.linked:
		return []Decision{KeepAside}
	case c.addition:
		return []Decision{AddToTheirs, KeepAside}
	}
	return []Decision{AddToTheirs, ReplaceTheirs, KeepAside}
}

// Errors of Decide.
var (
	ErrNoConflict = errors.New("this report has no conflict: it was decided already, or there was none")
	ErrNoChoice   = errors.New("this cannot be done with this report")
	ErrNoReason   = errors.New("a report that replaces another's needs its reason")
)

// Conflicts lists the reports that wait for a decision, oldest first.
func (r *Room) Conflicts(ctx context.Context) (out []Conflict, err error) {
	open, err := r.Ledger.OpenRecords(ctx, ledger.ConflictKind)
	for _, rec := range open {
		c, err := r.conflict(ctx, rec)
		if err != nil {
			return out, err
		}
		out = append(out, c)
	}
	return out, err
}

func (r *Room) conflict(ctx context.Context, rec ledger.Record) (c Conflict, err error) {
	var f news
	if err := json.Unmarshal(rec.Body, &f); err != nil {
		return c, fmt.Errorf("read conflict: %w", err)
	}
	c = Conflict{Report: strings.TrimPrefix(rec.ID, ledger.ConflictKind+" "), StudyUID: rec.StudyUID, Site: f.Site, Found: rec.At, Task: f.Task, Rivals: f.Rivals}
	mine, row, err := r.signedAs(ctx, c.Report)
	if err != nil {
		return c, err
	}
	c.StudyUID, c.Accession, c.Signed, c.Mine = row.StudyUID, row.Accession, row.Signed, partsOf(mine)
	c.addition = mine.Section(string(report.Findings))+mine.Section(string(report.Impression)) == ""
	rows, err := r.Ledger.RowsOf(ctx, c.Report)
	c.linked = slices.ContainsFunc(rows, func(o ledger.OutboxRow) bool { return o.StudyUID != row.StudyUID })
	return c, err
}

// signedAs reads the document of a report in the outbox.
func (r *Room) signedAs(ctx context.Context, sop string) (doc sr.Document, row ledger.OutboxRow, err error) {
	rows, err := r.Ledger.RowsOf(ctx, sop)
	if err != nil {
		return doc, row, err
	}
	i := slices.IndexFunc(rows, func(o ledger.OutboxRow) bool { return o.Control == sop && o.Kind == ledger.KindSR })
	if i < 0 {
		return doc, row, ErrMissing
	}
	if row, err = r.Ledger.Row(ctx, rows[i].ID); err != nil {
		return doc, row, err
	}
	f, err := dicom.Parse(row.Object)
	if err != nil {
		return doc, row, fmt.Errorf("read signed report: %w", err)
	}
	doc, err = sr.Read(f.Dataset)
	return doc, row, err
}

// Decide ends a report's conflict. With AddToTheirs and ReplaceTheirs the report leaves
// the outbox, is kept, and its text becomes a draft that follows the other's report and
// has to be signed. All of it happens, or nothing.
func (r *Room) Decide(ctx context.Context, c Conflict, what Decision, why string) error {
	rec, ok, err := r.Ledger.Conflict(ctx, c.Report)
	switch {
	case err != nil:
		return err
	case !ok || !rec.Closed.IsZero():
		return ErrNoConflict
	case !slices.Contains(c.Choices(), what):
		return ErrNoChoice
	case what == ReplaceTheirs && strings.TrimSpace(why) == "":
		return ErrNoReason
	case what == SendMine:
		if err := r.Record(ctx, audit.Overridden(c.about(), c.Task, "sent as it was signed")); err != nil {
			return err
		}
		return r.sendAllTheSame(ctx, rec)
	case what == KeepAside:
		return r.withhold(ctx, c, nil)
	}
	next, err := r.following(ctx, c, what, why)
	if err != nil {
		return err
	}
	body, err := next.Encode()
	if err != nil {
		return err
	}
	return r.withhold(ctx, c, body)
}

func (c Conflict) about() audit.Study { return audit.Study{UID: c.StudyUID, Accession: c.Accession} }

func (r *Room) withhold(ctx context.Context, c Conflict, next []byte) error {
	if err := r.Record(ctx, audit.Recalled(c.about(), c.Report)); err != nil {
		return err
	}
	return r.Ledger.Withhold(ctx, c.Report, next, r.Now())
}

// sendAllTheSame closes the conflict and queues what was parked for it.
func (r *Room) sendAllTheSame(ctx context.Context, rec ledger.Record) error {
	rec.Closed = r.Now()
	if err := r.Ledger.PutRecord(ctx, rec); err != nil {
		return err
	}
	rows, err := r.Ledger.RowsOf(ctx, strings.TrimPrefix(rec.ID, ledger.ConflictKind+" "))
	for _, o := range rows {
		if o.State == ledger.Parked && o.SHA256 != "" {
			err = errors.Join(err, r.Ledger.Unpark(ctx, o.ID))
		}
	}
	return err
}

// following is the draft that says mine after theirs.
func (r *Room) following(ctx context.Context, c Conflict, what Decision, why string) (*report.Draft, error) {
	if r.Trainee {
		return nil, ErrTrainee
	}
	mine, _, err := r.signedAs(ctx, c.Report)
	if err != nil {
		return nil, err
	}
	var theirs []heldReport
	for _, h := range reportsIn(r.reportObjects(c.StudyUID)) {
		if slices.ContainsFunc(c.Rivals, func(v Rival) bool { return v.SOPUID == string(h.doc.SOPUID) }) {
			theirs = append(theirs, h)
		}
	}
	e, ok := earlier(theirs)
	if !ok {
		return nil, fmt.Errorf("begin %s: the other report is not on disk any more", what)
	}
	base := report.New(c.StudyUID, c.Accession, c.Site, r.Now())
	for s, text := range e.Sections {
		base.Set(s, text, r.Now())
	}
	return after(base, e, mine, what, why, r.Now()), nil
}

func after(base *report.Draft, e report.Earlier, mine sr.Document, what Decision, why string, now time.Time) *report.Draft {
	if what == AddToTheirs {
		next := base.Addend(e.Document, why, now)
		next.Set(report.Addendum, spoken(mine), now)
		return next
	}
	next := base.Correct(e.Document, why, now)
	if e.Preliminary { // a final report replaces it without being a correction
		next = report.New(base.StudyUID, base.Accession, base.Site, now)
		next.Follows(e.Document, e.Sections, now)
	}
	for _, s := range report.Order {
		next.Set(s, mine.Section(string(s)), now)
	}
	return next
}

// spoken is a report's findings and impression as they stand in an addendum.
func spoken(doc sr.Document) string {
	var parts []string
	for _, s := range []report.Section{report.Findings, report.Impression, report.Addendum} {
		if text := strings.TrimSpace(doc.Section(string(s))); text != "" {
			parts = append(parts, s.Title()+": "+text)
		}
	}
	return strings.Join(parts, "\n")
}

// SignedText is a signed report's object as plain text; empty for what is none.
func SignedText(object []byte) string {
	f, err := dicom.Parse(object)
	if err != nil {
		return ""
	}
	return sr.Text(f.Dataset)
}
