package ul

import (
	"bytes"
	"context"
	"errors"
	"net"
	"reflect"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// played is a connection whose other side has sent bytes and gone; what we send is lost.
type played struct {
	net.Conn
	r *bytes.Reader
}

func (p played) Read(b []byte) (int, error)       { return p.r.Read(b) }
func (p played) Write(b []byte) (int, error)      { return len(b), nil }
func (p played) Close() error                     { return nil }
func (p played) SetReadDeadline(time.Time) error  { return nil }
func (p played) SetWriteDeadline(time.Time) error { return nil }

// FuzzPDU plays bytes to both roles. Whatever comes: no panic, no fragment of a context
// that was not agreed on, no more memory than what was announced, and an error of ours.
func FuzzPDU(f *testing.F) {
	rq, err := filled(echoRequest()).pdu()
	if err != nil {
		f.Fatal(err)
	}
	data := []byte{4, 0, 0, 0, 0, 8, 0, 0, 0, 4, 1, 3, 'h', 'i'}
	f.Add(true, append(ac(), append(data, releaseRQ...)...))
	f.Add(true, append(ac(), data[:9]...))
	f.Add(false, append(rq, append(data, releaseRQ...)...))
	f.Add(false, append(rq, (&AbortError{Source: 2, Reason: 1}).pdu()...))
	f.Add(true, (&RejectError{1, 1, 7}).pdu())
	f.Add(true, []byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
	f.Fuzz(func(t *testing.T, requestor bool, b []byte) {
		conn := played{r: bytes.NewReader(b)}
		var a *Association
		var err error
		if requestor {
			a, err = Dial(t.Context(), "peer:104", echoRequest(), Options{Dial: func(context.Context, string) (net.Conn, error) { return conn, nil }})
		} else {
			a, err = Accept(t.Context(), conn, Options{}, all)
		}
		for n := 0; err == nil; n++ {
			var v PDV
			if v, err = a.Read(t.Context()); err == nil && !a.known[v.Context] {
				t.Fatal("a fragment of a context that was not agreed on")
			}
			if n > len(b) {
				t.Fatal("more fragments than bytes")
			}
		}
		if a != nil && len(a.link.buf) > mostAssociate+headBytes+ahead {
			t.Fatalf("%d bytes are held", len(a.link.buf))
		}
		if !ours(err) {
			t.Fatalf("an error that is none of ours: %v", err)
		}
	})
}

func filled(r Request) *Request {
	r.MaxPDU, r.Invoked, r.Performed, r.Implementation, r.Version = defaultPDU, 1, 1, implementation, version
	return &r
}

// ours tells whether err is one of those that are promised.
func ours(err error) bool {
	var rejected *RejectError
	var aborted *AbortError
	var broken *ProtocolError
	var another *pacs.NotArchiveError
	for _, target := range []any{&rejected, &aborted, &broken, &another} {
		if errors.As(err, target) {
			return true
		}
	}
	return errors.Is(err, pacs.ErrTruncated) || errors.Is(err, pacs.ErrStalled) || err.Error() == "EOF"
}

// FuzzAssociate reads associate PDUs. What can be read and written again reads the
// same, and takes no more memory than a few times its bytes.
func FuzzAssociate(f *testing.F) {
	r := filled(echoRequest())
	r.Extended = map[dicom.UID][]byte{ctStorage: {1, 0}}
	r.Identity = &Identity{Type: 2, Primary: []byte("me"), Secondary: []byte("pw"), WantResponse: true}
	r.Invoked = 4
	rq, err := r.pdu()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(pduRQ, rq[headBytes:])
	f.Add(pduAC, ac()[headBytes:])
	f.Add(pduRQ, rq[headBytes:200])
	f.Fuzz(func(t *testing.T, kind byte, b []byte) {
		if kind != pduRQ {
			kind = pduAC
		}
		first, bad := parseAssociate(kind, b)
		if bad != nil {
			return
		}
		for _, s := range []string{first.CalledAE, first.CallingAE, first.Version} {
			if dicom.Clean(s) != s {
				t.Fatalf("text that is not clean: %q", s)
			}
		}
		if kind != pduRQ {
			return
		}
		again, err := first.Request.pdu()
		if err != nil {
			return // it had what we do not send
		}
		second, bad := parseAssociate(kind, again[headBytes:])
		if bad != nil || !reflect.DeepEqual(first.Request, second.Request) {
			t.Fatalf("%+v\nis read again as\n%+v, %v", first.Request, second, bad)
		}
	})
}
