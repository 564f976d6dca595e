package dicomweb_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// got counts the objects that arrive, each of which must be whole.
func got(t *testing.T, st pacstest.Study, n *int) func(pacs.Object) error {
	return func(o pacs.Object) error {
		if !slices.ContainsFunc(st.Objects, func(w pacstest.Object) bool { return bytes.Equal(w.Bytes, o.Bytes) }) {
			t.Errorf("an object of %d bytes that nobody sent", len(o.Bytes))
		}
		*n++
		return nil
	}
}

func TestDamagedRetrievalsKeepWhatCameAndSaySo(t *testing.T) {
	h := &honest{seed: pacstest.NewSeed(t)}
	st := h.seed.Studies[0]
	type expect struct {
		fault pacstest.Fault
		least int // whole objects that came before
		err   error
	}
	cases := []expect{
		{pacstest.Fault{Kind: pacstest.Unclosed}, len(st.Objects) - 1, pacs.ErrTruncated},
		{pacstest.Fault{Kind: pacstest.ShortLength, N: 10}, len(st.Objects) - 1, pacs.ErrTruncated},
		{pacstest.Fault{Kind: pacstest.CutAfter}, 0, pacs.ErrTruncated},
		{pacstest.Fault{Kind: pacstest.Stall, N: 2000}, 1, pacs.ErrStalled},
		{pacstest.Fault{Kind: pacstest.Stall}, 0, pacs.ErrStalled},
		{pacstest.Fault{Kind: pacstest.Drip, N: 50}, 0, pacs.ErrStalled},
		{pacstest.Fault{Kind: pacstest.LongLength, N: 99}, len(st.Objects), nil},
	}
	for i := range st.Objects {
		cases = append(cases, expect{pacstest.Fault{Kind: pacstest.CutInPart, N: i}, i, pacs.ErrTruncated})
	}
	for _, c := range cases {
		_, url := script(t, h, c.fault)
		arch := client(t, dicomweb.Config{BaseURL: url, Quirks: dicomweb.Quirks{Idle: 300 * time.Millisecond}})
		n := 0
		start := time.Now()
		err := arch.Retrieve(context.Background(), pacs.Ref{Study: st.UID}, got(t, st, &n))
		if !errors.Is(err, c.err) || n < c.least || c.err != nil && n >= len(st.Objects) {
			t.Errorf("fault %+v: %d objects, %v", c.fault, n, err)
		}
		if time.Since(start) > 5*time.Second {
			t.Errorf("fault %+v took %v", c.fault, time.Since(start))
		}
	}
}

func TestAResetIsALinkErrorWithoutHalfAnObject(t *testing.T) {
	h := &honest{seed: pacstest.NewSeed(t)}
	st := h.seed.Studies[0]
	_, url := script(t, h, pacstest.Fault{Kind: pacstest.Reset, N: 1500})
	n := 0
	err := client(t, dicomweb.Config{BaseURL: url}).Retrieve(context.Background(), pacs.Ref{Study: st.UID}, got(t, st, &n))
	if _, refused := pacs.ReasonOf(err); err == nil || refused || n == len(st.Objects) {
		t.Errorf("%d objects, %v", n, err)
	}
}

func TestASlowReaderIsNotASilentServer(t *testing.T) {
	h := &honest{seed: pacstest.NewSeed(t)}
	st := h.seed.Studies[0]
	arch := client(t, dicomweb.Config{BaseURL: serve(t, h), Quirks: dicomweb.Quirks{Idle: 100 * time.Millisecond}})
	n := 0
	err := arch.Retrieve(context.Background(), pacs.Ref{Study: st.UID}, func(pacs.Object) error {
		n++
		time.Sleep(120 * time.Millisecond)
		return nil
	})
	if err != nil || n != len(st.Objects) {
		t.Errorf("%d objects, %v", n, err)
	}
}

