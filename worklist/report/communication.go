package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Communication is one critical result and how it was told (ACR Actionable Reporting,
// DICOM CID 7035).
type Communication struct {
	ID         string    `json:"id"`
	Finding    string    `json:"finding"`
	Category   int       `json:"category"` // 1 minutes, 2 hours, 3 days: RADLEX RID49480, RID49481, RID49482
	Identified time.Time `json:"identified"`
	Due        time.Time `json:"due"`
	By         string    `json:"by"`             // PN of who told
	To         string    `json:"to,omitempty"`   // who was told, as typed
	Role       string    `json:"role,omitempty"` // of who was told
	Told       time.Time `json:"told,omitzero"`
	Method     string    `json:"method,omitempty"` // in person, phone, secure message
	ReadBack   bool      `json:"read_back"`

	Attempts     []Attempt `json:"attempts,omitempty"` // all of them, the one that succeeded too
	Acknowledged time.Time `json:"acknowledged,omitzero"`
	Closed       time.Time `json:"closed,omitzero"`
	Outcome      string    `json:"outcome,omitempty"` // why it was closed without being acknowledged
}

// Attempt is one try to tell a critical result.
type Attempt struct {
	At     time.Time `json:"at"`
	To     string    `json:"to"`
	Role   string    `json:"role,omitempty"`
	Phone  string    `json:"phone,omitempty"`
	Method string    `json:"method"`
	Result string    `json:"result"` // reached, no answer, left message, message sent
}

// Open reports whether somebody has still to be told, or the report to say it.
func (c Communication) Open() bool { return c.Closed.IsZero() }

// Text is the communication in plain words, for the section of LOINC 73568-8; times
// in the zone given, which is named. It holds no telephone number.
func (c Communication) Text(zone *time.Location) string {
	at := func(t time.Time) string { return t.In(zone).Format("2006-01-02 15:04 MST") }
	said := []string{fmt.Sprintf("Critical result, category %d: %s.", c.Category, strings.TrimRight(oneLine(c.Finding), ". "))}
	said = append(said, "Identified "+at(c.Identified)+".")
	for _, a := range c.Attempts {
		if a.Result == "reached" && a.At.Equal(c.Told) {
			continue
		}
		said = append(said, fmt.Sprintf("%s %s, %s.", capital(a.Result), whom(a.To, a.Role), at(a.At)))
	}
	if !c.Told.IsZero() {
		said = append(said, c.told(at))
	}
	if !c.Acknowledged.IsZero() {
		said = append(said, "Acknowledged "+at(c.Acknowledged)+".")
	}
	if c.Outcome != "" {
		said = append(said, "Closed "+at(c.Closed)+" without acknowledgement: "+strings.TrimRight(oneLine(c.Outcome), ". ")+".")
	}
	return strings.Join(said, " ")
}

func (c Communication) told(at func(time.Time) string) string {
	s := fmt.Sprintf("Told to %s by %s", whom(c.To, c.Role), dicom.ParsePN(oneLine(c.By)).Display())
	if c.Method != "" {
		s += ", " + c.Method
	}
	s += ", " + at(c.Told) + ", " + minutes(c.Told.Sub(c.Identified)) + " after it was identified"
	if !c.Due.IsZero() && c.Told.After(c.Due) {
		s += " (late: due " + at(c.Due) + ")"
	}
	if c.ReadBack {
		return s + ", and read back."
	}
	return s + ". Not read back."
}

func whom(name, role string) string {
	name, role = oneLine(name), oneLine(role)
	switch {
	case name == "":
		return role
	case role == "":
		return name
	}
	return name + " (" + role + ")"
}

func minutes(d time.Duration) string {
	switch m := int(d.Round(time.Minute).Minutes()); {
	case m < 120:
		return fmt.Sprintf("%d min", max(0, m))
	case m < 48*60:
		return fmt.Sprintf("%d h %d min", m/60, m%60)
	default:
		return fmt.Sprintf("%d days", m/(24*60))
	}
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// Communicate writes how a critical result was told into the draft: in the section
// Critical, in an addendum as its text. What stands there already is not written
// again. It returns the section, "" where nothing changed.
func (d *Draft) Communicate(c Communication, zone *time.Location, now time.Time) Section {
	s := Critical
	if d.What() == Added {
		s = Addendum
	}
	text := Foreign(c.Text(zone))
	if strings.Contains(d.Plain(s), text) {
		return ""
	}
	d.put(s, strings.TrimLeft(strings.TrimRight(d.Sections[s], "\n ")+"\n"+text, "\n"), now)
	return s
}

// LastWords is what stands in a section before a place, which is in runes: numbers as
// they read now. It is at most about so many runes long, whole words, on one line.
func (d *Draft) LastWords(s Section, at, most int) string {
	text := []rune(d.Sections[s])
	words := strings.Fields(d.read(text[:max(0, min(at, len(text)))]))
	for i := len(words) - 1; i >= 0; i-- {
		if most -= len([]rune(words[i])) + 1; most < 0 && i < len(words)-1 {
			return "…" + strings.Join(words[i+1:], " ")
		}
	}
	return strings.Join(words, " ")
}
