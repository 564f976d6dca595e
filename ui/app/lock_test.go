package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/cache/audit"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/report"
)

var secrets = []string{"PHANTOM", "ANNA", "P1", "A1", "1954", "cough", "Solid", "ULF", "BERG"}

// TestALockedScreenShowsNothingOfAnyPatient, nor is the window told, whatever
// arrives meanwhile.
func TestALockedScreenShowsNothingOfAnyPatient(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.key("f3")
	n.write("Solid nodule")
	n.key("ctrl+l")
	cases, sites, keys := len(n.view.cases), len(n.view.sites), len(n.view.keys)
	if n.view.blanked == 0 {
		t.Error("the window was not blanked")
	}
	n.arrive("STAT1", "URGENT^ULF")
	n.send(begunMsg{epoch: n.m.open.epoch}) // a late answer to the claim
	n.send(pictureMsg{n.m.open.epoch, []string{"ANNA"}, "graphics"})
	n.send(tea.WindowSizeMsg{Width: 100, Height: 30})
	n.tells(viewer.Event{Kind: viewer.Acted, Action: viewer.CaseNext})
	n.tells(viewer.Event{Kind: viewer.Noticed, Text: "ANNA"})
	n.key("f6", "x", "f12", "f3")
	n.settle(20 * time.Millisecond)
	for _, s := range secrets {
		if strings.Contains(n.m.View(), s) {
			t.Errorf("the terminal shows %s", s)
		}
	}
	told, err := json.Marshal(struct {
		C []viewer.Case
		S []viewer.SiteLine
	}{n.view.cases[cases:], n.view.sites[sites:]})
	if err != nil || len(n.view.cases) > cases || len(n.view.sites) > sites || len(n.view.keys) > keys {
		t.Errorf("the window was told %s %v", told, n.view.keys[keys:])
	}
}

func TestUnlockingBringsTheSameCaseBack(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.until("the images", func() bool { return n.view.has(uid("A1", 1, 3)) })
	at := &viewer.State{Tiles: []viewer.Tile{{SOPUID: uid("A1", 1, 2), StudyUID: uid("A1"), Slice: 1, Slices: 3}}}
	n.tells(viewer.Event{Kind: viewer.Stated, State: at})
	n.key("ctrl+l", "a", "esc")
	if !n.m.locked {
		t.Fatal("any key unlocks")
	}
	n.pass(rest)
	n.key("ctrl+l")
	last := n.view.cases[len(n.view.cases)-1]
	if n.m.locked || last.StudyUID != uid("A1") || last.State != at || !n.view.has(uid("A1", 1, 3)) {
		t.Errorf("locked %v, case %s, state %v", n.m.locked, last.StudyUID, last.State)
	}
	if !strings.Contains(n.frame(), "PHANTOM, ANNA") {
		t.Errorf("the page is\n%s", n.frame())
	}
}

func TestAHeldEnterThatUnlocksDoesNotSign(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.toSign("Solid nodule.")
	n.pass(time.Second)
	n.key("ctrl+l")
	n.pass(rest)
	n.key("enter")
	for range 20 {
		n.pass(40 * time.Millisecond)
		n.key("enter")
	}
	if n.m.locked || n.m.sheet == nil || n.m.sheet.signing {
		t.Errorf("locked %v, sheet %+v", n.m.locked, n.m.sheet)
	}
}

// pinned makes the home ask for a PIN to unlock; it returns how often it was compared.
func (n *night) pinned(pin string) *int {
	tries := 0
	n.m.Unlock = func() Proof {
		return Proof{Name: "PIN", Check: func(s string) error {
			if tries++; s != pin {
				return errors.New("the PIN is wrong")
			}
			return nil
		}}
	}
	return &tries
}

// A locked desk asks for the PIN, shows none of it and nothing of the case, and opens by the
// right one alone; what was typed ahead, and a key that is held, begin nothing.
func TestALockedDeskOpensByItsPINAlone(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	tries := n.pinned("70471")
	n.read("A1")
	n.key("ctrl+l")
	for range 40 { // held down
		n.key("ctrl+l", "enter")
		n.pass(33 * time.Millisecond)
	}
	n.settle(20 * time.Millisecond)
	if n.m.locking.line.Open {
		t.Fatal("a held key asks for the PIN")
	}
	ask := func(pin string) {
		t.Helper()
		n.pass(rest)
		n.key("enter")
		n.until("the line", func() bool { return n.m.locking.line.Open })
		n.write(pin)
		if f := n.frame(); strings.Contains(f, pin) || !strings.Contains(f, "PIN: "+strings.Repeat("•", len(pin))) {
			t.Errorf("the line:\n%s", f)
		}
	}
	ask("70472")
	n.key("enter")
	n.until("the refusal", func() bool { return n.m.locking.said == "The PIN is wrong" })
	f := n.frame()
	for _, s := range secrets {
		if strings.Contains(f, s) {
			t.Errorf("the locked terminal shows %s:\n%s", s, f)
		}
	}
	if !n.m.locked || n.view.cases[len(n.view.cases)-1].State != nil {
		t.Fatal("a wrong PIN opened the desk")
	}
	n.key("7", "esc", "f6", "f3")
	ask("704")
	n.pass(forgotten + time.Second)
	n.do(n.m.everySecond())
	if n.m.locking.line.Open {
		t.Error("half a PIN stays for whoever comes next")
	}
	ask("70471")
	cases := len(n.view.cases)
	n.key("enter")
	n.until("the desk", func() bool { return !n.m.locked })
	// PS3.15 A.5.3.12: 110114 User Authentication, 110122 Login, 110123 Logout; outcome 4 is a
	// wrong proof.
	n.until("the audit log", func() bool { return n.audit.Count(audit.UserAuthentication) == 3 })
	var events []string
	for _, e := range n.audit.Events() {
		if e.ID == audit.UserAuthentication {
			events = append(events, fmt.Sprintf("%s %d", e.Type[0].Value, e.Outcome))
		}
	}
	slices.Sort(events)
	if fmt.Sprint(events) != "[110122 0 110122 4 110123 0]" {
		t.Errorf("the audit log has %q", events)
	}
	if *tries != 2 || len(n.view.cases) != cases+1 || len(n.m.locking.line.Text) != 0 {
		t.Errorf("%d tries, the window was told %d times, left %q", *tries, len(n.view.cases)-cases, n.m.locking.line.Text)
	}
}

