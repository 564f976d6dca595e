package critical

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/report"
)

var dusk = time.Date(2026, 11, 22, 2, 14, 0, 0, time.UTC) // a Sunday

func after(minutes int) time.Time { return dusk.Add(time.Duration(minutes) * time.Minute) }

func found(c Category) Result {
	r := New("c1", "acute subdural\nhaematoma", c, nil, "READER^RITA", dusk)
	r.Ladder = []Contact{{Name: "Sam", Role: "requester", Phone: "1"}, {Name: "Nina", Role: "ED", Phone: "2"}, {Name: "Boss", Role: "supervisor", Phone: "3"}}
	return r
}

func call(to, result string, minutes int) report.Attempt {
	return report.Attempt{At: after(minutes), To: to, Result: result}
}

func TestCategoriesHaveTheirCodesAndDeadlines(t *testing.T) {
	for c, want := range map[Category]struct {
		code  string
		after time.Duration
	}{Minutes: {"RID49480", time.Hour}, Hours: {"RID49481", 6 * time.Hour}, Days: {"RID49482", 72 * time.Hour}} {
		r := New("x", "f", c, nil, "R", dusk)
		if code := c.Code(); code.Value != want.code || code.Scheme != "RADLEX" || r.Due.Sub(dusk) != want.after {
			t.Errorf("category %d: %+v, due after %v", c, code, r.Due.Sub(dusk))
		}
	}
	if r := New("x", "f", Minutes, Deadlines{Minutes: 30 * time.Minute}, "R", dusk); r.Due != after(30) {
		t.Errorf("a site's own deadline: %v", r.Due)
	}
}

// TestTheLoopGoesFromFoundToClosed walks the commonest way and names each state.
func TestTheLoopGoesFromFoundToClosed(t *testing.T) {
	r := found(Minutes)
	if r.Finding != "acute subdural haematoma" || r.State() != Found {
		t.Fatalf("%q is %s", r.Finding, r.State())
	}
	for _, s := range []struct {
		do   func() error
		want State
	}{
		{func() error { return r.Choose(0, after(1)) }, Calling},
		{func() error { return r.Try(call("Sam", NoAnswer, 2)) }, Attempted},
		{func() error { return r.Choose(1, after(3)) }, Calling},
		{func() error { return r.Try(call("Nina", Reached, 4)) }, Told},
		{func() error { return r.Confirm(true) }, ReadBack},
		{func() error { return r.Acknowledge(after(5)) }, Acknowledged},
		{func() error { return r.Close("", after(6)) }, Closed},
	} {
		if err := s.do(); err != nil || r.State() != s.want {
			t.Fatalf("%v: %s, want %s", err, r.State(), s.want)
		}
	}
	if r.Open() || r.To != "Nina" || r.Told != after(4) || !r.ReadBack || r.Method != "phone" || len(r.Attempts) != 2 {
		t.Errorf("closed as %+v", r.Communication)
	}
}

func TestNobodyIsToldWithoutBeingReached(t *testing.T) {
	var wrong *StepError
	for name, do := range map[string]func(*Result) error{
		"acknowledged before any attempt": func(r *Result) error { return r.Acknowledge(after(1)) },
		"read back before any attempt":    func(r *Result) error { return r.Confirm(true) },
		"closed without a reason":         func(r *Result) error { return r.Close(" ", after(1)) },
		"a contact that is not there":     func(r *Result) error { return r.Choose(3, after(1)) },
		"an attempt without a name":       func(r *Result) error { return r.Try(call(" ", Reached, 1)) },
		"an attempt with a wrong result":  func(r *Result) error { return r.Try(call("Sam", "perhaps", 1)) },
		"acknowledged after no answer": func(r *Result) error {
			return errors.Join(r.Try(call("Sam", NoAnswer, 1)), r.Acknowledge(after(2)))
		},
		"category 1 by the receipt of a message": func(r *Result) error {
			return errors.Join(r.Try(call("Sam", MessageSent, 1)), r.Acknowledge(after(2)))
		},
		"anything after it was closed": func(r *Result) error {
			return errors.Join(r.Close("told by the surgeon himself", after(1)), r.Try(call("Sam", Reached, 2)))
		},
	} {
		r := found(Minutes)
		if err := do(&r); !errors.As(err, &wrong) || !r.Told.IsZero() || !r.Acknowledged.IsZero() {
			t.Errorf("%s: %v, told %v", name, err, r.Told)
		}
	}
	r := found(Days)
	if err := errors.Join(r.Try(call("Sam", MessageSent, 1)), r.Acknowledge(after(600))); err != nil || r.Told != after(1) || r.Method != "secure message" {
		t.Errorf("category 3 by receipt: %v, told %v, %s", err, r.Told, r.Method)
	}
	r = found(Minutes)
	if err := r.Close("entered in error", after(1)); err != nil || !strings.Contains(r.Text(time.UTC), "without acknowledgement: entered in error.") {
		t.Errorf("closed by hand: %v: %s", err, r.Text(time.UTC))
	}
}

