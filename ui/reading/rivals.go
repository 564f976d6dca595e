package reading

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/deliver"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// Rival is another's report of the same study.
type Rival struct {
	SOPUID      string    `json:"sop_instance_uid"`
	By          string    `json:"by"` // PN form
	At          time.Time `json:"at"`
	Preliminary bool      `json:"preliminary,omitempty"`
	Parts       []Said    `json:"sections"`
}

// Said is a section of a signed report.
type Said struct {
	Key   string `json:"key,omitempty"`
	Title string `json:"title"`
	Text  string `json:"text"`
}

// Same reports whether another report's section is the same one.
func (s Said) Same(o Said) bool { return s.Key == o.Key && (s.Key != "" || s.Title == o.Title) }

// partsOf are the sections of a document that say something, as plain text.
func partsOf(doc sr.Document) (out []Said) {
	for _, s := range doc.Sections {
		if text := strings.TrimSpace(dicom.Clean(s.Text)); text != "" {
			out = append(out, Said{Key: s.Key, Title: dicom.Clean(s.Name), Text: text})
		}
	}
	return out
}

// news is the body of a conflict's record.
type news struct {
	Site   string  `json:"site"`
	Task   string  `json:"task,omitempty"` // what became of the task meanwhile, a sentence
	Rivals []Rival `json:"rivals,omitempty"`
}

// reason says it without patient data, with the key to press.
func (f news) reason() string {
	what := f.Task
	if n := len(f.Rivals); n > 0 {
		last := f.Rivals[n-1]
		by := cmp.Or(dicom.ParsePN(last.By).Display(), "another reader")
		what = fmt.Sprintf("%s holds another report of it, by %s of %s", f.Site, by, clock(last.At))
	}
	return what + ShowsBoth
}

// ShowsBoth ends the reason of a row that waits for a decision.
const ShowsBoth = ": :conflict shows both"

// asking bounds the question about the task: where the worklist alone is silent, the
// report does not wait for it, unless it was signed in that silence.
const asking = 4 * time.Second

// Before is asked before anything of a signed report leaves: is there, at the site whose
// study it is, a report by somebody else that the reader did not know at signing, or has
// somebody else the task? What is found is put on disk, the other's report with it,
// and *deliver.ConflictError keeps the whole report here until Decide. Once anything of
// the report has left, the rest follows. A site that cannot be asked holds up what goes
// to it, and everything of a report that was signed while it was silent. What may go is
// recorded in the audit log as going.
func (r *Room) Before(ctx context.Context, row ledger.OutboxRow) error {
	if err := r.mayLeave(ctx, row); err != nil {
		return err
	}
	return r.leaving(ctx, row)
}

func (r *Room) mayLeave(ctx context.Context, row ledger.OutboxRow) error {
	rec, ok, err := r.Ledger.Conflict(ctx, row.Report)
	switch {
	case err != nil:
		return err
	case ok && !rec.Closed.IsZero():
		return nil // decided: it goes
	case ok:
		return conflictIn(rec)
	}
	rows, err := r.Ledger.RowsOf(ctx, row.Report)
	if err != nil {
		return err
	}
	site, ok := r.Sites[row.Site]
	if !ok || site.Archive == nil || slices.ContainsFunc(rows, left) {
		return nil
	}
	f, silent, err := r.rivals(ctx, site, rows)
	if err != nil && (row.Channel == ledger.DICOM || silent) {
		return err
	}
	if f.Task == "" && len(f.Rivals) == 0 {
		return nil
	}
	body, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("keep conflict: %w", err)
	}
	if err := r.Ledger.OpenConflict(ctx, row.Report, row.StudyUID, r.Now(), body); err != nil {
		return err
	}
	return &deliver.ConflictError{Reason: f.reason()}
}

func left(r ledger.OutboxRow) bool { return r.State == ledger.Acked || r.State == ledger.Verified }

func conflictIn(rec ledger.Record) error {
	var f news
	if err := json.Unmarshal(rec.Body, &f); err != nil {
		return fmt.Errorf("read conflict: %w", err)
	}
	return &deliver.ConflictError{Reason: f.reason()}
}

// rivals asks the site about every study that the report's rows are of, and about its
// task. silent: one of them was signed while the site was silent.
func (r *Room) rivals(ctx context.Context, site Site, rows []ledger.OutboxRow) (f news, silent bool, err error) {
	f.Site = site.Name
	documents := map[string][]string{}
	for _, o := range rows {
		documents[o.StudyUID] = append(documents[o.StudyUID], o.Control)
	}
	var failed error
	for study, own := range documents {
		known, quiet, err := r.known(ctx, study, own)
		if err != nil {
			return f, true, err
		}
		silent = silent || quiet
		more, err := r.reportsAt(ctx, site, dicom.UID(study), known)
		failed = errors.Join(failed, err)
		f.Rivals = append(f.Rivals, more...)
	}
	slices.SortFunc(f.Rivals, func(a, b Rival) int { return a.At.Compare(b.At) })
	task, err := r.taskAt(ctx, site, rows)
	if silent {
		failed = errors.Join(failed, err)
	}
	f.Task = task
	return f, silent, failed
}

