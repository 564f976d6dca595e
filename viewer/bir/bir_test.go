package bir

import (
	"strings"
	"testing"
)

// Every function of Basic Image Review works, and says what was measured.
func TestTheImageSideDoesBasicImageReview(t *testing.T) {
	ids := map[string]bool{}
	for _, r := range Run(t.Context(), Options{Dir: t.TempDir(), NoWindow: "a test"}) {
		t.Logf("%s %s: %s", r.Status, r.ID, r.Evidence)
		if r.Status == Fail {
			t.Errorf("%s: %s", r.ID, r.Evidence)
		}
		if ids[r.ID] || !strings.HasPrefix(r.ID, "BIR_") || r.Title == "" || r.Evidence == "" {
			t.Errorf("%+v", r)
		}
		ids[r.ID] = true
	}
	if len(ids) < 40 {
		t.Errorf("%d functions", len(ids))
	}
}
