package dicomweb_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/demo"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
	"github.com/nocturne/nocturne/worklist/transit"
)

// listener collects what a Watch tells.
type listener struct {
	testing.TB
	told  chan pacs.Change
	ended chan error
	stop  context.CancelFunc
}

func listen(t testing.TB, w pacs.Watcher) *listener {
	ctx, stop := context.WithCancel(context.Background())
	l := &listener{t, make(chan pacs.Change, 20000), make(chan error, 1), stop}
	go func() { l.ended <- w.Watch(ctx, func(c pacs.Change) { l.told <- c }) }()
	t.Cleanup(stop)
	return l
}

func (l *listener) next(what string) pacs.Change {
	l.Helper()
	select {
	case c := <-l.told:
		return c
	case err := <-l.ended:
		l.Fatalf("waiting for %s: it ended: %v", what, err)
	case <-time.After(5 * time.Second):
		l.Fatalf("waited in vain for %s", what)
	}
	return pacs.Change{}
}

func (l *listener) end(what string) error {
	l.Helper()
	for {
		select {
		case <-l.told:
		case err := <-l.ended:
			return err
		case <-time.After(5 * time.Second):
			l.Fatalf("%s: it does not end", what)
		}
	}
}

// archive is an embedded archive behind a handler of the test's.
func archive(t testing.TB, around func(http.Handler) http.Handler) string {
	a, err := demo.New(demo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	h := a.Handler()
	if around != nil {
		h = around(h)
	}
	s := httptest.NewServer(h)
	t.Cleanup(func() { a.Close(); s.CloseClientConnections(); s.Close() })
	return s.URL
}

func watching(t testing.TB, base string, q dicomweb.Quirks) *dicomweb.Client {
	return client(t, dicomweb.Config{BaseURL: base + "/dicom-web", UPSURL: base + "/dicom-web", Quirks: q})
}

func create(t testing.TB, c *dicomweb.Client) dicom.UID {
	t.Helper()
	seed := pacstest.NewSeed(t)
	uid, err := c.CreateWorkitem(context.Background(), dicom.NewUID(), pacstest.NewWorkitem(seed.Studies[0], seed.PatientID(0), ""))
	if err != nil {
		t.Fatal(err)
	}
	return uid
}

func TestANewWorkitemIsToldAtOnce(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	c := watching(t, archive(t, nil), dicomweb.Quirks{})
	l := listen(t, c)
	if first := l.next("the beginning"); first != (pacs.Change{}) || c.Listening() != "events" {
		t.Fatalf("it begins with %v, listening to %q", first, c.Listening())
	}
	begun, uid := time.Now(), create(t, c)
	if got := l.next("the event"); got.Workitem != uid || time.Since(begun) > time.Second {
		t.Errorf("the workitem is told: %v, after %v", got.Workitem == uid, time.Since(begun))
	}
	l.stop()
	if err := l.end("stopped"); !errors.Is(err, context.Canceled) || c.Listening() != "" {
		t.Errorf("it ends with %v, listening to %q", err, c.Listening())
	}
}

// What is made after the subscription and before the connection is told to nobody; the
// zero Change comes later, so that a search finds it.
func TestWhatHappensBeforeTheConnectionStandsIsFoundByTheSearchAfterIt(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	var c *dicomweb.Client
	var early dicom.UID
	c = watching(t, archive(t, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Upgrade") != "" {
				early = create(t, c)
			}
			h.ServeHTTP(w, r)
		})
	}), dicomweb.Quirks{})
	l := listen(t, c)
	l.next("the beginning")
	items, err := c.SearchWorkitems(t.Context(), pacs.WorkitemQuery{})
	if err != nil || len(items) != 1 || items[0].UID != early {
		t.Fatalf("%d workitems after the beginning, %v", len(items), err)
	}
	late := create(t, c)
	for l.next("the late one").Workitem != late {
	}
}

// wire is a TCP proxy that can be cut or fall silent.
type wire struct {
	net.Listener
	to    string
	mu    sync.Mutex
	conns []net.Conn // guarded by mu
	mute  bool       // guarded by mu
}

