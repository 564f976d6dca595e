package ledger

import (
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/ledger/ledgertest"
)

func TestALaterAnswerIsNeverReplacedByAnEarlierOne(t *testing.T) {
	l, err := Open(t.TempDir(), ledgertest.Key)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	at := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	for _, said := range []List{{"NORTH", "R", []byte("old"), at}, {"NORTH", "R", []byte("new"), at.Add(time.Minute)}, {"NORTH", "R", []byte("late"), at}} {
		if err := l.SaveList(t.Context(), said); err != nil {
			t.Fatal(err)
		}
	}
	got, ok, err := l.List(t.Context(), "NORTH", "R")
	if err != nil || !ok || string(got.Body) != "new" || !got.Said.Equal(at.Add(time.Minute)) {
		t.Errorf("%q of %v, %v, %v", got.Body, got.Said, ok, err)
	}
	if _, ok, err := l.List(t.Context(), "NORTH", "S"); ok || err != nil {
		t.Errorf("another reader's list: %v, %v", ok, err)
	}
}
