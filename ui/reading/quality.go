package reading

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/quality"
)

// Review keeps the reader's score of the newest report on disk of a prior. The author
// is looked up here and shown nowhere; one's own report is quality.ErrOwn.
func (r *Room) Review(ctx context.Context, row feed.Row, prior, score, comment string) error {
	e, ok := earlier(reportsIn(r.reportObjects(prior)))
	if !ok {
		return errors.New("there is no report of this prior on disk to review")
	}
	review, err := quality.NewReview(score, comment, e.By.Name, e.By.ID, r.Reader.Name, r.Reader.ID)
	if err != nil {
		return err
	}
	review.StudyUID, review.SOPUID, review.Reading = prior, e.SOPUID, row.StudyUID
	rec, err := review.Record(r.Now())
	if err != nil {
		return err
	}
	return r.Ledger.PutRecord(ctx, rec)
}

// ErrNoPreliminary is a report that follows no preliminary one.
var ErrNoPreliminary = errors.New("no preliminary report of this study is known: there is nothing to compare")

// Compared are the sections of a draft whose words are not those of the preliminary
// report before it, each as what changed in it.
func Compared(d *report.Draft) (lines []string, err error) {
	if d == nil || d.Before == nil || d.BeforeKind != report.Preliminary || d.Was == nil {
		return nil, ErrNoPreliminary
	}
	for _, s := range d.Changes() {
		if diff := quality.Diff(d.Was[s], d.Plain(s)); diff != "" {
			lines = append(lines, s.Title()+": "+diff)
		}
	}
	return lines, nil
}

// KeepDiscrepancy keeps the reader's grade of a final report against its preliminary
// one, through the journal.
func (r *Room) KeepDiscrepancy(d *report.Draft, g quality.Grade, why string) error {
	if _, err := Compared(d); err != nil {
		return err
	}
	out := quality.Discrepancy{Grade: g, Why: strings.Join(strings.Fields(why), " "), StudyUID: d.StudyUID, SOPUID: d.Before.SOPUID}
	for _, s := range d.Changes() {
		out.Changed = append(out.Changed, string(s))
	}
	rec, err := out.Record(r.Now())
	if err == nil {
		r.Journal.Put("", func(ctx context.Context) error { return r.Ledger.PutRecord(ctx, rec) })
	}
	return err
}

// Figures are the reader's own figures since a time. A report that was taken back does
// not count.
func (r *Room) Figures(ctx context.Context, since time.Time) (quality.Stats, error) {
	records, err := r.Ledger.Records(ctx, "", "")
	if err != nil {
		return quality.Stats{}, err
	}
	rows, err := r.Ledger.Outbox(ctx)
	if err != nil {
		return quality.Stats{}, err
	}
	sent := map[string]bool{}
	for _, o := range rows {
		sent[quality.SignedKind+" "+o.Report] = true
	}
	records = slices.DeleteFunc(records, func(rec ledger.Record) bool { return rec.Kind == quality.SignedKind && !sent[rec.ID] })
	return quality.Figures(records, since, r.Now(), time.Local), nil
}

// FollowUp keeps a recommended examination of the reader's own words: what, with the
// time behind it ("CT chest in 6 months", "CT chest 6 months").
func (r *Room) FollowUp(ctx context.Context, row feed.Row, text string) (quality.Task, error) {
	day, err := time.Parse("20060102", row.StudyDate)
	if err != nil {
		day = r.Now()
	}
	found := quality.Recommended(text, day)
	if words := strings.Fields(text); len(found) == 0 && len(words) > 2 {
		at := len(words) - 2
		found = quality.Recommended(strings.Join(words[:at], " ")+" in "+strings.Join(words[at:], " "), day)
	}
	if len(found) != 1 {
		return quality.Task{}, errors.New("a follow-up is an examination and a time: CT chest 6 months")
	}
	t := quality.Named(quality.Task{FollowUp: found[0], StudyUID: row.StudyUID, Accession: row.Accession, Site: row.Site,
		PatientID: row.PatientID, Patient: row.PatientName, StudyDate: row.StudyDate})
	return t, r.putTask(ctx, t, r.Now(), time.Time{})
}