func TestTheLadderIsClimbedAfterTwoCallsInVainOrWhenTimeIsOver(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(*Result)
		at   int
		want int
	}{
		"at once":                    {func(*Result) {}, 1, 0},
		"one call in vain":           {func(r *Result) { r.Try(call("Sam", NoAnswer, 1)) }, 2, 0},
		"two calls in vain":          {func(r *Result) { r.Try(call("Sam", NoAnswer, 1)); r.Try(call("Sam", LeftMessage, 2)) }, 3, 1},
		"the last minute":            {func(*Result) {}, 60, 0},
		"overdue":                    {func(r *Result) { r.Choose(0, after(5)) }, 61, 1},
		"overdue, nobody called":     {func(*Result) {}, 61, 0},
		"overdue, the next chosen":   {func(r *Result) { r.Choose(1, after(62)) }, 63, 1},
		"overdue by half of it":      {func(r *Result) { r.Choose(1, after(62)) }, 90, 2},
		"overdue, but told long ago": {func(r *Result) { r.Try(call("Sam", Reached, 5)) }, 100, 0},
	} {
		r := found(Minutes)
		c.do(&r)
		if got := r.Next(after(c.at)); got != c.want {
			t.Errorf("%s: rung %d, want %d", name, got, c.want)
		}
	}
}

func TestTheTimerTurnsAmberAtFourFifthsAndRedWhenOverdue(t *testing.T) {
	r := found(Minutes)
	r.Choose(0, dusk)
	for minutes, want := range map[int]struct {
		level Level
		line  string
	}{
		0:  {Calm, "CRITICAL 1 · 60 min left"},
		18: {Calm, "CRITICAL 1 · 42 min left"},
		47: {Calm, "CRITICAL 1 · 13 min left"},
		48: {Amber, "CRITICAL 1 · 12 min left"},
		60: {Red, "CRITICAL 1 · 0 min overdue · call Sam 1"},
		72: {Red, "CRITICAL 1 · 12 min overdue · call Nina 2"},
		95: {Red, "CRITICAL 1 · 35 min overdue · call Boss 3"},
	} {
		if level, line := r.Level(after(minutes)), r.Line(after(minutes)); level != want.level || line != want.line {
			t.Errorf("after %d min: %d %q, want %d %q", minutes, level, line, want.level, want.line)
		}
	}
	for _, c := range []struct {
		left time.Duration
		want string
	}{{time.Second, "1 min left"}, {time.Minute, "1 min left"}, {61 * time.Second, "2 min left"}, {6 * time.Hour, "6 h 0 min left"}, {72 * time.Hour, "3 days left"}} {
		if got := (Result{Communication: report.Communication{Due: dusk.Add(c.left)}}).Left(dusk); got != c.want {
			t.Errorf("%v: %q, want %q", c.left, got, c.want)
		}
	}
	r.Try(call("Sam", Reached, 5))
	if r.Level(after(200)) != Calm || r.Line(after(200)) != "CRITICAL 1 · told, not acknowledged" {
		t.Errorf("told: %d %q", r.Level(after(200)), r.Line(after(200)))
	}
}

