package main

import (
	"context"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/fhir/fhirtest"
	"github.com/nocturne/nocturne/worklist/hl7"
)

// ward is a RIS that takes HL7 and a FHIR server, both in this test's hands.
type ward struct {
	hl7, fhir string
	server    fhirtest.Server

	mu       sync.Mutex
	messages []*hl7.Message // guarded by mu
}

func newWard(t *testing.T) *ward {
	t.Helper()
	h := &ward{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var done sync.WaitGroup
	done.Go(func() {
		_ = (&hl7.Server{Handle: func(m *hl7.Message) []byte {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.messages = append(h.messages, m)
			return m.Answer("AA", "", time.Now())
		}}).Serve(ctx, l)
	})
	web := httptest.NewServer(&h.server)
	t.Cleanup(func() { stop(); done.Wait(); web.Close() })
	h.hl7, h.fhir = "mllp://"+l.Addr().String(), web.URL
	return h
}

// reports are the status of each DiagnosticReport that is held, in order.
func (h *ward) reports() (out []string) {
	h.server.Each(func(kind string, b map[string]any) map[string]any {
		if kind == "DiagnosticReport" {
			out = append(out, fmt.Sprint(b["status"]))
		}
		return b
	})
	return out
}

// One signature reaches the archive, the RIS and the FHIR server, each once; the
// withdrawal after it says so to all three, and marks what stands at the FHIR server.
func TestASignedReportReachesEveryDestinationAndItsWithdrawalToo(t *testing.T) {
	a, _ := spawnNight(t, 1)
	h := newWard(t)
	home := a.ownHome(t)
	path := filepath.Join(home, "config.toml")
	config, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	more := fmt.Sprintf("hl7 = %q\nhl7_to = \"RIS|NORTH\"\nhl7_pdf = true\nfhir = %q\nsend = [\"sr\", \"key-images\", \"pdf\"]\ncomplete_after = [\"oru\", \"fhir\"]\n", h.hl7, h.fhir)
	if err := os.WriteFile(path, append(config, more...), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) string {
		t.Helper()
		out, code := nocturne(t, home, args...)
		if code != 0 {
			t.Fatalf("nocturne %v: exit %d, %s", args, code, out)
		}
		return out
	}
	run("pull", "T01")
	run("claim", "T01")
	run("report", "draft", "T01", "--set", "findings=Größe | normal.", "--set", "impression=Normal.")
	if out := run("report", "sign", "T01", "--yes", "--json"); !strings.Contains(out, `"verified"`) || !strings.Contains(out, `"workitem_completed": true`) {
		t.Errorf("signed: %s", out)
	}
	if len(h.messages) != 1 || h.messages[0].Get("OBR", 25) != "F" || h.messages[0].Get("MSH", 5) != "RIS" || strings.Join(h.reports(), " ") != "final" {
		t.Fatalf("%d messages, FHIR holds %q", len(h.messages), h.reports())
	}
	text, pdf := "", ""
	for _, x := range h.messages[0].Segments("OBX") {
		if x.Get(3) == "59776-5" {
			text = x.Get(5)
		}
		pdf += x.Get(5, 5)
	}
	if text != "Größe | normal." || !strings.HasPrefix(pdf, "JVBERi0") { // %PDF-
		t.Errorf("the RIS read %q and %.10q", text, pdf)
	}

	run("report", "withdraw", "T01", "--reason", "wrong patient")
	run("critical", "add", "T01", "--finding", "the report was withdrawn", "--category", "1")
	run("critical", "attempt", "T01", "--to", "Dr House", "--result", "reached", "--read-back")
	run("critical", "ack", "T01")
	run("report", "sign", "T01", "--yes", "--json")
	last := h.messages[len(h.messages)-1]
	if len(h.messages) != 2 || last.Get("OBR", 25) != "X" || last.Segments("OBX")[3].Get(11) != "W" {
		t.Errorf("%d messages, the last is %s", len(h.messages), last.Get("OBR", 25))
	}
	if got := strings.Join(h.reports(), " "); got != "entered-in-error entered-in-error" {
		t.Errorf("FHIR holds %q", got)
	}
	if out := run("outbox", "list", "--json"); strings.Count(out, `"verified"`) < 7 || strings.Contains(out, `"parked"`) {
		t.Errorf("%s", out)
	}
}
