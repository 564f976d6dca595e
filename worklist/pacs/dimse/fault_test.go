package dimse_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/dimse"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
	"github.com/nocturne/nocturne/worklist/pacs/ul"
)

// scripted is an archive that does as serve says.
func scripted(t testing.TB, serve func(ctx context.Context, a *ul.Association, c *dimse.Conn, m dimse.Message) error) pacstest.DICOMPeer {
	t.Helper()
	s := &dimse.Server{AE: "NORTH", Serve: serve, Accept: func(r *ul.Request) (ul.Answer, *ul.RejectError) {
		var a ul.Answer
		for _, c := range r.Contexts {
			a.Contexts = append(a.Contexts, ul.Accepted{ID: c.ID, Abstract: c.Abstract, Transfer: c.Transfers[0], SCU: c.SCU, SCP: c.SCP})
		}
		return a, nil
	}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Listen(ctx, l) }()
	t.Cleanup(func() { cancel(); <-done })
	return pacstest.DICOMPeer{Address: l.Addr().String(), AE: "NORTH"}
}

// pass sends an object as a C-STORE sub-operation under that announced instance, and
// reads the response.
func pass(ctx context.Context, a *ul.Association, c *dimse.Conn, announced dicom.UID, file []byte) error {
	h, err := dicom.ReadHead(file)
	if err != nil {
		return err
	}
	k, ok := a.Find(h.Class, h.Transfer)
	if !ok {
		return errors.New("no context for it")
	}
	cmd := dimse.Command{Field: dimse.CStore, ID: 77, Class: h.Class, Instance: announced}
	if err := c.Send(ctx, dimse.Message{Context: k.ID, Command: cmd, Data: bytes.NewReader(file[h.Offset:])}); err != nil {
		return err
	}
	_, err = c.Receive(ctx)
	return err
}

// ending is the last response to a C-GET.
func ending(ctx context.Context, c *dimse.Conn, m dimse.Message, status uint16, completed, failed int) error {
	r := m.Command.NewResponse(status)
	r.Completed, r.Failed = completed, failed
	return c.Send(ctx, dimse.Message{Context: m.Context, Command: r})
}

func TestAnObjectThatIsNotTheOneAskedForIsNeverHandedOn(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	seed := pacstest.NewSeed(t)
	st := seed.Studies[0]
	first, cut := st.Objects[0], st.Objects[1]
	for name, send := range map[string]func(context.Context, *ul.Association, *dimse.Conn) error{
		"announced otherwise": func(ctx context.Context, a *ul.Association, c *dimse.Conn) error {
			return pass(ctx, a, c, cut.SOP, first.Bytes)
		},
		"of another patient": func(ctx context.Context, a *ul.Association, c *dimse.Conn) error {
			return pass(ctx, a, c, seed.Stranger.SOP, seed.Stranger.Bytes)
		},
		"cut in its pixels": func(ctx context.Context, a *ul.Association, c *dimse.Conn) error {
			return pass(ctx, a, c, cut.SOP, cut.Bytes[:len(cut.Bytes)-100])
		},
	} {
		p := scripted(t, func(ctx context.Context, a *ul.Association, c *dimse.Conn, m dimse.Message) error {
			io.Copy(io.Discard, m.Data)
			if err := pass(ctx, a, c, first.SOP, first.Bytes); err != nil {
				return err
			}
			if err := send(ctx, a, c); err != nil {
				return err
			}
			return ending(ctx, c, m, dimse.Success, 2, 0)
		})
		n := 0
		err := client(t, p).Retrieve(soon(t), pacs.Ref{Study: st.UID}, func(o pacs.Object) error {
			if h, err := dicom.ReadHead(o.Bytes); err != nil || h.Instance != first.SOP {
				t.Errorf("%s: handed on", name)
			}
			n++
			return nil
		})
		if err == nil || n != 1 {
			t.Errorf("%s: %v, %d objects", name, err, n)
		}
	}
}