func (r *Room) putTask(ctx context.Context, t quality.Task, at, closed time.Time) error {
	rec, err := t.Record(at, closed)
	if err != nil {
		return err
	}
	return r.Ledger.PutRecord(ctx, rec)
}

// FollowUps are the recommended examinations that nobody has seen done, the one due
// first first.
func (r *Room) FollowUps(ctx context.Context) (out []quality.Task, err error) {
	records, err := r.Ledger.OpenRecords(ctx, quality.FollowUpKind)
	if err != nil {
		return nil, err
	}
	for _, rec := range records {
		t, err := quality.ReadTask(rec)
		if err != nil {
			return out, err
		}
		out = append(out, t)
	}
	return out, nil
}

// CloseFollowUp closes an open one whose name begins so, with a reason.
func (r *Room) CloseFollowUp(ctx context.Context, id, why string) (quality.Task, error) {
	open, err := r.FollowUps(ctx)
	if err != nil {
		return quality.Task{}, err
	}
	open = slices.DeleteFunc(open, func(t quality.Task) bool { return id == "" || !strings.HasPrefix(t.ID, id) })
	why = strings.Join(strings.Fields(why), " ")
	switch {
	case len(open) == 0:
		return quality.Task{}, errors.New("no open follow-up has an ID that begins so")
	case len(open) > 1:
		return quality.Task{}, fmt.Errorf("%d open follow-ups have an ID that begins so: give more of it", len(open))
	case why == "":
		return quality.Task{}, errors.New("closing a follow-up by hand needs a reason")
	}
	open[0].Done = why
	return open[0], r.putTask(ctx, open[0], r.Now(), r.Now())
}

// SettleFollowUps closes those that a later study of the list has done, and gives them
// with those that are overdue.
func (r *Room) SettleFollowUps(ctx context.Context, rows []feed.Row) (done, overdue []quality.Task, err error) {
	open, err := r.FollowUps(ctx)
	for _, t := range open {
		i := slices.IndexFunc(rows, func(o feed.Row) bool {
			return t.DoneBy(quality.Later{StudyUID: o.StudyUID, Site: o.Site, PatientID: o.PatientID, StudyDate: o.StudyDate, Modality: o.Modality, Study: o.Study})
		})
		switch {
		case i >= 0:
			t.Done = "done: accession " + rows[i].Accession
			if err := r.putTask(ctx, t, r.Now(), r.Now()); err != nil {
				return done, overdue, err
			}
			done = append(done, t)
		case t.Overdue(r.Now()):
			overdue = append(overdue, t)
		}
	}
	return done, overdue, err
}

// Daily reports whether something is to be said that is said once a day, and notes that
// it was.
func (r *Room) Daily(ctx context.Context, what string) (bool, error) {
	id := "said " + what + " " + r.Now().Local().Format(time.DateOnly)
	said, err := r.Ledger.Records(ctx, "said", "")
	if err != nil || slices.ContainsFunc(said, func(rec ledger.Record) bool { return rec.ID == id }) {
		return false, err
	}
	return true, r.Ledger.PutRecord(ctx, ledger.Record{ID: id, Kind: "said", At: r.Now(), Closed: r.Now(), Body: []byte("{}")})
}

// unknown leaves out follow-ups that the ledger has already: one that was closed is not
// opened again by a report that repeats it.
func (r *Room) unknown(ctx context.Context, records []ledger.Record) ([]ledger.Record, error) {
	known, err := r.Ledger.Records(ctx, quality.FollowUpKind, "")
	return slices.DeleteFunc(records, func(rec ledger.Record) bool {
		return rec.Kind == quality.FollowUpKind && slices.ContainsFunc(known, func(k ledger.Record) bool { return k.ID == rec.ID })
	}), err
}
