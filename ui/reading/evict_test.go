package reading

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/audit"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/evict"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/cache/seal"
	"github.com/nocturne/nocturne/cache/store"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
)

// later is a room a month after its studies were fetched.
func later(t *testing.T) *Room {
	t.Helper()
	r, _ := newRoom(t)
	r.Now = func() time.Time { return time.Now().Add(30 * 24 * time.Hour) }
	keep(t, r, "1.2.1", "1.2.1.1", nil)
	return r
}

func (r *Room) judged(t *testing.T) Cached {
	t.Helper()
	all, _, err := r.Cached(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	return all[0]
}

func TestWhatIsAtWorkIsPinnedWithItsReason(t *testing.T) {
	ctx := context.Background()
	must := func(err error) {
		if err != nil {
			t.Error(err)
		}
	}
	for pin, does := range map[evict.Pin]func(r *Room){
		evict.Assigned: func(r *Room) {
			body, _ := json.Marshal([]feed.Row{aRow()})
			must(r.Ledger.SaveList(ctx, ledger.List{Site: "NORTH", Reader: "R", Body: body, Said: night}))
		},
		evict.Claimed: func(r *Room) {
			_, _, err := r.Ledger.PutClaim(ctx, ledger.Claim{WorkitemUID: "9.1", TransactionUID: "2.25.7", StudyUID: "1.2", Site: "NORTH", State: ledger.Held, Since: night})
			must(err)
		},
		evict.Open: func(r *Room) { r.Shelf.Hold("1.2") },
		evict.Draft: func(r *Room) {
			d := report.New("1.2", "A1", "NORTH", night)
			d.Set(report.Findings, "half a sen", night)
			_, err := r.Save(ctx, d)
			must(err)
		},
		evict.Marks: func(r *Room) {
			must(r.Ledger.SaveMarks(ctx, "1.2", []ledger.Annotation{{ID: "a", Body: []byte("{}")}}))
		},
		evict.Unsent: func(r *Room) {
			_, err := r.Ledger.EnqueueBeside(ctx, []ledger.OutboxRow{{Report: "7.7", Channel: ledger.DICOM, Control: "7.7", Kind: ledger.KindSR, StudyUID: "1.2", Object: []byte("x"), Signed: night}}, []byte("{}"))
			must(err)
		},
	} {
		r := later(t)
		if c := r.judged(t); !c.Go || len(c.Pins) > 0 {
			t.Fatalf("%s: pinned before: %+v", pin, c)
		}
		does(r)
		if c := r.judged(t); c.Go || !slices.Contains(c.Pins, pin) || !strings.Contains(c.Why, string(pin)) {
			t.Errorf("%s: %+v", pin, c)
		}
		gone, _, err := r.Evict(ctx, func(Cached) bool { return true })
		if err != nil || len(gone) != 0 || !r.Store.Has("1.2", "1.2.1.1") {
			t.Errorf("%s: erased %+v, %v", pin, gone, err)
		}
	}
}

func TestAHeldStudyIsLetGo(t *testing.T) {
	r := later(t)
	let, again := r.Shelf.Hold("1.2"), r.Shelf.Hold("1.2")
	let()
	let()
	if c := r.judged(t); c.Go {
		t.Error("one of two windows closed, and the other's study goes")
	}
	again()
	if c := r.judged(t); !c.Go {
		t.Errorf("%+v", c)
	}
}

// After a study went nothing of its pixels can be read, with an old copy of its folder
// neither; what its reader left in the ledger is there.
func TestWhatWasErasedCannotBeReadAndItsReportStays(t *testing.T) {
	ctx := context.Background()
	home := t.TempDir()
	r := later(t)
	keys := store.NewKeys(seal.Key{9})
	objects, err := store.Open(filepath.Join(home, "cache"), keys)
	if err != nil {
		t.Fatal(err)
	}
	r.Store = objects
	keep(t, r, "1.2.1", "1.2.1.1", nil)
	entries, err := r.Store.Study("1.2")
	if err != nil || len(entries) != 1 {
		t.Fatal(err)
	}
	folder := filepath.Dir(entries[0].Path)
	object, err := os.ReadFile(entries[0].Path)
	if err != nil {
		t.Fatal(err)
	}
	r.KeepPlace("1.2", Place{State: stateAt(3)})
	if err := r.Journal.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	if err := r.Ledger.MarkSeen(ctx, "1.2", ledger.Seen{SOPUID: "1.2.1.1", MS: 40}); err != nil {
		t.Fatal(err)
	}
	r.Now = func() time.Time { return time.Now().Add(90 * 24 * time.Hour) }
	var written []audit.Event
	r.trail = trail(func(e audit.Event) error {
		if !r.Store.Has("1.2", "1.2.1.1") {
			t.Error("written down after it was erased")
		}
		written = append(written, e)
		return nil
	})
	gone, _, err := r.Evict(ctx, nil)
	if err != nil || len(gone) != 1 {
		t.Fatalf("%+v, %v", gone, err)
	}
	if len(written) != 1 || written[0].ID != audit.StudyDeleted || written[0].Why == "" {
		t.Errorf("written down: %+v", written)
	}
	left, err := os.ReadDir(filepath.Dir(folder))
	if err != nil || len(left) != 0 {
		t.Errorf("left on disk: %v, %v", left, err)
	}
	// A thief's copy of the sealed object, put back where it was, opens for nobody: the
	// study's new key is another.
	if _, _, err := r.Store.Put(slice(t, "1.2.1.9")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, filepath.Base(entries[0].Path)), object, 0o600); err != nil {
		t.Fatal(err)
	}
	fresh, err := store.Open(filepath.Join(home, "cache"), keys)
	if err != nil {
		t.Fatal(err)
	}
	if entries, err := fresh.Study("1.2"); err != nil || len(entries) != 1 || entries[0].SOP != "1.2.1.9" {
		t.Errorf("a copy of what was erased opens: %+v, %v", entries, err)
	}
	if c, ok, _ := r.Ledger.Capsule(ctx, "1.2"); ok {
		t.Errorf("a place in images that are gone: %+v", c)
	}
	if seen, err := r.Ledger.SeenFrames(ctx, "1.2"); err != nil || len(seen) != 1 {
		t.Errorf("what was seen is forgotten: %v, %v", seen, err)
	}
}

