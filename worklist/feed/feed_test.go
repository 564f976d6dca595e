package feed

import (
	"context"
	"encoding/json"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// at is a feed of one site at a clock that the test moves.
func at(f *fake, now *time.Time) *Feed {
	return New([]Site{{Name: "NORTH", Archive: f, Workitems: f, Phone: "7777"}}, Options{
		Reader: "READER^DEMO", Now: func() time.Time { return *now },
		Mine: func(uid string) bool { return uid == "9" }})
}

func TestARowHoldsWhatTaskAndStudySay(t *testing.T) {
	now := night
	f := &fake{items: []pacs.Workitem{task("1", "1.2.1", "PHANTOM^ANNA", pacs.Stat, time.Hour)},
		studies: []*dicom.Dataset{studyOf("1.2.1", "P1", "PHANTOM^ANNA", "19530401", "20250329", "CT", "Schaedel nativ")}}
	s := at(f, &now).Poll(context.Background())
	if len(s.Rows) != 1 {
		t.Fatalf("%d rows", len(s.Rows))
	}
	b, err := json.Marshal(s.Rows[0])
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	json.Unmarshal(b, &got)
	for key, want := range map[string]any{
		"site": "NORTH", "study_instance_uid": "1.2.1", "accession_number": "A1", "patient_name": "PHANTOM^ANNA", "age": "71 y",
		"sex": "F", "modality": "CT", "study_description": "CT head", "priority": "stat", "state": "assigned", "claimed_by": nil,
		"due": "2025-03-30T02:00:00Z", "expected_instances": 120.0, "lockable": true, "mine": false,
	} {
		if got[key] != want {
			t.Errorf("%s is %v, want %v", key, got[key], want)
		}
	}
}

func TestExpectedIsTheLargerOfOrderAndArchive(t *testing.T) {
	now := night
	w := task("1", "1.2.1", "A^B", pacs.Routine, time.Hour)
	in, sop := new(dicom.Dataset), make([]*dicom.Dataset, 130)
	for i := range sop {
		sop[i] = new(dicom.Dataset)
	}
	in.SetStr(dicom.StudyInstanceUID, "1.2.1")
	in.SetSeq(dicom.ReferencedSOPSequence, sop...)
	w.Dataset.SetSeq(dicom.InputInformationSequence, in)
	f := &fake{items: []pacs.Workitem{w}, studies: []*dicom.Dataset{studyOf("1.2.1", "P1", "A^B", "", "20250329", "CT", "")}}
	if got := at(f, &now).Poll(context.Background()).Rows[0].Expected; got != 130 {
		t.Errorf("expected %d", got)
	}
}

func TestStatesAreTheWorkflows(t *testing.T) {
	for _, c := range []struct {
		change func(*pacs.Workitem)
		state  State
		held   string
		mine   bool
	}{
		{func(w *pacs.Workitem) { w.Assigned = nil }, Available, "", false},
		{func(w *pacs.Workitem) {}, Assigned, "", false},
		{func(w *pacs.Workitem) { w.Readiness = "UNAVAILABLE" }, Ordered, "", false},
		{func(w *pacs.Workitem) { w.Readiness = "INCOMPLETE" }, Acquiring, "", false},
		{func(w *pacs.Workitem) { w.State, w.Performer = pacs.InProgress, "OTHER^ONE" }, Claimed, "OTHER^ONE", false},
		{func(w *pacs.Workitem) { w.State, w.Performer = pacs.InProgress, "READER^DEMO" }, Claimed, "READER^DEMO", false},
		{func(w *pacs.Workitem) { w.State = pacs.InProgress }, Claimed, holderUnknown, false},
		{func(w *pacs.Workitem) { w.State, w.UID = pacs.InProgress, "9" }, Claimed, "READER^DEMO", true},
		{func(w *pacs.Workitem) { w.State, w.Progress = pacs.InProgress, "Aside" }, Aside, holderUnknown, false},
		{func(w *pacs.Workitem) { w.State, w.Progress = pacs.InProgress, "drafted" }, Drafted, holderUnknown, false},
		{func(w *pacs.Workitem) { w.State, w.Modified = pacs.Completed, night }, Final, "", false},
		{func(w *pacs.Workitem) { w.State, w.Modified, w.Progress = pacs.Completed, night, "preliminary" }, Preliminary, "", false},
	} {
		now := night
		w := task("1", "1.2.1", "A^B", pacs.Routine, time.Hour)
		c.change(&w)
		r := at(&fake{items: []pacs.Workitem{w}}, &now).Poll(context.Background()).Rows[0]
		held := ""
		if r.ClaimedBy != nil {
			held = *r.ClaimedBy
		}
		if r.State != c.state || held != c.held || r.Mine != c.mine {
			t.Errorf("state %s, held by %q, mine %v; want %s, %q, %v", r.State, held, r.Mine, c.state, c.held, c.mine)
		}
	}
}

func TestEndedCasesLeaveAfterAShift(t *testing.T) {
	now := night
	w := task("1", "1.2.1", "A^B", pacs.Routine, time.Hour)
	w.State, w.Modified = pacs.Completed, night.Add(-13*time.Hour)
	f := at(&fake{items: []pacs.Workitem{w}}, &now)
	if s := f.Poll(context.Background()); len(s.Rows) != 0 {
		t.Errorf("%d rows", len(s.Rows))
	}
}

func TestASilentSiteKeepsItsRowsAndTellsItsAge(t *testing.T) {
	now := night
	north := &fake{items: []pacs.Workitem{task("1", "1.2.1", "A^B", pacs.Stat, time.Hour)}}
	south := &fake{items: []pacs.Workitem{task("2", "1.2.2", "C^D", pacs.Routine, time.Hour)}}
	f := New([]Site{{Name: "NORTH", Archive: north, Workitems: north, Timeout: 50 * time.Millisecond}, {Name: "SOUTH", Archive: south, Workitems: south}},
		Options{Now: func() time.Time { return now }})
	f.Poll(context.Background())
	for _, fault := range []func(){func() { north.err = errDown }, func() { north.err, north.block = nil, true }} {
		fault()
		now = now.Add(150 * time.Second)
		s := f.Poll(context.Background())
		if len(s.Rows) != 2 || !s.Rows[0].Stale || s.Rows[1].Stale || s.Sites[0].Err == nil || s.Sites[1].Err != nil {
			t.Fatalf("rows %d, stale %v, errors %v %v", len(s.Rows), s.Rows[0].Stale, s.Sites[0].Err, s.Sites[1].Err)
		}
		if s.Sites[1].Text(now) != "" {
			t.Errorf("SOUTH says %q", s.Sites[1].Text(now))
		}
	}
	s := f.Poll(context.Background())
	if got := s.Sites[0].Text(now); got != "NORTH 5 min old" || s.Sites[0].Level(now) != Red {
		t.Errorf("NORTH says %q", got)
	}
	north.block = false
	if s := f.Poll(context.Background()); s.Rows[0].Stale || s.Sites[0].Text(now) != "" {
		t.Error("an answering site is still stale")
	}
}

func TestSilenceIsAmberAfterAMinuteAndRedAfterThree(t *testing.T) {
	for age, want := range map[time.Duration]Level{0: Fresh, 59 * time.Second: Fresh, time.Minute: Amber, 179 * time.Second: Amber, 3 * time.Minute: Red} {
		s := SiteStatus{Name: "NORTH", LastOK: night}
		if got := s.Level(night.Add(age)); got != want {
			t.Errorf("%v is %d", age, got)
		}
	}
	never := SiteStatus{Name: "NORTH", Asked: night, Err: errDown}
	if never.Level(night) != Amber || never.Level(night.Add(3*time.Minute)) != Red || never.Text(night) != "NORTH not answering" {
		t.Error("a site that never answered is fresh")
	}
}

func TestAPartialAnswerHidesNothing(t *testing.T) {
	now := night
	f := &fake{items: []pacs.Workitem{task("1", "1.2.1", "A^B", pacs.Stat, time.Hour), task("2", "1.2.2", "C^D", pacs.Routine, time.Hour)}}
	feed := at(f, &now)
	feed.Poll(context.Background())
	f.items, f.err = f.items[1:], pacs.ErrPartial
	s := feed.Poll(context.Background())
	if len(s.Rows) != 2 || !s.Rows[0].Stale || s.Rows[1].Stale || s.Sites[0].Err == nil || s.Sites[0].LastOK.IsZero() {
		t.Errorf("%d rows, %v", len(s.Rows), s.Sites[0].Err)
	}
}

func TestStudiesAreAskedForInListsAndSinglyWhereAServerTakesNone(t *testing.T) {
	for _, noLists := range []bool{false, true} {
		now := night
		f := &fake{noLists: noLists}
		for _, u := range []string{"1", "2", "3"} {
			f.items = append(f.items, task(u, "1.2."+u, "A^B", pacs.Routine, time.Hour))
			f.studies = append(f.studies, studyOf("1.2."+u, "P"+u, "A^B", "", "20250329", "CT", ""))
		}
		feed := at(f, &now)
		feed.Poll(context.Background())
		f.asked = nil
		for _, r := range feed.Poll(context.Background()).Rows {
			if r.Modality != "CT" || r.Expected != 120 {
				t.Errorf("lists refused %v: modality %q, expected %d", noLists, r.Modality, r.Expected)
			}
		}
		want := map[bool]int{false: 1, true: 3}[noLists]
		if len(f.asked) != want {
			t.Errorf("lists refused %v: %d queries", noLists, len(f.asked))
		}
	}
}

func TestASiteWithoutWorklistListsStudiesUnlocked(t *testing.T) {
	now := night
	mine := studyOf("1.2.1", "P1", "A^B", "19530401", "20250329", "MR", "MR knee")
	mine.SetStr(dicom.NameOfPhysiciansReadingStudy, "READER^DEMO")
	other := studyOf("1.2.2", "P2", "C^D", "", "20250328", "CT", "CT head")
	other.SetStr(dicom.NameOfPhysiciansReadingStudy, "OTHER^ONE")
	f := &fake{studies: []*dicom.Dataset{mine, other}}
	for all, want := range map[bool]int{false: 1, true: 2} {
		feed := New([]Site{{Name: "WEST", Archive: f, AllStudies: all}}, Options{Reader: "READER^DEMO", Now: func() time.Time { return now }})
		rows := feed.Poll(context.Background()).Rows
		if len(rows) != want {
			t.Fatalf("all %v: %d rows", all, len(rows))
		}
		for _, r := range rows {
			if r.Lockable || r.ClaimedBy != nil || r.Priority != pacs.NotStated || r.WorkitemUID != "" || !r.Arrived.Equal(night) {
				t.Errorf("row of a site without worklist: %+v", r)
			}
		}
	}
}

func TestHeldCasesAreListedWhoeverTheyAreAssignedTo(t *testing.T) {
	w := task("7", "1.2.7", "A^B", pacs.Routine, time.Hour)
	w.Assigned, w.State = []string{"OTHER^ONE"}, pacs.InProgress
	f := &fake{items: []pacs.Workitem{w}}
	feed := New([]Site{{Name: "NORTH", Archive: f, Workitems: f}}, Options{Reader: "READER^DEMO",
		Held: func(string) []string { return []string{"7", "404"} }, Mine: func(uid string) bool { return uid == "7" }})
	s := feed.Poll(context.Background())
	if len(s.Rows) != 1 || !s.Rows[0].Mine || s.Sites[0].Err != nil {
		t.Errorf("%d rows, %v", len(s.Rows), s.Sites[0].Err)
	}
}

func TestWatchPollsUntilToldToStop(t *testing.T) {
	now := night
	feed := at(&fake{}, &now)
	ctx, cancel := context.WithCancel(context.Background())
	var n atomic.Int32
	done := make(chan struct{})
	go func() {
		defer close(done)
		feed.Watch(ctx, time.Millisecond, func(Snapshot) {
			if n.Add(1) == 3 {
				cancel()
			}
		})
	}()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Fatal("it goes on")
	}
	if n.Load() != 3 {
		t.Errorf("%d lists", n.Load())
	}
}

func TestOnlyNewUnclaimedSTATsRing(t *testing.T) {
	now := night
	f := &fake{items: []pacs.Workitem{task("1", "1.2.1", "A^B", pacs.Stat, time.Hour), task("2", "1.2.2", "C^D", pacs.Routine, time.Hour)}}
	feed := at(f, &now)
	first := feed.Poll(context.Background())
	if got := Diff(Snapshot{}, first); len(got) != 0 {
		t.Errorf("the first list rings %d times", len(got))
	}
	held := task("4", "1.2.4", "G^H", pacs.Stat, time.Hour)
	held.State = pacs.InProgress
	f.items = append(f.items, task("3", "1.2.3", "E^F", pacs.Stat, time.Hour), held)
	f.items[1].Priority = pacs.Stat // raised
	second := feed.Poll(context.Background())
	var got []string
	for _, r := range Diff(first, second) {
		got = append(got, r.WorkitemUID)
	}
	if strings.Join(got, " ") != "2 3" {
		t.Errorf("rings for %v", got)
	}
	if got := Diff(second, feed.Poll(context.Background())); len(got) != 0 {
		t.Errorf("rings again for %d", len(got))
	}
}
