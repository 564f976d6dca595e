// Package token gets, keeps and renews OAuth 2.0 access tokens.
//
// What is spoken:
//
//	RFC 6749      refresh (6), client credentials (4.4), client authentication (2.3.1)
//	RFC 8628      device authorization: the reader logs in on any device
//	RFC 7636 8252 authorization code with PKCE (S256) and a loopback redirect
//	RFC 8414      the server's metadata, or OpenID Connect Discovery 1.0
//	RFC 7009      revocation, when the reader logs out
//	RFC 8705      client authentication and bound tokens by mutual TLS
//	RFC 9207      the issuer in an authorization response, checked where it comes
//
// Not spoken: DPoP, private_key_jwt, implicit and password grants.
//
// Guarantees: an access token is held in memory alone, and goes to nobody but who asked
// for it here; a refresh token rests in an access.Secret and goes to its issuer's token
// endpoint alone, over TLS, and follows no redirect. No error, log, path or argument holds
// a token, a code or words of a server. Answers are bounded. Many requests cause one
// renewal, in all programs of a home; it begins before the token ends.
package token

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"time"

	"github.com/nocturne/nocturne/cache/access"
	"github.com/nocturne/nocturne/worklist/transit"
)

// Grant is how the first token is got.
type Grant int

// The grants.
const (
	Device            Grant = iota // RFC 8628
	Code                           // RFC 6749 4.1 with RFC 7636
	ClientCredentials              // RFC 6749 4.4: nobody logs in
)

// Config names an authorization server and who we are to it.
type Config struct {
	Site     string // whose requests bear the token; for errors
	Issuer   string // https URL; http on this machine only
	ClientID string
	Secret   func() (string, error) // of a confidential client; nil: it has none
	Scope    string                 // "": openid and offline_access, where the server names them
	Grant    Grant
	TLS      *tls.Config   // nil: transit.Least
	Rest     access.Secret // where the refresh token rests
}

// Source gives the access tokens of one site. It is safe for concurrent use.
type Source struct {
	cfg  Config
	http *http.Client
	now  func() time.Time
	unit time.Duration // how long a second of waiting is; tests shorten it

	mu       sync.Mutex
	held     held      // guarded by mu
	flight   *flight   // guarded by mu: the renewal under way
	failed   error     // guarded by mu: of the last renewal …
	again    time.Time // … which is not tried anew before
	metadata metadata  // guarded by mu
	asked    time.Time // guarded by mu: when metadata came
	spare    string    // owned by who holds the lock of Rest: what the disk did not take
	closed   context.Context
	close    context.CancelFunc
	flights  sync.WaitGroup
}

// NeededError says that nobody is logged in: `nocturne login` does that.
type NeededError struct {
	Site string
	// Ended: there was a login, and the server does not accept it any more.
	Ended bool
}

func (e *NeededError) Error() string {
	if e.Ended {
		return "the login at " + e.Site + " has ended"
	}
	return e.Site + " wants a login"
}

// RefusedError is an error response of the authorization server.
type RefusedError struct {
	Op   string
	Code string // of RFC 6749 5.2 and 4.1.2.1, RFC 8628 3.5, RFC 7009 2.2.1; "" when it is none of theirs
	HTTP int
}

func (e *RefusedError) Error() string {
	if e.Code == "" {
		return fmt.Sprintf("%s: the authorization server answered %d", e.Op, e.HTTP)
	}
	return fmt.Sprintf("%s: the authorization server answered %s", e.Op, e.Code)
}

// LinkError says that the authorization server, not the site, could not be asked, and
// wraps why.
type LinkError struct {
	Op  string
	Err error
}

func (e *LinkError) Error() string { return e.Op + ": " + e.Err.Error() }

// Unwrap gives the reason.
func (e *LinkError) Unwrap() error { return e.Err }

// Errors of an authorization server's answers.
var (
	ErrMalformed = errors.New("the authorization server's answer is not what the standard says")
	ErrIssuer    = errors.New("the authorization server calls itself by another name than the configured issuer")
	ErrNoRefresh = errors.New("the authorization server gave no token that lasts: scope needs offline_access, or the client the right to it")
	ErrInTime    = errors.New("nobody logged in in time")
	errAddress   = errors.New("an address of the authorization server is not https")
)

// New makes a source; it asks nobody yet.
func New(cfg Config) (*Source, error) {
	u, err := url.Parse(cfg.Issuer)
	if err != nil || !safe(cfg.Issuer, cfg.Issuer) || u.User != nil || u.RawQuery != "" || u.Fragment != "" || cfg.ClientID == "" {
		return nil, fmt.Errorf("login at %s: %w", cfg.Site, errAddress)
	}
	if cfg.TLS == nil {
		cfg.TLS = transit.Least()
	}
	s := &Source{cfg: cfg, now: time.Now, unit: time.Second}
	s.http = &http.Client{
		Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: cfg.TLS, TLSHandshakeTimeout: 10 * time.Second,
			DialContext: (&net.Dialer{Timeout: 10 * time.Second}).DialContext, MaxIdleConnsPerHost: 1, IdleConnTimeout: 30 * time.Second},
		Timeout:       patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	s.closed, s.close = context.WithCancel(context.Background())
	return s, nil
}

// Close ends what is under way and waits for it.
func (s *Source) Close() {
	s.close()
	s.flights.Wait()
	s.http.CloseIdleConnections()
}

// patience is for one request to the authorization server.
const patience = 20 * time.Second

// safe: an address that a token may go to is https, or on this machine where the issuer
// is, too.
func safe(address, issuer string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname()) && local(issuer)
}

func local(issuer string) bool {
	u, err := url.Parse(issuer)
	return err == nil && loopback(u.Hostname())
}

func loopback(host string) bool {
	ip, _ := netip.ParseAddr(host)
	return ip.IsLoopback() || host == "localhost"
}
