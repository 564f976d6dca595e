package pacstest

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"
)

// FaultKind is a way in which an HTTP peer misbehaves.
type FaultKind int

// The faults. N is Fault.N.
const (
	Honest      FaultKind = iota
	CutInPart             // ends the connection in the middle of part N, from 0
	CutAfter              // ends the connection after N bytes of the body
	Unclosed              // leaves out the closing boundary, with a matching length
	ShortLength           // announces N bytes fewer than there are
	LongLength            // announces N bytes more, then ends
	Reset                 // resets the connection after N bytes of the body
	Stall                 // is silent after N bytes of the body until the client goes
	Drip                  // sends N bytes a second
	Portal                // a captive portal: 200 text/html
	Refuse                // answers status N with Retry-After After
	EmptyStored           // 200 whose STOW-RS lists are empty
	EndlessJSON           // a JSON list that does not end before N bytes
	Elsewhere             // redirects to another host
	CutAt                 // ends the connection at At, with a matching length when N is 1
	ResetAt               // resets the connection at At
)

// Fault is one misbehaviour.
type Fault struct {
	Kind  FaultKind
	N     int
	After string // Retry-After
	At    Place  // of CutAt and ResetAt
}

// BadPeer answers requests in the order they come by the faults of its script;
// after the last one it is honest. It damages what Good would have answered.
type BadPeer struct {
	Good http.Handler
	// Only, if not nil, picks the requests that the script is for; the others are
	// answered honestly and do not count.
	Only func(*http.Request) bool

	mu     sync.Mutex
	script []Fault // guarded by mu
	asked  int     // guarded by mu
}

// Then appends faults to the script.
func (b *BadPeer) Then(f ...Fault) *BadPeer {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.script = append(b.script, f...)
	return b
}

// Asked is the number of requests so far.
func (b *BadPeer) Asked() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.asked
}

func (b *BadPeer) next() Fault {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked++
	if len(b.script) == 0 {
		return Fault{}
	}
	f := b.script[0]
	b.script = b.script[1:]
	return f
}

// ServeHTTP implements http.Handler.
func (b *BadPeer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if b.Only != nil && !b.Only(r) {
		b.Good.ServeHTTP(w, r)
		return
	}
	f := b.next()
	switch f.Kind {
	case Honest:
		b.Good.ServeHTTP(w, r)
	case Portal:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, "<html>Welcome to the guest network</html>")
	case Refuse:
		if f.After != "" {
			w.Header().Set("Retry-After", f.After)
		}
		w.WriteHeader(f.N)
	case EmptyStored:
		w.Header().Set("Content-Type", "application/dicom+json")
		fmt.Fprint(w, `{"00081198":{"vr":"SQ"},"00081199":{"vr":"SQ"}}`)
	case EndlessJSON:
		w.Header().Set("Content-Type", "application/dicom+json")
		endless(w, f.N)
	case Elsewhere:
		http.Redirect(w, r, "http://portal.invalid/login", http.StatusFound)
	default:
		rec := httptest.NewRecorder()
		b.Good.ServeHTTP(rec, r)
		damage(w, r, rec, f)
	}
}

func endless(w http.ResponseWriter, n int) {
	entry := `{"00080050":{"vr":"SH","Value":["` + strings.Repeat("A", 1000) + `"]}},`
	fmt.Fprint(w, "[")
	for sent := 0; sent < n; sent += len(entry) {
		if _, err := fmt.Fprint(w, entry); err != nil {
			return
		}
	}
}

// damage writes the recorded answer by hand, with its fault.
func damage(w http.ResponseWriter, r *http.Request, rec *httptest.ResponseRecorder, f Fault) {
	body := rec.Body.Bytes()
	length, send := len(body), len(body)
	switch f.Kind {
	case CutInPart:
		send = insidePart(body, f.N)
		length = -1
	case CutAfter:
		send, length = min(f.N, len(body)), -1
	case CutAt:
		send, length = f.At.offset(body), -1
		if f.N == 1 {
			length = send
		}
	case ResetAt:
		send = f.At.offset(body)
	case Unclosed:
		if i := bytes.LastIndex(body, []byte("\r\n--")); i > 0 {
			length, send = i, i
		}
	case ShortLength:
		length -= f.N
		send = length
	case LongLength:
		length += f.N
	case Reset, Stall:
		send = min(f.N, len(body))
	}
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	fmt.Fprintf(conn, "HTTP/1.1 %d X\r\nContent-Type: %s\r\n", rec.Code, rec.Header().Get("Content-Type"))
	if length >= 0 {
		fmt.Fprintf(conn, "Content-Length: %d\r\n\r\n", length)
	} else {
		fmt.Fprint(conn, "Connection: close\r\n\r\n")
	}
	if f.Kind == Drip {
		drip(conn, body, f.N)
		return
	}
	conn.Write(body[:send])
	switch f.Kind {
	case Reset, ResetAt:
		conn.(*net.TCPConn).SetLinger(0)
	case Stall:
		conn.SetReadDeadline(time.Now().Add(time.Minute))
		conn.Read(make([]byte, 1)) // until the client goes
	}
}

func drip(conn net.Conn, body []byte, perSecond int) {
	for i := range body {
		if _, err := conn.Write(body[i : i+1]); err != nil {
			return
		}
		time.Sleep(time.Second / time.Duration(perSecond))
	}
}

// insidePart is an offset in the middle of part n.
func insidePart(body []byte, n int) int {
	first, _, _ := bytes.Cut(body, []byte("\r\n"))
	at := 0
	for range n + 1 {
		i := bytes.Index(body[at:], first)
		if i < 0 {
			return len(body)
		}
		at += i + len(first)
	}
	next := bytes.Index(body[at:], first)
	if next < 0 {
		return len(body)
	}
	return at + next/2
}
