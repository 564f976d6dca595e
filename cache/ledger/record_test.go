package ledger

import (
	"testing"
	"time"
)

func TestARecordIsFoundByKindAndStudyInItsLastState(t *testing.T) {
	l, ctx := open(t, t.TempDir()), t.Context()
	at := time.Unix(1_700_000_000, 0).UTC()
	for _, r := range []Record{
		{ID: "b", Kind: "critical", StudyUID: "1.2", At: at.Add(time.Second), Due: at.Add(2 * time.Hour), Body: []byte("1")},
		{ID: "a", Kind: "critical", StudyUID: "1.3", At: at, Due: at.Add(time.Hour), Body: []byte("2")},
		{ID: "c", Kind: "critical", StudyUID: "1.2", At: at.Add(3 * time.Second), Body: []byte("3")},
		{ID: "d", Kind: "call", StudyUID: "1.2", At: at, Body: []byte("4")},
	} {
		if err := l.PutRecord(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	ids := func(rs []Record, err error) (out string) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rs {
			out += r.ID
		}
		return out
	}
	for got, want := range map[string]string{
		ids(l.Records(ctx, "", "")): "adbc", ids(l.Records(ctx, "critical", "1.2")): "bc",
		ids(l.Records(ctx, "call", "")): "d", ids(l.OpenRecords(ctx, "critical")): "abc",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	closed := Record{ID: "a", Kind: "critical", StudyUID: "1.3", At: at, Closed: at.Add(time.Minute), Body: []byte("5")}
	if err := l.PutRecord(ctx, closed); err != nil {
		t.Fatal(err)
	}
	if got := ids(l.OpenRecords(ctx, "critical")); got != "bc" {
		t.Errorf("open: %s, want bc", got)
	}
	rs, _ := l.Records(ctx, "critical", "1.3")
	if len(rs) != 1 || string(rs[0].Body) != "5" || !rs[0].Closed.Equal(closed.Closed) {
		t.Errorf("the last state is %+v", rs)
	}
	if err := l.PutRecord(ctx, Record{Kind: "critical"}); err == nil {
		t.Error("a record without a name was kept")
	}
}
