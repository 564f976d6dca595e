package ledger

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var t0 = time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)

// queueOne drafts and queues a report of the study.
func queueOne(t *testing.T, l *Ledger, study, priority string) int64 {
	t.Helper()
	ctx := context.Background()
	rev, err := l.SaveDraft(ctx, Draft{StudyUID: study, Body: []byte("{}")})
	must(t, err)
	return enqueue(t, l, rev, row(study, priority))[0]
}

func enqueue(t *testing.T, l *Ledger, revision int64, rows ...OutboxRow) []int64 {
	t.Helper()
	ids, err := l.Enqueue(context.Background(), rows, revision)
	must(t, err)
	return ids
}

func row(study, priority string) OutboxRow {
	return OutboxRow{Report: study + ".9", Channel: DICOM, Kind: KindSR, StudyUID: study, Accession: "A" + study, Control: study + ".9", Site: "NORTH",
		Address: "http://127.0.0.1/dw", UPSURL: "http://127.0.0.1/ups", WorkitemUID: "7." + study, TransactionUID: "2.25.1",
		Object: []byte("bytes of " + study), SHA256: "ab", Signed: t0, NotBefore: t0, Priority: priority}
}

func TestEnqueueAndFreezingAreOneStep(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	l := open(t, dir)
	if _, err := l.Enqueue(ctx, []OutboxRow{row("1.2", "")}, 0); !errors.Is(err, ErrNone) {
		t.Fatalf("without a draft: %v", err)
	}
	rev, err := l.SaveDraft(ctx, Draft{StudyUID: "1.2", Body: []byte("a")})
	must(t, err)
	if _, err := l.Enqueue(ctx, []OutboxRow{row("1.2", "")}, rev+1); !errors.Is(err, ErrStale) {
		t.Fatalf("another revision than the one signed: %v", err)
	}
	id := enqueue(t, l, rev, row("1.2", ""))[0]
	if _, err := l.SaveDraft(ctx, Draft{StudyUID: "1.2", Body: []byte("b"), Revision: rev}); !errors.Is(err, ErrSigned) {
		t.Fatalf("typing into a signed report: %v", err)
	}
	if _, err := l.Enqueue(ctx, []OutboxRow{row("1.2", "")}, rev); !errors.Is(err, ErrSigned) {
		t.Fatalf("signing twice: %v", err)
	}
	got, err := l.Row(ctx, id)
	if err != nil || string(got.Object) != "bytes of 1.2" || got.State != Queued || !got.Signed.Equal(t0) {
		t.Fatalf("Row = %+v, %v", got, err)
	}
	if drafts, _ := l.Drafts(ctx); len(drafts) != 0 {
		t.Fatalf("a signed draft is listed as being written")
	}
	if _, err := l.Row(ctx, id+1); !errors.Is(err, ErrNone) {
		t.Fatalf("a row that is not there: %v", err)
	}
}

func TestRecallThawsTheDraftInsideItsWindowOnly(t *testing.T) {
	ctx := context.Background()
	l := open(t, t.TempDir())
	rev, err := l.SaveDraft(ctx, Draft{StudyUID: "1.2", Body: []byte("a")})
	must(t, err)
	r := row("1.2", "routine")
	r.NotBefore = t0.Add(15 * time.Second)
	id := enqueue(t, l, rev, r)[0]
	if due, _ := l.Due(ctx, t0.Add(14*time.Second), true); len(due) != 0 {
		t.Fatalf("due inside the recall window")
	}
	must(t, l.Recall(ctx, id, t0.Add(14*time.Second)))
	if _, err := l.SaveDraft(ctx, Draft{StudyUID: "1.2", Body: []byte("b"), Revision: rev}); err != nil {
		t.Fatalf("the recalled draft: %v", err)
	}
	id = enqueue(t, l, rev+1, r)[0]
	if err := l.Recall(ctx, id, t0.Add(15*time.Second)); !errors.Is(err, ErrTooLate) {
		t.Fatalf("recall after the window: %v", err)
	}
}

func TestAnAddendumKeepsTheSignedDraftAndWaitsForItsReport(t *testing.T) {
	ctx := context.Background()
	l := open(t, t.TempDir())
	if _, err := l.SucceedDraft(ctx, "1.2", nil); !errors.Is(err, ErrNone) {
		t.Fatalf("addendum to nothing: %v", err)
	}
	first := queueOne(t, l, "1.2", "")
	rev, err := l.SucceedDraft(ctx, "1.2", []byte("addendum"))
	must(t, err)
	r := row("1.2", "")
	r.Report, r.Control = r.Report+".1", r.Control+".1"
	second := enqueue(t, l, rev, r)[0]
	var kept int
	must(t, l.db.QueryRow(`SELECT count(*) FROM past_draft WHERE body=x'7b7d'`).Scan(&kept))
	if kept != 1 {
		t.Errorf("the signed draft is gone")
	}
	if ids := due(t, l, t0, false); !slices.Equal(ids, []int64{first}) {
		t.Fatalf("due = %v, want the report before its addendum", ids)
	}
	step(t, l, first, Sending, Acked, Verified)
	if ids := due(t, l, t0, false); !slices.Equal(ids, []int64{first, second}) {
		t.Fatalf("due = %v: the workitem of the first and the addendum", ids)
	}
}

