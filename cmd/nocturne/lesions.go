package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/lesion"
)

func lesionsCommand(env *environment) *cobra.Command {
	return &cobra.Command{
		Use: "lesions STUDY", Short: "List what is followed over time, with sums and response by RECIST 1.1", Args: exactly(1, "a STUDY"),
		Long: "Lists the lesions of a study and its priors: marks of the same name here, measurement\n" +
			"reports (TID 1500) on disk, and what was kept of earlier readings. A lesion is a name:\n" +
			"select a mark in the images and type :name RUL nodule. What counts in the sum is said\n" +
			"on the page of lesions (:lesions). Decision support only.",
		RunE: func(c *cobra.Command, args []string) error {
			return env.withCase(c.Context(), args[0], func(h *house, row feed.Row) error { return h.lesions(c.Context(), env, row) })
		},
	}
}

type lesionsAnswer struct {
	Study    string      `json:"study_instance_uid"`
	Studies  []sumRow    `json:"studies"` // oldest first
	Lesions  []lesionRow `json:"lesions"`
	Response string      `json:"response,omitempty"`
	Rule     string      `json:"rule,omitempty"`
	Sentence string      `json:"sentence,omitempty"`
	Why      string      `json:"why,omitempty"` // why there is no response
	Unnamed  int         `json:"measurements_without_name"`
}

type sumRow struct {
	Study    string   `json:"study_instance_uid"`
	Date     string   `json:"date,omitempty"`
	Prior    bool     `json:"prior"`
	Sum      *float64 `json:"sum_mm"` // of the targets; null when one was not measured
	Baseline bool     `json:"baseline"`
}

type lesionRow struct {
	Name   string     `json:"name"`
	Target bool       `json:"target"`
	Node   bool       `json:"node"`
	New    bool       `json:"new"`
	Change string     `json:"change,omitempty"`
	Points []pointRow `json:"points"`
}

type pointRow struct {
	Study string   `json:"study_instance_uid"`
	Date  string   `json:"date,omitempty"`
	Image string   `json:"sop_instance_uid,omitempty"`
	MM    *float64 `json:"mm"` // what RECIST counts
	Text  string   `json:"text"`
}

func (h *house) lesions(ctx context.Context, env *environment, row feed.Row) error {
	marks, err := h.room.Marks(ctx, row.StudyUID)
	if err != nil {
		return err
	}
	studies := []viewer.Study{reading.CurrentStudy(row)}
	for _, p := range h.room.FindPriors(ctx, row).Studies {
		if !p.Newer {
			studies = append(studies, p.Study)
		}
	}
	f, err := h.room.Lesions(ctx, reading.Identity(row), studies, marks)
	if err != nil {
		return err
	}
	a := lesionsOf(f)
	if env.JSON {
		return env.printJSON(a)
	}
	return env.sayLesions(f, a)
}

func lesionsOf(f reading.Followed) lesionsAnswer {
	s := f.Assess()
	a := lesionsAnswer{Study: f.Current, Response: string(s.Response), Rule: s.Result.Rule, Why: s.Why, Unnamed: f.Unnamed, Lesions: []lesionRow{}}
	if s.Response != "" {
		a.Sentence = s.Result.Sentence()
	}
	for i, st := range f.Studies {
		r := sumRow{Study: st.UID, Date: dicom.ISODay(st.Date), Prior: st.Prior, Baseline: st.UID == s.Baseline}
		if s.Sums[i].All {
			r.Sum = &s.Sums[i].MM
		}
		a.Studies = append(a.Studies, r)
	}
	for _, l := range f.Lesions {
		a.Lesions = append(a.Lesions, rowOfLesion(l, f.Current))
	}
	return a
}

func rowOfLesion(l lesion.Lesion, current string) lesionRow {
	r := lesionRow{Name: dicom.Clean(l.Name), Target: l.Target, Node: l.Node, New: l.New, Points: []pointRow{}}
	if c, ok := l.Change(current); ok {
		r.Change = report.MeasurementText(c)
	}
	for _, p := range l.Points {
		row := pointRow{Study: p.StudyUID, Date: dicom.ISODay(p.Date), Image: p.Measured.SOPUID, Text: l.Cell(p.StudyUID)}
		if mm, ok := l.MM(p); ok {
			row.MM = &mm
		}
		r.Points = append(r.Points, row)
	}
	return r
}

func (env *environment) sayLesions(f reading.Followed, a lesionsAnswer) error {
	if len(a.Lesions) == 0 {
		fmt.Fprintln(env.Out, "No lesion is followed: a lesion is a name (:name RUL nodule on a selected mark).")
		return nil
	}
	w := tabwriter.NewWriter(env.Out, 0, 0, 2, ' ', 0)
	head := []string{""}
	for _, s := range a.Studies {
		head = append(head, s.Date)
	}
	fmt.Fprintln(w, strings.Join(append(head, "change"), "\t"))
	for i, l := range a.Lesions {
		cells := []string{l.Name}
		for _, s := range f.Studies {
			cells = append(cells, f.Lesions[i].Cell(s.UID))
		}
		fmt.Fprintln(w, strings.Join(append(cells, l.Change), "\t"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, s := range []string{a.Sentence, a.Why} {
		if s != "" {
			fmt.Fprintln(env.Out, s)
		}
	}
	return nil
}
