package syslog

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/audit"
	"github.com/nocturne/nocturne/cache/seal"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
	"github.com/nocturne/nocturne/worklist/transit"
)

var form = Form{Host: "desk-7.example", App: "nocturne", Process: "4711"}

// The bytes are RFC 5424 6 and 6.5, example by example; PS3.15 A.6 has PRI and MSGID.
func TestAMessageIsHeadedAsTheStandardsSay(t *testing.T) {
	at := time.Date(2026, 11, 22, 3, 4, 5, 6789000, time.FixedZone("", -7*3600))
	got := string(form.Message(at, 41, []byte("<AuditMessage/>")))
	want := "<85>1 2026-11-22T03:04:05.006789-07:00 desk-7.example nocturne 4711 DICOM+RFC3881 [meta sequenceId=\"42\"] \xEF\xBB\xBF<AuditMessage/>"
	if got != want {
		t.Errorf("%q\nwant %q", got, want)
	}
	if got := string(frame(nil, []byte("<85>1 é"))); got != "8 <85>1 é" {
		t.Errorf("a frame counts octets: %q", got)
	}
	strange := Form{Host: "a b\x00ü", Process: strings.Repeat("9", 200)}
	if got := string(strange.Message(at, 1<<31-2, nil)); !strings.HasPrefix(got, "<85>1 2026-11-22T03:04:05.006789-07:00 ab - "+strings.Repeat("9", 128)+" ") || !strings.Contains(got, `"2147483647"`) {
		t.Errorf("%q", got)
	}
}

// memory is a position that is not kept.
type memory struct {
	mu sync.Mutex
	at audit.Cursor
}

func (m *memory) Load() (audit.Cursor, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.at, nil
}

func (m *memory) Save(c audit.Cursor) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.at = c
	return nil
}

// receiver takes what is sent, by a script: what it does at the n'th connection.
type receiver struct {
	t       *testing.T
	address string
	ca      string
	script  func(n int, c *tls.Conn, r *bufio.Reader, take func(string)) // nil: reads until the end and closes

	mu   sync.Mutex
	got  []string // messages, in order
	open sync.WaitGroup
}

func listen(t *testing.T, script func(n int, c *tls.Conn, r *bufio.Reader, take func(string))) *receiver {
	t.Helper()
	authority := pacstest.NewAuthority(t, "Audit CA")
	own := authority.Issue(t, pacstest.Leaf{Name: "127.0.0.1"})
	l, err := tls.Listen("tcp", "127.0.0.1:0", pacstest.ServerTLS(own))
	if err != nil {
		t.Fatal(err)
	}
	r := &receiver{t: t, address: l.Addr().String(), ca: authority.File(t), script: script}
	r.open.Go(func() {
		for n := 1; ; n++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			r.open.Go(func() { r.serve(n, c.(*tls.Conn)) })
		}
	})
	t.Cleanup(func() { l.Close(); r.open.Wait() })
	return r
}

func (r *receiver) serve(n int, c *tls.Conn) {
	defer c.Close()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	in := bufio.NewReader(c)
	if r.script != nil {
		r.script(n, c, in, r.take)
		return
	}
	for {
		m, err := message(in)
		if err != nil {
			return
		}
		r.take(m)
	}
}

func (r *receiver) take(m string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = append(r.got, m)
}

// numbers are the sequence numbers of the records that came, in order.
func (r *receiver) numbers() (out []int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range r.got {
		if _, rest, ok := strings.Cut(m, MSGID+` [meta sequenceId="`); ok {
			n, _, _ := strings.Cut(rest, `"`)
			i, _ := strconv.Atoi(n)
			out = append(out, i)
		}
	}
	return out
}

// message reads one frame by RFC 5425 4.3.
func message(r *bufio.Reader) (string, error) {
	s, err := r.ReadString(' ')
	if err != nil {
		return "", err
	}
	n, err := strconv.Atoi(strings.TrimSuffix(s, " "))
	if err != nil || n > 1<<20 {
		return "", errors.New("no length")
	}
	b := make([]byte, n)
	_, err = io.ReadFull(r, b)
	return string(b), err
}

// quick are a forwarder's times for tests.
var quick = times{poll: 10 * time.Millisecond, quiet: 40 * time.Millisecond, close: 300 * time.Millisecond, dial: 5 * time.Second,
	write: time.Second, least: 10 * time.Millisecond, most: 50 * time.Millisecond}

// desk is a log with n records and a forwarder of it to r.
func desk(t *testing.T, r *receiver, n int) (*audit.Log, *Forwarder, *memory) {
	t.Helper()
	l, err := audit.Open(t.TempDir(), seal.NewKey(), audit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	add(t, l, n)
	at := &memory{}
	return l, &Forwarder{Log: l, Position: at, Form: form, Address: r.address, Identity: transit.Identity{CA: r.ca}, times: quick}, at
}

func add(t *testing.T, l *audit.Log, n int) {
	t.Helper()
	for i := range n {
		if err := l.Record(t.Context(), audit.Configured(fmt.Sprint("step ", i))); err != nil {
			t.Fatal(err)
		}
	}
}

// run runs a forwarder until the test says so.
func run(t *testing.T, f *Forwarder) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() { f.Run(ctx) })
	stop = func() { cancel(); all.Wait() }
	t.Cleanup(stop)
	return stop
}