func due(t *testing.T, l *Ledger, now time.Time, force bool) (ids []int64) {
	t.Helper()
	rows, err := l.Due(context.Background(), now, force)
	must(t, err)
	for _, r := range rows {
		if r.Object != nil {
			t.Error("a list carries the objects")
		}
		ids = append(ids, r.ID)
	}
	return ids
}

// step leases the row and takes it through the states.
func step(t *testing.T, l *Ledger, id int64, states ...OutboxState) {
	t.Helper()
	ctx := context.Background()
	le, err := l.Lease(ctx, id, t0)
	must(t, err)
	for _, s := range states {
		r := le.Row
		r.State = s
		must(t, le.Save(ctx, r))
	}
	must(t, le.Close(ctx))
}

func TestDueGoesByPriorityAndBackOff(t *testing.T) {
	ctx := context.Background()
	l := open(t, t.TempDir())
	routine, stat := queueOne(t, l, "1", "routine"), queueOne(t, l, "2", "stat")
	if ids := due(t, l, t0, false); !slices.Equal(ids, []int64{stat, routine}) {
		t.Fatalf("due = %v", ids)
	}
	le, err := l.Lease(ctx, stat, t0)
	must(t, err)
	r := le.Row
	r.State, r.NextAt, r.Tries, r.Reason = Retry, t0.Add(time.Minute), 1, "not answering"
	must(t, le.Save(ctx, r))
	must(t, le.Close(ctx))
	if ids := due(t, l, t0, false); !slices.Equal(ids, []int64{routine}) {
		t.Fatalf("during back-off, due = %v", ids)
	}
	if ids := due(t, l, t0, true); !slices.Equal(ids, []int64{stat, routine}) {
		t.Fatalf("forced, due = %v", ids)
	}
	step(t, l, routine, Parked)
	if ids := due(t, l, t0, true); !slices.Equal(ids, []int64{stat}) {
		t.Fatalf("with a parked row, due = %v", ids)
	}
	must(t, l.Unpark(ctx, routine))
	if err := l.Unpark(ctx, routine); !errors.Is(err, ErrNone) {
		t.Fatalf("unparking what is not parked: %v", err)
	}
}

func TestEveryWayOfARowIsInTheTable(t *testing.T) {
	all := []OutboxState{Queued, Sending, Acked, Verified, Retry, Parked}
	legal := map[string]bool{"queued sending": true, "queued retry": true, "queued parked": true,
		"sending acked": true, "sending verified": true, "sending retry": true, "sending parked": true,
		"acked verified": true, "acked retry": true, "acked parked": true,
		"retry sending": true, "retry parked": true, "parked queued": true}
	ctx := context.Background()
	l := open(t, t.TempDir())
	id := queueOne(t, l, "1", "")
	for _, from := range all {
		for _, to := range all {
			_, err := l.db.Exec(`DELETE FROM lock`)
			must(t, err)
			_, err = l.db.Exec(`UPDATE outbox SET state=?`, from)
			must(t, err)
			le, err := l.Lease(ctx, id, t0)
			must(t, err)
			r := le.Row
			r.State = to
			err = le.Save(ctx, r)
			var se *StateError
			if ok := from == to || legal[string(from)+" "+string(to)]; ok && err != nil || !ok && !errors.As(err, &se) {
				t.Errorf("%s to %s: %v", from, to, err)
			}
		}
	}
}

func TestARowIsLeasedToOneProgramAtATime(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	a, b := open(t, dir), open(t, dir)
	id := queueOne(t, a, "1", "")
	le, err := a.Lease(ctx, id, t0)
	must(t, err)
	if _, err := b.Lease(ctx, id, t0); !errors.Is(err, ErrLeased) {
		t.Fatalf("a second lease: %v", err)
	}
	must(t, le.Renew(ctx, t0.Add(LeaseTime/2)))
	if _, err := b.Lease(ctx, id, t0.Add(LeaseTime)); !errors.Is(err, ErrLeased) {
		t.Fatalf("a lease that was renewed: %v", err)
	}
	other, err := b.Lease(ctx, id, t0.Add(2*LeaseTime))
	must(t, err)
	if err := le.Save(ctx, le.Row); !errors.Is(err, ErrLeaseLost) {
		t.Fatalf("saving with a lost lease: %v", err)
	}
	must(t, le.Close(ctx))
	must(t, other.Save(ctx, other.Row))
}

func TestALeaseOfAProcessThatIsGoneHoldsNoLonger(t *testing.T) {
	ctx := context.Background()
	l := open(t, t.TempDir())
	id := queueOne(t, l, "1", "")
	le, err := l.Lease(ctx, id, t0)
	must(t, err)
	gone := exec.Command(os.Args[0], "-test.run=^$")
	must(t, gone.Run())
	owner := strings.Fields(le.lock.owner)
	owner[1] = strconv.Itoa(gone.Process.Pid)
	_, err = l.db.Exec(`UPDATE lock SET owner=?`, strings.Join(owner, " "))
	must(t, err)
	if _, err := l.Lease(ctx, id, t0); err != nil {
		t.Fatalf("lease of a dead process: %v", err)
	}
}
