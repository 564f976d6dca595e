package app

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A hotel's network, a login that ended: the list stays, the reader is told once what to
// do and again on R, and that the site answers again.
func TestANetworkThatWantsABrowserIsNamedAndWorkGoesOn(t *testing.T) {
	n := newNight(t)
	n.stop()
	to, _ := url.Parse(n.url)
	behind := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: to.Scheme, Host: to.Host})
	var network atomic.Pointer[http.HandlerFunc]
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h := network.Load(); h != nil {
			(*h)(w, r)
			return
		}
		behind.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	t.Cleanup(front.CloseClientConnections)
	n.url = front.URL + to.Path
	n.start()
	n.until("the list", func() bool { return len(n.m.snapshot.Rows) == 3 && !n.m.settling && n.m.snapshot.Sites[0].Err == nil })
	poll := func() { n.send(snapshotMsg{n.m.Feed.Poll(t.Context()), true}) }
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"a page": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<html>Welcome, PHANTOM</html>")
		}, "NORTH: This network wants a login in a browser first."},
		"a redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://login.hotel.example/?from="+url.QueryEscape(r.URL.String()), http.StatusFound)
		}, "NORTH: This network wants a login in a browser first."},
		"RFC 6585":           {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(511) }, "NORTH: This network wants a login in a browser first."},
		"a login that ended": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }, "NORTH: The archive does not know us."},
	} {
		network.Store(&c.answer)
		poll()
		n.until(name, func() bool { return strings.Contains(n.frame(), c.want) })
		if rows := n.m.snapshot.Rows; len(rows) != 3 || !rows[0].Stale || strings.Contains(n.frame(), "hotel.example") {
			t.Errorf("%s: %d rows\n%s", name, len(rows), n.frame())
		}
		n.m.say("")
		poll()
		n.settle(200 * time.Millisecond)
		if strings.Contains(n.frame(), c.want) {
			t.Errorf("%s is told at every poll", name)
		}
		n.key("R")
		n.until(name+", after R", func() bool { return strings.Contains(n.frame(), c.want) })
		network.Store(nil)
		poll()
		n.until("the site, after "+name, func() bool { return strings.Contains(n.frame(), "NORTH answers again.") })
		if rows := n.m.snapshot.Rows; len(rows) != 3 || rows[0].Stale {
			t.Errorf("after %s: %d rows, stale %v", name, len(rows), rows[0].Stale)
		}
	}
}