func TestAGapIsNeverASuccess(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	st := pacstest.NewSeed(t).Studies[0]
	for name, end := range map[string]struct {
		status            uint16
		completed, failed int
	}{
		"more counted than sent": {dimse.Success, 3, 0}, "failed ones": {0xB000, 1, 2}, "failed ones called success": {dimse.Success, 1, 2},
		"out of resources": {0xA702, 1, 7},
	} {
		p := scripted(t, func(ctx context.Context, a *ul.Association, c *dimse.Conn, m dimse.Message) error {
			if err := pass(ctx, a, c, st.Objects[0].SOP, st.Objects[0].Bytes); err != nil {
				return err
			}
			return ending(ctx, c, m, end.status, end.completed, end.failed)
		})
		err := client(t, p).Retrieve(soon(t), pacs.Ref{Study: st.UID}, func(pacs.Object) error { return nil })
		var refused *pacs.StatusError
		if !errors.Is(err, pacs.ErrPartial) && !(errors.As(err, &refused) && refused.Reason() == pacs.Busy) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnArchiveThatDiesMidStudyLeavesTheRestToARetry(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	st := pacstest.NewSeed(t).Studies[0]
	var dead atomic.Bool
	dead.Store(true)
	p := scripted(t, func(ctx context.Context, a *ul.Association, c *dimse.Conn, m dimse.Message) error {
		for i, o := range st.Objects {
			if dead.Load() && i == 3 {
				return errors.New("killed")
			}
			if err := pass(ctx, a, c, o.SOP, o.Bytes); err != nil {
				return err
			}
		}
		return ending(ctx, c, m, dimse.Success, len(st.Objects), 0)
	})
	c := client(t, p)
	n := 0
	err := c.Retrieve(soon(t), pacs.Ref{Study: st.UID}, func(pacs.Object) error { n++; return nil })
	if err == nil || n != 3 {
		t.Errorf("%d objects and %v", n, err)
	}
	dead.Store(false)
	fetch(t, c, st, pacs.Ref{Study: st.UID})
}

func TestASilentArchiveIsGivenUpAndACallerMayLeaveSooner(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	p := scripted(t, func(ctx context.Context, _ *ul.Association, _ *dimse.Conn, _ dimse.Message) error {
		<-ctx.Done()
		return nil
	})
	c := client(t, p, func(cfg *dimse.Config) { cfg.Timeouts.Idle = 50 * time.Millisecond })
	start := time.Now()
	_, err := pacs.Find(soon(t), c, pacs.Query{Level: pacs.StudyLevel})
	if !errors.Is(err, pacs.ErrStalled) || time.Since(start) > 5*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	start = time.Now()
	err = client(t, p).Retrieve(ctx, pacs.Ref{Study: "1.2"}, func(pacs.Object) error { return nil })
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 3*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
}

func TestOnlyAnAnswerThatNamesTheObjectStoresIt(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	st := pacstest.NewSeed(t).Studies[0]
	full := 3
	for name, c := range map[string]struct {
		answer func(i int, r *dimse.Command)
		ok     int
		failed uint16
		reason pacs.Reason
	}{
		"all":           {func(int, *dimse.Command) {}, len(st.Objects), 0, -1},
		"another named": {func(_ int, r *dimse.Command) { r.Instance = "1.2.3" }, 0, 0, -1},
		"none named":    {func(_ int, r *dimse.Command) { r.Instance = "" }, 0, 0, -1},
		"disk full": {func(i int, r *dimse.Command) {
			if i >= full {
				r.Status = 0xA700
			}
		}, full, 0xA700, pacs.Busy},
		"not understood": {func(i int, r *dimse.Command) {
			if i == 0 {
				r.Status, r.Comment = 0xC123, "no space for DOE^JANE"
			}
		}, len(st.Objects) - 1, 0xC123, -1},
	} {
		t.Run(name, func(t *testing.T) {
			i := 0
			p := scripted(t, func(ctx context.Context, _ *ul.Association, conn *dimse.Conn, m dimse.Message) error {
				io.Copy(io.Discard, m.Data)
				r := m.Command.NewResponse(dimse.Success)
				c.answer(i, &r)
				i++
				return conn.Send(ctx, dimse.Message{Context: m.Context, Command: r})
			})
			got, err := client(t, p).Store(soon(t), st.UID, st.Bytes()...)
			if len(got.OK) != c.ok {
				t.Errorf("%d stored, want %d: %v", len(got.OK), c.ok, err)
			}
			for _, status := range got.Failed {
				if status != c.failed {
					t.Errorf("failed with %04X", status)
				}
			}
			if r, refused := pacs.ReasonOf(err); refused != (c.reason >= 0) || refused && r != c.reason {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestTenThousandAnswersCostNoMoreMemoryThanAHundred(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	const many = 10_000
	p := scripted(t, func(ctx context.Context, _ *ul.Association, c *dimse.Conn, m dimse.Message) error {
		if _, err := io.Copy(io.Discard, m.Data); err != nil {
			return err
		}
		ds := new(dicom.Dataset)
		ds.SetStr(dicom.QueryRetrieveLevel, "STUDY")
		for i := range many {
			select {
			case <-c.Canceled(m.Command.ID):
				return c.Send(ctx, dimse.Message{Context: m.Context, Command: m.Command.NewResponse(dimse.Canceled)})
			default:
			}
			ds.SetStr(dicom.StudyInstanceUID, "1.2."+strconv.Itoa(i))
			ds.SetStr(dicom.PatientName, "MANY^"+strconv.Itoa(i))
			if err := c.SendDataset(ctx, m.Context, m.Command.NewResponse(dimse.Pending), ds, dicom.ExplicitVRLittleEndian); err != nil {
				return err
			}
		}
		return c.Send(ctx, dimse.Message{Context: m.Context, Command: m.Command.NewResponse(dimse.Success)})
	})
	c := client(t, p)
	used := func() uint64 {
		var s runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&s)
		return s.HeapAlloc
	}
	n, early, late := 0, uint64(0), uint64(0)
	err := c.Search(soon(t), pacs.Query{Level: pacs.StudyLevel}, func(*dicom.Dataset) error {
		switch n++; n {
		case 100:
			early = used()
		case many:
			late = used()
		}
		return nil
	})
	if err != nil || n != many {
		t.Fatalf("%d answers, %v", n, err)
	}
	if late > early+1<<20 {
		t.Errorf("%d KB after a hundred, %d KB after ten thousand", early>>10, late>>10)
	}
	n = 0
	if got, err := pacs.Find(soon(t), c, pacs.Query{Level: pacs.StudyLevel, Limit: 7}); err != nil || len(got) != 7 {
		t.Errorf("a limit: %d, %v", len(got), err)
	}
	if err := c.Verify(soon(t)); err != nil {
		t.Errorf("after a cancel: %v", err)
	}
}

func TestAnArchiveWithFewPlacesIsAskedForNoMore(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	seed := pacstest.NewSeed(t)
	st := seed.Studies[0]
	var open atomic.Int32
	s := &dimse.Server{AE: "NORTH", Most: 2,
		Accept: func(r *ul.Request) (ul.Answer, *ul.RejectError) {
			var a ul.Answer
			for _, c := range r.Contexts {
				a.Contexts = append(a.Contexts, ul.Accepted{ID: c.ID, Abstract: c.Abstract, Transfer: c.Transfers[0], SCU: c.SCU, SCP: c.SCP})
			}
			return a, nil
		},
		Serve: func(ctx context.Context, a *ul.Association, c *dimse.Conn, m dimse.Message) error {
			open.Add(1)
			ds, err := m.Dataset(dicom.ExplicitVRLittleEndian, dicom.Options{})
			if err != nil {
				return err
			}
			time.Sleep(5 * time.Millisecond)
			for _, o := range st.Objects {
				if string(o.SOP) == ds.Str(dicom.SOPInstanceUID) {
					if err := pass(ctx, a, c, o.SOP, o.Bytes); err != nil {
						return err
					}
				}
			}
			return ending(ctx, c, m, dimse.Success, 1, 0)
		}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Listen(ctx, l) }()
	t.Cleanup(func() { cancel(); <-done })
	c := client(t, pacstest.DICOMPeer{Address: l.Addr().String(), AE: "NORTH"})
	errs := make(chan error, len(st.Objects))
	for _, o := range st.Objects {
		go func() {
			errs <- c.Retrieve(soon(t), pacs.Ref{Study: st.UID, Series: o.Series, Instance: o.SOP}, func(pacs.Object) error { return nil })
		}()
	}
	for range st.Objects {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

func TestWhoAsksIsToldInEveryAssociationAndNowhereElse(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	var seen atomic.Pointer[ul.Identity]
	p := scripted(t, func(ctx context.Context, a *ul.Association, c *dimse.Conn, m dimse.Message) error {
		peer := a.Peer()
		seen.Store(peer.Identity)
		return c.Send(ctx, dimse.Message{Context: m.Context, Command: m.Command.NewResponse(dimse.Success)})
	})
	c := client(t, p, func(cfg *dimse.Config) {
		cfg.Identity = func(context.Context) (*ul.Identity, error) {
			return &ul.Identity{Type: 2, Primary: []byte("reader"), Secondary: []byte("s3cret")}, nil
		}
	})
	if _, err := pacs.Find(soon(t), c, pacs.Query{Level: pacs.StudyLevel}); err != nil {
		t.Fatal(err)
	}
	if id := seen.Load(); id == nil || id.Type != 2 || string(id.Primary) != "reader" || string(id.Secondary) != "s3cret" {
		t.Error("the archive was told another identity")
	}
	no := errors.New("the keychain is locked")
	c = client(t, p, func(cfg *dimse.Config) {
		cfg.Identity = func(context.Context) (*ul.Identity, error) { return nil, no }
	})
	if err := c.Verify(soon(t)); !errors.Is(err, no) {
		t.Errorf("without its secret: %v", err)
	}
}

func TestStoresDoNotWaitForEachOtherWhereTheArchiveAgrees(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	st := pacstest.NewSeed(t).Studies[0]
	const delay = 20 * time.Millisecond // of a long line
	s := &dimse.Server{AE: "NORTH",
		Accept: func(r *ul.Request) (ul.Answer, *ul.RejectError) {
			a := ul.Answer{Invoked: r.Invoked, Performed: r.Performed}
			for _, c := range r.Contexts {
				a.Contexts = append(a.Contexts, ul.Accepted{ID: c.ID, Abstract: c.Abstract, Transfer: c.Transfers[0]})
			}
			return a, nil
		},
		Serve: func(ctx context.Context, _ *ul.Association, c *dimse.Conn, m dimse.Message) error {
			if _, err := io.Copy(io.Discard, m.Data); err != nil {
				return err
			}
			time.AfterFunc(delay, func() {
				c.Send(ctx, dimse.Message{Context: m.Context, Command: m.Command.NewResponse(dimse.Success)})
			})
			return nil
		}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Listen(ctx, l) }()
	t.Cleanup(func() { cancel(); <-done })
	c := client(t, pacstest.DICOMPeer{Address: l.Addr().String(), AE: "NORTH"})
	start := time.Now()
	store(t, c, st)
	if took := time.Since(start); took > time.Duration(len(st.Objects))*delay {
		t.Errorf("%d objects took %v, one after the other", len(st.Objects), took)
	}
}