// Whatever is on screen, the frame after the key shows nothing of it, and unlocking brings
// it back with what was half typed (N19).
func TestTheKeyLocksEverywhereAndLosesNoWord(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		begin func(n *night)
		more  string
		ends  func(n *night) string
		want  string
	}{
		"the list":         {func(n *night) { n.key("f5") }, "", func(n *night) string { return n.words() }, "PHANTOM, ANNA"},
		"a prompt":         {func(n *night) { n.key("f5", "/"); n.write("ZI") }, "MT", func(n *night) string { return n.m.prompt.Value() }, "ZIMT"},
		"the sheet":        {func(n *night) { n.toSign("Solid nodule.") }, "", func(n *night) string { return n.words() }, "Solid nodule."},
		"the help":         {func(n *night) { n.key("?") }, "", func(n *night) string { return n.words() }, "page 1 of"},
		"the contact form": {func(n *night) { n.key("f7"); n.write("Solid no") }, "dule", func(n *night) string { return n.words() }, "Solid nodule"},
		"the report":       {func(n *night) { n.key("f3"); n.write("Solid no") }, "dule", func(n *night) string { return n.section(report.Section(section(n))) }, "Solid nodule"},
	} {
		n := newNight(t)
		n.read("A1")
		c.begin(n)
		n.m.Update(tea.KeyMsg{Type: tea.KeyCtrlL}) // its commands do not run: the very next frame
		f := n.frame()
		for _, s := range append(secrets, "ZI", "ANNA") {
			if strings.Contains(f, s) {
				t.Errorf("%s: the frame after the key shows %s:\n%s", name, s, f)
			}
		}
		if n.view.blanked == 0 {
			t.Errorf("%s: the window was not told", name)
		}
		n.write("xyz") // a colleague at the keyboard
		n.pass(rest)
		n.key("enter")
		n.pass(time.Second)
		n.write(c.more)
		if got := c.ends(n); n.m.locked || !strings.Contains(got, c.want) || strings.Contains(got, "xyz") {
			t.Errorf("%s: locked %v, %q", name, n.m.locked, got)
		}
	}
}

func section(n *night) string { s, _ := n.m.open.page.Editor.At(); return s }

// The key in the window locks whatever case it was pressed for, and with none; another
// program's wish does, too. On the terminal scrolled lines and pictures go.
func TestTheWindowAndOtherProgramsLock(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.read("A1")
	for name, by := range map[string]func(){
		"this case": func() { n.tells(viewer.Event{Kind: viewer.Acted, Action: viewer.SessionLock}) },
		"an old case": func() {
			n.send(viewerMsg{viewer.Event{Kind: viewer.Acted, Action: viewer.SessionLock, Epoch: 77, StudyUID: "1.2.3"}})
		},
		"no case":   func() { n.send(viewerMsg{viewer.Event{Kind: viewer.Acted, Action: viewer.SessionLock}}) },
		"a request": func() { n.send(lockMsg{}) },
	} {
		var out safeBuffer
		n.m.Out = &out
		n.pass(time.Second)
		if by(); !n.m.locked {
			t.Errorf("%s: not locked", name)
		}
		n.m.dark.write(&out, "a picture that was under way")
		if n.m.wipe()(); !strings.Contains(out.String(), "\x1b[3J") || strings.Contains(out.String(), "picture") {
			t.Errorf("%s: the terminal got %q", name, out.String())
		}
		n.pass(rest)
		n.key("enter")
	}
}

// A program that was ended while its desk was locked begins locked; leaving it with reports
// that wait needs an open desk.
func TestEndingALockedProgramOpensNothing(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.pinned("70471")
	var told []bool
	n.m.Locked = func(l bool) { told = append(told, l) }
	n.m.BeginLocked = true
	n.do(n.m.Init())
	n.settle(20 * time.Millisecond)
	if f := n.frame(); !n.m.locked || !strings.Contains(f, "is locked") || strings.Contains(f, "PHANTOM") {
		t.Errorf("begins with\n%s", f)
	}
	n.m.outbox = []outboxLine{{}}
	n.key("ctrl+c")
	if f := n.frame(); n.m.prompt.Open || !strings.Contains(f, "Reports wait to be sent") {
		t.Errorf("left with\n%s", f)
	}
	if len(told) != 1 || !told[0] {
		t.Errorf("the house was told %v", told)
	}
}

// A STAT that comes while the desk is locked is heard, and said without a name.
func TestAStatIsHeardAtALockedDesk(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	var out safeBuffer
	n.m.Out = &out
	n.key("ctrl+l")
	n.arrive("STAT1", "URGENT^ULF")
	n.pass(time.Second)
	n.do(n.m.everySecond())
	n.until("the bell", func() bool { return strings.Contains(out.String(), "\a") })
	if f := n.frame(); !strings.Contains(f, "A STAT case waits.") || strings.Contains(f, "ULF") || strings.Contains(f, "STAT1") {
		t.Errorf("the screen says\n%s", f)
	}
}
