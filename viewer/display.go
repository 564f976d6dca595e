package viewer

import (
	"fmt"
	"slices"
	"time"
)

// Display is the last check of the monitor the images are read on (N22); the zero
// value is a monitor nobody checked.
type Display struct {
	Monitor    string    `json:"monitor,omitempty"`
	Checked    time.Time `json:"checked,omitzero"`
	Megapixels float64   `json:"megapixels,omitempty"`
	Passed     []string  `json:"passed,omitempty"` // uses it is good enough for: "mammography"
}

// NotForMammography is the bar over mammograms, and in their report, on a monitor that
// is not for them.
const NotForMammography = "NOT FOR PRIMARY MAMMOGRAPHY"

// What a monitor for primary mammography needs (N22).
const (
	mammographyMegapixels = 5
	checkedWithin         = 30 * 24 * time.Hour
)

// NotForMammography says why no mammogram may be read on this monitor, "" when one
// may: it passed a check for that within 30 days and has 5 megapixels.
func (d Display) NotForMammography(now time.Time) string {
	switch age := now.Sub(d.Checked); {
	case d.Checked.IsZero():
		return "the display was never checked: nocturne conformance gsdf"
	case age > checkedWithin:
		return fmt.Sprintf("the display check is %d days old, 30 are allowed", int(age.Hours()/24))
	case age < -time.Hour:
		return "the display check lies in the future"
	case !slices.Contains(d.Passed, "mammography"):
		return "the display did not pass the check for mammography"
	case d.Megapixels < mammographyMegapixels:
		return fmt.Sprintf("the display has %.1f megapixels, mammography needs %d", d.Megapixels, mammographyMegapixels)
	}
	return ""
}

// Cite is a sentence for the report: which monitor it was read on and when that was
// checked; "" where nothing is known of it.
func (d Display) Cite() string {
	if d.Checked.IsZero() {
		return ""
	}
	name := d.Monitor
	if name == "" {
		name = "a monitor without a name"
	}
	if d.Megapixels > 0 {
		name += fmt.Sprintf(" (%.1f MP)", d.Megapixels)
	}
	return fmt.Sprintf("Read on %s, display function (GSDF) checked %s.", name, d.Checked.Format("2006-01-02"))
}
