package report

import (
	"testing"
	"time"
)

// What goes out as text is what was signed, its footer where the SR has it, and why it
// was changed: no more, in whatever order the parts are.
func TestTheBodyIsWhatWasSigned(t *testing.T) {
	slip := Communication{Finding: "a slip", Identified: time.Unix(0, 0), Closed: time.Unix(1, 0), Outcome: "entered in error"}
	parts := []Part{{Section: Impression, Text: "Normal.\n"}, {Section: Technique, Text: "CT."}, {Section: "other", Text: "x"}, {Section: Findings, Text: " \n"}}
	for _, c := range []struct {
		r    Release
		want string
	}{
		{Release{Kind: Final, Parts: parts, Footer: "Lossy.", Critical: []Communication{slip}}, "technique=CT.\nLossy.|impression=Normal.|other=x|"},
		{Release{Kind: Final, Parts: parts[:1], Footer: "Lossy."}, "technique=Lossy.|impression=Normal.|"},
		{Release{Kind: Corrected, Parts: parts[:1], Reason: "wrong side"}, "impression=Normal.|addendum=Reason for the correction: wrong side|"},
		{Release{Kind: Withdrawn, Parts: []Part{{Section: Impression, Text: "Withdrawn: wrong side"}}, Reason: "wrong side"}, "impression=Withdrawn: wrong side|"},
		{Release{Kind: Added, Parts: parts[:1], Reason: "more"}, "impression=Normal.|"},
	} {
		got := ""
		for _, p := range c.r.Body() {
			got += string(p.Section) + "=" + p.Text + "|"
		}
		if got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