func newWire(t testing.TB, to string) *wire {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{Listener: l, to: strings.TrimPrefix(to, "http://")}
	t.Cleanup(func() { l.Close(); w.cut() })
	go func() {
		for {
			a, err := l.Accept()
			if err != nil {
				return
			}
			b, err := net.Dial("tcp", w.to)
			if err != nil {
				a.Close()
				continue
			}
			w.mu.Lock()
			w.conns = append(w.conns, a, b)
			w.mu.Unlock()
			go io.Copy(a, w.read(b))
			go io.Copy(b, a)
		}
	}()
	return w
}

func (w *wire) url() string { return "http://" + w.Addr().String() }

func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.conns {
		c.Close()
	}
}

func (w *wire) silence() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mute = true
}

type muted struct {
	io.Reader
	w *wire
}

func (w *wire) read(r io.Reader) io.Reader { return muted{r, w} }

func (m muted) Read(p []byte) (int, error) {
	for {
		n, err := m.Reader.Read(p)
		m.w.mu.Lock()
		mute := m.w.mute
		m.w.mu.Unlock()
		if err != nil || !mute {
			return n, err
		}
	}
}

func TestACutConnectionEndsTheWatchAndTheNextBeginsAnew(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	w := newWire(t, archive(t, nil))
	c := watching(t, w.url(), dicomweb.Quirks{})
	for range 3 {
		l := listen(t, c)
		if first := l.next("the beginning"); first != (pacs.Change{}) {
			t.Fatalf("it begins with %v", first)
		}
		w.cut()
		if err := l.end("cut"); !errors.Is(err, pacs.ErrTruncated) {
			t.Fatalf("a cut connection: %v", err)
		}
	}
}

func TestASilentConnectionIsGivenUp(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	w := newWire(t, archive(t, nil))
	l := listen(t, watching(t, w.url(), dicomweb.Quirks{Idle: 200 * time.Millisecond}))
	l.next("the beginning")
	time.Sleep(500 * time.Millisecond) // two and a half times the patience: pongs keep it alive
	select {
	case err := <-l.ended:
		t.Fatalf("a quiet server that answers pings is given up: %v", err)
	default:
	}
	w.silence()
	if err := l.end("silent"); !errors.Is(err, pacs.ErrStalled) {
		t.Errorf("a silent connection: %v", err)
	}
}

func TestServersThatTellNothingAreSaidToTellNothing(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	for name, around := range map[string]func(http.Handler) http.Handler{
		"no subscriptions": func(h http.Handler) http.Handler { return http.NotFoundHandler() },
		"no WebSocket": func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/subscribers/NOCTURNE") && r.Method == http.MethodGet {
					http.NotFound(w, r)
					return
				}
				h.ServeHTTP(w, r)
			})
		},
		"a page for a connection": func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost {
					h.ServeHTTP(w, r)
					return
				}
				fmt.Fprint(w, "<html>app</html>")
			})
		},
		"JSON that is no log": func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost {
					w.WriteHeader(http.StatusNotImplemented)
					return
				}
				w.Header().Set("Content-Type", "application/json")
				fmt.Fprint(w, `{"Changes":[]}`)
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := listen(t, watching(t, archive(t, around), dicomweb.Quirks{}))
			if err := l.end(name); !errors.Is(err, pacs.ErrNoWatch) || len(l.told) > 0 {
				t.Errorf("%v, %d changes", err, len(l.told))
			}
		})
	}
}

func TestTenThousandEventsAreAllTold(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	const n = 10000
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusCreated)
			return
		}
		ws, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer ws.CloseNow()
		ctx := ws.CloseRead(context.Background())
		for i := range n {
			ws.Write(ctx, websocket.MessageText, fmt.Appendf(nil, `{"00001000":{"vr":"UI","Value":["1.2.%d"]},"00001002":{"vr":"US","Value":[1]}}`, i+1))
		}
		ws.Write(ctx, websocket.MessageText, []byte(`not an event`))
		<-ctx.Done()
	}))
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	l := listen(t, watching(t, s.URL, dicomweb.Quirks{}))
	l.next("the beginning")
	for i := range n {
		if got := l.next("an event"); got.Workitem != dicom.UID(fmt.Sprintf("1.2.%d", i+1)) {
			t.Fatalf("event %d is %v", i, got)
		}
	}
	if got := l.next("what cannot be read"); got != (pacs.Change{}) {
		t.Errorf("what cannot be read tells %v", got)
	}
	l.stop()
	l.end("stopped")
}

