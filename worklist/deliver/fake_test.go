package deliver

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/cache/ledger/ledgertest"
	"github.com/nocturne/nocturne/worklist/pacs"
)

var (
	ctx     = context.Background()
	t0      = time.Date(2026, 3, 1, 3, 12, 0, 0, time.UTC)
	errLink = errors.New("connection reset")
)

// site is an archive with a worklist of one workitem, "1.7", held by "2.25.7".
type site struct {
	mu     sync.Mutex
	held   map[dicom.UID][]byte
	stores int
	state  pacs.State
	txn    dicom.UID
	calls  int
	log    []string
	// fault is asked before and after the effect of the n-th call (from 1).
	fault func(n int, after bool) error
	// answer replaces the answer to a store.
	answer func(pacs.Stored) (pacs.Stored, error)
	// keep changes what is kept of an object; nil keeps nothing.
	keep func([]byte) []byte
}

func newSite() *site {
	return &site{held: map[dicom.UID][]byte{}, state: pacs.InProgress, txn: "2.25.7"}
}

func (s *site) call(ctx context.Context, name string, do func() error) error {
	s.mu.Lock()
	s.calls++
	n, fault := s.calls, s.fault
	s.log = append(s.log, name)
	s.mu.Unlock()
	if fault != nil {
		if err := fault(n, false); err != nil {
			return err
		}
	}
	s.mu.Lock()
	err := do()
	s.mu.Unlock()
	if fault != nil {
		if ferr := fault(n, true); ferr != nil {
			return ferr
		}
	}
	return errors.Join(err, ctx.Err())
}

func (s *site) find(context.Context, pacs.Query) ([]*dicom.Dataset, error) { return nil, nil }

func (s *site) Search(ctx context.Context, q pacs.Query, each func(*dicom.Dataset) error) error {
	all, err := s.find(ctx, q)
	for _, ds := range all {
		if e := each(ds); e != nil {
			return e
		}
	}
	return err
}
func (s *site) Verify(context.Context) error { return nil }

func (s *site) Store(ctx context.Context, _ dicom.UID, objects ...[]byte) (st pacs.Stored, err error) {
	err = s.call(ctx, "store", func() error {
		s.stores++
		for _, o := range objects {
			f, err := dicom.Parse(o)
			if err != nil {
				return err
			}
			uid := dicom.UID(f.Dataset.Str(dicom.SOPInstanceUID))
			if _, there := s.held[uid]; !there { // as Orthanc: what is there stays
				if s.keep != nil {
					o = s.keep(o)
				}
				if o != nil {
					s.held[uid] = bytes.Clone(o)
				}
			}
			st.OK = append(st.OK, uid)
		}
		if s.answer != nil {
			st, err = s.answer(st)
		}
		return err
	})
	return st, err
}

