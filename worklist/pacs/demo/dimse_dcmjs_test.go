package demo

import (
	"encoding/json"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/oracle"
)

// TestAnotherSCUIsAnswered is dcmjs-dimse, which knows neither DCMTK nor us.
func TestAnotherSCUIsAnswered(t *testing.T) {
	t.Parallel()
	npm := oracle.NPM(t, "dcmjs-dimse")
	_, address := serveDIMSE(t, Options{Sources: []Source{hospital()}})
	_, port, _ := net.SplitHostPort(address)
	var got map[string]struct {
		Statuses          []uint16
		Completed, Failed int
		Came              int
		Rejected          bool
		Error             string
		Sets              []map[string]any
	}
	out := strings.TrimSpace(oracle.Node(t, npm, "", "testdata/scu.cjs", port, ctStudy, ctStep))
	out = out[strings.LastIndexByte(out, '\n')+1:]
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for name, want := range map[string][]uint16{
		"echo": {0}, "stranger": nil, "find": {0xFF00, 0xFF00, 0}, "worklist": {0xFF01, 0}, // it asks for more than is known
		"move":  {0xA801},
		"claim": {0}, "again": {0xC302}, "set": {0xC301}, "read": {0}, "commit": {0},
	} {
		if !slices.Equal(got[name].Statuses, want) {
			t.Errorf("%s: %x, want %x (%s)", name, got[name].Statuses, want, got[name].Error)
		}
	}
	if !got["stranger"].Rejected {
		t.Error("a wrong title is not rejected")
	}
	if get := got["get"]; get.Came != 10 || get.Completed != 10 || get.Failed != 0 || get.Statuses[len(get.Statuses)-1] != 0 {
		t.Errorf("get: %d came, %d completed, %d failed, %x", get.Came, get.Completed, get.Failed, get.Statuses)
	}
	if commit := got["commit"].Sets; len(commit) != 1 || commit[0]["type"] != 1.0 || commit[0]["TransactionUID"] != "2.25.333" {
		t.Errorf("commit: %v", commit)
	}
	if read := got["read"].Sets; len(read) != 1 || read[0]["ProcedureStepState"] != "IN PROGRESS" || read[0]["TransactionUID"] != nil {
		t.Errorf("read: %d data sets", len(read))
	}
}
