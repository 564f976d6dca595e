package reading

import (
	"context"
	"errors"
	"slices"
	"testing"
)

func TestJournalWritesInOrderAndOnlyTheLastOfAKey(t *testing.T) {
	var wrote []string
	hold := make(chan struct{})
	write := func(s string) func(context.Context) error {
		return func(context.Context) error { wrote = append(wrote, s); return nil }
	}
	j := NewJournal(nil)
	j.Put("", func(context.Context) error { <-hold; return nil })
	j.Put("draft", write("draft 1"))
	j.Put("", write("mark a"))
	j.Put("draft", write("draft 2"))
	j.Put("", write("mark b"))
	close(hold)
	j.Close()
	if want := []string{"draft 2", "mark a", "mark b"}; !slices.Equal(wrote, want) {
		t.Errorf("wrote %v, want %v", wrote, want)
	}
}

func TestJournalTellsOfAFailureAndGoesOn(t *testing.T) {
	var failed []error
	broken := errors.New("disk full")
	wrote := false
	j := NewJournal(func(err error) { failed = append(failed, err) })
	j.Put("", func(context.Context) error { return broken })
	j.Put("", func(context.Context) error { wrote = true; return nil })
	j.Close()
	if len(failed) != 1 || !errors.Is(failed[0], broken) || !wrote {
		t.Errorf("failures %v, wrote on: %v", failed, wrote)
	}
}
