package link

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/viewer"
)

// A preview reaches the window whose case it is of; one of another epoch is dropped
// and told, one of another study or too large is dropped.
func TestAPreviewReachesOnlyTheWindowOfItsCase(t *testing.T) {
	w := start(t, "good", nil)
	must(t, w.Open(context.Background(), viewer.Case{Epoch: 4, StudyUID: "1.2"}))
	until(t, w, 5*time.Second, kind(viewer.Shown))
	p := viewer.Preview{StudyUID: "1.2", SOPUID: "1.2.9", MediaType: "image/jpeg", Bytes: []byte{0xFF, 0xD8}}
	other, large := p, p
	other.StudyUID, large.Bytes = "1.3", make([]byte, viewer.MaxPreview+1)
	must(t, w.Preview(4, other))
	must(t, w.Preview(4, large))
	must(t, w.Preview(3, p))
	must(t, w.Preview(4, p))
	until(t, w, 5*time.Second, func(e viewer.Event) bool { return e.Kind == viewer.Noticed && e.Text == late })
	drawn := until(t, w, 5*time.Second, func(e viewer.Event) bool {
		return e.Kind == viewer.Noticed && strings.HasPrefix(e.Text, "drawn")
	})
	if drawn.Text != "drawn 1.2.9, 2 bytes" {
		t.Errorf("%q came first", drawn.Text)
	}
}
