package app

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/ui/spell"
	"github.com/nocturne/nocturne/worklist/report"
)

func TestAMisspeltWordIsMarkedAndCorrectedByKey(t *testing.T) {
	s, err := spell.Start(t.Context(), spell.Options{})
	if errors.Is(err, spell.ErrMissing) && os.Getenv("NOCTURNE_PEERS") != "require" {
		t.Skip("hunspell with an English dictionary is not installed")
	} else if err != nil {
		t.Fatal(err)
	}
	n := newNight(t)
	n.m.Spell = func(context.Context) (*spell.Speller, error) { return s, nil }
	n.read("A1")
	n.m.open.useSpelling(n.m)
	n.key("f3")
	n.write("Plural efusion, Phantom. ")
	n.until("the words to be asked about", func() bool {
		n.frame()
		n.key("left")
		return n.m.spelling.wrong["efusion"] != nil && n.m.spelling.known["Plural"]
	})
	n.key("end")
	n.frame()
	n.key("left")
	n.settle(50 * time.Millisecond)
	if n.m.spelling.wrong["Phantom"] != nil || n.m.spelling.known["Phantom"] {
		t.Error("the patient's name was asked about")
	}
	n.key("ctrl+t")
	if !strings.Contains(n.frame(), "effusion") || !strings.Contains(n.frame(), "keep efusion") {
		t.Fatalf("nothing to choose from:\n%s", n.frame())
	}
	n.key("e", "f", "f", "enter")
	if got := n.section(report.Findings); got != "Plural effusion, Phantom. " {
		t.Errorf("reads %q", got)
	}
}

func TestWithoutHunspellItIsSaidOnlyWhenAsked(t *testing.T) {
	n := newNight(t)
	n.m.Spell = func(context.Context) (*spell.Speller, error) { return nil, spell.ErrMissing }
	n.read("A1")
	n.m.open.useSpelling(n.m)
	n.m.status = status{}
	n.key("f3")
	n.write("Efusion ")
	n.frame()
	n.write("x")
	n.until("it to be known", func() bool { n.key("left"); return n.m.spelling.off != nil })
	if n.m.status.text != "" {
		t.Errorf("said %q", n.m.status.text)
	}
	n.m.run("spell")
	n.says("install hunspell")
}
