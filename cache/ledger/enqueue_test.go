package ledger

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/ledger/ledgertest"
)

// full is a report of one study for an archive, an interface engine and a FHIR server.
func full(study string) []OutboxRow {
	sr := row(study, "routine")
	sr.Required = true
	keys, oru, bundle := sr, sr, sr
	keys.Kind, keys.Control, keys.WorkitemUID, keys.Required = KindKeyImages, study+".8", "", false
	oru.Channel, oru.Address, oru.Control, oru.Kind, oru.WorkitemUID = HL7, "mllp://127.0.0.1:2575", "N"+study, KindORU, ""
	bundle.Channel, bundle.Address, bundle.Control, bundle.Kind, bundle.WorkitemUID, bundle.Required = FHIR, "http://127.0.0.1/fhir", "urn:oid:"+study, KindFHIR, "", false
	return []OutboxRow{sr, keys, oru, bundle}
}

func signAll(t *testing.T, l *Ledger, rows []OutboxRow, records ...Record) []int64 {
	t.Helper()
	ctx := context.Background()
	d, _, err := l.Draft(ctx, rows[0].StudyUID)
	must(t, err)
	rev, err := l.SaveDraft(ctx, Draft{StudyUID: rows[0].StudyUID, Body: []byte("{}"), Revision: d.Revision})
	if errors.Is(err, ErrSigned) {
		rev, err = l.SucceedDraft(ctx, rows[0].StudyUID, []byte("{}"))
	}
	must(t, err)
	ids, err := l.Enqueue(ctx, rows, rev, records...)
	must(t, err)
	return ids
}

func TestSigningIsAllRowsAndRecordsOrNothing(t *testing.T) {
	ctx, l := context.Background(), open(t, t.TempDir())
	rev, err := l.SaveDraft(ctx, Draft{StudyUID: "1.2", Body: []byte("a")})
	must(t, err)
	task := Record{ID: "f1", Kind: "follow-up", StudyUID: "1.2", At: t0}
	twice := append(full("1.2"), full("1.2")[3]) // the last row's control id is there already
	if _, err := l.Enqueue(ctx, twice, rev, task); err == nil {
		t.Fatal("one control id twice at one address")
	}
	if _, err := l.Enqueue(ctx, full("1.2"), rev, task, Record{Kind: "nameless"}); err == nil {
		t.Fatal("a record without name")
	}
	d, _, err := l.Draft(ctx, "1.2")
	rows, _ := l.Outbox(ctx)
	records, _ := l.Records(ctx, "", "")
	if err != nil || d.SignedAs != "" || len(rows) > 0 || len(records) > 0 {
		t.Fatalf("half a signature: draft %q, %d rows, %d records, %v", d.SignedAs, len(rows), len(records), err)
	}
	ids, err := l.Enqueue(ctx, full("1.2"), rev, task)
	must(t, err)
	rows, err = l.RowsOf(ctx, "1.2.9")
	must(t, err)
	for i, r := range rows {
		if want := full("1.2")[i]; r.ID != ids[i] || r.Seq != i || r.Channel != want.Channel || r.Control != want.Control || r.Kind != want.Kind ||
			r.Address != want.Address || r.Required != want.Required || r.State != Queued {
			t.Errorf("row %d: %+v", i, r)
		}
	}
	if r, _ := l.Row(ctx, ids[2]); string(r.Object) != "bytes of 1.2" {
		t.Errorf("bytes %q", r.Object)
	}
	if records, _ = l.OpenRecords(ctx, "follow-up"); len(rows) != 4 || len(records) != 1 {
		t.Errorf("%d rows, %d records", len(rows), len(records))
	}
}

