package viewer

import (
	"testing"
	"time"
)

func TestMammogramsAreReadOnlyOnACheckedMonitorOfFiveMegapixels(t *testing.T) {
	now := time.Date(2026, 3, 31, 3, 0, 0, 0, time.UTC)
	good := Display{Monitor: "LEFT", Checked: now.AddDate(0, 0, -29), Megapixels: 5.8, Passed: []string{"CT, MR", "mammography"}}
	if why := good.NotForMammography(now); why != "" {
		t.Errorf("refused: %s", why)
	}
	for name, spoil := range map[string]func(d *Display){
		"never checked":    func(d *Display) { *d = Display{} },
		"checked long ago": func(d *Display) { d.Checked = now.AddDate(0, 0, -31) },
		"in the future":    func(d *Display) { d.Checked = now.AddDate(0, 0, 2) },
		"too few pixels":   func(d *Display) { d.Megapixels = 4.9 },
		"pixels unknown":   func(d *Display) { d.Megapixels = 0 },
		"not passed":       func(d *Display) { d.Passed = d.Passed[:1] },
	} {
		d := good
		if spoil(&d); d.NotForMammography(now) == "" {
			t.Errorf("%s: allowed", name)
		}
	}
	if want := "Read on LEFT (5.8 MP), display function (GSDF) checked 2026-03-02."; good.Cite() != want {
		t.Errorf("cites %q, want %q", good.Cite(), want)
	}
	if (Display{}).Cite() != "" {
		t.Error("cites what nobody did")
	}
}
