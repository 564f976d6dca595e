package route

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

var errReset = errors.New("connection reset by peer")

// road is a way that takes a time for every object.
type road struct {
	name      string
	took      time.Duration
	err       error // of everything
	breaks    int   // retrievals end with errReset after so many objects; 0: they do not
	retrieved int
	stored    int
}

func (r *road) Search(ctx context.Context, q pacs.Query, each func(*dicom.Dataset) error) error {
	if r.err != nil {
		return r.err
	}
	ds := new(dicom.Dataset)
	ds.SetStr(dicom.StudyDescription, r.name)
	return each(ds)
}

func (r *road) Retrieve(ctx context.Context, ref pacs.Ref, each func(pacs.Object) error) error {
	if r.err != nil {
		return r.err
	}
	r.retrieved++
	n := 1
	if ref.Instance == "" {
		n = 5
	}
	for i := range n {
		if r.breaks > 0 && i == r.breaks {
			return errReset
		}
		time.Sleep(r.took)
		if err := each(pacs.Object{Bytes: make([]byte, 500_000)}); err != nil {
			return err
		}
	}
	return nil
}

func (r *road) Store(context.Context, dicom.UID, ...[]byte) (pacs.Stored, error) {
	if r.err != nil {
		return pacs.Stored{}, r.err
	}
	r.stored++
	return pacs.Stored{OK: []dicom.UID{"1.2"}}, nil
}

func (r *road) Verify(context.Context) error { time.Sleep(r.took); return r.err }

// drawing is a road that draws.
type drawing struct{ *road }

func (drawing) Rendered(context.Context, pacs.Ref, int, int) (pacs.Preview, error) {
	return pacs.Preview{MediaType: "image/jpeg", Bytes: []byte{1}}, nil
}

func fetchN(t *testing.T, a pacs.Archive, n int) {
	t.Helper()
	for range n {
		got := 0
		if err := a.Retrieve(t.Context(), pacs.Ref{Study: "1", Series: "1.1", Instance: "1.1.1"}, func(pacs.Object) error { got++; return nil }); err != nil || got != 1 {
			t.Fatalf("%d objects: %v", got, err)
		}
	}
}

func TestObjectsComeByTheQuickerWayAfterAFewTrials(t *testing.T) {
	for _, c := range []struct{ web, dimse time.Duration }{{80, 20}, {20, 80}} {
		synctest.Test(t, func(t *testing.T) {
			web, dimse := &road{name: "web", took: c.web * time.Millisecond}, &road{name: "dimse", took: c.dimse * time.Millisecond}
			a := New(nil, Way{"DICOMweb", web}, Way{"DIMSE", dimse})
			fetchN(t, a, 100)
			slow, quick := web, dimse
			if c.web < c.dimse {
				slow, quick = dimse, web
			}
			if slow.retrieved > 4 || quick.retrieved < 96 {
				t.Errorf("%d by the slow way, %d by the quick one", slow.retrieved, quick.retrieved)
			}
			m := a.Measured()
			if len(m) != 2 || m[0].Way != "DICOMweb" || m[0].At.IsZero() || m[1].At.IsZero() {
				t.Fatalf("measured %+v", m)
			}
			if want := 0.5e6 / (c.dimse * time.Millisecond).Seconds(); m[1].Bytes < 0.99*want || m[1].Bytes > 1.01*want {
				t.Errorf("%.1f MB/s by DIMSE, not %.1f", m[1].Bytes/1e6, want/1e6)
			}
			again := New(m, Way{"DICOMweb", web}, Way{"DIMSE", dimse})
			before := slow.retrieved
			fetchN(t, again, 20)
			if slow.retrieved != before {
				t.Error("what was measured is forgotten")
			}
		})
	}
}

func TestAWayThatFailsIsLeftAndSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web, dimse := &road{name: "web", took: time.Millisecond}, &road{name: "dimse", took: time.Millisecond}
		a := New(nil, Way{"DICOMweb", web}, Way{"DIMSE", dimse})
		said := 0
		a.Fell = func(e *FellError) {
			if said++; e.From != "DICOMweb" || e.To != "DIMSE" || !errors.Is(e, errReset) {
				t.Errorf("said: %v", e)
			}
		}
		web.err = errReset
		fetchN(t, a, 10)
		if dimse.retrieved != 10 || said != 1 || a.Using() != "DIMSE" {
			t.Errorf("%d by DIMSE, said %d times, using %s", dimse.retrieved, said, a.Using())
		}
		if err := a.Search(t.Context(), pacs.Query{}, func(*dicom.Dataset) error { return nil }); err != nil {
			t.Error(err)
		}
		if got, err := a.Store(t.Context(), "1"); err != nil || len(got.OK) != 1 || dimse.stored != 1 {
			t.Error("not stored by the way that is open:", err)
		}
		web.err = nil
		time.Sleep(away + time.Second)
		if err := a.Verify(t.Context()); err != nil || a.Measured()[0].Err != nil {
			t.Error("a way that is back stays closed")
		}
		web.err, dimse.err = errReset, errReset
		if err := a.Retrieve(t.Context(), pacs.Ref{}, nil); !errors.Is(err, errReset) {
			t.Error(err)
		}
	})
}

func TestNothingIsHandedOnTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web, dimse := &road{took: time.Millisecond, breaks: 2}, &road{took: time.Millisecond}
		a := New(nil, Way{"DICOMweb", web}, Way{"DIMSE", dimse})
		n := 0
		err := a.Retrieve(t.Context(), pacs.Ref{Study: "1"}, func(pacs.Object) error { n++; return nil })
		if !errors.Is(err, errReset) || n != 2 || dimse.retrieved != 0 {
			t.Errorf("%v after %d objects, %d retrievals by the other way", err, n, dimse.retrieved)
		}
	})
}

func TestARefusalOfTheServerIsNotTheWaysFault(t *testing.T) {
	web, dimse := &road{err: &pacs.StatusError{Code: 503}}, &road{}
	a := New(nil, Way{"DICOMweb", web}, Way{"DIMSE", dimse})
	err := a.Retrieve(t.Context(), pacs.Ref{Instance: "1"}, func(pacs.Object) error { return nil })
	if r, ok := pacs.ReasonOf(err); !ok || r != pacs.Busy || dimse.retrieved != 0 {
		t.Errorf("a busy server is asked the other way: %v", err)
	}
	web.err = &pacs.StatusError{Code: 404}
	fetchN(t, a, 1)
	if a.Measured()[0].Err != nil {
		t.Error("an object that one way does not find closes it")
	}
}

func TestWhatOneWayCanIsFoundWhicheverIsInUse(t *testing.T) {
	plain := New(nil, Way{"DIMSE", &road{}})
	if _, ok := pacs.As[pacs.Renderer](plain); ok {
		t.Error("a way that cannot draw draws")
	}
	a := New([]Measurement{{Way: "DIMSE", Bytes: 9e6, At: time.Now()}, {Way: "DICOMweb", Bytes: 1e6, At: time.Now()}},
		Way{"DICOMweb", drawing{&road{}}}, Way{"DIMSE", &road{}})
	if a.Using() != "DIMSE" {
		t.Fatal("using", a.Using())
	}
	if r, ok := pacs.As[pacs.Renderer](a); !ok {
		t.Error("the preview of DICOMweb is not found")
	} else if _, err := r.Rendered(t.Context(), pacs.Ref{}, 1, 1); err != nil {
		t.Error(err)
	}
	if _, ok := pacs.As[pacs.Committer](a); ok {
		t.Error("nobody commits, and it is found")
	}
}
