package dimse_test

import (
	"context"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/demo"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// narrow is a way to an archive with few places: it takes every connection, and the
// ones beyond wait unanswered until another ends, as at Orthanc.
func narrow(t *testing.T, to string, places int) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	t.Cleanup(func() { cancel(); l.Close(); all.Wait() })
	place := make(chan struct{}, places)
	serve := func(a net.Conn) {
		defer a.Close()
		defer context.AfterFunc(ctx, func() { a.Close() })()
		select {
		case place <- struct{}{}:
			defer func() { <-place }()
		case <-ctx.Done():
			return
		}
		b, err := net.Dial("tcp", to)
		if err != nil {
			return
		}
		defer b.Close()
		all.Go(func() { io.Copy(b, a); b.Close() })
		io.Copy(a, b)
	}
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { serve(c) })
		}
	})
	return l.Addr().String()
}

// A reader who fetched by all places of an archive and then asks it something waits
// for idle associations of ours no longer than it takes to notice.
func TestAnArchiveWithFewPlacesIsNotHeldByOurOwnIdleAssociations(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	p, st := embedded(t, demo.Options{}), pacstest.NewSeed(t).Studies[0]
	if s, err := client(t, p).Store(t.Context(), st.UID, st.Bytes()...); err != nil || len(s.OK) != len(st.Objects) {
		t.Fatalf("stored %d: %v", len(s.OK), err)
	}
	p.Address = narrow(t, p.Address, 4)
	c := client(t, p)
	var all, met sync.WaitGroup
	met.Add(4)
	for _, o := range st.Objects[:4] {
		all.Go(func() {
			err := c.Retrieve(t.Context(), pacs.Ref{Study: st.UID, Series: o.Series, Instance: o.SOP}, func(pacs.Object) error {
				met.Done()
				met.Wait() // four associations are under way now
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for i, most := range []time.Duration{3 * time.Second, 450 * time.Millisecond} {
		begun, n := time.Now(), 0
		ask := func() error {
			return c.Search(t.Context(), pacs.Query{Level: pacs.InstanceLevel, Study: st.UID}, func(*dicom.Dataset) error { n++; return nil })
		}
		if i == 1 { // another kind again, now that the places are known
			ask = func() error { n = len(st.Objects); return c.Verify(t.Context()) }
		}
		if err := ask(); err != nil || n != len(st.Objects) || time.Since(begun) > most {
			t.Errorf("%d instances after %v: %v", n, time.Since(begun), err)
		}
	}
}
