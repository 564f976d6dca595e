package reading

import (
	"context"
	"fmt"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/report"
)

// Versions are the earlier states of a study's report that are kept: those that were
// signed, and those that another program wrote beside it; the latest first.
func (r *Room) Versions(ctx context.Context, study string) (out []PriorText, err error) {
	signed, err := r.Ledger.PastDrafts(ctx, study)
	if err != nil {
		return nil, err
	}
	parted, err := r.Ledger.PartedDrafts(ctx, study)
	if err != nil {
		return nil, err
	}
	for _, p := range parted {
		v, err := version("kept apart "+clock(p.Saved), p.Draft)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	for i := len(signed) - 1; i >= 0; i-- {
		v, err := version("signed "+signed[i].Saved.Local().Format("2006-01-02 15:04"), signed[i])
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func version(title string, stored ledger.Draft) (PriorText, error) {
	d, err := report.Decode(stored.Body)
	if err != nil {
		return PriorText{}, fmt.Errorf("load an earlier version: %w", err)
	}
	out := PriorText{Title: title, Text: d.Text()}
	for _, s := range report.Order {
		if text := d.Plain(s); text != "" {
			out.Sections = append(out.Sections, PriorSection{Key: s, Title: s.Title(), Text: text})
		}
	}
	return out, nil
}
