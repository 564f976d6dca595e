package app

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/access/policy"
	"github.com/nocturne/nocturne/worklist/report"
)

// policy makes text the site's policy, as if its file had been changed long enough ago to
// be known.
func (n *night) policy(text string) {
	n.Helper()
	if n.m.Room.Policies == nil {
		n.m.Room.Policies = policy.NewBook(n.TempDir())
	}
	path := n.m.Room.Policies.Path("NORTH")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		n.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		n.Fatal(err)
	}
	n.pass(time.Millisecond)
	if err := os.Chtimes(path, n.clock(), n.clock()); err != nil {
		n.Fatal(err)
	}
	if s := n.m.Room.PolicyOf("NORTH"); s.Wrong != nil {
		n.Fatal(s.Wrong)
	}
}

// words is the frame without its line breaks.
func (n *night) words() string { return strings.Join(strings.Fields(n.frame()), " ") }

const attendingUntil = "time_zone = \"UTC\"\n[[reader]]\nname = \"READER^DEMO\"\nrole = \"attending\"\nuntil = \""

// second lets the clock's second pass with all it brings.
func (n *night) second() {
	n.pass(lookEvery)
	n.do(n.m.everySecond())
	n.settle(50 * time.Millisecond)
}

// A case that the reader's role does not open stays closed, and says who may and what to
// press; with :breakglass and a reason it opens for its time, under a bar in both windows,
// and closes by itself with what was typed on disk.
func TestTheGlassIsBrokenForAWhileWithAReason(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.policy("[break_glass]\nminutes = 10\n[[reader]]\nname = \"OTHER^ONE\"\nrole = \"attending\"\n")
	n.m.list.Select(uid("A1"))
	n.key("enter")
	n.settle(30 * time.Millisecond)
	if n.m.open != nil || len(n.view.cases) > 0 {
		t.Fatal("opened what the policy does not open")
	}
	n.says("does not name you; in an emergency :breakglass REASON (nocturne breakglass) opens it for 10 min")
	n.key(":")
	n.write("breakglass")
	n.key("enter")
	n.key("enter")
	n.says("it needs a reason")
	n.key(":")
	n.write("breakglass seizing, nobody else here")
	n.key("enter")
	n.ready("A1")
	if f := n.frame(); !strings.Contains(f, "EMERGENCY ACCESS · 10 min left · seizing, nobody else h") {
		t.Errorf("no bar:\n%s", f)
	}
	if last := n.view.cases[len(n.view.cases)-1]; !strings.HasPrefix(last.Site.Banner, "EMERGENCY ACCESS") {
		t.Errorf("the window says %q", last.Site.Banner)
	}
	open, err := n.m.Room.Glasses(n.Context())
	if err != nil || len(open) != 1 || open[0].Reason != "seizing, nobody else here" || !open[0].Until.Equal(open[0].From.Add(10*time.Minute)) || open[0].By != "READER^DEMO" {
		t.Fatalf("on record: %+v, %v", open, err)
	}
	n.key("f3")
	n.write("Bleed")
	n.key("f12")
	n.until("the sheet", func() bool { return n.m.sheet != nil })
	if f := n.words(); n.m.sheet.Ready || !strings.Contains(f, "STOPS") || !strings.Contains(f, "does not name you; the draft is kept") {
		t.Errorf("a final report is signed in an emergency, though the policy opens none:\n%s", f)
	}
	n.key("esc")
	n.pass(10 * time.Minute)
	n.second()
	n.until("the end", func() bool { return n.m.open == nil })
	n.says("Emergency access to A1 is over")
	if f := n.frame(); n.view.blanked == 0 || strings.Contains(f, "EMERGENCY ACCESS ·") {
		t.Errorf("still on screen:\n%s", f)
	}
	n.until("the draft on disk", func() bool {
		return strings.Contains(n.stored(uid("A1"), report.Findings)+n.stored(uid("A1"), report.Impression), "Bleed")
	})
	records, err := n.led.Records(n.Context(), "break-glass", uid("A1"))
	if err != nil || len(records) != 1 || records[0].Closed.IsZero() {
		t.Errorf("the record is open still: %+v, %v", records, err)
	}
	n.key("enter")
	n.settle(30 * time.Millisecond)
	if n.m.open != nil {
		t.Error("opened without emergency access")
	}
	// PS3.15 A.5 (CID 403): 110113 Security Alert with 110127 Emergency Override Started, 110138
	// Emergency Override Stopped; 110132 Use of a restricted function for each refusal.
	alerts := map[string]int{}
	for _, e := range n.audit.Events() {
		if e.ID.Value == "110113" {
			alerts[e.Type[0].Value]++
		}
	}
	if alerts["110127"] != 1 || alerts["110138"] != 1 || alerts["110132"] < 2 {
		t.Errorf("the audit log has the alerts %v", alerts)
	}
}