func TestRowsThatDoNotBelongTogetherAreRefused(t *testing.T) {
	ctx, l := context.Background(), open(t, t.TempDir())
	rev, err := l.SaveDraft(ctx, Draft{StudyUID: "1.2", Body: []byte("a")})
	must(t, err)
	for name, change := range map[string]func(*OutboxRow){
		"another report": func(r *OutboxRow) { r.Report = "9" }, "no channel": func(r *OutboxRow) { r.Channel = "" },
		"no control id": func(r *OutboxRow) { r.Control = "" }, "no bytes": func(r *OutboxRow) { r.Object = nil },
		"no study": func(r *OutboxRow) { r.StudyUID = "" }, "no kind": func(r *OutboxRow) { r.Kind = "" },
	} {
		rows := full("1.2")
		change(&rows[2])
		if _, err := l.Enqueue(ctx, rows, rev); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	odd := full("1.2")
	odd[1].State, odd[1].Reason = Parked, "it has bytes and is parked"
	if _, err := l.Enqueue(ctx, odd, rev); !errors.Is(err, ErrMalformed) {
		t.Errorf("parked with bytes: %v", err)
	}
	if _, err := l.Enqueue(ctx, nil, rev); !errors.Is(err, ErrMalformed) {
		t.Errorf("no rows: %v", err)
	}
}

func TestRecallTakesAllRowsBackOrNone(t *testing.T) {
	ctx, l := context.Background(), open(t, t.TempDir())
	window := func() []OutboxRow {
		rows := full("1.2")
		for i := range rows {
			rows[i].NotBefore = t0.Add(15 * time.Second)
		}
		return rows
	}
	known := Record{ID: "c1", Kind: "critical", StudyUID: "1.2", At: t0}
	must(t, l.PutRecord(ctx, known))
	ids := signAll(t, l, window(), known, Record{ID: "f1", Kind: "follow-up", StudyUID: "1.2", At: t0})
	must(t, l.Recall(ctx, ids[2], t0.Add(time.Second))) // any row names the report
	rows, _ := l.Outbox(ctx)
	records, _ := l.Records(ctx, "", "1.2")
	if len(rows) > 0 || len(records) != 1 || records[0].ID != "c1" {
		t.Fatalf("after recall %d rows and the records %+v; the critical result was there before", len(rows), records)
	}
	ids = signAll(t, l, window()) // the draft is thawed
	step(t, l, ids[3], Sending)
	if err := l.Recall(ctx, ids[0], t0.Add(time.Second)); !errors.Is(err, ErrTooLate) {
		t.Fatalf("recalled a report of which a part had left: %v", err)
	}
	if rows, _ = l.Outbox(ctx); len(rows) != 4 {
		t.Fatalf("a refused recall left %d rows", len(rows))
	}
}

// What could not be made is parked in sight and holds up nothing; it cannot be sent.
func TestWhatCouldNotBeMadeIsSeen(t *testing.T) {
	ctx, l := context.Background(), open(t, t.TempDir())
	rows := full("1.2")
	rows[2].Object, rows[2].SHA256, rows[2].State, rows[2].Reason = nil, "", Parked, "the order has no patient ID"
	for i := range rows {
		rows[i].NotBefore = t0.Add(time.Second)
	}
	ids := signAll(t, l, rows)
	r, err := l.Row(ctx, ids[2])
	if err != nil || r.State != Parked || r.Reason != "the order has no patient ID" || len(r.Object) != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	if err := l.Unpark(ctx, ids[2]); !errors.Is(err, ErrNone) {
		t.Errorf("nothing was queued to be sent: %v", err)
	}
	if got := due(t, l, t0.Add(time.Second), false); !slices.Equal(got, []int64{ids[0], ids[3]}) {
		t.Errorf("due %v", got)
	}
	must(t, l.Recall(ctx, ids[0], t0))
	if rows, _ := l.Outbox(ctx); len(rows) > 0 {
		t.Errorf("%d rows after recall", len(rows))
	}
}

// A preliminary line goes out while the report is still being written.
func TestADocumentBesideTheDraftLeavesItUnsigned(t *testing.T) {
	ctx, l := context.Background(), open(t, t.TempDir())
	rev, err := l.SaveDraft(ctx, Draft{StudyUID: "1.2", Body: []byte("a")})
	must(t, err)
	r := row("1.2", "")
	r.NotBefore = t0.Add(time.Second)
	ids, err := l.EnqueueBeside(ctx, []OutboxRow{r}, []byte("line"))
	must(t, err)
	_, err = l.SaveDraft(ctx, Draft{StudyUID: "1.2", Body: []byte("b"), Revision: rev})
	must(t, err)
	kept := func() (n int) {
		must(t, l.db.QueryRow(`SELECT count(*) FROM past_draft WHERE body=x'6c696e65'`).Scan(&n))
		return n
	}
	if parted, _ := l.PartedDrafts(ctx, "1.2"); kept() != 1 || len(parted) != 0 {
		t.Errorf("%d lines kept, %d told as another window's", kept(), len(parted))
	}
	must(t, l.Recall(ctx, ids[0], t0))
	if d, _, _ := l.Draft(ctx, "1.2"); kept() != 0 || string(d.Body) != "b" {
		t.Errorf("after recall: %d lines, draft %q", kept(), d.Body)
	}
}

// Rows for one place keep the order of their reports; other places do not wait.
func TestOrderIsKeptForEachDestination(t *testing.T) {
	l := open(t, t.TempDir())
	first := signAll(t, l, full("1.2"))
	rows := full("1.2")
	for i := range rows {
		rows[i].Report, rows[i].Control, rows[i].WorkitemUID = "1.2.10", rows[i].Control+".10", ""
	}
	second := signAll(t, l, rows)
	want := func(what string, ids ...int64) {
		t.Helper()
		got := due(t, l, t0, false)
		slices.Sort(got)
		slices.Sort(ids)
		if !slices.Equal(got, ids) {
			t.Fatalf("%s: due %v, want %v", what, got, ids)
		}
	}
	want("at first", first[0], first[2], first[3]) // the key images wait for the SR
	step(t, l, first[2], Sending, Acked, Verified)
	want("the first ORU is there", first[0], second[2], first[3])
	step(t, l, first[3], Parked)
	want("the first bundle is parked", first[0], second[2], second[3])
	step(t, l, first[0], Sending, Acked, Verified)
	want("the first SR is there", first[0], first[1], second[0], second[2], second[3]) // its workitem, too
	step(t, l, second[0], Sending, Acked, Verified)
	want("the second SR is there", first[0], first[1], second[2], second[3]) // key images after key images
}

func TestAWorkitemWaitsForAllThatThePolicyRequires(t *testing.T) {
	l := open(t, t.TempDir())
	rows := full("1.2") // requires SR and ORU
	other := row("1.2", "routine")
	other.Accession, other.Control, other.WorkitemUID, other.Required, other.Seq = "B", "1.2.9.2", "7.2", true, 4
	ids := signAll(t, l, append(rows, other))
	for _, id := range []int64{ids[1], ids[3], ids[4]} {
		step(t, l, id, Sending, Acked, Verified)
	}
	if got := due(t, l, t0, false); !slices.Equal(got, []int64{ids[0], ids[4], ids[2]}) {
		t.Fatalf("due %v: the linked order's workitem waits for nothing of this one", got)
	}
	step(t, l, ids[0], Sending, Acked, Verified)
	if ok, err := l.Completable(context.Background(), ids[0]); ok || err != nil {
		t.Errorf("completable without the ORU: %v", err)
	}
	if got := due(t, l, t0, false); !slices.Equal(got, []int64{ids[4], ids[2]}) {
		t.Fatalf("due %v: the SR is there, the ORU not", got)
	}
	step(t, l, ids[2], Sending, Acked, Verified)
	if got := due(t, l, t0, false); !slices.Equal(got, []int64{ids[0], ids[4]}) {
		t.Fatalf("due %v", got)
	}
	if ok, err := l.Completable(context.Background(), ids[0]); !ok || err != nil {
		t.Errorf("not completable: %v", err)
	}
}

func TestEveryStepOfARowIsKept(t *testing.T) {
	ctx, l := context.Background(), open(t, t.TempDir())
	id := signAll(t, l, full("1.2"))[2]
	le, err := l.Lease(ctx, id, t0)
	must(t, err)
	for _, change := range []func(*OutboxRow){
		func(r *OutboxRow) { r.State = Sending },
		func(r *OutboxRow) { r.State, r.Tries, r.Reason = Retry, 1, "not answering" },
		func(r *OutboxRow) { r.State = Sending },
		func(r *OutboxRow) { r.State, r.Answer = Acked, "AA N1.2" },
		func(r *OutboxRow) { r.State, r.Reason = Parked, "wrong" },
	} {
		r := le.Row
		change(&r)
		must(t, le.Save(ctx, r))
	}
	if le.Row.Answer != "AA N1.2" {
		t.Errorf("the lease forgot the answer: %q", le.Row.Answer)
	}
	must(t, le.Close(ctx))
	must(t, l.Unpark(ctx, id))
	got, err := l.Steps(ctx, id)
	must(t, err)
	var states []OutboxState
	for _, s := range got {
		states = append(states, s.State)
		if time.Since(s.At) > time.Minute {
			t.Errorf("at %v", s.At)
		}
	}
	if !slices.Equal(states, []OutboxState{Queued, Sending, Retry, Sending, Acked, Parked, Queued}) || got[2].Reason != "not answering" || got[4].Answer != "AA N1.2" {
		t.Errorf("%+v", got)
	}
	if r, _ := l.Row(ctx, id); r.Answer != "" {
		t.Error("what is sent again is proved by an old answer")
	}
}

// A ledger of the program before several channels: its rows are SRs for archives.
func TestAnOutboxOfOneChannelIsBroughtAlong(t *testing.T) {
	ctx, home, all := context.Background(), t.TempDir(), schema
	schema = schema[:5]
	l, err := Open(home, ledgertest.Key)
	schema = all
	must(t, err)
	_, err = l.db.Exec(`INSERT INTO draft VALUES ('1.2', x'7b7d', 3, 1, '1.2.9');
		INSERT INTO outbox (study, accession, sop, site, dicomweb, ups, workitem, txn, object, sha256, state, workitem_done, tries,
			next_at, reason, signed, not_before, verified, without_claim, priority)
		VALUES ('1.0', 'A0', '1.0.9', 'NORTH', 'http://a', 'http://u', '7.0', '2.25.0', x'00', 'aa', 'queued', 0, 0, 0, '', 5, 5, 0, 1, 'stat'),
			('1.2', 'A1', '1.2.9', 'NORTH', 'http://a', 'http://u', '7.1', '2.25.1', x'0102', 'ab', 'retry', 0, 4, 9, 'silent', 5, 6, 0, 0, 'stat'),
			('1.9', 'A9', '1.9.9', 'NORTH', 'http://a', 'http://u', '7.9', '2.25.9', x'00', 'aa', 'queued', 0, 0, 0, '', 5, 5, 0, 1, 'stat');
		DELETE FROM outbox WHERE study IN ('1.0', '1.9')`)
	must(t, err)
	must(t, l.Close())
	l = open(t, home)
	r, err := l.Row(ctx, 2)
	want := OutboxRow{ID: 2, Report: "1.2.9", Channel: DICOM, Address: "http://a", Control: "1.2.9", Kind: KindSR, StudyUID: "1.2", Accession: "A1",
		Site: "NORTH", UPSURL: "http://u", WorkitemUID: "7.1", TransactionUID: "2.25.1", Object: []byte{1, 2}, SHA256: "ab", Required: true,
		State: Retry, Tries: 4, NextAt: fromNanos(9), Reason: "silent", Signed: fromNanos(5), NotBefore: fromNanos(6), Priority: "stat"}
	if err != nil || string(r.Object) != string(want.Object) {
		t.Fatalf("%+v, %v", r, err)
	}
	r.Object, want.Object = nil, nil
	if !reflect.DeepEqual(r, want) {
		t.Errorf("%+v\nwant %+v", r, want)
	}
	if ids := signAll(t, l, full("1.7")); ids[0] != 4 {
		t.Errorf("the id %d was another row's once", ids[0])
	}
}
