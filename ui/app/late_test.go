package app

import (
	"testing"

	"github.com/nocturne/nocturne/viewer"
)

func TestLateImagesStayUnseenUntilTheyWereOnScreenLongEnough(t *testing.T) {
	l := late{sops: map[string]bool{"1": true, "2": true, "3": true}}
	seen := []viewer.Seen{{SOPUID: "9"}, {SOPUID: "1", MS: 5}, {SOPUID: "2", Frame: 0, MS: 400}, {SOPUID: "2", Frame: 1, MS: 400}}
	for unseen, want := range map[int]int{50: 2, 1: 1, 0: 0} {
		if got := l.unseen(seen, unseen); got != want {
			t.Errorf("%d of all unseen: %d late, want %d", unseen, got, want)
		}
	}
	if got := (&late{}).unseen(seen, 50); got != 0 {
		t.Errorf("nothing came late, and %d are unseen", got)
	}
}
