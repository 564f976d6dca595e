package app

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
)

func TestLateImagesStayUnseenUntilTheyWereOnScreenLongEnough(t *testing.T) {
	l := late{sops: map[string]bool{"1": true, "2": true, "3": true}}
	seen := []viewer.Seen{{SOPUID: "9"}, {SOPUID: "1", MS: 5}, {SOPUID: "2", Frame: 0, MS: 400}, {SOPUID: "2", Frame: 1, MS: 400}}
	for unseen, want := range map[int]int{50: 2, 1: 1, 0: 0} {
		if got := l.unseen(seen, unseen); got != want {
			t.Errorf("%d of all unseen: %d late, want %d", unseen, got, want)
		}
	}
	if got := (&late{}).unseen(seen, 50); got != 0 {
		t.Errorf("nothing came late, and %d are unseen", got)
	}
}

func TestImagesThatCameAreCountedByTheirSeries(t *testing.T) {
	for _, c := range []struct {
		n      int
		series []string
		want   string
	}{
		{1, nil, "1 more image came"},
		{4, []string{"series 3"}, "4 more images came (series 3)"},
		{9, []string{"series 3", "series 5", "series 6", "series 7", "series 8"}, "9 more images came (series 3, series 5, series 6, 2 more)"},
	} {
		if got := lateWords(c.n, c.series); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// The examination goes on after the case was opened: what the site has more is fetched
// at once, told with its series in both windows, shown where the reader is, and counts
// as not seen (W12).
func TestANewSeriesIsFetchedAndToldWhileTheCaseIsOpen(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	c, keys := n.m.open, n.m.open.page.Typing
	n.sendMore()
	n.do(n.m.pollOnce())
	n.until("the new image in the window", func() bool { return n.view.has(uid("A1", 7, 1)) })
	n.until("the notice", func() bool {
		return strings.Contains(n.m.status.text, "1 more image came (series 7): 4 of 4 are here · * next unseen")
	})
	n.until("the notice in the window", func() bool {
		n.view.mu.Lock()
		defer n.view.mu.Unlock()
		return len(n.view.sites) > 0 && strings.Contains(n.view.sites[len(n.view.sites)-1].Banner, "1 more image came (series 7)")
	})
	if n.m.open != c || n.m.page != onCase || c.page.Typing != keys || c.late.unseen(nil, 4) != 1 {
		t.Error("the case, the page or the keys moved, or the image counts as seen")
	}
	n.pass(2 * newsFor)
	n.do(n.m.tellSite())
	n.until("the notice to go from the window", func() bool {
		n.view.mu.Lock()
		defer n.view.mu.Unlock()
		return n.view.sites[len(n.view.sites)-1].Banner == ""
	})
}

// sendMore stores one more image of A1 at the site, in a series of its own.
func (n *night) sendMore() {
	n.Helper()
	more := patients[0].header(0)
	more.SetStr(dicom.SeriesInstanceUID, uid("A1", 7))
	more.SetStr(dicom.SOPInstanceUID, uid("A1", 7, 1))
	more.SetInt(dicom.SeriesNumber, 7)
	var b bytes.Buffer
	if err := dicom.Write(&b, more, make([]byte, 2*16*16)); err != nil {
		n.Fatal(err)
	}
	if _, err := n.m.Room.Sites["NORTH"].Archive.Store(context.Background(), dicom.UID(uid("A1")), b.Bytes()); err != nil {
		n.Fatal(err)
	}
}

func TestACaseThatGrewWhileItWasAsideSaysSo(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.key("f5")
	n.until("the list", func() bool { return n.m.open == nil })
	n.sendMore()
	n.do(n.m.pollOnce())
	n.until("the count of the site", func() bool {
		for _, r := range n.m.snapshot.Rows {
			if r.Accession == "A1" && r.Expected == 4 {
				return true
			}
		}
		return false
	})
	n.read("A1")
	n.until("the notice", func() bool { return strings.Contains(n.frame(), "1 image came since this case was fetched before") })
}
