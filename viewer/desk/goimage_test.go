package desk

import (
	"fmt"
	"testing"

	"github.com/nocturne/nocturne/viewer"
)

func TestTheTerminalGoesToAnImageAndItsMarkByName(t *testing.T) {
	r := newReader(t)
	r.openCT(30)
	r.d.Do(viewer.SliceSet(13))
	m := r.ruled(0, [2]float64{4, 4}, [2]float64{8, 4})
	r.d.Do(viewer.SliceSet(2))
	r.d.chosen = ""
	r.d.Do(viewer.ImageGo.WithText(fmt.Sprintf("%s %d %s", m.SOPUID, m.Frame, m.ID)))
	r.slice(12)
	if r.d.chosen != m.ID {
		t.Error("the mark is not selected")
	}
	r.d.Do(viewer.SliceSet(2))
	r.d.Do(viewer.ImageGo.WithText(m.SOPUID + " 0 no-such-mark"))
	r.slice(12)
	for _, text := range []string{"9.9.9 0", m.SOPUID, m.SOPUID + " x"} {
		r.d.Do(viewer.ImageGo.WithText(text))
		r.slice(12)
		if !contains(r.last(viewer.Noticed).Text, "is not here") {
			t.Errorf("%q: %q", text, r.last(viewer.Noticed).Text)
		}
	}
}
