package policy

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// grid is what each role may, in the order of Actions, written down apart from the code.
var grid = map[Role]string{
	//          look claim prelim final addendum correction withdrawal critical export
	Attending: "y    y     y      y     y        y          y          y        y",
	Trainee:   "y    y     y      -     -        -          -          y        y",
	Observer:  "y    -     -      -     -        -          -          -        -",
}

var actions = strings.Fields("look claim preliminary final addendum correction withdrawal critical export")

// lasts are the actions that need a facility that is known.
var lasts = map[string]bool{"final": true, "addendum": true, "correction": true, "withdrawal": true, "export": true}

var berg = Reader{Name: "BERG^ULF", ID: "4711"}

// The night of 21 to 22 November 2026: in Berlin (UTC+1) it is the 22nd already.
var lateEvening = time.Date(2026, 11, 21, 23, 30, 0, 0, time.UTC)

func site(t *testing.T, text string) Site {
	t.Helper()
	s := Parse("NORTH", []byte(text))
	if s.Wrong != nil {
		t.Fatalf("%v in\n%s", s.Wrong, text)
	}
	return s
}

// Role × facility × read type × expiry, every combination.
func TestEveryRoleAtEveryFacilityMayWhatItMayUntilItsLastDay(t *testing.T) {
	facilities := []struct {
		line, of    string
		here, known bool
	}{
		{"", "MERCY", true, true}, {"", "", true, true}, {`facility = ["ST MARY"]`, "St Mary ", true, true},
		{`facility = ["ST MARY", "MERCY"]`, "MERCY", true, true}, {`facility = ["ST MARY"]`, "MERCY", false, true}, {`facility = ["ST MARY"]`, "", true, false},
	}
	days := []struct {
		line string
		open bool
	}{
		{"", true}, {`until = "2026-11-23"`, true}, {`until = "2026-11-22"`, true}, {`until = "2026-11-21"`, false}, {`until = "2020-01-01"`, false},
	}
	cells := 0
	for role, row := range grid {
		for i, may := range strings.Fields(row) {
			for _, f := range facilities {
				for _, d := range days {
					s := site(t, "time_zone = \"Europe/Berlin\"\n[[reader]]\nname = \"BERG^ULF\"\nrole = \""+string(role)+"\"\n"+f.line+"\n"+d.line+"\n")
					want := may == "y" && d.open && f.here && (f.known || !lasts[actions[i]])
					got := s.Allows(berg, f.of, Action(actions[i]), lateEvening)
					if got.OK != want || got.OK == (got.Reason != "") {
						t.Errorf("%s %s %q/%q %q: %+v, want %v", role, actions[i], f.line, f.of, d.line, got, want)
					}
					cells++
				}
			}
		}
	}
	if cells != 3*9*6*5 {
		t.Errorf("%d cells", cells)
	}
}

// A role ends with its last day where the site is, to the second, also when the clocks
// are set back that day.
func TestTheLastDayEndsAtMidnightOfTheSite(t *testing.T) {
	for _, c := range []struct{ zone, until, last string }{
		{"Europe/Berlin", "2026-11-21", "2026-11-21T22:59:59Z"}, {"Europe/Berlin", "2026-10-25", "2026-10-25T22:59:59Z"},
		{"Europe/Berlin", "2026-06-30", "2026-06-30T21:59:59Z"}, {"Pacific/Auckland", "2026-11-21", "2026-11-21T10:59:59Z"}, {"UTC", "2026-11-21", "2026-11-21T23:59:59Z"},
	} {
		s := site(t, "time_zone = \""+c.zone+"\"\n[[reader]]\nid = \"4711\"\nrole = \"attending\"\nuntil = \""+c.until+"\"\n")
		last, err := time.Parse(time.RFC3339, c.last)
		if err != nil {
			t.Fatal(err)
		}
		after := s.Allows(berg, "", Look, last.Add(time.Second))
		if !s.Allows(berg, "", Look, last).OK || after.OK {
			t.Errorf("%+v: %+v", c, after)
		}
		for _, part := range []string{c.until, c.zone, "attending", "NORTH"} {
			if !strings.Contains(after.Reason, part) {
				t.Errorf("%q does not say %s", after.Reason, part)
			}
		}
	}
}

