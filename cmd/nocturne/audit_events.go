package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/nocturne/nocturne/cache/audit"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/cache/medium"
	"github.com/nocturne/nocturne/ui/reading"
)

// audited records an event for a command that needs nothing else of the house. What the
// event is of is done only when it returned nil.
func (env *environment) audited(ctx context.Context, e audit.Event) error {
	config, err := env.configuration()
	if err != nil { // who reads is known all the same, as the system names them
		config = defaultConfig()
	}
	if err := ledger.CheckHome(env.Home); err != nil {
		return err
	}
	log, err := env.openAudit(config, nil, nil)
	if err == nil {
		err = log.Record(ctx, e)
		defer log.Close()
	}
	if err != nil {
		return fmt.Errorf("%w: %w", reading.ErrUnaudited, err)
	}
	return nil
}

// onMedium are the studies that somebody brought, as events name them.
func onMedium(m *medium.Medium) (out []audit.Study) {
	for _, s := range m.Studies {
		out = append(out, audit.Study{UID: string(s.UID), Accession: s.Patient.Accession, PatientID: s.Patient.ID, PatientName: s.Patient.Name})
	}
	return out
}

// brought records that a medium is looked at.
func (env *environment) brought(ctx context.Context, m *medium.Medium, paths []string) error {
	label := "medium"
	if len(paths) > 0 {
		label = filepath.Base(paths[0])
	}
	return env.audited(ctx, audit.Imported(audit.Medium{Type: audit.URI, Label: label}, onMedium(m)...))
}

// subject is whom an object is of.
func subject(d *dicom.Dataset) audit.Study {
	return audit.Study{UID: d.Str(dicom.StudyInstanceUID), Accession: d.Str(dicom.AccessionNumber), PatientID: d.Str(dicom.PatientID), PatientName: d.Str(dicom.PatientName)}
}
