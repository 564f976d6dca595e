package outbox

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/nocturne/nocturne/cache/ledger"
)

var night = time.Date(2026, 11, 22, 3, 12, 0, 0, time.UTC)

func rows() []ledger.OutboxRow {
	row := func(id int64, report string, seq int, kind string, s ledger.OutboxState, signed time.Duration) ledger.OutboxRow {
		return ledger.OutboxRow{ID: id, Report: report, Seq: seq, Kind: kind, Channel: ledger.DICOM, State: s, StudyUID: report, Accession: report, Site: "NORTH",
			Signed: night.Add(-signed), SHA256: "ab", Verified: night.Add(-signed)}
	}
	late := row(7, "LATE", 0, "sr", ledger.Retry, 11*time.Minute)
	late.Priority, late.Reason, late.Tries, late.NextAt = "stat", "NORTH not answering", 3, night.Add(5*time.Second)
	parked := row(6, "PARK", 1, "oru", ledger.Parked, 2*time.Minute)
	parked.Reason, parked.Channel = "NORTH refuses the HL7 message (AR 200)", ledger.HL7
	return []ledger.OutboxRow{row(1, "OLD", 0, "sr", ledger.Verified, 25*time.Hour), row(2, "EARLY", 0, "sr", ledger.Verified, 2*time.Hour),
		row(3, "DONE", 0, "sr", ledger.Verified, time.Hour), row(4, "WAIT", 0, "sr", ledger.Sending, time.Second),
		row(5, "PARK", 0, "sr", ledger.Verified, 2*time.Minute), parked, late}
}

func frame(p *Page, width, height int) string {
	return ansi.Strip(strings.Join(p.View(width, height), "\n"))
}

// What presses most is first, what was delivered within a day last, older is gone.
func TestWhatPressesMostIsFirst(t *testing.T) {
	p := &Page{Phone: func(string) string { return "Call NORTH: 555" }, Who: func(string) string { return "PHANTOM, ANNA" }}
	p.Set(rows(), night)
	got := frame(p, 100, 24)
	at := -1
	for _, name := range []string{" LATE ", " PARK ", " WAIT ", " DONE ", " EARLY "} {
		i := strings.Index(got, name)
		if i <= at {
			t.Errorf("%s is out of order:\n%s", name, got)
		}
		at = i
	}
	for _, words := range []string{"NOT DELIVERED 11 min", "Call NORTH: 555", "3 tries, next in 5 s", "refuses the HL7 message (AR 200)", "3 not delivered", "PHANTOM, ANNA"} {
		if !strings.Contains(got, words) {
			t.Errorf("%q is missing:\n%s", words, got)
		}
	}
	if strings.Contains(got, " OLD ") {
		t.Error("a report of the day before yesterday is listed")
	}
}

// Of linked orders each row says whose it is: what one order lacks is not the other's.
func TestALinkedOrdersRowSaysItsOwnNumber(t *testing.T) {
	p := &Page{}
	two := rows()[4:6]
	two[1].Accession, two[1].Kind, two[1].Channel = "OTHER", "sr", ledger.DICOM
	p.Set(two, night)
	if got := frame(p, 100, 10); !strings.Contains(got, "PARKED    OTHER · ") || strings.Count(got, "PARK ") != 1 {
		t.Errorf("\n%s", got)
	}
}

// Rows that arrive or go do not move the cursor to another report.
func TestTheCursorStaysOnItsRow(t *testing.T) {
	p := &Page{}
	p.Set(rows(), night)
	for p.Move(1); ; p.Move(1) {
		if r, _ := p.Row(); r.ID == 6 {
			break
		}
	}
	all := rows()
	all[6].State = ledger.Verified // what stood above is delivered
	p.Set(all, night)
	if r, ok := p.Row(); !ok || r.ID != 6 {
		t.Errorf("the cursor is on %+v", r)
	}
	p.Set(nil, night)
	if _, ok := p.Row(); ok {
		t.Error("a row of an empty page")
	}
}

func TestEveryFrameFillsTheTerminal(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {40, 6}, {140, 50}} {
		p := &Page{}
		frames := []string{strings.Join(p.View(size[0], size[1]), "\n")}
		p.Set(rows(), night)
		frames = append(frames, strings.Join(p.View(size[0], size[1]), "\n"))
		p.Open = &Story{Row: rows()[6], Steps: []ledger.Step{{At: night, State: ledger.Retry, Reason: strings.Repeat("long ", 60)}}}
		frames = append(frames, strings.Join(p.View(size[0], size[1]), "\n"))
		for i, f := range frames {
			lines := strings.Split(f, "\n")
			if len(lines) != size[1] {
				t.Errorf("frame %d at %v has %d rows", i, size, len(lines))
			}
			for _, l := range lines {
				if w := ansi.StringWidth(l); w != size[0] {
					t.Errorf("frame %d at %v: a row of %d cells", i, size, w)
				}
			}
		}
	}
}

func TestAStoryTellsTheLastStepsFirstAndGoesBack(t *testing.T) {
	p := &Page{}
	p.Set(rows(), night)
	p.Open = &Story{Row: rows()[5], Bytes: 12}
	for i := range 40 {
		p.Open.Steps = append(p.Open.Steps, ledger.Step{At: night.Add(time.Duration(i) * time.Second), State: ledger.Retry, Answer: "AE", Reason: "try " + string(rune('A'+i%26)) + strings.Repeat("x", i)})
	}
	if got := frame(p, 100, 20); !strings.Contains(got, strings.Repeat("x", 39)) || !strings.Contains(got, "PARKED") || !strings.Contains(got, "answer: AE") {
		t.Errorf("the newest step is not in sight:\n%s", got)
	}
	p.Move(1 << 20)
	if got := frame(p, 100, 20); !strings.Contains(got, "try A") {
		t.Errorf("the oldest step cannot be reached:\n%s", got)
	}
}