// Where the audit log cannot be written no glass is broken.
func TestNoGlassIsBrokenUnrecorded(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.policy("[[reader]]\nname = \"OTHER^ONE\"\nrole = \"attending\"\n")
	n.m.list.Select(uid("A1"))
	n.audit.Fail(errors.New("the disk is full"))
	n.key(":")
	n.write("breakglass seizing")
	n.key("enter")
	n.until("the refusal", func() bool { return strings.Contains(n.m.status.text, "audit log") })
	if open, err := n.m.Room.Glasses(t.Context()); len(open) != 0 || err != nil || n.m.open != nil {
		t.Errorf("open %+v, %v", open, err)
	}
}

// A role that ends while the case is open blocks the signature with the sentence, and the
// draft stays.
func TestARoleThatEndsWhileTheCaseIsOpenStopsTheSignatureAndKeepsTheDraft(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.policy(attendingUntil + "2026-11-22\"\n")
	n.read("A1")
	n.toSign("No nodule.")
	if !n.m.sheet.Ready {
		t.Fatalf("not ready on the last day:\n%s", n.frame())
	}
	n.pass(21 * time.Hour) // dusk is 03:12 of the 22nd
	n.key("enter")
	n.until("the refusal", func() bool { return !n.m.sheet.signing && n.m.status.text != "" })
	n.says("your role there (attending) ended with 2026-11-22, UTC time")
	if n.m.open == nil || n.m.open.signed || n.m.open.draft == nil {
		t.Fatal("signed, or the draft is gone")
	}
	n.key("esc", "f12")
	n.until("the sheet again", func() bool { return n.m.sheet != nil && !n.m.sheet.Ready })
	if f := n.words(); !strings.Contains(f, "your role there (attending) ended with 2026") || !strings.Contains(f, "the draft is kept") {
		t.Errorf("the sheet:\n%s", f)
	}
	n.until("the draft on disk", func() bool { return n.stored(uid("A1"), report.Impression) == "No nodule." })
	n.policy(attendingUntil + "2026-12-31\"\n")
	n.key("esc", "f12")
	n.until("the sheet once more", func() bool { return n.m.sheet != nil && n.m.sheet.Ready })
	n.pass(time.Second)
	n.key("enter")
	n.until("the signature", func() bool { return n.m.open.signed })
}

// While its site does not answer a report is signed only where the site's policy has it.
func TestSigningWhileTheSiteIsAwayIsThePolicys(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.policy("sign_offline = false\n")
	n.read("A1")
	n.m.Room.Silent = func(string) bool { return true }
	n.toSign("No nodule.")
	if f := n.frame(); n.m.sheet.Ready || !strings.Contains(f, "NORTH does not answer") {
		t.Errorf("the sheet:\n%s", f)
	}
	n.policy("sign_offline = true\n")
	n.key("esc", "f12")
	n.until("the sheet", func() bool { return n.m.sheet != nil && n.m.sheet.Ready })
}

// Where the site asks for the passphrase at a signature, nothing less signs.
func TestThePolicyAsksForThePassphraseToSign(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.policy("sign_again = \"passphrase\"\n")
	asked := ""
	n.m.Room.Prove = map[string]func(string, time.Time) error{"passphrase": func(s string, _ time.Time) error { asked = s; return nil }}
	n.read("A1")
	n.toSign("No nodule.")
	n.pass(time.Second)
	n.key("enter")
	if f := n.frame(); !strings.Contains(f, "your passphrase to sign: ") {
		t.Errorf("the prompt:\n%s", f)
	}
	n.write("correct horse")
	if f := n.frame(); strings.Contains(f, "correct") {
		t.Error("the passphrase is shown")
	}
	n.key("enter")
	n.until("the signature", func() bool { return n.m.open.signed })
	if asked != "correct horse" {
		t.Errorf("compared %q", asked)
	}
}
