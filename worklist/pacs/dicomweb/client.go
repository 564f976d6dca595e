// Package dicomweb speaks to an archive over HTTP (PS3.18).
//
// What is used of the standard, and what a server may lack:
//
//	QIDO-RS 10.6   studies, series, instances; limit and offset; JSON only
//	WADO-RS 10.4   study, series, instance as application/dicom; metadata as JSON;
//	               frames; rendered frames and instances
//	STOW-RS 10.5   application/dicom; the answer's lists decide, not its status
//	UPS-RS  11     create, retrieve, update, change state, cancel request, search,
//	               subscribe
//
// Not used: XML, single-part retrieval by preference, thumbnails, rendered studies.
//
// Guarantees: an object or frame is handed on only after the boundary that follows
// it was read. A search holds one entity at a time. Pixels are never asked for with
// loss. No error holds a URL, a UID of a transaction or a credential. Bodies are
// bounded. A silent server is given up after Quirks.Idle, a slow one is not: there
// is no limit on the whole. No server is recognised by its name: what one does
// differently is a row of Rows, found by Probe or by use, or a field of Quirks that
// a configuration sets.
package dicomweb

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// Login proves who asks. Bearer goes before User. It prints as nothing.
type Login struct{ User, Password, Bearer string }

// String hides the credential from every kind of printing.
func (Login) String() string { return "[login]" }

// GoString hides the credential from %#v.
func (Login) GoString() string { return "[login]" }

// Sign puts who asks into a request (RFC 6750 2.1, RFC 7617); an empty login puts nothing.
func (l Login) Sign(req *http.Request) {
	switch {
	case l.Bearer != "":
		req.Header.Set("Authorization", "Bearer "+l.Bearer)
	case l.User != "":
		req.SetBasicAuth(l.User, l.Password)
	}
}

// Config names one archive.
type Config struct {
	Name    string // the site's name
	BaseURL string // …/studies is beneath it
	UPSURL  string // …/workitems is beneath it; empty when there is no worklist
	// AETitle names the subscriber of the worklist's events (PS3.18 11.10): one's own
	// on every desk. Empty: NOCTURNE.
	AETitle string
	// Login is asked before every request, so that no secret is held here. Nil:
	// requests go without one.
	Login func(context.Context) (Login, error)
	// Renew is asked once for a request that was answered 401, with the login that
	// it bore; the request is sent again with what it gives. Nil: a 401 is final.
	Renew func(ctx context.Context, refused Login) (Login, error)
	// TLS is whom the archive must prove to be, and who we are (transit.Identity);
	// nil: transit.Least. Without meaning where HTTP is given.
	TLS *tls.Config
	// HTTP replaces the client's own transports, for tests and proxies.
	HTTP   *http.Client
	Quirks Quirks
	// Decodes tells which compressed transfer syntaxes can be shown here; what is
	// stored in another is asked for uncompressed, and taken as stored only where it
	// cannot be had so. Nil: all.
	Decodes func(dicom.UID) bool
	Found   Found // what an earlier client found out of this server; zero: nothing
}

// QueryStyle is how the value of a query key is written into the URL.
type QueryStyle int

const (
	// LearnQuery begins with RawQuery and changes to EscapedQuery for good when a
	// server answers 400 to the one and not to the other.
	LearnQuery QueryStyle = iota
	// RawQuery writes * and ^ as they are, and wildcards for what would need
	// escaping: right for servers that do not percent-decode as for those that do.
	RawQuery
	// EscapedQuery percent-encodes by RFC 3986.
	EscapedQuery
)

// Quirks is what one server does differently. The zero value suits every
// server met so far.
type Quirks struct {
	Query    QueryStyle
	PageSize int           // entities asked for at once; 0: 1000
	Idle     time.Duration // silence after which a server is given up; 0: 30 s
	// Syntaxes are the transfer syntaxes asked for, in order; the next is tried
	// when a server refuses or fails at one. "*" is as stored; "" is the server's
	// default, by the standard Explicit VR Little Endian, whatever is stored. Nil:
	// both, in this order.
	Syntaxes []string
	// Lossless are the compressed transfer syntaxes that pacs.Lossless asks for, in
	// order; only those that Config.Decodes and that lose nothing count. Nil:
	// JPEG-LS, HTJ2K, JPEG 2000.
	Lossless []dicom.UID
}

// Limits on what a server may make us hold.
const (
	maxJSON   = 64 << 20
	maxObject = 2 << 30
	maxBodies = 4 << 30 // all that are under way at once
)

