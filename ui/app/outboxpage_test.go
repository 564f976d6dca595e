package app

import (
	"encoding/base64"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/cache/ledger"
)

// outgoing signs a report of A1 and two parcels of it; the second is parked.
func (n *night) outgoing() (ids []int64) {
	n.Helper()
	n.read("A1")
	n.toSign("No nodule.")
	n.pass(time.Second)
	n.key("enter")
	n.until("the signature", func() bool { return n.m.open.signed })
	rows, err := n.m.Room.Ledger.OutboxOf(n.Context(), uid("A1"))
	if err != nil || len(rows) != 1 {
		n.Fatalf("%d rows, %v", len(rows), err)
	}
	sr := rows[0]
	oru := ledger.OutboxRow{Report: sr.Report + ".1", Channel: ledger.HL7, Address: "mllp://127.0.0.1:2575", Control: "N1", Kind: ledger.KindORU, StudyUID: sr.StudyUID,
		Accession: "A1", Site: "NORTH", Object: []byte("MSH|"), SHA256: "ab", Signed: sr.Signed, NotBefore: sr.Signed, Priority: "stat"}
	made, err := n.m.Room.Ledger.EnqueueBeside(n.Context(), []ledger.OutboxRow{oru}, []byte("{}"))
	if err != nil {
		n.Fatal(err)
	}
	le, err := n.m.Room.Ledger.Lease(n.Context(), made[0], n.clock())
	if err != nil {
		n.Fatal(err)
	}
	r := le.Row
	r.State, r.Reason, r.Tries = ledger.Parked, "NORTH refuses the HL7 message (AR 200)", 2
	if err := le.Save(n.Context(), r); err != nil {
		n.Fatal(err)
	}
	_ = le.Close(n.Context())
	return []int64{sr.ID, made[0]}
}

func (n *night) openOutboxPage() {
	n.Helper()
	n.write(":outbox")
	n.key("enter")
	n.until("the outbox", func() bool { return n.m.page == onOutbox && n.m.sent.Listed })
}

func (n *night) state(id int64) ledger.OutboxState {
	n.Helper()
	r, err := n.m.Room.Ledger.Row(n.Context(), id)
	if err != nil {
		n.Fatal(err)
	}
	return r.State
}

// What is parked says why and who to call; r sends it again, after a yes and not before.
func TestAParkedRowIsExplainedAndSentAgainAfterAYes(t *testing.T) {
	n := newNight(t)
	ids := n.outgoing()
	n.openOutboxPage()
	for _, words := range []string{"PARKED", "NORTH refuses the HL7 message (AR", "Call NORTH: 555", "message", "HL7"} {
		n.shows(words)
	}
	n.key("home", "enter")
	n.until("the story", func() bool { return n.m.sent.Open != nil })
	n.shows("control id N1")
	n.shows("parked")
	n.key("r", "enter") // not a yes
	n.settle(30 * time.Millisecond)
	if s := n.state(ids[1]); s != ledger.Parked {
		t.Fatalf("sent again without a yes: %s", s)
	}
	n.key("r")
	n.shows("Esc no")
	n.write("y")
	n.key("enter")
	n.until("it to be queued again", func() bool { return n.state(ids[1]) != ledger.Parked })
	n.key("esc", "esc")
	if n.m.page != onCase {
		t.Error("Esc does not lead back to the case")
	}
}

// From the list, with no case open, the page works as well and gives the list back.
func TestTheOutboxOpensFromTheListToo(t *testing.T) {
	n := newNight(t)
	n.outgoing()
	n.key("f5")
	n.until("the list", func() bool { return n.m.page == onList && n.m.open == nil })
	n.pass(time.Second)
	n.key("u")
	n.until("the outbox", func() bool { return n.m.page == onOutbox && n.m.sent.Listed })
	n.key("down", "up", "pgdown", "home", "e")
	n.until("the story", func() bool { return n.m.sent.Open != nil })
	n.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("ryes please")})
	if n.m.prompt.Open {
		t.Error("stray text was taken for keys")
	}
	n.key("esc", "esc")
	if n.m.page != onList || n.m.sent != nil {
		t.Error("Esc does not lead back to the list")
	}
}

