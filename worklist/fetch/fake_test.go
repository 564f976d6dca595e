package fetch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/seal"
	"github.com/nocturne/nocturne/cache/store"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

var errReset = errors.New("connection reset by peer")

// site is an archive in memory that fails as told.
type site struct {
	pacstest.Study
	counted int                                  // NumberOfStudyRelatedInstances; 0: as many as there are
	fail    func(ref pacs.Ref, nth int) error    // before an instance or study is sent; nth counts requests
	swap    func(sop dicom.UID, b []byte) []byte // what is sent instead
	more    map[dicom.UID]int                    // NumberOfSeriesRelatedInstances above what there is
	scouted bool                                 // single instances are found before the list
	listing chan struct{}                        // the list of instances waits for it, if not nil
	cut     int                                  // a study stream ends after so many objects with errReset
	list    error                                // of instance queries
	open    chan struct{}                        // each request waits for it, if not nil
	active  atomic.Int32
	most    atomic.Int32
	mu      sync.Mutex
	asked   []dicom.UID // instances in the order asked for
	streams int
}

func (s *site) find(ctx context.Context, q pacs.Query) ([]*dicom.Dataset, error) {
	if q.Level == pacs.StudyLevel {
		ds := new(dicom.Dataset)
		ds.SetStr(dicom.StudyInstanceUID, string(s.UID))
		ds.SetInt(dicom.NumberOfStudyRelatedInstances, max(s.counted, len(s.Objects)))
		return []*dicom.Dataset{ds}, nil
	}
	if q.Level == pacs.SeriesLevel {
		return s.allSeries(), nil
	}
	if s.list != nil && !errors.Is(s.list, pacs.ErrPartial) {
		return nil, s.list
	}
	if q.Limit > 0 && !s.scouted {
		return nil, nil
	}
	var out []*dicom.Dataset
	number := map[dicom.UID]int{}
	for _, o := range s.Objects {
		number[o.Series]++
		ds := new(dicom.Dataset)
		ds.SetStr(dicom.SOPClassUID, string(dicom.CTImageStorage))
		ds.SetStr(dicom.StudyInstanceUID, string(s.UID))
		ds.SetStr(dicom.SOPInstanceUID, string(o.SOP))
		ds.SetStr(dicom.SeriesInstanceUID, string(o.Series))
		ds.SetInt(dicom.InstanceNumber, number[o.Series])
		if pacs.Matches(ds, q.Match) && (q.Series == "" || q.Series == o.Series) {
			out = append(out, ds)
		}
	}
	if q.Limit > 0 && len(out) > q.Limit {
		out = out[:q.Limit]
	}
	if q.Limit == 0 && s.listing != nil {
		select {
		case <-s.listing:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return out, s.list
}

// allSeries are the site's series, numbered in the order of its objects.
func (s *site) allSeries() (out []*dicom.Dataset) {
	n := map[dicom.UID]int{}
	var order []dicom.UID
	for _, o := range s.Objects {
		if n[o.Series]++; n[o.Series] == 1 {
			order = append(order, o.Series)
		}
	}
	for i, uid := range order {
		ds := new(dicom.Dataset)
		ds.SetStr(dicom.SeriesInstanceUID, string(uid))
		ds.SetStr(dicom.Modality, "CT")
		ds.SetInt(dicom.SeriesNumber, i+1)
		ds.SetInt(dicom.NumberOfSeriesRelatedInstances, n[uid]+s.more[uid])
		out = append(out, ds)
	}
	return out
}

func (s *site) Search(ctx context.Context, q pacs.Query, each func(*dicom.Dataset) error) error {
	all, err := s.find(ctx, q)
	for _, ds := range all {
		if e := each(ds); e != nil {
			return e
		}
	}
	return err
}

func (s *site) Retrieve(ctx context.Context, ref pacs.Ref, each func(pacs.Object) error) error {
	s.most.Store(max(s.most.Load(), s.active.Add(1)))
	defer s.active.Add(-1)
	s.mu.Lock()
	if ref.Instance == "" {
		s.streams++
	}
	s.asked = append(s.asked, ref.Instance)
	nth := len(s.asked)
	s.mu.Unlock()
	if s.open != nil {
		select {
		case <-s.open:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if s.fail != nil {
		if err := s.fail(ref, nth); err != nil {
			return fmt.Errorf("retrieve: %w", err)
		}
	}
	n := 0
	for _, o := range s.Objects {
		if ref.Instance != "" && ref.Instance != o.SOP {
			continue
		}
		if s.cut > 0 && ref.Instance == "" && n == s.cut {
			return errReset
		}
		b := o.Bytes
		if s.swap != nil {
			b = s.swap(o.SOP, b)
		}
		if err := each(pacs.Object{Bytes: b}); err != nil {
			return fmt.Errorf("retrieve: %w", err)
		}
		n++
	}
	return nil
}

func (s *site) Store(context.Context, dicom.UID, ...[]byte) (pacs.Stored, error) {
	return pacs.Stored{}, errReset
}
func (s *site) Verify(context.Context) error { return nil }

func (s *site) requests() []dicom.UID {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// newSite is a site of one study of 8 instances in two series.
func newSite(t testing.TB) *site { return &site{Study: pacstest.NewSeed(t).Studies[0]} }

func newStore(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Open(t.TempDir(), store.NewKeys(seal.Key{7}))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// held counts the objects of the study in the store that are what the site has.
func held(t testing.TB, st *store.Store, s *site) (n int) {
	t.Helper()
	entries, err := st.Study(s.UID)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := st.Read(e)
		if err != nil || string(b) != string(s.Under(pacs.Ref{Instance: e.SOP})[e.SOP]) {
			t.Errorf("a stored object is not what the site has: %v", err)
		}
		n++
	}
	return n
}
