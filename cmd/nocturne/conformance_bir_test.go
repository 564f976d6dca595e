package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// TestBasicImageReviewInTheRealWindow: with a display nothing is skipped: the
// window shows, takes keys and a real wheel, and the screen has the formula's greys.
func TestBasicImageReviewInTheRealWindow(t *testing.T) {
	t.Parallel()
	d := startDesktop(t)
	cmd := program(t, t.TempDir(), "conformance", "bir", "--json")
	cmd.Env = append(cmd.Env, "DISPLAY="+d.display, "WAYLAND_DISPLAY=")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	var got findings
	if err != nil || json.Unmarshal(out, &got) != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	seen := 0
	for _, r := range got.Results {
		if r.Status != "pass" {
			t.Errorf("%s %s: %s", r.Status, r.ID, r.Evidence)
		}
		if strings.HasPrefix(r.ID, "BIR_WINDOW_") {
			seen++
			t.Logf("%s: %s", r.ID, r.Evidence)
		}
	}
	if seen < 5 {
		t.Errorf("%d items of the window", seen)
	}
}