// reportsAt are the reports that the site holds of a study and that are not known. They
// are kept on disk as the study's other objects are.
func (r *Room) reportsAt(ctx context.Context, site Site, study dicom.UID, known map[dicom.UID]bool) (out []Rival, err error) {
	series, err := pacs.Find(ctx, site.Archive, pacs.Query{Level: pacs.SeriesLevel, Study: study,
		Match: map[dicom.Tag]string{dicom.Modality: "SR"}, Include: []dicom.Tag{dicom.Modality}})
	if err != nil && !errors.Is(err, pacs.ErrPartial) {
		return nil, fmt.Errorf("look for other reports: %w", err)
	}
	for _, s := range series {
		uid := dicom.UID(s.Str(dicom.SeriesInstanceUID))
		if uid == "" || s.Str(dicom.Modality) != "" && s.Str(dicom.Modality) != "SR" {
			continue
		}
		all, err := pacs.Find(ctx, site.Archive, pacs.Query{Level: pacs.InstanceLevel, Study: study, Series: uid})
		if err != nil && !errors.Is(err, pacs.ErrPartial) {
			return out, fmt.Errorf("look for other reports: %w", err)
		}
		for _, i := range all {
			sop := dicom.UID(i.Str(dicom.SOPInstanceUID))
			if sop == "" || known[sop] || dicom.UID(i.Str(dicom.SOPClassUID)) == dicom.RadiationDoseSRStorage {
				continue
			}
			rival, ok, err := r.rivalAt(ctx, site, pacs.Ref{Study: study, Series: uid, Instance: sop})
			if err != nil {
				return out, err
			}
			if ok {
				out = append(out, rival)
			}
		}
	}
	return out, nil
}

// rivalAt reads one document; ok is false for what is no report of the study in words.
func (r *Room) rivalAt(ctx context.Context, site Site, ref pacs.Ref) (rival Rival, ok bool, err error) {
	err = site.Archive.Retrieve(ctx, ref, func(o pacs.Object) error {
		f, err := dicom.Parse(o.Bytes)
		if err != nil || dicom.UID(f.Dataset.Str(dicom.StudyInstanceUID)) != ref.Study || dicom.UID(f.Dataset.Str(dicom.SOPInstanceUID)) != ref.Instance {
			return nil // what cannot be read, or is of another study, is no report of it
		}
		h, is := heldIn(f.Dataset)
		if !is || len(h.doc.Sections) == 0 {
			return nil
		}
		rival, ok = Rival{SOPUID: string(ref.Instance), By: h.doc.Observer.Name, At: h.at, Preliminary: h.doc.Preliminary || !h.doc.Verified,
			Parts: partsOf(h.doc)}, true
		_, _, err = r.Store.Put(o.Bytes)
		return err
	})
	if why, gone := pacs.ReasonOf(err); gone && why == pacs.NotFound {
		return rival, false, nil
	}
	if err != nil {
		err = fmt.Errorf("read another report: %w", err)
	}
	return rival, ok, err
}

// taskAt says in a sentence when somebody else has the report's task or did it. A task
// that is free again, or withdrawn, is no conflict: the report goes, and is flagged.
func (r *Room) taskAt(ctx context.Context, site Site, rows []ledger.OutboxRow) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, asking)
	defer cancel()
	for _, o := range rows {
		if o.WorkitemUID == "" || o.WorkitemDone || site.Workitems == nil {
			continue
		}
		w, err := site.Workitems.RetrieveWorkitem(ctx, dicom.UID(o.WorkitemUID))
		if why, gone := pacs.ReasonOf(err); gone && why == pacs.NotFound {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("ask about the task: %w", err)
		}
		who := dicom.ParsePN(w.Performer).Display()
		switch {
		case w.State == pacs.Completed:
			return fmt.Sprintf("%s says that the task is done, by %s", site.Name, cmp.Or(who, "another reader")), nil
		case w.State == pacs.InProgress && who != "" && who != dicom.ParsePN(r.Reader.Name).Display():
			return fmt.Sprintf("%s has the task with %s since %s", site.Name, who, clock(w.Since)), nil
		}
	}
	return "", nil
}
