package reading

import (
	"testing"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/feed"
)

// TestWhatWeSentIsNoMissingImage: the site counts the reports that it took from us among
// the study's instances; they are not to be fetched.
func TestWhatWeSentIsNoMissingImage(t *testing.T) {
	r, _ := newRoom(t)
	keep(t, r, "1.2.1", "1.2.1.1", nil)
	keep(t, r, "1.2.1", "1.2.1.2", nil)
	row := aRow()
	row.Expected = 0
	out, err := r.Sign(t.Context(), row, draftOn(t, r), r.Facts(t.Context(), row, Context{}), false)
	if err != nil {
		t.Fatal(err)
	}
	counted := func(said int) (have, expected int) {
		rows := []feed.Row{{StudyUID: "1.2", Expected: said}}
		r.CountCached(rows)
		return rows[0].Cached, rows[0].Expected
	}
	if have, expected := counted(4); have != 2 || expected != 4 {
		t.Errorf("before it was sent: %d of %d", have, expected)
	}
	le, err := r.Ledger.Lease(t.Context(), out.ID, r.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []ledger.OutboxState{ledger.Sending, ledger.Acked, ledger.Verified} {
		row := le.Row
		row.State = s
		if err := le.Save(t.Context(), row); err != nil {
			t.Fatal(err)
		}
	}
	if have, expected := counted(4); have != 2 || expected != 3 {
		t.Errorf("after it was sent: %d of %d, one is missing still", have, expected)
	}
	if _, expected := counted(0); expected != 0 {
		t.Errorf("unknown became %d", expected)
	}
	keep(t, r, "1.2.9", out.Signed.SOPUID, nil) // fetched back
	if have, expected := counted(4); have != 3 || expected != 4 {
		t.Errorf("with the report here: %d of %d", have, expected)
	}
}
