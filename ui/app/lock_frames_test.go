package app

import (
	"testing"
	"time"
)

func TestFrameOfALockedDesk(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.pinned("70471")
	n.read("A1")
	n.key("ctrl+l")
	n.arrive("STAT1", "URGENT^ULF")
	n.pass(rest)
	n.key("enter")
	n.until("the line", func() bool { return n.m.locking.line.Open })
	n.write("7047")
	n.key("enter")
	n.until("the refusal", func() bool { return n.m.locking.said == "The PIN is wrong" && n.m.locking.line.Open })
	n.write("70")
	n.golden("locked")
}

func TestFrameOfEmergencyAccess(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.policy("[[reader]]\nname = \"OTHER^ONE\"\nrole = \"attending\"\n")
	n.m.list.Select(uid("A1"))
	n.key(":")
	n.write("breakglass seizing, nobody else here")
	n.key("enter")
	n.ready("A1")
	n.pass(30 * time.Second)
	n.m.status, n.m.open.page.Report = status{}, "draft"
	n.golden("case-emergency")
}
