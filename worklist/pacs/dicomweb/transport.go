package dicomweb

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/transit"
)

// clients makes the two HTTP clients: one for JSON, which asks for gzip
// (metadata shrinks fiftyfold), and one for pixels, which does not. A caller's
// own client is used for both, with its transport cloned.
func clients(given *http.Client, config *tls.Config) (json, pixels *http.Client) {
	if given == nil {
		given = &http.Client{Transport: newTransport(config)}
	}
	j, p := *given, *given
	j.CheckRedirect, p.CheckRedirect = sameOrigin, sameOrigin
	j.Timeout, p.Timeout = 0, 0 // a big study takes as long as it takes; see watch
	t, ok := given.Transport.(*http.Transport)
	if given.Transport == nil {
		t, ok = http.DefaultTransport.(*http.Transport)
	}
	if ok {
		plain := t.Clone()
		plain.DisableCompression = true
		p.Transport = plain
	}
	return &j, &p
}

// newTransport keeps eight connections alive. HTTP/2 stays off: its one TCP
// connection loses to eight on every link that loses packets.
func newTransport(config *tls.Config) *http.Transport {
	if config == nil {
		config = transit.Least()
	}
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           dialer.DialContext,
		DialTLSContext:        secured(dialer, config),
		TLSHandshakeTimeout:   10 * time.Second,
		TLSClientConfig:       config,
		TLSNextProto:          map[string]func(string, *tls.Conn) http.RoundTripper{},
		MaxIdleConns:          64,
		MaxIdleConnsPerHost:   8,
		IdleConnTimeout:       90 * time.Second,
		ExpectContinueTimeout: time.Second,
		ReadBufferSize:        64 << 10,
		WriteBufferSize:       64 << 10,
	}
}

// secured dials and shakes hands, so that a refusal is explained by what we were asked
// for: a TLS 1.2 server that misses our certificate says no more than that it failed.
func secured(dialer *net.Dialer, config *tls.Config) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dialer.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		own := config.Clone()
		if own.ServerName == "" {
			own.ServerName, _, _ = net.SplitHostPort(address)
		}
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		secure, _, err := transit.Client(ctx, conn, own)
		if err != nil {
			conn.Close()
			return nil, err
		}
		return secure, nil
	}
}

// sameOrigin refuses a redirect to another scheme, host or port: URLs and bodies
// here name patients, and the header may hold a credential.
func sameOrigin(req *http.Request, via []*http.Request) error {
	first := via[0].URL
	if !strings.EqualFold(req.URL.Scheme, first.Scheme) || !strings.EqualFold(req.URL.Host, first.Host) {
		return &pacs.NotArchiveError{Op: "follow redirect", Got: "redirect to another host"}
	}
	if len(via) >= 5 {
		return &pacs.NotArchiveError{Op: "follow redirect", Got: "redirect without end"}
	}
	return nil
}
