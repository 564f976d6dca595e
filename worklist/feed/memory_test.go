package feed

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs"
)

// shelf is a Memory that forgets nothing and may be out of reach.
type shelf struct {
	rows map[string][]Row
	at   map[string]time.Time
	err  error
}

func (s *shelf) Remembered(site, reader string) ([]Row, time.Time, error) {
	return append([]Row(nil), s.rows[site+reader]...), s.at[site+reader], s.err
}

func (s *shelf) Remember(site, reader string, rows []Row, at time.Time) {
	s.rows[site+reader], s.at[site+reader] = append([]Row(nil), rows...), at
}

func TestTheListOfYesterdayIsThereBeforeAnybodyAnswersAndSaysItsAge(t *testing.T) {
	now := night
	kept := &shelf{rows: map[string][]Row{}, at: map[string]time.Time{}}
	north := &fake{items: []pacs.Workitem{task("1", "1.2.1", "A^B", pacs.Stat, time.Hour), task("9", "1.2.9", "C^D", pacs.Routine, time.Hour)}}
	feed := func() *Feed {
		return New([]Site{{Name: "NORTH", Archive: north, Workitems: north}}, Options{Reader: "R", Memory: kept,
			Now: func() time.Time { return now }, Mine: func(uid string) bool { return uid == "9" }})
	}
	north.items[0].Assigned, north.items[1].Assigned = []string{"R"}, []string{"R"}
	if s, err := feed().Remembered(); err != nil || !s.At.IsZero() {
		t.Fatalf("a first start remembers %v, %v", s, err)
	}
	before := feed().Poll(context.Background())
	north.err, now = errDown, now.Add(40*time.Minute)
	later := feed()
	s, err := later.Remembered()
	if err != nil || len(s.Rows) != len(before.Rows) || len(s.Rows) != 2 {
		t.Fatalf("%d rows of %d, %v", len(s.Rows), len(before.Rows), err)
	}
	for _, r := range s.Rows {
		if !r.Stale || r.Mine != (r.WorkitemUID == "9") {
			t.Errorf("%s: stale %v, mine %v", r.WorkitemUID, r.Stale, r.Mine)
		}
	}
	if got := s.Sites[0].Text(now); got != "NORTH 40 min old" {
		t.Errorf("NORTH says %q", got)
	}
	if after := later.Poll(context.Background()); len(after.Rows) != 2 || after.Sites[0].Text(now) != "NORTH 40 min old" {
		t.Errorf("a site that does not answer took its rows along: %d, %q", len(after.Rows), after.Sites[0].Text(now))
	}
	north.err = nil
	north.items = append(north.items, task("3", "1.2.3", "E^F", pacs.Stat, time.Hour))
	north.items[2].Assigned = []string{"R"}
	if rings := Diff(s, later.Poll(context.Background())); len(rings) != 1 || rings[0].WorkitemUID != "3" {
		t.Errorf("the STAT that came meanwhile: %v", rings)
	}
}

func TestAMemoryOutOfReachIsToldAndLosesNothingElse(t *testing.T) {
	now, broken := night, errors.New("disk full")
	north := &fake{items: []pacs.Workitem{task("1", "1.2.1", "A^B", pacs.Stat, time.Hour)}}
	f := New([]Site{{Name: "NORTH", Archive: north, Workitems: north}}, Options{
		Memory: &shelf{rows: map[string][]Row{}, at: map[string]time.Time{}, err: broken}, Now: func() time.Time { return now }})
	if s, err := f.Remembered(); !errors.Is(err, broken) || len(s.Rows) != 0 {
		t.Errorf("%v, %d rows", err, len(s.Rows))
	}
	if s := f.Poll(context.Background()); len(s.Rows) != 1 {
		t.Errorf("%d rows", len(s.Rows))
	}
}
