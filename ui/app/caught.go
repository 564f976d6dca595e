package app

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/quality"
)

// stops are the rules that stood against signing a case, at any time since it was
// opened.
type stops struct {
	epoch uint64
	rules []string
}

// noteStops remembers what a sheet shows against signing.
func (m *Model) noteStops(c *openCase, found []report.Finding) {
	if m.stops.epoch != c.epoch {
		m.stops = stops{epoch: c.epoch}
	}
	for _, f := range found {
		if f.Stops && !slices.Contains(m.stops.rules, f.Rule) {
			m.stops.rules = append(m.stops.rules, f.Rule)
		}
	}
}

// keepCaught keeps, for the figures, the rules that stopped the report once and do not
// stand against what was signed.
func (m *Model) keepCaught(c *openCase) {
	if m.sheet == nil || m.stops.epoch != c.epoch {
		return
	}
	now, study := m.Now(), c.row.StudyUID
	for _, rule := range m.stops.rules {
		if slices.ContainsFunc(m.sheet.Findings, func(f report.Finding) bool { return f.Rule == rule }) {
			continue
		}
		m.Room.Journal.Put("", func(ctx context.Context) error {
			body, err := json.Marshal(map[string]string{"rule": rule})
			if err != nil {
				return err
			}
			return m.Room.Ledger.PutRecord(ctx, ledger.Record{ID: reading.NewID(quality.CaughtKind), Kind: quality.CaughtKind, StudyUID: study, At: now, Closed: now, Body: body})
		})
	}
	m.stops = stops{}
}