func TestWhoIsNotNamedMayNothingAndANameIsComparedAsDICOMWritesIt(t *testing.T) {
	s := site(t, "[[reader]]\nname = \"Berg^Ulf^^\"\nid = \"4711\"\nrole = \"attending\"\n")
	for _, c := range []struct {
		who Reader
		ok  bool
	}{
		{berg, true}, {Reader{Name: "BERG^ULF", ID: "1"}, false}, {Reader{Name: "BERG^UDO", ID: "4711"}, false}, {Reader{ID: "4711"}, false}, {Reader{}, false},
	} {
		if got := s.Allows(c.who, "", Look, lateEvening); got.OK != c.ok {
			t.Errorf("%+v: %+v", c.who, got)
		}
	}
}

func TestARowMaySayWhatIsAllowedInsteadOfItsRoleAndRolesAdd(t *testing.T) {
	s := site(t, `[[reader]]
id = "4711"
role = "observer"
may = ["look", "preliminary"]
[[reader]]
id = "4711"
role = "attending"
facility = ["ST MARY"]
[[reader]]
id = "4711"
role = "attending"
facility = ["MERCY"]
until = "2026-01-01"
`)
	for _, c := range []struct {
		facility string
		a        Action
		ok       bool
	}{{"MERCY", Look, true}, {"MERCY", Preliminary, true}, {"MERCY", Claim, false}, {"MERCY", Final, false}, {"ST MARY", Final, true}, {"ST MARY", Claim, true}} {
		if got := s.Allows(berg, c.facility, c.a, lateEvening); got.OK != c.ok {
			t.Errorf("%+v: %+v", c, got)
		}
	}
}

// Without a file, or with one that names nobody, the role of config.toml holds.
func TestWithoutNamesTheConfiguredRoleHolds(t *testing.T) {
	for _, s := range []Site{Unwritten("NORTH"), site(t, "sign_offline = false\n")} {
		for role, row := range grid {
			for i, may := range strings.Fields(row) {
				if got := s.Allows(Reader{Role: role}, "", Action(actions[i]), lateEvening); got.OK != (may == "y") {
					t.Errorf("%s %s: %+v", role, actions[i], got)
				}
			}
		}
		if !s.Allows(Reader{}, "", Withdrawal, lateEvening).OK {
			t.Error("a reader without a role is no attending")
		}
	}
	if w := Unwritten("NORTH").Words(); !strings.Contains(w, "no policy file") || !strings.Contains(w, "defaults") {
		t.Error(w)
	}
	d := Unwritten("NORTH")
	if !d.SignOffline || d.Retention.Days == 0 || d.Lets(Clipboard).OK || !d.Lets(Reports).OK || d.MammographyOnAnyDisplay {
		t.Errorf("defaults %+v", d.File)
	}
}

