package reading

import (
	"errors"
	"strings"
	"testing"
	"time"
)

var errPIN = errors.New("the PIN is wrong")

// Where the policy asks for the PIN nothing is signed without it, a wet read neither;
// what was answered stays on record, the PIN nowhere.
func TestNothingIsSignedWithoutThePINThatThePolicyAsksFor(t *testing.T) {
	r, _ := newRoom(t)
	r.CheckPIN = func(pin string, _ time.Time) error {
		if pin != "70471" {
			return errPIN
		}
		return nil
	}
	row := aRow()
	row.Expected = 0
	d, f := draftOn(t, r), r.Facts(t.Context(), row, Context{})
	for _, ctx := range []string{"", "70472"} {
		if _, err := r.Sign(WithPIN(t.Context(), ctx), row, d, f, true); !errors.Is(err, errPIN) {
			t.Errorf("signed with %q: %v", ctx, err)
		}
	}
	if _, err := r.WetRead(t.Context(), row, d, f, "Fracture.", ""); !errors.Is(err, errPIN) {
		t.Errorf("a line went out: %v", err)
	}
	if rows, err := r.Ledger.Outbox(t.Context()); err != nil || len(rows) > 0 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	out, err := r.Sign(WithPIN(t.Context(), "70471"), row, d, f, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Ledger.Recall(t.Context(), out.ID, night); err != nil {
		t.Fatal(err)
	}
	said, err := r.Ledger.Records(t.Context(), AuthenticationKind, "1.2")
	accepted := 0
	for _, rec := range said {
		if strings.Contains(string(rec.Body), "7047") || !strings.Contains(string(rec.Body), "READER^DEMO") || rec.Closed.IsZero() {
			t.Errorf("kept: %s", rec.Body)
		}
		if strings.Contains(string(rec.Body), `"accepted":true`) {
			accepted++
		}
	}
	if err != nil || len(said) != 4 || accepted != 1 {
		t.Errorf("%d answers on record, %d accepted: %v", len(said), accepted, err)
	}
}