func TestWhoIsOnDutyIsOnTheLadder(t *testing.T) {
	cards := []Contact{
		{Name: "Boss", Role: "Supervisor", Phone: "9"},
		{Name: "Nina", Role: "ED", Phone: "1", Hours: "22-06", Next: "Noel"},
		{Name: "Dora", Role: "ED", Phone: "2", Hours: "06-22"},
		{Name: "Noel", Role: "ICU", Phone: "3", Next: "Nina"}, // in a circle
		{Name: "South", Site: "SOUTH"},
	}
	names := func(cs []Contact) (out string) {
		for _, c := range cs {
			out += c.Name + " "
		}
		return out
	}
	for hour, want := range map[int]string{2: "Nina Noel NORTH Sam Boss ", 12: "Dora Noel NORTH Sam Boss "} {
		at := time.Date(2026, 11, 22, hour, 0, 0, 0, time.UTC)
		if got := names(Ladder(Contact{Name: "Sam"}, cards, "NORTH", "555", at)); got != want {
			t.Errorf("at %d h: %s, want %s", hour, got, want)
		}
	}
	off := []Contact{{Name: "Day", Hours: "08-16"}}
	if got := names(Ladder(Contact{}, off, "NORTH", "", dusk)); got != "Day NORTH " {
		t.Errorf("nobody is on duty: %s", got)
	}
}

func TestHoursAreReadAndKept(t *testing.T) {
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, time.UTC) } // the 22nd is a Sunday
	for _, c := range []struct {
		hours string
		at    time.Time
		want  bool
	}{
		{"", at(22, 3, 0), true}, {"08-17", at(22, 8, 0), true}, {"08-17", at(22, 17, 0), false}, {"08:30-17", at(22, 8, 29), false},
		{"22-06", at(22, 23, 0), true}, {"22-06", at(22, 5, 59), true}, {"22-06", at(22, 6, 0), false},
		{"Mon-Fri 08-17", at(22, 9, 0), false}, {"Mon-Fri 08-17", at(23, 9, 0), true}, {"Fri 22-06", at(28, 3, 0), true}, {"Fri 22-06", at(27, 3, 0), false},
		{"Sat-Mon 08-17", at(22, 9, 0), true}, {"Sat-Mon 08-17", at(24, 9, 0), false}, {"08-10, 14-24", at(22, 15, 0), true}, {"nonsense", at(22, 15, 0), true},
	} {
		if got := (Contact{Hours: c.hours}).OnDuty(c.at); got != c.want {
			t.Errorf("%q at %s: %v", c.hours, c.at.Format("Mon 15:04"), got)
		}
	}
	for _, wrong := range []string{"8", "25-26", "08-17-19", "Mon 08", "Foo 08-17", "24-06", "08:60-09", "a b 08-17", "-"} {
		if _, err := ParseHours(wrong); err == nil {
			t.Errorf("%q was read", wrong)
		}
	}
}

func TestARecordBringsTheResultBackAndAnUnreadableOneIsOpen(t *testing.T) {
	r := found(Hours)
	r.StudyUID, r.Patient = "1.2", "PHANTOM^ANNA"
	r.Choose(1, after(1))
	r.Try(call("Nina", Reached, 2))
	rec, err := r.Record()
	if err != nil || rec.Kind != "critical" || rec.StudyUID != "1.2" || !rec.Due.Equal(r.Due) || !rec.Closed.IsZero() {
		t.Fatalf("%+v, %v", rec, err)
	}
	back, err := Read(rec)
	if err != nil || back.State() != Told || back.Patient != "PHANTOM^ANNA" || back.Text(time.UTC) != r.Text(time.UTC) || len(back.Ladder) != 3 {
		t.Errorf("read back as %+v, %v", back, err)
	}
	slip := found(Minutes)
	slip.Close("entered in error", after(1))
	none, _ := slip.Record()
	all := Of([]ledger.Record{none, rec, {ID: "x", Kind: "call"}, {ID: "y", Kind: "critical", Body: []byte("{")}})
	if len(all) != 2 || all[0].To != "Nina" || all[1].ID != "y" || !all[1].Open() {
		t.Errorf("%+v", all)
	}
}
