package reading

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/report"
)

// KeepMarks puts changed and deleted marks on disk, in the order they were made.
func (r *Room) KeepMarks(study string, changed []viewer.Mark, deleted []string) {
	r.Journal.Put("", func(ctx context.Context) error {
		rows := make([]ledger.Annotation, 0, len(changed))
		for _, m := range changed {
			body, err := json.Marshal(m)
			if err != nil {
				return fmt.Errorf("keep mark: %w", err)
			}
			rows = append(rows, ledger.Annotation{StudyUID: study, ID: m.ID, Body: body, Saved: r.Now()})
		}
		if len(rows) > 0 {
			if err := r.Ledger.SaveMarks(ctx, study, rows); err != nil {
				return fmt.Errorf("keep marks: %w", err)
			}
		}
		if len(deleted) == 0 {
			return nil
		}
		return r.Ledger.DeleteMarks(ctx, study, deleted...)
	})
}

// KeepSeen notes frames of the study that were on screen.
func (r *Room) KeepSeen(study string, seen []viewer.Seen) {
	r.Journal.Put("", func(ctx context.Context) error {
		rows := make([]ledger.Seen, len(seen))
		for i, s := range seen {
			rows[i] = ledger.Seen{SOPUID: s.SOPUID, Frame: s.Frame, MS: s.MS}
		}
		return r.Ledger.MarkSeen(ctx, study, rows...)
	})
}

func (r *Room) seen(ctx context.Context, study string) (out []viewer.Seen, err error) {
	rows, err := r.Ledger.SeenFrames(ctx, study)
	for _, s := range rows {
		out = append(out, viewer.Seen{SOPUID: s.SOPUID, Frame: s.Frame, MS: s.MS})
	}
	return out, err
}

// Marks reads the study's marks.
func (r *Room) Marks(ctx context.Context, study string) ([]viewer.Mark, error) {
	rows, err := r.Ledger.Marks(ctx, study)
	if err != nil {
		return nil, err
	}
	out := make([]viewer.Mark, 0, len(rows))
	for _, row := range rows {
		var m viewer.Mark
		if err := json.Unmarshal(row.Body, &m); err != nil {
			return nil, fmt.Errorf("read mark: %w", err)
		}
		out = append(out, m)
	}
	return out, nil
}

// LeftOff is where the reader left a case; nil: never there, or it cannot be read.
func (r *Room) LeftOff(ctx context.Context, study string) *viewer.State {
	p, err := r.place(ctx, study)
	if err != nil {
		return nil
	}
	s := p.State
	return s
}

// KeepReason keeps a reader's reason for what a rule warns of.
func (r *Room) KeepReason(text string) {
	r.Journal.Put("", func(ctx context.Context) error {
		return r.Ledger.AddNote(ctx, ledger.Note{At: r.Now(), Text: text})
	})
}

// KeepSaid keeps words that were dictated for a study whose case is not on screen any
// more, beside its draft: they are offered where it is opened next.
func (r *Room) KeepSaid(study, site, text string) {
	r.Journal.Put("", func(ctx context.Context) error {
		said := report.New(study, "", site, r.Now())
		said.Set(report.Findings, text, r.Now())
		body, err := said.Encode()
		if err != nil {
			return err
		}
		_, err = r.Ledger.PartDraft(ctx, 0, ledger.Draft{StudyUID: study, Body: body, Saved: r.Now()})
		return err
	})
}