func TestAPolicyThatCannotBeMeantIsNamedByItsLineAndAllowsOnlyLooking(t *testing.T) {
	for text, says := range map[string]string{
		"sign_offline = true\nretentoin = 3\n":                           "line 2: unknown key retentoin",
		"[[reader]]\nname = \"A\"\nrole = \"attending\"\nuntill = 1\n":   "line 4: unknown key reader.untill",
		"sign_offline = \"yes\"\n":                                       "line 1",
		"sign_offline = \n":                                              "line 1",
		"time_zone = \"Europe/Atlantis\"\n":                              "time_zone",
		"sign_again = \"password\"\n":                                    "sign_again is pin, passphrase or no",
		"[[reader]]\nrole = \"attending\"\n":                             "reader 1: it needs a name or an id",
		"[[reader]]\nid = \"1\"\nrole = \"boss\"\n":                      "role is attending, trainee or observer",
		"[[reader]]\nid = \"1\"\n":                                       "role is attending, trainee or observer",
		"[[reader]]\nid = \"1\"\nrole = \"observer\"\nmay = [\"peek\"]":  `"peek" is not one of`,
		"[[reader]]\nid = \"1\"\nrole = \"observer\"\nuntil = \"31.3.\"": "is no day such as",
		"[retention]\ndays = -1\n":                                       "retention",
		"[break_glass]\nminutes = 100000\n":                              "break_glass.minutes",
		"approved = \"soon\"\n":                                          "approved",
	} {
		s := Parse("NORTH", []byte(text))
		if s.Wrong == nil || !strings.Contains(s.Wrong.Error(), says) {
			t.Errorf("%q: %v", text, s.Wrong)
			continue
		}
		for _, a := range Actions {
			if got := s.Allows(berg, "", a, lateEvening); got.OK != (a == Look) {
				t.Errorf("%q: %s %+v", text, a, got)
			}
		}
		if s.Lets(Images).OK || s.Breaks(Claim) != 15*time.Minute || s.Breaks(Final) != 0 {
			t.Errorf("%q: exports %v, glass %v", text, s.Lets(Images), s.Breaks(Claim))
		}
	}
}

func TestBreakGlassOpensWhatTheFileSaysForAsLongAsItSays(t *testing.T) {
	s := site(t, "[break_glass]\nminutes = 30\nmay = [\"look\", \"final\"]\n")
	for a, want := range map[Action]time.Duration{Look: 30 * time.Minute, Final: 30 * time.Minute, Claim: 0} {
		if got := s.Breaks(a); got != want {
			t.Errorf("%s: %v", a, got)
		}
	}
	if got := site(t, "[break_glass]\nminutes = 0\n").Breaks(Look); got != 0 {
		t.Errorf("forbidden, and open for %v", got)
	}
}

// A policy that changes while the program runs holds from the next question on.
func TestABookReadsAFileAgainWhenItChanges(t *testing.T) {
	dir := t.TempDir()
	b := NewBook(dir)
	if s := b.Read("NORTH"); s.Said || s.Wrong != nil {
		t.Fatalf("%+v", s)
	}
	write := func(text string, at time.Time) {
		t.Helper()
		path := filepath.Join(dir, "NORTH.toml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	write("[retention]\ndays = 3\n", lateEvening)
	if s := b.Known("NORTH"); s.Said {
		t.Error("what was read last looks at the disk")
	}
	if s := b.Read("NORTH"); s.Retention.Days != 3 || !s.Said {
		t.Errorf("%+v", s)
	}
	write("[retention]\ndays = 4\n", lateEvening.Add(time.Second))
	if s := b.Read("NORTH"); s.Retention.Days != 4 || b.Known("NORTH").Retention.Days != 4 {
		t.Errorf("%+v", s)
	}
	os.Remove(filepath.Join(dir, "NORTH.toml"))
	if s := b.Read("NORTH"); s.Said || s.Retention.Days != 14 {
		t.Errorf("%+v", s)
	}
	os.WriteFile(filepath.Join(filepath.Dir(dir), "X.toml"), []byte("oops"), 0o600)
	for _, name := range []string{"../X", "", `a\b`, ".."} {
		if s := b.Read(name); s.Said {
			t.Errorf("%q was read from outside the folder", name)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("time_zone = \"Europe/Berlin\"\n[[reader]]\nid = \"1\"\nrole = \"attending\"\nuntil = \"2026-11-22\"\n"))
	f.Add([]byte("[retention]\ndays = 9223372036854775808\n"))
	f.Add([]byte("[[reader]]\nname = \"\\u0000^\"\nrole = \"observer\"\nmay = [\"look\"]\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s := Parse("NORTH", text)
		for _, a := range Actions {
			v := s.Allows(berg, "X", a, lateEvening)
			if v.OK == (v.Reason != "") || s.Wrong != nil && a != Look && v.OK {
				t.Errorf("%s: %+v, %v", a, v, s.Wrong)
			}
		}
	})
}
