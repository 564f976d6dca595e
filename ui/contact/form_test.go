package contact

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/nocturne/nocturne/worklist/report/critical"
)

var dusk = time.Date(2026, 11, 22, 3, 12, 0, 0, time.UTC)

func proposed(finding string) *Form {
	var r critical.Result
	r.ID, r.Finding, r.By = "c1", finding, "READER^RITA"
	r.Ladder = []critical.Contact{{Name: "Sam", Role: "requester", Phone: "1"}, {Name: "Nina", Role: "ED", Phone: "2"}}
	return New(r, nil, func() time.Time { return dusk })
}

func (f *Form) press(keys ...string) (last Change) {
	for _, k := range keys {
		last = f.Key(k)
	}
	return last
}

func TestNothingIsKeptBeforeTheCategoryIsChosen(t *testing.T) {
	f := proposed("free air")
	for _, keys := range [][]string{{"tab", "enter"}, {"tab", "tab", "tab", "tab", "r"}, {"esc"}} {
		if did := f.press(keys...); did == Kept || f.Recorded() {
			t.Errorf("%v: %v", keys, did)
		}
	}
	f = proposed("")
	if f.press("x", "tab"); f.press("1") != Kept || f.Result.Finding != "x" {
		t.Errorf("typed %q", f.Result.Finding)
	}
	if f = proposed(""); f.press("tab", "1") == Kept || f.at != finding {
		t.Error("a result without a finding was kept")
	}
}

// TestEveryFieldIsReachedByTabAndEveryKeyIsSaid: a key that means nothing in a field
// tells which do.
func TestEveryFieldIsReachedByTabAndEveryKeyIsSaid(t *testing.T) {
	f, seen := proposed("free air"), map[field]bool{}
	for range fields {
		seen[f.at] = true
		if !f.Typing() {
			if f.press("z"); f.Said == "" {
				t.Errorf("field %d says nothing of a wrong key", f.at)
			}
		}
		if f.Hints() == "" {
			t.Errorf("field %d has no hint", f.at)
		}
		f.press("tab")
	}
	if len(seen) != int(fields) || f.at != category {
		t.Errorf("%d of %d fields reached, back at %d", len(seen), fields, f.at)
	}
}

func TestOtherWaysThanTheTelephone(t *testing.T) {
	f := proposed("free air")
	f.press("2", "2", "s")
	if f.at != acknowledged || f.press("y") != Finished || f.Result.Method != "secure message" || f.Result.To != "Nina" {
		t.Errorf("message: %+v", f.Result.Communication)
	}
	f = proposed("free air")
	f.press("1", "1", "s", "y")
	if f.Result.State() != critical.Attempted || f.Said == "" {
		t.Errorf("category 1 by message: %s, %q", f.Result.State(), f.Said)
	}
	f = proposed("free air")
	f.press("1", "tab") // a name that no card has
	f.Insert("Dr. New")
	f.press("tab", "tab", "p", "n", "y")
	if c := f.Result; c.To != "Dr. New" || c.Method != "in person" || c.ReadBack || c.Acknowledged.IsZero() || c.Attempts[0].Phone != "" {
		t.Errorf("in person: %+v", c.Communication)
	}
	f = proposed("free air")
	f.press("1", "shift+tab", "shift+tab", "shift+tab")
	if f.Insert("entered in error"); f.press("enter") != Dropped || f.Result.Open() || f.Result.Outcome != "entered in error" {
		t.Errorf("closed by hand: %+v, %q", f.Result.Communication, f.Said)
	}
}

func TestTheFormOpensWhereTheResultWaits(t *testing.T) {
	f := proposed("free air")
	for _, c := range []struct {
		keys []string
		want field
	}{{nil, category}, {[]string{"1"}, who}, {[]string{"enter"}, result}, {[]string{"n"}, who}, {[]string{"2", "r"}, readBack}, {[]string{"y"}, acknowledged}} {
		f.press(c.keys...)
		if again := New(f.Result, nil, f.now); again.at != c.want {
			t.Errorf("after %v it opens at field %d, want %d", c.keys, again.at, c.want)
		}
	}
}

func TestTheFormFitsAndTypedTextShowsItsEnd(t *testing.T) {
	f := proposed(strings.Repeat("long ", 60) + "END")
	f.press("1", "1", "n", "1", "m", "shift+tab", "shift+tab")
	for _, size := range [][2]int{{80, 22}, {140, 48}, {20, 5}, {1, 1}} {
		rows := f.View(size[0], size[1])
		if len(rows) != size[1] {
			t.Errorf("%v: %d rows", size, len(rows))
		}
		for _, r := range rows {
			if w := ansi.StringWidth(r); w != size[0] {
				t.Errorf("%v: %d cells: %q", size, w, ansi.Strip(r))
			}
		}
	}
	if !strings.Contains(ansi.Strip(f.View(80, 22)[3]), "END") {
		t.Errorf("the end of what is typed is not in sight: %s", ansi.Strip(f.View(80, 22)[3]))
	}
}