// The text goes to the clipboard only after a yes, and is that of the report chosen.
func TestTheTextIsCopiedOnlyByConsent(t *testing.T) {
	n := newNight(t)
	n.outgoing()
	var out safeBuffer
	n.m.Out = &out
	n.openOutboxPage()
	n.key("end", "c")
	n.says("Not allowed at NORTH: reports may not go to the clipboard")
	if n.m.prompt.Open {
		t.Fatal("asked although the site does not allow it")
	}
	n.policy("[export]\nclipboard = true\n")
	n.key("c", "enter")
	n.settle(30 * time.Millisecond)
	if strings.Contains(out.String(), "]52;") {
		t.Fatal("copied without a yes")
	}
	n.key("c")
	n.shows("Esc no")
	n.write("y")
	n.key("enter")
	n.until("the copy", func() bool { return strings.Contains(out.String(), "\x07") })
	_, rest, _ := strings.Cut(out.String(), "\x1b]52;c;")
	text, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(rest, "\x07"))
	if err != nil || !strings.Contains(string(text), "No nodule.") || !strings.Contains(string(text), "A1") {
		t.Errorf("%v: %q", err, text)
	}
}

// A STAT report that is not there after ten minutes is said with the site's number, and
// again every minute, not over every other word (N12).
func TestAnUndeliveredStatIsSaidWithTheSitesNumber(t *testing.T) {
	n := newNight(t)
	late := deliveredMsg{rows: []ledger.OutboxRow{{ID: 1, Report: "1.2", Kind: "sr", State: ledger.Retry, Site: "NORTH", Accession: "A1", Priority: "stat", Signed: dusk.Add(-10 * time.Minute)}}}
	n.send(late)
	if s := n.m.status; !s.severe || !strings.Contains(s.text, "STAT A1 is not delivered") || !strings.Contains(s.text, "555") {
		t.Errorf("said: %q", s.text)
	}
	n.m.say("Copied.")
	n.send(late)
	if n.m.status.text != "Copied." {
		t.Error("the alarm talks over the answer to a key")
	}
	n.pass(time.Minute)
	if n.send(late); !strings.Contains(n.m.status.text, "STAT A1") {
		t.Error("the alarm is not said again")
	}
}

func TestFrameOfTheOutbox(t *testing.T) {
	n := newNight(t)
	row := func(id int64, report string, seq int, kind, channel string, s ledger.OutboxState, ago time.Duration) ledger.OutboxRow {
		return ledger.OutboxRow{ID: id, Report: report, Seq: seq, Kind: kind, Channel: channel, State: s, StudyUID: uid(report), Accession: report, Site: "NORTH",
			Address: "http://north/dicom-web", Control: "2.25.1", Signed: dusk.Add(-ago), Verified: dusk.Add(-ago + 2*time.Second), SHA256: strings.Repeat("ab", 32), Priority: "routine"}
	}
	late := row(1, "A1", 0, "sr", "dicom", ledger.Retry, 12*time.Minute)
	late.Priority, late.Reason, late.Tries, late.NextAt = "stat", "NORTH not answering (connection refused)", 7, dusk.Add(6*time.Second)
	parked := row(4, "B1", 2, "oru", "hl7", ledger.Parked, 3*time.Minute)
	parked.Reason, parked.Tries = "NORTH refuses the HL7 message (AR 200, unsupported message type)", 1
	done := row(6, "C1", 0, "sr", "dicom", ledger.Verified, time.Hour)
	done.WorkitemUID, done.WorkitemDone = "1.7", true
	n.m.openOutbox()
	n.send(deliveredMsg{rows: []ledger.OutboxRow{late, row(2, "B1", 0, "sr", "dicom", ledger.Verified, 3*time.Minute),
		row(3, "B1", 1, "key-images", "dicom", ledger.Sending, 3*time.Minute), parked, done}})
	n.m.status = status{}
	n.golden("outbox")
	n.m.sent.turn++
	n.m.told(storyMsg{turn: n.m.sent.turn})
	n.m.sent.Open.Row, n.m.sent.Open.Bytes = parked, 812
	n.m.sent.Open.Steps = []ledger.Step{{At: dusk.Add(-3 * time.Minute), State: ledger.Queued}, {At: dusk.Add(-3*time.Minute + 40*time.Millisecond), State: ledger.Sending},
		{At: dusk.Add(-3*time.Minute + 90*time.Millisecond), State: ledger.Parked, Tries: 1, Reason: parked.Reason}}
	n.golden("outbox-story")
}

// safeBuffer is a terminal that remembers what was written to it.
type safeBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string { s.mu.Lock(); defer s.mu.Unlock(); return s.b.String() }