func until(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(8 * time.Second); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("waited in vain for " + what)
		}
	}
}

func upTo(n int) (out []int) {
	for i := range n {
		out = append(out, i+1)
	}
	return out
}

func TestEveryRecordArrivesInOrderWithItsHeadAndIsConfirmedByTheReceiversClosing(t *testing.T) {
	t.Parallel()
	r := listen(t, nil)
	l, f, at := desk(t, r, 5)
	if err := f.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := r.numbers(); !slices.Equal(got, upTo(5)) || at.at.N != 5 {
		t.Fatalf("%v, position %d", got, at.at.N)
	}
	for _, m := range r.got[:5] {
		_, x, ok := strings.Cut(m, "\xEF\xBB\xBF")
		if e, err := audit.ParseXML([]byte(x)); !ok || err != nil || e.ID != audit.SecurityAlert {
			t.Errorf("%v in %q", err, m)
		}
	}
	if last := r.got[5]; !strings.Contains(last, "size=5") || !strings.Contains(last, " "+headID+" ") {
		t.Errorf("no head came: %q", last)
	}
	run(t, f)
	add(t, l, 3)
	until(t, "what is recorded later", func() bool { return slices.Equal(r.numbers(), upTo(8)) })
	until(t, "it to be confirmed", func() bool { c, _ := at.Load(); return c.N == 8 })
	if n, err := f.Waiting(t.Context()); err != nil || n != 0 {
		t.Error(n, err)
	}
}

func TestWhatABrokenConnectionMayHaveSwallowedIsSentAgain(t *testing.T) {
	t.Parallel()
	read := func(k int, r *bufio.Reader, take func(string)) {
		for range k {
			if m, err := message(r); err == nil {
				take(m)
			}
		}
	}
	for name, first := range map[string]func(c *tls.Conn, r *bufio.Reader, take func(string)){
		"closed at once":          func(*tls.Conn, *bufio.Reader, func(string)) {},
		"reset in the middle":     func(c *tls.Conn, r *bufio.Reader, take func(string)) { read(2, r, take); reset(c) },
		"closed in the middle":    func(c *tls.Conn, r *bufio.Reader, take func(string)) { read(2, r, take) },
		"cut within a message":    func(c *tls.Conn, r *bufio.Reader, take func(string)) { io.ReadFull(r, make([]byte, 700)); reset(c) },
		"reset before any answer": func(c *tls.Conn, r *bufio.Reader, _ func(string)) { io.Copy(io.Discard, r); reset(c) },
		"not TLS any more": func(c *tls.Conn, r *bufio.Reader, take func(string)) {
			read(1, r, take)
			c.NetConn().Write([]byte("HTTP/1.1 500 no\r\n"))
			read(9, r, take)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := listen(t, func(n int, c *tls.Conn, in *bufio.Reader, take func(string)) {
				if n == 1 {
					first(c, in, take)
					return
				}
				for {
					m, err := message(in)
					if err != nil {
						return
					}
					take(m)
				}
			})
			_, f, at := desk(t, r, 20)
			run(t, f)
			until(t, "the position", func() bool { c, _ := at.Load(); return c.N == 20 })
			got := r.numbers()
			if len(got) < 20 || !slices.Equal(got[len(got)-20:], upTo(20)) {
				t.Errorf("came: %v", got)
			}
		})
	}
}

func reset(c *tls.Conn) {
	c.NetConn().(*net.TCPConn).SetLinger(0)
	c.NetConn().Close()
}

func TestAReceiverThatNeverClosesIsBelievedButForTheLastRecords(t *testing.T) {
	t.Parallel()
	r := listen(t, func(_ int, c *tls.Conn, in *bufio.Reader, take func(string)) {
		for {
			m, err := message(in)
			if err != nil {
				time.Sleep(2 * time.Second) // it read the end, and does nothing
				return
			}
			take(m)
		}
	})
	l, f, at := desk(t, r, margin+5)
	stop := run(t, f)
	until(t, "a position", func() bool { c, _ := at.Load(); return c.N == 5 })
	add(t, l, 1)
	until(t, "the next", func() bool { n := r.numbers(); return n[len(n)-1] == margin+6 })
	if got := r.numbers(); !slices.Equal(got, upTo(margin+6)) {
		t.Errorf("sent twice without need: %v", got)
	}
	stop()
}

func TestNothingIsSentToAReceiverThatCannotProveWhoItIs(t *testing.T) {
	t.Parallel()
	r := listen(t, nil)
	_, f, at := desk(t, r, 3)
	f.Identity.CA = pacstest.NewAuthority(t, "Another CA").File(t)
	err := f.Flush(t.Context())
	if trouble, ok := transit.TLSTrouble(err); !ok || trouble.Kind != transit.UnknownAuthority || len(r.numbers()) > 0 || at.at.N > 0 {
		t.Errorf("%v, %v came", err, r.numbers())
	}
	f.Address = "127.0.0.1:1"
	if err := f.Flush(t.Context()); err == nil {
		t.Error("nobody listens, and nothing is said")
	}
}
