package deliver

import (
	"context"
	"errors"
	"testing"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// Whatever the gate says, nothing is sent that it did not let go; what is there already
// is found before it is asked.
func TestNothingIsSentBeforeItWasAskedFor(t *testing.T) {
	for name, c := range map[string]struct {
		err    error
		state  ledger.OutboxState
		stores int
	}{
		"nobody else":    {nil, ledger.Verified, 1},
		"somebody else":  {&ConflictError{Reason: "NORTH holds another report of it"}, ledger.Parked, 0},
		"cannot be said": {errLink, ledger.Retry, 0},
		"silence":        {context.DeadlineExceeded, ledger.Retry, 0},
	} {
		l, id, _ := home(t, nil)
		s := newSite()
		r, _ := runner(l, s)
		r.Before = func(context.Context, ledger.OutboxRow) error { return c.err }
		_, err := r.Flush(ctx, false)
		must(t, err)
		row := stands(t, l, id)
		if row.State != c.state || s.stores != c.stores || (c.state == ledger.Verified) != (s.state == pacs.Completed) {
			t.Errorf("%s: %s, %d stored, workitem %s: %q", name, row.State, s.stores, s.state, row.Reason)
		}
		if c.state == ledger.Parked && row.Reason != c.err.Error() {
			t.Errorf("%s: %q", name, row.Reason)
		}
	}
	if !errors.Is(&ConflictError{}, ledger.ErrConflict) {
		t.Error("a conflict is not known as one")
	}
}
