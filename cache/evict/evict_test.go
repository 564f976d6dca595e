package evict

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

var now = time.Date(2026, 11, 22, 3, 12, 0, 0, time.UTC)

const (
	day  = 24 * time.Hour
	week = 7 * day
)

func ago(d time.Duration) time.Time { return now.Add(-d) }

// going are the studies that go.
func going(t *testing.T, b Budget, studies ...Study) (out []dicom.UID) {
	t.Helper()
	verdicts, _ := Decide(studies, b, now)
	for _, v := range verdicts {
		if v.Why == "" {
			t.Errorf("%s: no reason", v.UID)
		}
		if v.Go {
			out = append(out, v.UID)
		}
	}
	slices.Sort(out)
	return out
}

func TestAStudyGoesDaysAfterItsReportWasDeliveredAndNotBefore(t *testing.T) {
	old := Study{UID: "old", Size: 1, Signed: ago(week), Keep: week, Used: now}
	young := Study{UID: "young", Size: 1, Signed: ago(week - time.Second), Keep: week, Used: ago(90 * day)}
	if got := going(t, Budget{Free: -1}, old, young); !slices.Equal(got, []dicom.UID{"old"}) {
		t.Errorf("going: %v", got)
	}
	verdicts, _ := Decide([]Study{young}, Budget{Free: -1}, now)
	if v := verdicts[0]; !v.At.Equal(now.Add(time.Second)) || v.Why != "signed off 6 days ago, kept 7 days" {
		t.Errorf("%+v", v)
	}
	atOnce := Study{UID: "at once", Size: 1, Signed: now}
	if got := going(t, Budget{Free: -1}, atOnce); len(got) != 1 {
		t.Error("a policy of no days keeps it")
	}
}

func TestWhatIsPinnedStaysWhateverTheDiskSays(t *testing.T) {
	for _, p := range []Pin{Assigned, Claimed, Open, Unsent, Draft, Marks} {
		s := Study{UID: "pinned", Size: 100, Pins: []Pin{p}, Signed: ago(90 * day), Used: ago(90 * day)}
		verdicts, shortage := Decide([]Study{s}, Budget{Bytes: 10, Free: 0, Floor: 1000}, now)
		if verdicts[0].Go || verdicts[0].Why != string(p) || shortage != 1000 {
			t.Errorf("%s: %+v, short of %d", p, verdicts[0], shortage)
		}
	}
}

func TestAPriorGoesWithTheLastStudyThatNeededIt(t *testing.T) {
	prior := Study{UID: "prior", Size: 5, PriorOf: []dicom.UID{"a", "b"}, Keep: week, Used: ago(time.Hour)}
	gone := Study{UID: "a", Size: 1, Signed: ago(week), Keep: week}
	stays := Study{UID: "b", Size: 1, Signed: ago(day), Keep: week}
	pinned := Study{UID: "b", Size: 1, Pins: []Pin{Claimed}}
	fetchedAhead := Study{UID: "b", Pins: []Pin{Assigned}} // nothing of it is here yet
	if got := going(t, Budget{Free: -1}, prior, gone, Study{UID: "b", Signed: ago(week), Keep: week, Size: 1}); !slices.Equal(got, []dicom.UID{"a", "b", "prior"}) {
		t.Errorf("both are gone: %v", got)
	}
	for _, s := range []Study{stays, pinned, fetchedAhead} {
		if got := going(t, Budget{Free: -1}, prior, gone, s); !slices.Equal(got, []dicom.UID{"a"}) {
			t.Errorf("one of the two stays: %v", got)
		}
		old := prior
		old.Used = ago(90 * day)
		if got := going(t, Budget{Free: -1}, old, gone, s); !slices.Equal(got, []dicom.UID{"a"}) {
			t.Errorf("one of the two stays, and the prior is old: %v", got)
		}
	}
	if got := going(t, Budget{Bytes: 1, Free: -1}, prior, pinned); len(got) != 0 {
		t.Errorf("the prior of a pinned study went for the budget: %v", got)
	}
	alone := Study{UID: "prior", Size: 5, PriorOf: []dicom.UID{"unknown"}, Keep: week, Used: ago(day)}
	if got := going(t, Budget{Free: -1}, alone); len(got) != 0 {
		t.Errorf("one whose study nobody knows went before its days: %v", got)
	}
	own := prior
	own.Signed = ago(day)
	if got := going(t, Budget{Free: -1}, own, gone); !slices.Equal(got, []dicom.UID{"a"}) {
		t.Errorf("a study that was read itself went as a prior: %v", got)
	}
}

