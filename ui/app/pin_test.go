package app

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestThePINIsAskedForAndNeverShown(t *testing.T) {
	n := newNight(t)
	n.m.Room.CheckPIN = func(pin string, _ time.Time) error {
		if pin != "70471" {
			return errors.New("the PIN is wrong")
		}
		return nil
	}
	n.read("A1")
	n.toSign("No nodule.")
	n.pass(time.Second)
	n.key("enter")
	n.write("70472")
	if f := n.frame(); strings.Contains(f, "70472") || !strings.Contains(f, "•••••") || !strings.Contains(f, "PIN") {
		t.Errorf("the prompt:\n%s", f)
	}
	n.key("enter")
	n.until("the refusal", func() bool { return strings.Contains(n.m.status.text, "PIN is wrong") })
	if n.m.open.signed || n.m.sheet == nil || n.m.prompt.Open {
		t.Fatal("signed with a wrong PIN, or the sheet is gone")
	}
	n.pass(time.Second)
	n.key("enter")
	n.key("esc")
	n.pass(time.Second)
	if n.m.sheet == nil || n.m.sheet.signing {
		t.Fatal("Esc at the PIN signed or closed the sheet")
	}
	n.key("enter")
	n.write("70471")
	n.key("enter")
	n.until("the signature", func() bool { return n.m.open.signed })
	if len(n.m.prompt.Text) != 0 {
		t.Error("the PIN stays in the prompt")
	}
}

// What Enter at the PIN signs is what the sheet said when it was asked for (N10).
func TestAReportThatChangesWhileThePINIsTypedIsLookedAtAgain(t *testing.T) {
	n := newNight(t)
	n.m.Room.CheckPIN = func(string, time.Time) error { return nil }
	n.read("A1")
	n.toSign("No nodule.")
	n.pass(time.Second)
	n.key("enter")
	n.pass(time.Second)
	n.m.renewSheet()
	n.write("1234")
	n.key("enter")
	n.says("Look at the sheet again")
	if n.m.sheet == nil || n.m.sheet.signing || n.m.open.signed {
		t.Error("signed what was not on the sheet")
	}
}
