package access

import (
	"errors"
	"testing"
	"time"
)

// At a locked desk the passphrase is compared while the ring is open; after five wrong tries
// in a row the right one waits a minute, too, as with a PIN.
func TestThePassphraseOpensADeskAndFiveWrongOnesPause(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	r := opened(t, home, alone)
	if err := r.CheckPassphrase("correct horse battery", dusk); !errors.Is(err, ErrNoPassphrase) || r.HasPassphrase() {
		t.Fatalf("without one: %v", err)
	}
	r.Close()
	const right = "correct horse battery"
	if err := SetPassphrase(home, alone, say(right)); err != nil {
		t.Fatal(err)
	}
	r = opened(t, home, withFile(t, right))
	if err := r.CheckPassphrase(right, dusk); err != nil || !r.HasPassphrase() {
		t.Fatal(err)
	}
	for i := range MaxTries {
		if err := r.CheckPassphrase("correct horse batterie", dusk); !errors.Is(err, ErrWrongPassphrase) {
			t.Fatalf("try %d: %v", i, err)
		}
	}
	var pause *PauseError
	if err := r.CheckPassphrase(right, dusk.Add(59*time.Second)); !errors.As(err, &pause) || pause.Left != time.Second || err.Error() != "5 wrong passphrases: the next is taken in 1 s" {
		t.Errorf("in the pause: %v", err)
	}
	if err := r.CheckPassphrase(right, dusk.Add(time.Minute)); err != nil {
		t.Error(err)
	}
}

func TestADeskThatWasLeftLockedIsKnownToBe(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	for _, locked := range []bool{false, true, true, false, false} {
		if err := KeepDesk(home, locked); err != nil {
			t.Fatal(err)
		}
		if DeskLocked(home) != locked {
			t.Errorf("kept %v", locked)
		}
	}
}
