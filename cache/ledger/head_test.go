package ledger

import (
	"slices"
	"testing"
)

func TestTheHeadOfALongerLogIsNeverReplacedByThatOfAShorter(t *testing.T) {
	l := open(t, t.TempDir())
	for _, k := range []struct {
		log, note string
		size      int64
	}{{"a", "a 3", 3}, {"b", "b 1", 1}, {"a", "a 5", 5}, {"a", "a 4", 4}} {
		if err := l.KeepHead(t.Context(), k.log, k.note, k.size); err != nil {
			t.Fatal(err)
		}
	}
	got, err := l.Heads(t.Context())
	slices.Sort(got)
	if err != nil || !slices.Equal(got, []string{"a 5", "b 1"}) {
		t.Errorf("%q, %v", got, err)
	}
}
