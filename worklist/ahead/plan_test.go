package ahead

import (
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/pacs"
)

func TestThePlanIsStatThenHeldThenAssignedThenTheRestEachWithItsPriors(t *testing.T) {
	other := "OTHER^READER"
	row := func(uid string, edit func(*feed.Row)) feed.Row {
		r := feed.Row{Site: "NORTH", StudyUID: uid, State: feed.Available, Priority: pacs.Routine, Expected: 10}
		edit(&r)
		return r
	}
	rows := []feed.Row{
		row("free", func(*feed.Row) {}),
		row("assigned", func(r *feed.Row) { r.State = feed.Assigned }),
		row("read", func(r *feed.Row) { r.State = feed.Final }),
		row("another's", func(r *feed.Row) { r.State, r.ClaimedBy = feed.Claimed, &other }),
		row("mine", func(r *feed.Row) { r.State, r.ClaimedBy, r.Mine = feed.Claimed, &other, true }),
		row("no images", func(r *feed.Row) { r.State = feed.Ordered }),
		row("stat", func(r *feed.Row) { r.Priority = pacs.Stat }),
	}
	priors := map[string][]feed.Study{
		"stat": {{Site: "NORTH", UID: "old", Expected: 4}, {Site: "NORTH", UID: "assigned", Expected: 10}},
		"mine": {{Site: "NORTH", UID: "old", Expected: 4}},
	}
	for mode, want := range map[Mode]string{
		All: "stat old assigned mine free", Claimed: "stat old assigned mine", Off: "",
	} {
		var got []string
		for _, w := range plan(rows, priors, mode) {
			got = append(got, string(w.study))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", mode, got, want)
		}
	}
}

func TestACountdownRunsDownAndDoesNotJitter(t *testing.T) {
	var c Countdown
	now := time.Now()
	last, set := time.Hour, 0
	for s := range 60 { // forecasts that are off by a twentieth, now above, now below
		left := time.Duration(60-s) * time.Second
		left += left / 20 * time.Duration(1-2*(s%2))
		said, anew := c.Show(now.Add(time.Duration(s)*time.Second), left)
		if anew {
			set++
		}
		if said > last && !anew {
			t.Errorf("after %d s it rose from %v to %v", s, last, said)
		}
		last = said
	}
	if set > 3 {
		t.Errorf("in a minute it was set %d times", set)
	}
	said, anew := c.Show(now.Add(time.Minute), 40*time.Second)
	if said != 40*time.Second || !anew {
		t.Errorf("40 s late, and it says %v", said)
	}
}

func TestATimeIsToldInFewFigures(t *testing.T) {
	for left, want := range map[time.Duration]string{
		0: "1 s", 14400 * time.Millisecond: "14 s", 52 * time.Second: "50 s", 118 * time.Second: "2 min", 150 * time.Second: "3 min",
		59 * time.Minute: "59 min", 80 * time.Minute: "1 h 20 min",
	} {
		if got := words(Seconds(left)); got != want {
			t.Errorf("%v is told as %q, want %q", left, got, want)
		}
		if n := len(short(Seconds(left))); n > 7 {
			t.Errorf("%v takes %d cells", left, n)
		}
	}
}

func TestWhatAModalityShowedForecastsItsNextStudy(t *testing.T) {
	var m Model
	if _, ok := m.seconds(part{site: "NORTH", kind: "CT", images: 100}); ok {
		t.Error("what was never seen is forecast")
	}
	for range 3 { // 100 images of 500 kB in 10.5 s, the first after 0.5 s: 5 MB/s
		m.line("NORTH").learn("CT", took{images: 100, bytes: 50e6, first: 500 * time.Millisecond, whole: 10500 * time.Millisecond})
	}
	near := func(what string, p part, want float64) {
		if got, ok := m.seconds(p); !ok || got < want*0.99 || got > want*1.01 {
			t.Errorf("%s: %.2f s, %v; want %.2f", what, got, ok, want)
		}
	}
	near("twice as many", part{site: "NORTH", kind: "CT", images: 200}, 20.5)
	near("half of it is here", part{site: "NORTH", kind: "CT", images: 50, begun: true}, 5)
	m.line("SOUTH").learn("MR", took{images: 100, bytes: 10e6, first: time.Second, whole: 11 * time.Second})
	near("as large as elsewhere, as fast as here", part{site: "SOUTH", kind: "CT", images: 100}, 51)
	near("the server compresses them now", part{site: "NORTH", kind: "CT" + packed, images: 200}, 20.5)
	for range 200 { // the line is half as fast now
		m.came("NORTH", "CT", 2.5e6, 1)
	}
	near("the line has become slow", part{site: "NORTH", kind: "CT", images: 100, begun: true}, 20)
	if m.came("NORTH", "CT", 0, 1); m.slowness("NORTH") > 2.01 {
		t.Error("nothing is taken for slow")
	}
}

func TestForecastsAreJudgedByTheNinthOfTen(t *testing.T) {
	var l Line
	at := time.Now()
	for i := range 10 {
		l.told(Told{At: at, Said: 10, Took: 10 + float64(i)}) // off by 0 to 90 %
	}
	l.told(Told{At: at.Add(-13 * time.Hour), Said: 10, Took: 100})
	a := l.Of(at.Add(-12 * time.Hour))
	if a.Forecasts != 10 || a.Within != 0.8 || a.Good != 0.4 || a.String() != "90 % within ±80 % (10 forecasts)" {
		t.Errorf("%+v %v", a, a)
	}
	for range 3 * mostTold {
		l.told(Told{At: at, Said: 1, Took: 1})
	}
	if len(l.Told) != mostTold {
		t.Errorf("%d are kept", len(l.Told))
	}
}