// trusting believes a test server's certificate and nobody else's.
func trusting(s *httptest.Server) *tls.Config {
	config := transit.Least()
	config.RootCAs = x509.NewCertPool()
	config.RootCAs.AddCert(s.Certificate())
	return config
}

func TestEventsUseLoginAndTLSOfEveryOtherRequest(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	a, err := demo.New(demo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if u, p, _ := r.BasicAuth(); u != "reader" || p != "s3cret" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		a.Handler().ServeHTTP(w, r)
	}))
	t.Cleanup(func() { a.Close(); s.CloseClientConnections(); s.Close() })
	base := s.URL + "/dicom-web"
	for password, want := range map[string]bool{"s3cret": true, "wrong": false} {
		c := client(t, dicomweb.Config{BaseURL: base, UPSURL: base, TLS: trusting(s), Login: func(context.Context) (dicomweb.Login, error) {
			return dicomweb.Login{User: "reader", Password: password}, nil
		}})
		l := listen(t, c)
		if want {
			l.next("the beginning")
			continue
		}
		if r, ok := pacs.ReasonOf(l.end("a wrong password")); !ok || r != pacs.Unauthorized {
			t.Errorf("a wrong password: %v", r)
		}
	}
}

func TestTheAnswerSaysWhereToListenButNotAtAnotherHost(t *testing.T) {
	const ups = "https://pacs.example/rs"
	for location, want := range map[string]string{
		"":                                                "https://pacs.example/rs/subscribers/NOCT",
		"wss://pacs.example/ws/subscribers/NOCT":          "https://pacs.example/ws/subscribers/NOCT",
		"ws://pacs.example/ws/subscribers/NOCT":           "https://pacs.example/ws/subscribers/NOCT", // never weaker
		"/ws/NOCT":                                        "https://pacs.example/ws/NOCT",
		"wss://PACS.example/ws":                           "https://PACS.example/ws",
		"wss://evil.example/ws/subscribers/NOCT":          "https://pacs.example/rs/subscribers/NOCT",
		"wss://pacs.example:8443/ws":                      "https://pacs.example/rs/subscribers/NOCT",
		"wss://user@pacs.example/ws":                      "https://pacs.example/rs/subscribers/NOCT",
		"//evil.example/ws":                               "https://pacs.example/rs/subscribers/NOCT",
		"ftp://pacs.example/ws":                           "https://pacs.example/rs/subscribers/NOCT",
		"wss://pacs.example.evil.example/subscribers/NOC": "https://pacs.example/rs/subscribers/NOCT",
	} {
		if got := dicomweb.EventAddress(ups, "NOCT", location); got != want {
			t.Errorf("%q leads to %s, want %s", location, got, want)
		}
	}
}

func FuzzEvents(f *testing.F) {
	f.Add([]byte(`{"00001000":{"vr":"UI","Value":["1.2.3"]},"00001002":{"vr":"US","Value":[1]}}`))
	f.Add([]byte(`{"00001000":{"vr":"UI","Value":["../../x"]}}`))
	f.Add([]byte(`{"Changes":[{"ChangeType":"NewStudy","ID":"a-b","ResourceType":"Study"}],"Done":true,"Last":3}`))
	f.Add([]byte(`{"00001000":`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if c := dicomweb.EventOf(b); c.Study != "" || c.Workitem != "" && (len(c.Workitem) > 64 || strings.Trim(string(c.Workitem), "0123456789.") != "") {
			t.Errorf("an event tells of %q, %q", c.Study, c.Workitem)
		}
		for _, path := range dicomweb.StudyPaths(b) {
			if strings.ContainsAny(path, "?#%\\ ") || strings.Contains(path, "..") || strings.Count(path, "/") > 3 {
				t.Errorf("a change is asked for at %q", path)
			}
		}
	})
}
