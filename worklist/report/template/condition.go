package template

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/report"
)

// Condition says for whom a line is written; the zero value for everybody.
type Condition struct {
	Sex      string // letters of M, F and O (other or unknown)
	Age      Ages
	After    string // an operation the patient had: "cholecystectomy"
	NotAfter string // one the patient had not
	// Given: only when this fact is known ("contrast"); NotGiven: only when it is not.
	Given, NotGiven string
}

// Ages are from an age on, below another, in days; zero is open.
type Ages struct{ From, Below int }

// ParseAges reads "..18y", "28d..1y", "18y..": days, weeks, months, years.
func ParseAges(s string) (a Ages, err error) {
	from, below, ok := strings.Cut(strings.TrimSpace(s), "..")
	if !ok {
		return a, fmt.Errorf("ages are written like 28d..1y, ..18y or 65y.., not %q", s)
	}
	if a.From, err = parseAge(from); err != nil {
		return a, err
	}
	if a.Below, err = parseAge(below); err != nil {
		return a, err
	}
	if a.Below > 0 && a.Below <= a.From {
		return a, fmt.Errorf("the ages %q contain nobody", s)
	}
	return a, nil
}

// daysIn makes days of a unit of age; a year is exact for whole years, see age.
var daysIn = map[byte]int{'d': 1, 'w': 7, 'm': 30, 'y': 365}

func parseAge(s string) (int, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(s[:len(s)-1])
	days, ok := daysIn[s[len(s)-1]]
	if err != nil || !ok || n < 1 || n > 60000 {
		return 0, fmt.Errorf("an age is a number with d, w, m or y, not %q", s)
	}
	return n * days, nil
}

// String writes what ParseAges reads, "" for everybody.
func (a Ages) String() string {
	if a == (Ages{}) {
		return ""
	}
	return age(a.From) + ".." + age(a.Below)
}

func age(days int) string {
	for _, u := range []byte{'y', 'm', 'w'} {
		if days > 0 && days%daysIn[u] == 0 {
			return strconv.Itoa(days/daysIn[u]) + string(u)
		}
	}
	if days == 0 {
		return ""
	}
	return strconv.Itoa(days) + "d"
}

// answer is what is known about a condition.
type answer int

const (
	no answer = iota
	yes
	unclear
)

func (a Ages) holds(days int) bool { return days >= a.From && (a.Below == 0 || days < a.Below) }

// circumstances are a case as conditions ask for it.
type circumstances struct {
	sex   string   // M, F or O
	days  int      // old at the study
	words []string // of the exam and the indication
	facts facts
}

// ofAge is how old somebody is taken to be whose age is not known.
const ofAge = 40 * 365

func about(f report.Facts) circumstances {
	c := circumstances{sex: "O", words: words(f.Exam + ". " + f.Indication), facts: factsOf(f)}
	if f.Patient.Sex == "M" || f.Patient.Sex == "F" {
		c.sex = f.Patient.Sex
	}
	if days, ok := ageInDays(f); ok {
		c.days = days
	} else {
		c.days = ofAge
	}
	return c
}

// ageInDays counts years as 365 days each, so that birthdays are exact to compare
// with an age in years.
func ageInDays(f report.Facts) (int, bool) {
	birth, okB := dicom.ParseDA(f.Patient.Birth)
	at, okS := studyDate(f)
	if !okB || !okS || at.Before(birth) {
		return 0, false
	}
	years := at.Year() - birth.Year()
	last := birth.AddDate(years, 0, 0)
	if last.After(at) {
		years--
		last = birth.AddDate(years, 0, 0)
	}
	return years*365 + min(int(at.Sub(last).Hours()/24), 364), true
}

func studyDate(f report.Facts) (time.Time, bool) {
	if f.Study == nil {
		return time.Time{}, false
	}
	return dicom.ParseDA(f.Study.Str(dicom.StudyDate))
}

// holds answers for one line.
func (c Condition) holds(of circumstances) answer {
	if c.Sex != "" && !strings.Contains(c.Sex, of.sex) {
		return no
	}
	if !c.Age.holds(of.days) {
		return no
	}
	for _, fact := range []struct {
		name string
		want bool
	}{{c.Given, true}, {c.NotGiven, false}} {
		if fact.name != "" && (of.facts.text(fact.name) != "") != fact.want {
			return no
		}
	}
	out := yes
	for _, op := range []struct {
		name string
		want answer
	}{{c.After, yes}, {c.NotAfter, no}} {
		if op.name == "" {
			continue
		}
		switch had := had(of.words, op.name); {
		case had == unclear:
			out = unclear
		case had != op.want:
			return no
		}
	}
	return out
}
