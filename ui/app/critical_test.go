package app

import (
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/critical"
)

// onCall is a case half read with somebody to call at night.
func onCall(t *testing.T) *night {
	t.Helper()
	n := newNight(t)
	n.m.Room.Contacts = []critical.Contact{{Name: "Nina Night", Role: "ED physician", Phone: "555 0101", Hours: "22-08"},
		{Name: "Dan Day", Role: "ED physician", Phone: "555 0102", Hours: "08-22"}, {Name: "Vera Vogt", Role: "supervisor", Phone: "555 0199"}}
	n.inTheMiddle()
	return n
}

// kept are the critical results as a restart would find them.
func (n *night) kept() []critical.Result {
	n.Helper()
	if err := n.m.Room.Journal.Wait(n.Context()); err != nil {
		n.Fatal(err)
	}
	all, err := n.m.Room.Criticals(n.Context(), "")
	if err != nil {
		n.Fatal(err)
	}
	return all
}

// TestACriticalResultIsToldInSixKeys, kept on disk at every one of them; then the
// report says it and the caret is where it was.
func TestACriticalResultIsToldInSixKeys(t *testing.T) {
	n := onCall(t)
	n.m.open.page.Editor.Back("findings", 9)
	typed := n.section(report.Findings)
	for _, step := range []struct {
		key  string
		want critical.State
	}{{"f7", ""}, {"1", critical.Found}, {"enter", critical.Calling}, {"r", critical.Told}, {"y", critical.ReadBack}, {"y", critical.Closed}} {
		n.pass(time.Minute)
		n.key(step.key)
		all := n.kept()
		if step.want == "" && len(all) == 0 {
			continue
		}
		if len(all) != 1 || all[0].State() != step.want {
			t.Fatalf("after %s: %d on disk, want one that is %s:\n%s", step.key, len(all), step.want, n.frame())
		}
	}
	r := n.kept()[0]
	if r.To != "Nina Night" || r.Role != "ED physician" || r.Attempts[0].Phone != "555 0101" || r.By != "READER^DEMO" || !strings.HasPrefix(r.Finding, "Solid nodule of 8.0 mm") {
		t.Errorf("told as %+v", r.Communication)
	}
	words := n.section(report.Critical)
	if words != r.Text(time.Local) || words != n.stored(uid("A1"), report.Critical) || !strings.Contains(words, "UTC") {
		t.Errorf("the report says %q, on disk %q, want %q", words, n.stored(uid("A1"), report.Critical), r.Text(time.Local))
	}
	key, caret := n.m.open.page.Editor.At()
	if n.m.page != onCase || !n.m.open.page.Typing || key != "findings" || caret != 9 || n.section(report.Findings) != typed {
		t.Errorf("page %v, typing %v, caret %s %d, findings %q", n.m.page, n.m.open.page.Typing, key, caret, n.section(report.Findings))
	}
	if len(n.m.criticals.open) != 0 || strings.Contains(n.frame(), "CRITICAL 1 ·") {
		t.Errorf("the timer goes on:\n%s", n.frame())
	}
	n.key("x")
	if got := n.section(report.Findings); got != typed[:9]+"x"+typed[9:] {
		t.Errorf("the next letter landed in %q", got)
	}
}

// TestAnOpenCriticalResultFollowsTheReaderAndClimbsTheLadder on every page, through a
// restart, until somebody was told.
func TestAnOpenCriticalResultFollowsTheReaderAndClimbsTheLadder(t *testing.T) {
	n := onCall(t)
	n.key("f7", "1", "esc")
	n.pass(18 * time.Minute)
	for _, keys := range [][]string{{}, {"f3"}, {"f5"}, {"?"}, {"x"}} {
		n.key(keys...)
		if !strings.Contains(n.frame(), "CRITICAL 1 · 42 min left") {
			t.Errorf("after %v the timer is not on\n%s", keys, n.frame())
		}
	}
	n.m.Close()
	n.led.Close()
	n.start()
	n.until("the timer after a restart", func() bool { return strings.Contains(n.frame(), "CRITICAL 1 · 42 min left") })
	n.pass(31 * time.Minute)
	n.do(n.m.everySecond())
	n.says("11 min left")
	if level := n.m.criticals.open[0].Level(n.clock()); level != critical.Amber {
		t.Errorf("at 49 min of 60 the level is %d", level)
	}
	n.pass(12 * time.Minute)
	n.do(n.m.everySecond())
	n.says("1 min overdue · call Nina Night 555 0101")
	n.key("ctrl+l")
	if v := n.m.View(); !strings.Contains(v, "CRITICAL 1 · 1 min overdue") || strings.Contains(v, "nodule") {
		t.Errorf("locked:\n%s", v)
	}
	n.pass(time.Second)
	n.key("ctrl+l")
	n.pass(time.Second)
	n.key("f7", "enter", "n", "n") // the second n is no key of the contacts
	if r := n.kept()[0]; len(r.Attempts) != 1 || r.Attempts[0].To != "Nina Night" || r.Attempts[0].Result != critical.NoAnswer {
		t.Errorf("attempts %+v", r.Attempts)
	}
	if !n.m.callRuns() {
		t.Error("the lock may fire while somebody has to be called")
	}
	n.key("enter", "r", "y", "y")
	n.until("the report on disk to say it", func() bool { return n.stored(uid("A1"), report.Critical) != "" && len(n.m.criticals.open) == 0 })
	if words := n.stored(uid("A1"), report.Critical); !strings.Contains(words, "No answer Nina Night (ED physician)") || !strings.Contains(words, "(late: due") {
		t.Errorf("the report says %q", words)
	}
}

