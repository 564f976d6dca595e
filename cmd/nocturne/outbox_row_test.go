package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
)

// A parked row is explained and, on a yes, tried again: what rotted on disk is parked
// anew and never sent.
func TestOutboxRowsAreExplainedAndSentAgain(t *testing.T) {
	home := t.TempDir()
	l, err := openLedger(home)
	if err != nil {
		t.Fatal(err)
	}
	row := ledger.OutboxRow{Report: "1.2.9", Channel: ledger.HL7, Address: "mllp://127.0.0.1:1", Control: "N1", Kind: ledger.KindORU, StudyUID: "1.2", Accession: "A1",
		Site: "NORTH", Object: []byte("MSH|^~\\&|"), SHA256: "of other bytes", Signed: time.Now(), NotBefore: time.Now()}
	ids, err := l.EnqueueBeside(t.Context(), []ledger.OutboxRow{row}, []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	le, err := l.Lease(t.Context(), ids[0], time.Now())
	if err != nil {
		t.Fatal(err)
	}
	parked := le.Row
	parked.State, parked.Reason = ledger.Parked, "NORTH refuses the HL7 message (AR 200)"
	if err := le.Save(t.Context(), parked); err != nil {
		t.Fatal(err)
	}
	_ = le.Close(t.Context())
	run := func(asJSON bool, args ...string) (string, error) {
		var out bytes.Buffer
		env := &environment{Home: home, JSON: asJSON, Out: &out, Err: &out, Getenv: func(string) string { return "" },
			preset: &Config{Sites: []SiteConfig{{Name: "NORTH", DICOMweb: "http://127.0.0.1:1/dw", Phone: "555"}}}}
		c := outboxCommand(env)
		c.SetArgs(args)
		c.SilenceErrors, c.SilenceUsage = true, true
		err := c.ExecuteContext(t.Context())
		return out.String(), err
	}
	said, err := run(false, "explain", "1")
	for _, words := range []string{"mllp://127.0.0.1:1", "control id N1", "PARKED: NORTH refuses the HL7 message (AR 200)", "call NORTH: 555", "queued", "parked"} {
		if err != nil || !strings.Contains(said, words) {
			t.Errorf("%q is not said (%v):\n%s", words, err, said)
		}
	}
	said, err = run(true, "explain", "1")
	var told struct {
		Control string `json:"control_id"`
		Steps   []outboxStep
	}
	if err != nil || json.Unmarshal([]byte(said), &told) != nil || told.Control != "N1" || len(told.Steps) != 2 {
		t.Errorf("%v: %s", err, said)
	}
	if _, err := run(false, "resend", "1"); err == nil {
		t.Error("sent again without --yes")
	}
	if _, err := run(false, "explain", "99"); err == nil {
		t.Error("explained what is not there")
	}
	if said, err = run(false, "resend", "1", "--yes"); err == nil {
		t.Errorf("rotten bytes were sent: %s", said)
	}
	steps, err := l.Steps(t.Context(), ids[0])
	if err != nil || len(steps) < 4 || steps[2].Reason != "asked for by the reader" {
		t.Errorf("%+v, %v", steps, err)
	}
	if _, err := run(false, "resend", "7", "--yes"); err == nil {
		t.Error("sent again what is not there")
	}
}
