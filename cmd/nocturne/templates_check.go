package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/template"
	"github.com/spf13/cobra"
)

// checked is what Check says of one file.
type checked struct {
	File   string   `json:"file"`
	Faults []string `json:"faults"`
}

func templatesCheckCommand(env *environment) *cobra.Command {
	return &cobra.Command{Use: "check [FILE …]", Short: "Say what is wrong with MRRT files; without FILE, with your own",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				for _, kind := range []string{"*.html", "*.htm", "*.txt"} {
					found, err := filepath.Glob(filepath.Join(env.home(), "templates", kind))
					if err != nil {
						return err
					}
					args = append(args, found...)
				}
			}
			return env.checkTemplates(args)
		}}
}

func (env *environment) checkTemplates(files []string) error {
	out, bad := []checked{}, false
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("read template: %w", err)
		}
		c := checked{File: file, Faults: []string{}}
		if strings.EqualFold(filepath.Ext(file), ".txt") {
			if _, err := template.ParsePlain(string(b)); err != nil {
				c.Faults = append(c.Faults, "It cannot be read: "+err.Error()+".")
			}
		} else {
			c.Faults = append(c.Faults, template.Check(b)...)
		}
		bad = bad || len(c.Faults) > 0
		out = append(out, c)
		if !env.JSON {
			fmt.Fprintf(env.Out, "%s: %s\n", file, verdict(c.Faults))
		}
	}
	return env.finish(out, bad)
}

func verdict(faults []string) string {
	if len(faults) == 0 {
		return "nothing is wrong"
	}
	return strings.Join(append([]string{""}, faults...), "\n  ")
}

// patientFlags are a patient made up for looking at a template.
type patientFlags struct{ sex, age, indication, contrast string }

// show prints the report that the template begins.
func (p patientFlags) show(env *environment, t *template.Template, now time.Time) error {
	ages, err := template.ParseAges(p.age + "..")
	if err != nil {
		return usagef("%v", err)
	}
	study := &dicom.Dataset{}
	study.SetStr(dicom.StudyDate, dicom.FormatDA(now))
	modality := ""
	if len(t.Scope.Modalities) > 0 {
		modality = t.Scope.Modalities[0]
	}
	f := report.Facts{Exam: t.Title, Modality: modality, Indication: p.indication, Study: study, Asked: true,
		Patient: report.Patient{Sex: p.sex, Birth: dicom.FormatDA(now.AddDate(-ages.From/365, 0, -(ages.From % 365)))},
		Series:  []report.Series{{Modality: modality, Contrast: p.contrast}}}
	d := report.New("1", "", "", now)
	if t.Scope.Addendum {
		d = d.Addend(report.Document{SOPUID: "1"}, "", now)
	}
	t.Apply(d, f, now)
	for _, s := range report.Order {
		if text := visible(d, s); text != "" {
			fmt.Fprintf(env.Out, "%s\n%s\n\n", strings.ToUpper(s.Title()), text)
		}
	}
	return nil
}

// visible is a section with its proposals and fields marked.
func visible(d *report.Draft, s report.Section) string {
	text := []rune(d.Sections[s])
	for _, p := range slices.Backward(d.Placed(s)) {
		shown := p.Text
		switch {
		case p.Kind == report.Normal:
			shown = "⟨" + p.Text + "⟩"
		case p.IsField() && p.Kind != report.MergeField:
			shown = "[" + p.Name
			if p.Text != "" {
				shown += ": " + p.Text
			}
			if len(p.Choices) > 0 && p.Kind == report.ChoiceField {
				shown += ": " + strings.Join(p.Choices, " | ")
			}
			shown += "]"
		}
		text = slices.Concat(text[:p.From-1], []rune(shown), text[min(p.To+1, len(text)):])
	}
	return string(text)
}
