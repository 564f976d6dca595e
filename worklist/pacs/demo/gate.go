package demo

import (
	"net"
	"net/http"
	"sync"
	"time"
)

// How an archive is away.
const (
	awayRefuse = "refuse" // connections are reset
	awayHang   = "hang"   // requests are taken and not answered until it is back
	awayBusy   = "503"    // Service Unavailable with Retry-After
)

// gate stands before every transaction and lets it pass unless the archive is
// away.
type gate struct {
	mu   sync.Mutex
	how  string        // guarded by mu; "" when it is not away
	back chan struct{} // guarded by mu; closed when it is back
}

func newGate() *gate { return &gate{} }

func (g *gate) shut(how string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.how == "" {
		g.back = make(chan struct{})
	}
	g.how = how
}

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.how != "" {
		g.how = ""
		close(g.back)
	}
}

func (g *gate) state() (how string, back <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.how, g.back
}

// pass reports whether the transaction may go on. A hanging one waits.
func (g *gate) pass(w http.ResponseWriter, r *http.Request) bool {
	how, back := g.state()
	switch how {
	case awayHang:
		select {
		case <-back:
			return true
		case <-r.Context().Done():
			return false
		}
	case awayRefuse:
		panic(http.ErrAbortHandler) // closes the connection without an answer
	case awayBusy:
		w.Header().Set("Retry-After", "1")
		http.Error(w, "the archive is not available", http.StatusServiceUnavailable)
		return false
	}
	return true
}

// gateListener resets new connections while the archive refuses them.
type gateListener struct {
	net.Listener
	gate *gate
}

func (l gateListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if how, _ := l.gate.state(); how != awayRefuse {
			return c, nil
		}
		if tcp, ok := c.(*net.TCPConn); ok {
			tcp.SetLinger(0)
		}
		c.Close()
		time.Sleep(time.Millisecond) // one who tries without end costs little
	}
}