func TestACriticalResultFromTheSheetReturnsToANewSheet(t *testing.T) {
	n := onCall(t)
	n.key("f3")
	n.toSign("Solid nodule of 8.0 mm in the right upper lobe, new.")
	n.key("f7", "1", "enter", "r", "y", "y")
	n.until("the sheet to know", func() bool { return n.m.page == onSheet && n.m.sheet != nil && len(n.m.sheet.facts.Critical) == 1 })
	if c := n.m.sheet.facts.Critical[0]; c.Open() || c.To != "Nina Night" {
		t.Errorf("the sheet's facts have %+v", c)
	}
}

func TestAfterSigningACriticalResultStandsInAnAddendum(t *testing.T) {
	n := onCall(t)
	n.key("f3")
	n.toSign("Solid nodule.")
	n.pass(time.Second)
	n.key("enter")
	n.until("the signature", func() bool { return n.m.open.signed })
	n.key("f7", "1", "enter", "r", "y", "y")
	n.until("the sentence", func() bool { return strings.Contains(n.m.status.text, "F12 takes it back") })
	if all := n.kept(); all[0].State() != critical.Acknowledged || !strings.Contains(n.frame(), "told, not in the report yet") {
		t.Errorf("it is %s:\n%s", all[0].State(), n.frame())
	}
	n.pass(20 * time.Second)
	n.key("f7", "enter")
	n.until("the addendum", func() bool {
		return !n.m.open.signed && n.m.open.draft.What() == report.Added && n.section(report.Addendum) != "" && len(n.m.criticals.open) == 0
	})
	if got := n.section(report.Addendum); !strings.Contains(got, "Told to Nina Night") {
		t.Errorf("the addendum says %q", got)
	}
}

func TestF7InTheWindowOpensTheFormAndDictationExecutesNothing(t *testing.T) {
	n := onCall(t)
	n.key("f3")
	n.tells(viewer.Event{Kind: viewer.Acted, Action: viewer.CaseCall})
	n.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("1ryy is what was said")})
	if len(n.kept()) != 0 || n.m.page != onContact {
		t.Errorf("%d results, page %v", len(n.kept()), n.m.page)
	}
	n.key("f5") // leaves the form and the case
	if n.m.page != onList || n.m.criticals.form != nil || n.m.open != nil {
		t.Errorf("page %v", n.m.page)
	}
}

func TestFramesOfACriticalResult(t *testing.T) {
	n := onCall(t)
	n.key("f7")
	n.golden("critical-new")
	n.key("1", "enter")
	n.pass(2 * time.Minute)
	n.key("n", "enter")
	n.pass(time.Minute)
	n.key("r")
	n.golden("critical-told")
	n.m.criticals.form.Result.Told = time.Time{}
	n.key("esc")
	n.pass(72 * time.Minute)
	n.m.status = status{}
	for _, size := range sizes {
		n.m.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		n.exact("the overdue timer", size)
		row, _, _ := strings.Cut(n.frame(), "\n")
		if !strings.HasPrefix(row, " CRITICAL 1 · 15 min overdue · call NORTH 555 · Solid nodule") || !strings.HasSuffix(row, " acc A1 · F7 ") {
			t.Errorf("at %v: %q", size, row)
		}
	}
}
