package reading

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/critical"
)

// NewCritical proposes a critical result of the row's study, with the ladder of whom to
// call now. Nothing is on disk before it has a category.
func (r *Room) NewCritical(row feed.Row, finding string) critical.Result {
	out := critical.Result{StudyUID: row.StudyUID, Accession: row.Accession, Site: row.Site, Exam: row.Study, Patient: row.PatientName}
	out.ID, out.Finding, out.By = NewID(critical.Kind), strings.Join(strings.Fields(finding), " "), r.Reader.Name
	asked := critical.Contact{Name: dicom.ParsePN(row.Requester).Display(), Role: "requester", Phone: row.Callback}
	if asked.Name == "" && asked.Phone != "" {
		asked.Name = "call-back number"
	}
	for _, c := range r.Contacts {
		if asked.Phone == "" && asked.Name != "" && strings.EqualFold(c.Name, asked.Name) {
			asked.Phone = c.Phone
		}
	}
	phone := ""
	if site, ok := r.Sites[row.Site]; ok {
		phone = site.Phone
	}
	out.Ladder = critical.Ladder(asked, r.Contacts, row.Site, phone, r.Now().Local())
	return out
}

// NewID is a new name for a record of that kind, like no other.
func NewID(kind string) string {
	return kind + "-" + strings.ToLower(rand.Text())
}

// KeepCritical puts the result on disk as it stands, through the journal.
func (r *Room) KeepCritical(c critical.Result) {
	r.Journal.Put("", func(ctx context.Context) error { return r.PutCritical(ctx, c) })
}

// PutCritical puts the result on disk as it stands.
func (r *Room) PutCritical(ctx context.Context, c critical.Result) error {
	rec, err := c.Record()
	if err != nil {
		return err
	}
	return r.Ledger.PutRecord(ctx, rec)
}

// OpenCriticals are the results that nobody has closed, the most pressing first.
func (r *Room) OpenCriticals(ctx context.Context) ([]critical.Result, error) {
	records, err := r.Ledger.OpenRecords(ctx, critical.Kind)
	if err != nil {
		return nil, err
	}
	out, err := results(records)
	if err != nil {
		return out, err
	}
	critical.Sort(out)
	return out, nil
}

// Criticals are all results of a study, "" for every study, oldest first.
func (r *Room) Criticals(ctx context.Context, study string) ([]critical.Result, error) {
	records, err := r.Ledger.Records(ctx, critical.Kind, study)
	if err != nil {
		return nil, err
	}
	return results(records)
}

func results(of []ledger.Record) ([]critical.Result, error) {
	out := make([]critical.Result, 0, len(of))
	for _, rec := range of {
		c, err := critical.Read(rec)
		if err != nil {
			return out, err
		}
		out = append(out, c)
	}
	return out, nil
}

// communications are the study's critical results as the report is checked for them.
func (r *Room) communications(ctx context.Context, study string) []report.Communication {
	if r.Journal != nil {
		if err := r.Journal.Wait(ctx); err != nil {
			return []report.Communication{critical.Unreadable("")}
		}
	}
	records, err := r.Ledger.Records(ctx, critical.Kind, study)
	if err != nil {
		return []report.Communication{critical.Unreadable("")}
	}
	return critical.Of(records)
}

// ErrRecallable is a report that is signed and can still be taken back: what is to be
// added to it waits until it was sent.
var ErrRecallable = errors.New("the report is signed and not sent yet: F12 takes it back, or an addendum follows when it was sent")

// ReportCritical writes an acknowledged result into the study's draft on disk, in an
// addendum where the report is signed, and closes it. Both are on disk when it
// returns without an error.
func (r *Room) ReportCritical(ctx context.Context, row feed.Row, c critical.Result) (critical.Result, error) {
	d, signed, err := r.Draft(ctx, row)
	if err != nil {
		return c, err
	}
	if signed {
		if d, err = r.afterSigning(ctx, row); err != nil {
			return c, err
		}
	}
	if d.Communicate(c.Communication, time.Local, r.Now()) != "" {
		if d.Revision, err = r.Save(ctx, d); err != nil {
			return c, err
		}
	}
	if c.Open() {
		if err := c.Close("", r.Now()); err != nil {
			return c, fmt.Errorf("close critical result: %w", err)
		}
	}
	return c, r.PutCritical(ctx, c)
}

// afterSigning begins an addendum, unless the report can still be taken back.
func (r *Room) afterSigning(ctx context.Context, row feed.Row) (*report.Draft, error) {
	rows, err := r.Ledger.OutboxOf(ctx, row.StudyUID)
	if err != nil {
		return nil, err
	}
	for _, o := range rows {
		if o.NotBefore.After(r.Now()) {
			return nil, ErrRecallable
		}
	}
	return r.Amend(ctx, row, report.Added, "communication of a critical result")
}

// CriticalOf is the result of a study that a command means: the one whose name begins
// so, or the only one that is open.
func (r *Room) CriticalOf(ctx context.Context, study, id string) (critical.Result, error) {
	all, err := r.Criticals(ctx, study)
	if err != nil {
		return critical.Result{}, err
	}
	var hits []critical.Result
	for _, c := range all {
		if id == "" && c.Open() || id != "" && strings.HasPrefix(c.ID, id) {
			hits = append(hits, c)
		}
	}
	switch len(hits) {
	case 1:
		return hits[0], nil
	case 0:
		return critical.Result{}, fmt.Errorf("there is no %s critical result of this study", cmp.Or(id, "open"))
	}
	return critical.Result{}, errors.New("this study has several critical results: name one with --id")
}