func TestAPortalIsNotTheArchive(t *testing.T) {
	h := &honest{seed: pacstest.NewSeed(t)}
	ctx, uid := context.Background(), h.seed.Studies[0].UID
	for _, f := range []pacstest.Fault{{Kind: pacstest.Portal}, {Kind: pacstest.Elsewhere}} {
		for name, ask := range map[string]func(*dicomweb.Client) error{
			"verify":   func(c *dicomweb.Client) error { return c.Verify(ctx) },
			"retrieve": func(c *dicomweb.Client) error { return c.Retrieve(ctx, pacs.Ref{Study: uid}, nil) },
			"metadata": func(c *dicomweb.Client) error { _, err := c.Metadata(ctx, pacs.Ref{Study: uid}); return err },
			"frames":   func(c *dicomweb.Client) error { return c.Frames(ctx, oneInstance, []int{1}, nil) },
			"rendered": func(c *dicomweb.Client) error { _, err := c.Rendered(ctx, oneInstance, 1, 64); return err },
			"probe":    func(c *dicomweb.Client) error { _, err := c.Probe(ctx); return err },
			"store":    func(c *dicomweb.Client) error { _, err := c.Store(ctx, uid, []byte("x")); return err },
			"claim":    func(c *dicomweb.Client) error { return c.ChangeState(ctx, uid, dicom.NewUID(), pacs.InProgress) },
		} {
			_, url := script(t, h, f)
			err := ask(client(t, dicomweb.Config{BaseURL: url, UPSURL: url}))
			var portal *pacs.NotArchiveError
			if !errors.As(err, &portal) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestABusyServerIsAskedAgainAndOnlyForReading(t *testing.T) {
	h := &honest{seed: pacstest.NewSeed(t)}
	ctx, st := context.Background(), h.seed.Studies[0]
	busy := []pacstest.Fault{{Kind: pacstest.Refuse, N: 429, After: "1"}, {Kind: pacstest.Refuse, N: 503}}
	p, url := script(t, h, busy...)
	start := time.Now()
	if list, err := pacs.Find(ctx, client(t, dicomweb.Config{BaseURL: url}), pacs.Query{Level: pacs.StudyLevel}); err != nil || len(list) != 3 {
		t.Errorf("find: %d, %v", len(list), err)
	}
	if p.Asked() != 3 || time.Since(start) < time.Second {
		t.Errorf("%d requests in %v", p.Asked(), time.Since(start))
	}
	p, url = script(t, h, busy...)
	_, err := client(t, dicomweb.Config{BaseURL: url}).Store(ctx, st.UID, st.Objects[0].Bytes)
	if r, _ := pacs.ReasonOf(err); r != pacs.Busy || p.Asked() != 1 {
		t.Errorf("store: %v after %d requests", err, p.Asked())
	}
	p, url = script(t, h, pacstest.Fault{Kind: pacstest.Refuse, N: 503, After: "3600"})
	err = client(t, dicomweb.Config{BaseURL: url}).Verify(ctx)
	var status *pacs.StatusError
	if !errors.As(err, &status) || status.RetryAfter != time.Hour || p.Asked() != 1 {
		t.Errorf("an hour's wait: %v after %d requests", err, p.Asked())
	}
}

func TestARefusalIsAStatusError(t *testing.T) {
	for code, want := range map[int]pacs.Reason{401: pacs.Unauthorized, 403: pacs.Unauthorized, 404: pacs.NotFound, 410: pacs.NotFound, 500: pacs.Refused} {
		f := pacstest.Fault{Kind: pacstest.Refuse, N: code}
		_, url := script(t, &honest{}, f, f, f)
		err := client(t, dicomweb.Config{BaseURL: url}).Retrieve(context.Background(), pacs.Ref{Study: "1.2.3"}, nil)
		if r, ok := pacs.ReasonOf(err); !ok || r != want {
			t.Errorf("%d: %v", code, err)
		}
	}
}

func TestAnAbsentServerIsUnreachable(t *testing.T) {
	s := httptest.NewServer(&honest{})
	s.Close()
	err := client(t, dicomweb.Config{BaseURL: s.URL}).Verify(context.Background())
	if _, ok := pacs.Unreachable(err); !ok || strings.Contains(err.Error(), "studies") {
		t.Errorf("%v", err)
	}
}

func TestOnlyWhatTheListsNameIsStored(t *testing.T) {
	h := &honest{seed: pacstest.NewSeed(t)}
	st := h.seed.Studies[0]
	_, url := script(t, h, pacstest.Fault{Kind: pacstest.EmptyStored})
	arch := client(t, dicomweb.Config{BaseURL: url})
	stored, err := arch.Store(context.Background(), st.UID, st.Bytes()...)
	if err != nil || len(stored.OK)+len(stored.Failed) != 0 {
		t.Errorf("200 with empty lists: %d OK, %d failed, %v", len(stored.OK), len(stored.Failed), err)
	}
	stored, err = arch.Store(context.Background(), st.UID, st.Bytes()...)
	if err != nil || len(stored.OK) != len(st.Objects) || h.stored != len(st.Objects) {
		t.Errorf("stored %d of %d, %v", len(stored.OK), len(st.Objects), err)
	}
	conflict := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/dicom+json")
		w.WriteHeader(409)
		w.Write([]byte(`{"00081198":{"vr":"SQ","Value":[{"00081155":{"vr":"UI","Value":["1.2.3"]},"00081197":{"vr":"US","Value":[272]}}]}}`))
	}
	stored, err = client(t, dicomweb.Config{BaseURL: serve(t, http.HandlerFunc(conflict))}).Store(context.Background(), st.UID, []byte("x"))
	if r, ok := pacs.ReasonOf(err); !ok || r != pacs.StateConflict || stored.Failed["1.2.3"] != 0x0110 {
		t.Errorf("409: %v, %v", stored.Failed, err)
	}
}

func TestAnswersWithoutEndAreGivenUp(t *testing.T) {
	h := &honest{seed: pacstest.NewSeed(t)}
	_, url := script(t, h, pacstest.Fault{Kind: pacstest.EndlessJSON, N: 16 << 20})
	arch := client(t, dicomweb.Config{BaseURL: url})
	arch.Limit(1<<20, 1000)
	list, err := pacs.Find(context.Background(), arch, pacs.Query{Level: pacs.StudyLevel})
	if !errors.Is(err, pacs.ErrTooLarge) {
		t.Errorf("%d entries, %v", len(list), err)
	}
	n := 0
	err = arch.Retrieve(context.Background(), pacs.Ref{Study: h.seed.Studies[0].UID}, got(t, h.seed.Studies[0], &n))
	if !errors.Is(err, pacs.ErrTooLarge) || n != 0 {
		t.Errorf("%d objects, %v", n, err)
	}
}
