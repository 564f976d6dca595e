package feed

import (
	"fmt"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs"
)

// Level is how worrying a site's silence is (N11).
type Level int

// Levels of silence.
const (
	Fresh Level = iota
	Amber       // no successful poll for 60 s
	Red         // none for 180 s: alarm
)

const (
	amberAfter = 60 * time.Second
	redAfter   = 180 * time.Second
)

// Age is the time since the site last answered, or since it was first asked when
// it never did.
func (s SiteStatus) Age(now time.Time) time.Duration {
	from := s.LastOK
	if from.IsZero() {
		from = s.Asked
	}
	if from.IsZero() {
		return 0
	}
	return max(0, now.Sub(from))
}

// Level judges the age.
func (s SiteStatus) Level(now time.Time) Level {
	switch age := s.Age(now); {
	case age >= redAfter:
		return Red
	case age >= amberAfter, s.LastOK.IsZero() && s.Err != nil:
		return Amber
	}
	return Fresh
}

// Text is "NORTH 2 min old"; empty while the site is fresh.
func (s SiteStatus) Text(now time.Time) string {
	age := s.Age(now)
	switch {
	case s.Level(now) == Fresh:
		return ""
	case s.LastOK.IsZero():
		return s.Name + " not answering"
	case age < time.Hour:
		return fmt.Sprintf("%s %d min old", s.Name, int(age.Minutes()))
	}
	return fmt.Sprintf("%s %d h %d min old", s.Name, int(age.Hours()), int(age.Minutes())%60)
}

// Diff is the STATs of new that nobody has taken and that old did not show as
// STAT: those that arrived, and those that became one. Before a site's first answer
// there is nothing new of it; one that did not answer when it was asked first may
// bring something.
func Diff(old, new Snapshot) []Row {
	if old.At.IsZero() {
		return nil
	}
	unheard := map[string]bool{}
	for _, s := range old.Sites {
		unheard[s.Name] = s.LastOK.IsZero() && s.Err == nil
	}
	known := map[string]bool{}
	for _, r := range old.Rows {
		known[r.key()] = r.Priority == pacs.Stat
	}
	var arrived []Row
	for _, r := range new.Rows {
		if r.Priority == pacs.Stat && r.ClaimedBy == nil && !r.Finished() && !known[r.key()] && !unheard[r.Site] {
			arrived = append(arrived, r)
		}
	}
	return arrived
}
