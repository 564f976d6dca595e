package report

import (
	"strings"
	"testing"
	"time"
)

// told is a category 1 result with one attempt in vain, by the clock of Berlin in
// winter.
func told() (Communication, *time.Location) {
	zone := time.FixedZone("CET", 3600)
	at := time.Date(2026, 11, 22, 2, 14, 0, 0, time.UTC)
	return Communication{ID: "c1", Finding: "acute subdural haematoma, 9 mm.", Category: 1, Identified: at, Due: at.Add(time.Hour), By: "READER^RITA",
		To: "Dr Night", Role: "ED physician", Told: at.Add(4 * time.Minute), Method: "phone", ReadBack: true, Acknowledged: at.Add(5 * time.Minute),
		Attempts: []Attempt{{At: at.Add(time.Minute), To: "Dr Day", Phone: "555 0100", Method: "phone", Result: "no answer"},
			{At: at.Add(4 * time.Minute), To: "Dr Night", Role: "ED physician", Method: "phone", Result: "reached"}}}, zone
}

func TestACommunicationIsSaidWithItsTimesItsZoneAndEveryAttempt(t *testing.T) {
	c, zone := told()
	want := "Critical result, category 1: acute subdural haematoma, 9 mm. Identified 2026-11-22 03:14 CET. No answer Dr Day, 2026-11-22 03:15 CET. " +
		"Told to Dr Night (ED physician) by READER, RITA, phone, 2026-11-22 03:18 CET, 4 min after it was identified, and read back. " +
		"Acknowledged 2026-11-22 03:19 CET."
	if got := c.Text(zone); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	c.ReadBack, c.Told = false, c.Due.Add(time.Minute)
	c.Attempts = nil
	for _, words := range []string{"(late: due 2026-11-22 04:14 CET)", "61 min after", "Not read back."} {
		if !strings.Contains(c.Text(zone), words) {
			t.Errorf("%q is not in\n%s", words, c.Text(zone))
		}
	}
	if strings.Contains(c.Text(zone), "555") {
		t.Error("a telephone number is in the report")
	}
}

func TestACommunicationStandsOnceInItsSectionAndInAnAddendumInItsText(t *testing.T) {
	c, zone := told()
	d := New("1.2", "A1", "NORTH", c.Identified)
	if s := d.Communicate(c, zone, c.Told); s != Critical {
		t.Errorf("written into %q", s)
	}
	once := d.Plain(Critical)
	if s := d.Communicate(c, zone, c.Told); s != "" || d.Plain(Critical) != once {
		t.Errorf("written twice, into %q", s)
	}
	other := c
	other.Finding = "free air"
	d.Communicate(other, zone, c.Told)
	if text := d.Plain(Critical); !strings.HasPrefix(text, once+"\n") || !strings.Contains(text, "free air") {
		t.Errorf("two results read\n%s", text)
	}
	a := d.Addend(Document{SOPUID: "1.2.3"}, "", c.Told)
	if s := a.Communicate(c, zone, c.Told); s != Addendum || !strings.Contains(a.Plain(Addendum), "subdural") {
		t.Errorf("into %q of an addendum: %q", s, a.Plain(Addendum))
	}
}

func TestLastWordsAreWholeWordsBeforeTheCaret(t *testing.T) {
	d := New("1.2", "A1", "NORTH", time.Unix(0, 0))
	d.Set(Findings, "Solid nodule in the right upper lobe measuring eight", time.Unix(0, 0))
	for want, at := range map[string]int{
		"…lobe measuring": 46, "Solid nodule": 12, "": 0, "…measuring eight": 999,
	} {
		if got := d.LastWords(Findings, at, 18); got != want {
			t.Errorf("at %d: %q, want %q", at, got, want)
		}
	}
}
