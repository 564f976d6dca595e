package report

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// Calculated is a category that was calculated and put into the report: what the rule
// was, what it was given and what it said. It stays with the draft, so that the words
// of the report can be held against it.
type Calculated struct {
	ID       string            `json:"id"`                 // of the calculator: "lung-rads"
	Rule     string            `json:"rule"`               // "Lung-RADS v2022"
	Category string            `json:"category,omitempty"` // "4A"
	Text     string            `json:"text"`               // as it was inserted
	Inputs   map[string]string `json:"inputs,omitempty"`
	Marks    []string          `json:"marks,omitempty"` // tracking UIDs that filled inputs in
	FollowUp []FollowUp        `json:"follow_up,omitempty"`
	At       time.Time         `json:"at"`
}

// Calculate remembers a calculation. One that says the same of the same is kept once.
func (d *Draft) Calculate(c Calculated, now time.Time) {
	c.Text = Foreign(c.Text)
	d.Calculated = slices.DeleteFunc(d.Calculated, func(o Calculated) bool { return o.ID == c.ID && o.Text == c.Text })
	d.Calculated = append(d.Calculated, c)
	d.Changed = now.UTC()
}

// Stands are the calculations whose words are still in the report.
func (d *Draft) Stands() (out []Calculated) {
	for _, c := range d.Calculated {
		for _, s := range Order {
			if c.Text != "" && strings.Contains(d.Plain(s), c.Text) {
				out = append(out, c)
				break
			}
		}
	}
	return out
}

// FollowUps are the dated examinations of the calculations that stand, each with an ID
// of its own that the same draft gives again.
func (d *Draft) FollowUps() (out []FollowUp) {
	for _, c := range d.Stands() {
		for _, f := range c.FollowUp {
			f.ID = string(uidFrom("follow-up", d.StudyUID, c.ID, c.Text, f.What, f.By.UTC().String()))
			if !slices.ContainsFunc(out, func(o FollowUp) bool { return o.ID == f.ID }) {
				out = append(out, f)
			}
		}
	}
	return out
}

// versioned is a system cited by its version, "CAD-RADS 2.0", not a category of it.
var versioned = regexp.MustCompile(`(?i)^[a-z]+-?rads,? +v?\d+\.\d`)

// bare is a calculated category as a check compares it: without the modifiers behind a
// stroke ("4a/p3/s"), the classes of cysts in digits.
func bare(category string) string {
	category, _, _ = strings.Cut(category, "/")
	if digit, ok := map[string]string{"i": "1", "ii": "2", "iif": "2f", "iii": "3", "iv": "4"}[category]; ok {
		return digit
	}
	return category
}