func TestTwoStudiesThatAreEachOthersPriorsAreJudged(t *testing.T) {
	a := Study{UID: "a", Size: 1, PriorOf: []dicom.UID{"b", "a"}, Used: ago(90 * day), Keep: week}
	b := Study{UID: "b", Size: 1, PriorOf: []dicom.UID{"a"}, Used: ago(90 * day), Keep: week}
	if got := going(t, Budget{Free: -1}, a, b); !slices.Equal(got, []dicom.UID{"a", "b"}) {
		t.Errorf("going: %v", got)
	}
}

func TestOverTheBudgetTheLeastRecentGoesFirstAndNoMoreThanNeeded(t *testing.T) {
	studies := []Study{{UID: "new", Size: 40, Used: ago(time.Hour), Keep: week}, {UID: "older", Size: 40, Used: ago(3 * day), Keep: week},
		{UID: "oldest", Size: 40, Used: ago(5 * day), Keep: week}, {UID: "expired", Size: 10, Used: ago(8 * day), Keep: week}}
	for _, c := range []struct {
		b    Budget
		want []dicom.UID
	}{
		{Budget{Bytes: 120, Free: -1}, []dicom.UID{"expired"}},
		{Budget{Bytes: 119, Free: -1}, []dicom.UID{"expired", "oldest"}},
		{Budget{Bytes: 79, Free: -1}, []dicom.UID{"expired", "older", "oldest"}},
		{Budget{Free: 90, Floor: 100}, []dicom.UID{"expired"}},
		{Budget{Free: 89, Floor: 100}, []dicom.UID{"expired", "oldest"}},
		{Budget{Bytes: 119, Free: 0, Floor: 51}, []dicom.UID{"expired", "older", "oldest"}},
	} {
		if got := going(t, c.b, studies...); !slices.Equal(got, c.want) {
			t.Errorf("%+v: %v, want %v", c.b, got, c.want)
		}
	}
}

// Whatever is held: what is pinned stays, what goes for the budget is the least recent
// of what may, and no shortage is left while something may go.
func TestWhateverIsHeldTheRulesHold(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	for range 500 {
		var studies []Study
		for i := range random.IntN(12) {
			s := Study{UID: dicom.UID(rune('a' + i)), Size: random.Int64N(50), Used: ago(time.Duration(random.IntN(400)) * time.Hour), Keep: week}
			if random.IntN(4) == 0 {
				s.Pins = []Pin{Claimed}
			}
			if random.IntN(3) == 0 {
				s.Signed = ago(time.Duration(random.IntN(400)) * time.Hour)
			}
			if random.IntN(3) == 0 {
				s.PriorOf = []dicom.UID{dicom.UID(rune('a' + random.IntN(12)))}
			}
			studies = append(studies, s)
		}
		b := Budget{Bytes: random.Int64N(300), Free: random.Int64N(100) - 1, Floor: random.Int64N(100)}
		verdicts, shortage := Decide(studies, b, now)
		for _, v := range verdicts {
			if len(v.Pins) > 0 && v.Go {
				t.Fatalf("a pinned study goes: %+v", v)
			}
			if shortage > 0 && !v.Go && len(v.Pins) == 0 {
				t.Fatalf("short of %d, and this one stays: %+v", shortage, v)
			}
			if v.Size == 0 {
				t.Fatalf("nothing is held of %+v", v)
			}
		}
	}
}