func TestNothingIsErasedThatCannotBeWrittenDown(t *testing.T) {
	r := later(t)
	full := errors.New("disk full")
	r.trail = trail(func(audit.Event) error { return full })
	if gone, _, err := r.Evict(t.Context(), nil); !errors.Is(err, full) || len(gone) != 0 || !r.Store.Has("1.2", "1.2.1.1") {
		t.Errorf("erased %v, %v", gone, err)
	}
}

func TestASignedStudyGoesAfterItsSitesDays(t *testing.T) {
	r := later(t)
	ctx := t.Context()
	ids, err := r.Ledger.EnqueueBeside(ctx, []ledger.OutboxRow{{Report: "7.7", Channel: ledger.DICOM, Control: "7.7", Kind: ledger.KindSR, StudyUID: "1.2", Site: "NORTH", Object: []byte("x"), Signed: night}}, []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	le, err := r.Ledger.Lease(ctx, ids[0], night)
	if err != nil {
		t.Fatal(err)
	}
	delivered := r.Now().Add(-3*24*time.Hour - time.Minute)
	for _, s := range []ledger.OutboxState{ledger.Sending, ledger.Verified} {
		row := le.Row
		row.State, row.Verified = s, delivered
		if err := le.Save(ctx, row); err != nil {
			t.Fatal(err)
		}
	}
	le.Close(ctx)
	r.Shelf.Keep = func(site string) time.Duration {
		if site != "NORTH" {
			t.Errorf("asked for %q", site)
		}
		return 4 * 24 * time.Hour
	}
	if c := r.judged(t); c.Go || c.At.IsZero() || !strings.Contains(c.Why, "signed off 3 days ago") {
		t.Errorf("%+v", c)
	}
	r.Shelf.Keep = func(string) time.Duration { return 3 * 24 * time.Hour }
	if c := r.judged(t); !c.Go {
		t.Errorf("%+v", c)
	}
}

// trail is an audit log that a test looks into.
type trail func(audit.Event) error

func (f trail) Record(_ context.Context, e audit.Event) error { return f(e) }

func slice(t *testing.T, sop string) []byte {
	t.Helper()
	d := &dicom.Dataset{}
	for tag, v := range map[dicom.Tag]string{dicom.SOPClassUID: string(dicom.CTImageStorage), dicom.SOPInstanceUID: sop, dicom.StudyInstanceUID: "1.2", dicom.SeriesInstanceUID: "1.2.1"} {
		d.SetStr(tag, v)
	}
	return written(t, d)
}

func stateAt(slice int) *viewer.State {
	return &viewer.State{Layout: "1x1", Tiles: []viewer.Tile{{StudyUID: "1.2", Slice: slice}}, Tool: "tool.length"}
}