// Client is one archive. It is safe for concurrent use.
type Client struct {
	cfg       Config
	base, ups string
	json      *http.Client // decompresses
	pixels    *http.Client // never asks for compression: a server deflating pixels is slower than any link
	maxJSON   int64
	maxObject int64
	escape    atomic.Bool // learned: this server wants EscapedQuery
	found     findings
	room      room         // of all bodies under way
	deaths    atomic.Int32 // of the server while it was to transcode
	hears     atomic.Value // string: see Listening

	kept memory
}

var (
	_                pacs.Archive      = (*Client)(nil)
	_                pacs.Metadater    = (*Client)(nil)
	_                pacs.FrameReader  = (*Client)(nil)
	_                pacs.Renderer     = (*Client)(nil)
	_                pacs.Transcoder   = (*Client)(nil)
	_                pacs.Workitems    = (*Client)(nil)
	_                fmt.Stringer      = Login{}
	_                fmt.GoStringer    = Login{}
	errBadAddress                      = errors.New("the address must be http(s)://host/path without credentials or query")
	errBadIdentifier                   = errors.New("not a UID")
	defaultSyntaxes                    = []string{"*", ""}
	defaultPageSize                    = 1000
	defaultIdle                        = 30 * time.Second
	_                http.RoundTripper = (*http.Transport)(nil)
)

// New makes a client; it sends nothing. Its workitem calls return
// pacs.ErrNoWorkitems when UPSURL is empty: see Workitems.
func New(cfg Config) (*Client, error) {
	c := &Client{cfg: cfg, maxJSON: maxJSON, maxObject: maxObject}
	c.room.left.Store(maxBodies)
	var err error
	if c.base, err = baseAddress(cfg.BaseURL); err != nil {
		return nil, fmt.Errorf("archive %s: %w", cfg.Name, err)
	}
	if cfg.UPSURL != "" {
		if c.ups, err = baseAddress(cfg.UPSURL); err != nil {
			return nil, fmt.Errorf("worklist of %s: %w", cfg.Name, err)
		}
	}
	q := &c.cfg.Quirks
	if q.PageSize <= 0 {
		q.PageSize = defaultPageSize
	}
	if q.Idle <= 0 {
		q.Idle = defaultIdle
	}
	if len(q.Syntaxes) == 0 {
		q.Syntaxes = defaultSyntaxes
	}
	if q.Lossless == nil {
		q.Lossless = defaultLossless
	}
	c.found.f = Found{At: cfg.Found.At, Rows: maps.Clone(cfg.Found.Rows)}
	c.escape.Store(q.Query == EscapedQuery || q.Query == LearnQuery && c.found.get(rowQuery) == "escaped")
	c.cfg.AETitle = cmp.Or(c.cfg.AETitle, "NOCTURNE")
	c.json, c.pixels = clients(cfg.HTTP, cfg.TLS)
	return c, nil
}

// Workitems is the archive's worklist, or nil (a nil interface) when it has none.
func (c *Client) Workitems() pacs.Workitems {
	if c.ups == "" {
		return nil
	}
	return c
}

// Name is the site's name.
func (c *Client) Name() string { return c.cfg.Name }

// Close drops idle connections. Calls in flight go on.
func (c *Client) Close() {
	c.json.CloseIdleConnections()
	c.pixels.CloseIdleConnections()
}

// Verify asks for one study (PS3.18 10.6): the least that needs address, login
// and a living database.
func (c *Client) Verify(ctx context.Context) error {
	_, err := c.page(ctx, "verify", pacs.Query{Level: pacs.StudyLevel}, 0, 1, func(*dicom.Dataset) error { return nil })
	return err
}

// baseAddress checks a configured address. What is wrong with it is not quoted:
// it might be a password.
func baseAddress(s string) (string, error) {
	u, err := url.Parse(strings.TrimRight(s, "/"))
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", errBadAddress
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return "", errBadAddress
	}
	return u.String(), nil
}

// segment checks that a UID can stand in a path. Real UIDs break the rules of
// PS3.5 9.1 (leading zeros), so only what could change the path is refused.
func segment(u dicom.UID) (string, error) {
	s := string(u)
	if s == "" || len(s) > 64 || s[0] == '.' || strings.Trim(s, "0123456789.") != "" {
		return "", errBadIdentifier
	}
	return s, nil
}

// refPath is studies/S[/series/S[/instances/I]].
func refPath(ref pacs.Ref) (string, error) {
	path := ""
	for _, p := range []struct {
		name string
		uid  dicom.UID
	}{{"studies/", ref.Study}, {"/series/", ref.Series}, {"/instances/", ref.Instance}} {
		if p.uid == "" && path != "" {
			break
		}
		s, err := segment(p.uid)
		if err != nil {
			return "", err
		}
		path += p.name + s
	}
	return path, nil
}
