package ul

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

const (
	verification dicom.UID = "1.2.840.10008.1.1"
	ctStorage    dicom.UID = "1.2.840.10008.5.1.4.1.1.2"
)

func echoRequest() Request {
	return Request{CallingAE: "NOCTURNE", CalledAE: "PEER", Contexts: []Context{
		{ID: 1, Abstract: verification, Transfers: []dicom.UID{dicom.ImplicitVRLittleEndian}},
		{ID: 3, Abstract: ctStorage, Transfers: []dicom.UID{dicom.ExplicitVRLittleEndian, dicom.ImplicitVRLittleEndian}, SCU: true, SCP: true},
	}}
}

// all accepts every context with its first transfer syntax and the roles asked.
func all(r *Request) (Answer, *RejectError) {
	var a Answer
	for _, c := range r.Contexts {
		a.Contexts = append(a.Contexts, Accepted{ID: c.ID, Transfer: c.Transfers[0], SCU: true, SCP: true})
	}
	return a, nil
}

type accepted struct {
	a   *Association
	err error
}

// pair is an association over loopback: the requestor's end and the acceptor's.
func pair(t testing.TB, r Request, o, acceptor Options, decide func(*Request) (Answer, *RejectError)) (ours, theirs *Association, err, theirErr error) {
	t.Helper()
	l, lerr := net.Listen("tcp", "127.0.0.1:0")
	if lerr != nil {
		t.Fatal(lerr)
	}
	defer l.Close()
	done := make(chan accepted, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			done <- accepted{nil, err}
			return
		}
		a, err := Accept(t.Context(), c, acceptor, decide)
		done <- accepted{a, err}
	}()
	ours, err = Dial(t.Context(), l.Addr().String(), r, o)
	got := <-done
	t.Cleanup(func() {
		if ours != nil {
			ours.Abort()
		}
		if got.a != nil {
			got.a.Abort()
		}
	})
	return ours, got.a, err, got.err
}

func established(t testing.TB, r Request) (ours, theirs *Association) {
	t.Helper()
	ours, theirs, err, theirErr := pair(t, r, Options{}, Options{}, all)
	if err != nil || theirErr != nil {
		t.Fatal(err, theirErr)
	}
	return ours, theirs
}

func TestWhatIsWrittenIsReadOnTheOtherSide(t *testing.T) {
	r := echoRequest()
	ours, theirs := established(t, r)
	data := bytes.Repeat([]byte("0123456789abcdef"), 100_001)
	sent := make(chan error, 1)
	go func() {
		sent <- ours.Write(t.Context(), PDV{Context: 1, Command: true, Last: true, Data: data[:100]}, PDV{Context: 3, Last: true, Data: data})
	}()
	v, err := theirs.Read(t.Context())
	if err != nil || v.Context != 1 || !v.Command || !v.Last || !bytes.Equal(v.Data, data[:100]) {
		t.Fatalf("%+v, %v", v, err)
	}
	var got []byte
	for last := false; !last; {
		v, err := theirs.Read(t.Context())
		if err != nil || v.Context != 3 || v.Command || len(v.Data)%2 != 0 {
			t.Fatal(v.Context, v.Command, len(v.Data), err)
		}
		got, last = append(got, v.Data...), v.Last
	}
	if !bytes.Equal(got, data) {
		t.Errorf("%d bytes of %d came, or others", len(got), len(data))
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
	ended := make(chan error, 1)
	go func() { _, err := theirs.Read(t.Context()); ended <- err }()
	if err := ours.Release(t.Context()); err != nil {
		t.Error(err)
	}
	if err := <-ended; err != io.EOF {
		t.Errorf("the released side reads %v", err)
	}
}

func TestARejectionSaysWhatTheStandardSays(t *testing.T) {
	_, _, err, theirs := pair(t, echoRequest(), Options{}, Options{}, func(*Request) (Answer, *RejectError) { return Answer{}, ErrCalledAE })
	var r *RejectError
	if !errors.As(err, &r) || *r != (RejectError{1, 1, 7}) || !errors.Is(theirs, ErrCalledAE) {
		t.Fatal(err, theirs)
	}
	if want := "associate: the association was rejected (permanent, service user): called AE title not recognized"; err.Error() != want {
		t.Errorf("%q", err)
	}
}

func TestAContextEndsReadingAndNothingIsLost(t *testing.T) {
	ours, theirs := established(t, echoRequest())
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := ours.Read(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	if err := theirs.Write(t.Context(), PDV{Context: 1, Command: true, Last: true, Data: []byte("ab")}); err != nil {
		t.Fatal(err)
	}
	if v, err := ours.Read(t.Context()); err != nil || string(v.Data) != "ab" {
		t.Error(v, err)
	}
}

func TestAnAbortEndsBothSides(t *testing.T) {
	ours, theirs := established(t, echoRequest())
	ended := make(chan error, 1)
	go func() { _, err := ours.Read(t.Context()); ended <- err }()
	time.Sleep(5 * time.Millisecond)
	ours.Abort()
	if err := <-ended; !errors.Is(err, ErrEnded) {
		t.Error(err)
	}
	if _, err := theirs.Read(t.Context()); !errors.Is(err, &AbortError{Source: 0}) {
		t.Error(err)
	}
	if err := theirs.Write(t.Context(), PDV{Context: 1, Last: true}); !errors.Is(err, &AbortError{}) {
		t.Error(err)
	}
}

// TestBothSidesMayWriteAndReadAtOnce sends a stream each way at the same time, from
// several writers, and holds every message to what was sent.
func TestBothSidesMayWriteAndReadAtOnce(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	ours, theirs := established(t, echoRequest())
	const messages, writers = 20, 3
	var all sync.WaitGroup
	for _, a := range []*Association{ours, theirs} {
		for w := range writers {
			all.Go(func() {
				for range messages {
					if err := a.Write(t.Context(), PDV{Context: 3, Last: true, Data: bytes.Repeat([]byte{byte(w)}, 300_000)}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Go(func() {
			for n := 0; n < messages*writers; n++ {
				var got []byte
				for last := false; !last; {
					v, err := a.Read(t.Context())
					if err != nil {
						t.Error(err)
						return
					}
					got, last = append(got, v.Data...), v.Last
				}
				if len(got) != 300_000 || bytes.Count(got, got[:1]) != len(got) {
					t.Errorf("a message of %d bytes, or of two writers", len(got))
				}
			}
		})
	}
	all.Wait()
}
