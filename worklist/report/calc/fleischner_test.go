package calc

import (
	"fmt"
	"testing"
)

// The cells of the table for solid and subsolid nodules (Radiology 2017;284:228–243).
func TestEveryCellOfFleischner2017(t *testing.T) {
	const (
		none     = "No routine follow-up."
		optional = "Optional CT at 12 months."
		lowOne   = "CT at 6–12 months, then consider CT at 18–24 months."
		highOne  = "CT at 6–12 months, then CT at 18–24 months."
		lowMany  = "CT at 3–6 months, then consider CT at 18–24 months."
		highMany = "CT at 3–6 months, then CT at 18–24 months."
		large    = "Consider CT at 3 months, PET/CT or tissue sampling."
		persist  = "CT at 6–12 months to confirm persistence, then CT every 2 years until 5 years."
		part     = "CT at 3–6 months to confirm persistence; if unchanged with a solid part below 6 mm, CT every year for 5 years."
		many     = "CT at 3–6 months; if stable, consider CT at 2 and 4 years."
		manyMore = "CT at 3–6 months, then by the most suspicious nodule."
	)
	holds(t, fleischner, []cell{
		// solid, single: below 6, 6–8, above 8 after rounding to whole millimetres
		{"type=solid size=4 risk=low", none},
		{"type=solid size=5.4 risk=low", none},
		{"type=solid size=5.5 risk=low", lowOne}, // 5.5 rounds to 6
		{"type=solid size=5.9 risk=low", lowOne},
		{"type=solid size=6.0 risk=low", lowOne},
		{"type=solid size=8.0 risk=low", lowOne},
		{"type=solid size=8.4 risk=low", lowOne},
		{"type=solid size=8.5 risk=low", large},
		{"type=solid size=30 risk=low", large},
		{"type=solid size=4 risk=high", optional},
		{"type=solid size=5.4 risk=high", optional},
		{"type=solid size=5.9 risk=high", highOne},
		{"type=solid size=8.0 risk=high", highOne},
		{"type=solid size=8.5 risk=high", large},
		{"type=solid size=12", large}, // the same whatever the risk
		// the average of the axes: (7+4)/2 = 5.5 → 6; (6+4)/2 = 5; (10+7)/2 = 8.5 → 9; (9+7)/2 = 8
		{"type=solid size=7 short=4 risk=low", lowOne},
		{"type=solid size=6 short=4 risk=low", none},
		{"type=solid size=10 short=7 risk=low", large},
		{"type=solid size=9 short=7 risk=low", lowOne},
		// volume: below 100, 100–250, above 250 mm³
		{"type=solid volume=99 risk=low", none},
		{"type=solid volume=100 risk=low", lowOne},
		{"type=solid volume=250 risk=high", highOne},
		{"type=solid volume=251 risk=high", large},
		{"type=solid volume=99 size=7 risk=low", "error: different classes"},
		{"type=solid volume=180 size=7 risk=low", lowOne},
		// solid, multiple
		{"type=solid number=multiple size=5 risk=low", none},
		{"type=solid number=multiple size=5 risk=high", optional},
		{"type=solid number=multiple size=6 risk=low", lowMany},
		{"type=solid number=multiple size=8 risk=low", lowMany},
		{"type=solid number=multiple size=9 risk=low", lowMany},
		{"type=solid number=multiple size=6 risk=high", highMany},
		{"type=solid number=multiple size=8 risk=high", highMany},
		{"type=solid number=multiple size=9 risk=high", highMany},
		// ground glass
		{"type=ground-glass size=5", none},
		{"type=ground-glass size=5.5", persist},
		{"type=ground-glass size=6", persist},
		{"type=ground-glass size=25", persist},
		// part-solid
		{"type=part-solid size=5", none},
		{"type=part-solid size=6 solid-part=3", part},
		{"type=part-solid size=12 solid-part=5.4", part},
		{"type=part-solid size=12 solid-part=6", "CT at 3–6 months to confirm persistence; a persistent solid part of 6 mm and more is highly suspicious."},
		{"type=part-solid size=12 solid-part=8", "CT at 3–6 months to confirm persistence; a persistent solid part of 6 mm and more is highly suspicious."},
		{"type=part-solid size=12 solid-part=9", "Highly suspicious when persistent: PET/CT, biopsy or resection; CT at 3–6 months for persistence."},
		{"type=part-solid size=12", "error: Solid part, mean diameter is needed"},
		{"type=part-solid size=7 solid-part=8", "error: larger than the nodule"},
		// multiple subsolid
		{"type=ground-glass number=multiple size=5", many},
		{"type=part-solid number=multiple size=5", many},
		{"type=ground-glass number=multiple size=6", manyMore},
		{"type=part-solid number=multiple size=14", manyMore},
		// whom it is not for
		{"type=solid size=7 risk=low age=34", "error: from 35 years"},
		{"type=solid size=7 risk=low age=35", lowOne},
		{"type=solid size=7 risk=low cancer=yes", "error: known cancer"},
		{"type=solid size=7 risk=low immunosuppressed=yes", "error: immunosuppressed"},
		{"type=solid size=7 risk=low screening=yes", "error: Lung-RADS"},
		{"type=solid size=7 risk=low solid-part=3", "error: does not go with a solid nodule"},
	}, advice)
}

// urgency orders the advice of solid nodules: the first examination comes earlier, or
// more is done.
func urgency(r Result) int {
	switch {
	case len(r.Follow) == 0:
		return 0
	case r.Follow[0].Optional:
		return 1
	}
	return 100 - r.Follow[0].From
}

func TestALargerNoduleIsNeverFollowedLaterByFleischner(t *testing.T) {
	for _, rest := range []string{"type=solid risk=low", "type=solid risk=high", "type=solid risk=low number=multiple",
		"type=solid risk=high number=multiple", "type=ground-glass", "type=part-solid solid-part=0.5", "type=ground-glass number=multiple"} {
		last := 0
		for tenths := 10; tenths < 400; tenths++ {
			r, err := fleischner.Run(values(t, fmt.Sprintf("%s size=%g", rest, float64(tenths)/10)))
			if err != nil {
				t.Fatal(err)
			}
			if urgency(r) < last {
				t.Fatalf("%s: at %g mm %s", rest, float64(tenths)/10, r.Advice)
			}
			last = urgency(r)
		}
	}
}
