package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/medium"
	"github.com/nocturne/nocturne/ui/list"
	"github.com/spf13/cobra"
)

func openCommand(env *environment) *cobra.Command {
	return &cobra.Command{
		Use: "open PATH…", Short: "Look at a disc, a stick, a folder or a ZIP file",
		Long: "Opens what is named straight in the image window: a folder, a ZIP file, a DICOMDIR or\n" +
			"single files, all together. One study is opened at once; of several, by patient, one is\n" +
			"chosen in a list. Needs no network and no configuration. Nothing is put among the cases:\n" +
			"images are read where they are, those of a ZIP from a folder of the home that goes when\n" +
			"the program ends, and marks go with it. Nothing is claimed or reported.\n\n" +
			"With --json, or without a terminal, it prints what is there and ends.",
		Args: atLeast(1, "a folder, a ZIP file, a DICOMDIR or DICOM files"),
		RunE: func(c *cobra.Command, args []string) error { return runOpen(c.Context(), env, args) },
	}
}

func runOpen(ctx context.Context, env *environment, paths []string) error {
	env.sweepMedia()
	m, err := medium.Open(ctx, paths, medium.Options{Temp: env.mediumFolder(), Progress: env.counting()})
	if env.terminal() {
		fmt.Fprint(env.Err, "\r\x1b[K")
	}
	if err != nil {
		return err
	}
	if err := env.brought(ctx, m, paths); err != nil {
		return errors.Join(err, m.Close())
	}
	return errors.Join(env.show(ctx, m), m.Close())
}

// counting tells a terminal how many files were looked at.
func (env *environment) counting() func(int) {
	if !env.terminal() || env.JSON {
		return nil
	}
	return func(n int) { fmt.Fprintf(env.Err, "\rLooking through the medium: %d files … (Ctrl+C ends)", n) }
}

func (env *environment) show(ctx context.Context, m *medium.Medium) error {
	switch {
	case env.JSON:
		return env.printJSON(describe(m))
	case !env.terminal():
		printMedium(env, m)
		return nil
	}
	h, done, err := env.openMedium(ctx, "MEDIUM", m)
	if err != nil {
		return err
	}
	at := start{banner: "FROM A MEDIUM · not assigned to you", said: strings.Join(m.Notes(), " · ")}
	if len(m.Studies) == 1 {
		at.first = string(m.Studies[0].UID)
	}
	return errors.Join(h.readFrom(ctx, env, at), done())
}

// mediumStudy is one study of `open --json`.
type mediumStudy struct {
	StudyUID    dicom.UID       `json:"study_instance_uid"`
	PatientName string          `json:"patient_name"`
	PatientID   string          `json:"patient_id"`
	BirthDate   string          `json:"birth_date,omitempty"`
	Sex         string          `json:"sex,omitempty"`
	Accession   string          `json:"accession_number,omitempty"`
	Date        string          `json:"study_date,omitempty"`
	Description string          `json:"study_description,omitempty"`
	Objects     int             `json:"objects"`
	Missing     int             `json:"missing"`
	Unlisted    int             `json:"unlisted"`
	Strange     int             `json:"of_another_patient"`
	Made        bool            `json:"uid_made_here,omitempty"`
	Series      []medium.Series `json:"series"`
}

// mediumJSON is what `open --json` prints.
type mediumJSON struct {
	Studies []mediumStudy `json:"studies"`
	Files   medium.Counts `json:"files"`
	More    bool          `json:"more_files"`
	Notes   []string      `json:"notes"`
}

func describe(m *medium.Medium) mediumJSON {
	out := mediumJSON{Studies: []mediumStudy{}, Files: m.Counts, More: m.More, Notes: m.Notes()}
	for _, s := range m.Studies {
		out.Studies = append(out.Studies, mediumStudy{StudyUID: s.UID, PatientName: s.Patient.Name, PatientID: s.Patient.ID,
			BirthDate: s.Patient.Birth, Sex: s.Patient.Sex, Accession: s.Patient.Accession, Date: s.Date, Description: s.Description,
			Objects: len(s.Objects), Missing: s.Missing, Unlisted: s.Unlisted, Strange: s.Strange, Made: s.Made, Series: s.Series})
	}
	return out
}

// printMedium prints a patient's studies under the patient.
func printMedium(env *environment, m *medium.Medium) {
	last := ""
	for _, s := range m.Studies {
		p := s.Patient
		who := fmt.Sprintf("%s · ID %s · born %s %s", dicom.ParsePN(p.Name).Display(), p.ID, list.Date(p.Birth), p.Sex)
		if who != last {
			fmt.Fprintln(env.Out, dicom.Clean(who))
			last = who
		}
		line := fmt.Sprintf("  %s  %s  %s  %d objects", list.Date(s.Date), strings.Join(s.Modalities(), "/"), s.Description, len(s.Objects))
		if s.Missing > 0 {
			line += fmt.Sprintf(", %d missing", s.Missing)
		}
		fmt.Fprintln(env.Out, dicom.Clean(line))
	}
	for _, n := range m.Notes() {
		fmt.Fprintln(env.Out, n+".")
	}
}