func (s *site) Retrieve(ctx context.Context, ref pacs.Ref, each func(pacs.Object) error) error {
	var o []byte
	err := s.call(ctx, "retrieve", func() error {
		var ok bool
		if o, ok = s.held[ref.Instance]; !ok {
			return &pacs.StatusError{Code: 404, Op: "retrieve"}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return each(pacs.Object{Bytes: o})
}

func (s *site) SearchWorkitems(context.Context, pacs.WorkitemQuery) ([]pacs.Workitem, error) {
	return nil, nil
}

func (s *site) RetrieveWorkitem(ctx context.Context, uid dicom.UID) (w pacs.Workitem, err error) {
	err = s.call(ctx, "get workitem", func() error {
		w = pacs.Workitem{UID: uid, State: s.state, Dataset: &dicom.Dataset{}}
		return nil
	})
	return w, err
}

func (s *site) CreateWorkitem(context.Context, dicom.UID, *dicom.Dataset) (dicom.UID, error) {
	return "", errors.New("not asked for in these tests")
}

func (s *site) UpdateWorkitem(ctx context.Context, _, txn dicom.UID, _ *dicom.Dataset) error {
	return s.call(ctx, "update workitem", func() error { return s.locked(txn) })
}

func (s *site) locked(txn dicom.UID) error {
	if s.state != pacs.InProgress || s.txn != txn {
		return &pacs.StatusError{Code: 409, Op: "workitem"}
	}
	return nil
}

func (s *site) ChangeState(ctx context.Context, _, txn dicom.UID, to pacs.State) error {
	return s.call(ctx, "workitem "+string(to), func() error {
		if err := s.locked(txn); err != nil {
			return err
		}
		s.state = to
		return nil
	})
}

func (s *site) RequestCancel(context.Context, dicom.UID, string) error { return nil }

// object is a small signed report.
func object(t testing.TB, sop, text string) []byte {
	if t != nil { // the program that is killed has none
		t.Helper()
	}
	h := &dicom.Dataset{}
	h.SetStr(dicom.StudyInstanceUID, "1.2")
	h.SetStr(dicom.PatientName, "PHANTOM^ANNA")
	h.SetStr(dicom.PatientID, "P1")
	ds, err := sr.BasicText(sr.Document{Study: h, SeriesUID: "1.2.9", SOPUID: dicom.UID(sop), SeriesNumber: 9001,
		Observer: sr.Observer{Name: "READER^DEMO", ID: "r1", Organization: "Night"}, Verified: true, VerifiedAt: t0, Content: t0,
		Sections: []sr.Section{{Key: "impression", Text: text}}})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := dicom.Write(&b, ds, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func row(t testing.TB, sop string) ledger.OutboxRow {
	b := object(t, sop, "No fracture.\nGröße normal.")
	sum := sha256.Sum256(b)
	return ledger.OutboxRow{Report: sop, Channel: ledger.DICOM, Kind: ledger.KindSR, StudyUID: "1.2", Accession: "A1", Control: sop, Site: "NORTH", Address: "http://127.0.0.1/dw",
		UPSURL: "http://127.0.0.1/ups", WorkitemUID: "1.7", TransactionUID: "2.25.7", Object: b, SHA256: hex.EncodeToString(sum[:]),
		Signed: t0, NotBefore: t0, Priority: "routine"}
}

// home is a ledger with the report queued and the case held.
func home(t testing.TB, change func(*ledger.OutboxRow)) (l *ledger.Ledger, id int64, dir string) {
	t.Helper()
	dir = t.TempDir()
	l, err := ledger.Open(dir, ledgertest.Key)
	must(t, err)
	t.Cleanup(func() { l.Close() })
	_, _, err = l.PutClaim(ctx, ledger.Claim{WorkitemUID: "1.7", TransactionUID: "2.25.7", StudyUID: "1.2", State: ledger.Held, Since: t0})
	must(t, err)
	return l, queue(t, l, "1.2.9.1", change), dir
}

func queue(t testing.TB, l *ledger.Ledger, sop string, change func(*ledger.OutboxRow)) int64 {
	t.Helper()
	r := row(t, sop)
	if change != nil {
		change(&r)
	}
	rev, err := l.SaveDraft(ctx, ledger.Draft{StudyUID: r.StudyUID, Body: []byte("{}")})
	if errors.Is(err, ledger.ErrSigned) {
		rev, err = l.SucceedDraft(ctx, r.StudyUID, []byte("{}"))
	}
	must(t, err)
	ids, err := l.Enqueue(ctx, []ledger.OutboxRow{r}, rev)
	must(t, err)
	return ids[0]
}

// clock is a time that only the test moves.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }

func (c *clock) add(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.t = c.t.Add(d) }

// runner delivers to s; its clock begins a minute after signing.
func runner(l *ledger.Ledger, s *site) (*Runner, *clock) {
	c := &clock{t: t0.Add(time.Minute)}
	return &Runner{Ledger: l, Now: c.now, Dial: func(ledger.OutboxRow) (Destination, error) { return Destination{DICOM{s}, s}, nil }}, c
}

func (s *site) did() []string { s.mu.Lock(); defer s.mu.Unlock(); return slices.Clone(s.log) }

func stands(t testing.TB, l *ledger.Ledger, id int64) ledger.OutboxRow {
	t.Helper()
	r, err := l.Row(ctx, id)
	must(t, err)
	return r
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
