package fhir

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/transit"
)

// Config names one server.
type Config struct {
	Name    string // for the reader
	BaseURL string
	// Login is asked before every request, so that no secret is held here. Nil: requests
	// go without one. It is sent to the base URL's origin and to no other.
	Login func(context.Context) (dicomweb.Login, error)
	// TLS is whom the server must prove to be and who we are (transit.Identity); nil: what
	// the system believes, and nobody.
	TLS     *tls.Config
	Timeout time.Duration // of one request; 0: 15 s
}

// Client is one FHIR server. It is safe for concurrent use.
type Client struct {
	cfg  Config
	base string
	http *http.Client
}

// maxBody bounds an answer. A report with its PDF stays far below.
const maxBody = 64 << 20

const mediaType = "application/fhir+json"

// New makes a client; it sends nothing.
func New(cfg Config) (*Client, error) {
	u, err := url.Parse(strings.TrimRight(cfg.BaseURL, "/"))
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("FHIR server %s: the address must be http(s)://host/path without credentials or query", cfg.Name)
	}
	config := transit.Least()
	if cfg.TLS != nil {
		config = cfg.TLS.Clone()
	}
	config.ServerName = "" // each request's own host
	if cfg.Timeout <= 0 {
		cfg.Timeout = 15 * time.Second
	}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: config, TLSHandshakeTimeout: 10 * time.Second,
		DialContext: (&net.Dialer{Timeout: 10 * time.Second}).DialContext, MaxIdleConnsPerHost: 1, IdleConnTimeout: 30 * time.Second}
	return &Client{cfg: cfg, base: u.String(), http: &http.Client{Transport: transport, Timeout: cfg.Timeout, CheckRedirect: stay}}, nil
}

// stay follows no redirect: bodies and URLs name a patient, the header may hold a
// credential, and a transaction has no other place to go.
func stay(*http.Request, []*http.Request) error {
	return &pacs.NotArchiveError{Op: "FHIR request", Got: "redirect"}
}

// do sends a request and returns the answer's JSON. A refusal is *pacs.StatusError, an
// answer that is not FHIR *pacs.NotArchiveError. What the server says in words is
// dropped: it may name a patient.
func (c *Client) do(ctx context.Context, op, method, path string, body []byte, match string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%s: the address cannot be used", op)
	}
	req.Header.Set("Accept", mediaType)
	req.Header.Set("Cache-Control", "no-cache")
	if body != nil {
		req.Header.Set("Content-Type", mediaType)
	}
	if match != "" {
		req.Header.Set("If-Match", match)
	}
	if err := c.login(ctx, req); err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op, transit.Explain(withoutURL(err)))
	}
	defer res.Body.Close()
	if res.StatusCode/100 != 2 {
		return nil, &pacs.StatusError{Code: res.StatusCode, Op: op, RetryAfter: transit.RetryAfter(res.Header, time.Now())}
	}
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if kind != mediaType && kind != "application/json" && kind != "application/json+fhir" {
		return nil, &pacs.NotArchiveError{Op: op, Got: clean(kind)}
	}
	b, err := io.ReadAll(io.LimitReader(res.Body, maxBody+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", op, errors.Join(pacs.ErrTruncated, err))
	case len(b) > maxBody:
		return nil, fmt.Errorf("%s: %w", op, pacs.ErrTooLarge)
	}
	return b, nil
}

func (c *Client) login(ctx context.Context, req *http.Request) error {
	if c.cfg.Login == nil {
		return nil
	}
	l, err := c.cfg.Login(ctx)
	if err != nil {
		return err
	}
	l.Sign(req)
	return nil
}

// withoutURL takes the query, which identifies a report, out of an error.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// Post sends a transaction (R4 3.1.0.11). It is done as a whole or not at all; nil says
// that the server answered for every entry. Read back what matters with Check.
func (c *Client) Post(ctx context.Context, d Document) error {
	b, err := c.do(ctx, "post FHIR transaction", http.MethodPost, "", d.Bytes, "")
	if err != nil {
		return err
	}
	var sent, got struct {
		ResourceType, Type string
		Entry              []struct {
			Response struct{ Status string }
		}
	}
	if json.Unmarshal(d.Bytes, &sent) != nil || json.Unmarshal(b, &got) != nil || got.ResourceType != "Bundle" || got.Type != "transaction-response" || len(got.Entry) != len(sent.Entry) {
		return &pacs.NotArchiveError{Op: "post FHIR transaction", Got: "no answer to a transaction"}
	}
	for _, e := range got.Entry {
		if !strings.HasPrefix(e.Response.Status, "2") {
			code, _ := strconv.Atoi(strings.SplitN(e.Response.Status, " ", 2)[0])
			return &pacs.StatusError{Code: code, Op: "post FHIR transaction"}
		}
	}
	return nil
}
