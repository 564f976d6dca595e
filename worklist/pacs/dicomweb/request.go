package dicomweb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/transit"
)

// request is one call of the service. op names it in errors; url is never shown.
type request struct {
	op          string
	method, url string
	accept      string
	contentType string
	body        func() io.Reader // nil: none
	length      int64
	pixels      bool
	encoding    string // Accept-Encoding, where the transport's own is not wanted
	secret      string // struck from a server's words: a Transaction UID
}

// Patience of the retries of a GET, which change nothing at the server.
const (
	maxTries = 4
	maxWait  = 20 * time.Second
)

// firstWait is the first back-off where the server names none.
var firstWait = 250 * time.Millisecond

// do sends the request and returns an answer of the 200s, whose body must be
// closed. A GET answered 429 or 503 is repeated after Retry-After or a growing
// pause; everything else is the caller's decision.
func (c *Client) do(ctx context.Context, r request) (*http.Response, error) {
	for try := 1; ; try++ {
		resp, err := c.once(ctx, r)
		var status *pacs.StatusError
		if err == nil || r.method != http.MethodGet || try == maxTries ||
			!errors.As(err, &status) || status.Reason() != pacs.Busy {
			return resp, err
		}
		wait := status.RetryAfter
		if wait == 0 {
			wait = firstWait<<(try-1) + rand.N(firstWait)
		}
		if wait > maxWait {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%s: %w", r.op, ctx.Err())
		case <-time.After(wait):
		}
	}
}

// once sends the request one time, and again when a login that can be renewed was
// answered 401: nothing was done then (RFC 9110 15.5.2).
func (c *Client) once(ctx context.Context, r request) (*http.Response, error) {
	login, err := c.login(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.op, err)
	}
	resp, err := c.sendAs(ctx, login, r)
	var status *pacs.StatusError
	if c.cfg.Renew == nil || !errors.As(err, &status) || status.Code != http.StatusUnauthorized {
		return resp, err
	}
	fresh, renewal := c.cfg.Renew(ctx, login)
	if renewal != nil {
		return nil, fmt.Errorf("%s: credential: %w", r.op, renewal)
	}
	if fresh == login {
		return resp, err
	}
	return c.sendAs(ctx, fresh, r)
}

func (c *Client) sendAs(ctx context.Context, login Login, r request) (*http.Response, error) {
	wctx, w := newWatch(ctx, c.cfg.Quirks.Idle)
	req, err := c.build(wctx, r, w)
	if err != nil {
		w.end()
		return nil, fmt.Errorf("%s: %w", r.op, err)
	}
	login.Sign(req)
	client := c.json
	if r.pixels {
		client = c.pixels
	}
	resp, err := client.Do(req)
	w.pause()
	if err != nil {
		err = linkError(wctx, r.op, err)
		w.end()
		return nil, err
	}
	resp.Body = unpack(resp, watched{body: resp.Body, w: w})
	if resp.StatusCode >= 200 && resp.StatusCode < 300 {
		return resp, nil
	}
	return refused(resp, r)
}

func (c *Client) build(ctx context.Context, r request, w *watch) (*http.Request, error) {
	var body io.Reader
	if r.body != nil {
		body = sent{r.body(), w}
	}
	req, err := http.NewRequestWithContext(ctx, r.method, r.url, body)
	if err != nil {
		return nil, errBadAddress // its words would quote the URL
	}
	if r.body != nil {
		req.ContentLength = r.length
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(sent{r.body(), w}), nil }
		req.Header.Set("Content-Type", r.contentType)
	}
	req.Header.Set("Accept", r.accept)
	req.Header.Set("User-Agent", "Nocturne")
	if r.pixels && c.cfg.HTTP != nil {
		req.Header.Set("Accept-Encoding", "identity")
	}
	if r.encoding != "" {
		req.Header.Set("Accept-Encoding", r.encoding)
	}
	return req, nil
}

func (c *Client) login(ctx context.Context) (Login, error) {
	if c.cfg.Login == nil {
		return Login{}, nil
	}
	l, err := c.cfg.Login(ctx)
	if err != nil {
		return l, fmt.Errorf("credential: %w", err)
	}
	return l, nil
}

// refused turns an answer beyond the 200s into a *pacs.StatusError. A 409 of
// STOW-RS is an answer with content: its body is left to the caller.
func refused(resp *http.Response, r request) (*http.Response, error) {
	err := &pacs.StatusError{
		Code:       resp.StatusCode,
		Warning:    cleanWarning(resp.Header, r.secret),
		Op:         r.op,
		RetryAfter: transit.RetryAfter(resp.Header, time.Now()),
	}
	if resp.StatusCode == http.StatusConflict && isJSON(resp.Header) {
		return resp, err
	}
	if says := aboutTLS(resp); says != nil {
		resp.Body.Close()
		return nil, fmt.Errorf("%s: %w", r.op, says)
	}
	drain(resp)
	return nil, err
}

// drain reads the little that is left, so that the connection can be used again.
// A server that announced more than it sends is not waited for.
func drain(resp *http.Response) {
	switch b := resp.Body.(type) {
	case watched:
		b.w.left = min(b.w.left, drainTime)
	case *unasked:
		b.w.left = min(b.w.left, drainTime)
	}
	io.CopyN(io.Discard, resp.Body, 16<<10)
	resp.Body.Close()
}

const drainTime = 200 * time.Millisecond

// linkError names what became of the link, without the URL that net/http puts
// into its errors, and without the bytes that it quotes when an answer is no HTTP.
func linkError(ctx context.Context, op string, err error) error {
	var ue *url.Error
	if errors.As(err, &ue) {
		err = ue.Err
	}
	var portal *pacs.NotArchiveError
	switch {
	case errors.Is(context.Cause(ctx), pacs.ErrStalled):
		err = pacs.ErrStalled
	case errors.As(err, &portal):
		return &pacs.NotArchiveError{Op: op, Got: portal.Got}
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		err = errNoAnswer
	case !quotable(err):
		err = errProtocol
	default:
		err = transit.Explain(err)
	}
	return fmt.Errorf("%s: %w", op, err)
}

// errNoAnswer: the connection ended before an answer began.
var errNoAnswer = fmt.Errorf("the server hung up: %w", pacs.ErrTruncated)

var errProtocol = errors.New("the server does not speak HTTP as it should")

// quotable tells whether an error's words are its own and not the server's.
func quotable(err error) bool {
	if _, trouble := transit.TLSTrouble(err); trouble || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	_, ok := pacs.Unreachable(err)
	return ok
}

// cleanWarning is the text of the Warning header, as RFC 7234 5.5 quotes it or
// as PS3.18 11.7.3 writes it (299 service: text), without code and service,
// secret, UIDs and control characters, at most 160 characters.
func cleanWarning(h http.Header, secret string) string {
	s := strings.Join(h.Values("Warning"), "; ")
	if i, j := strings.IndexByte(s, '"'), strings.LastIndexByte(s, '"'); i >= 0 && j > i {
		s = s[i+1 : j]
	} else if rest, ok := strings.CutPrefix(s, "299 "); ok {
		s = rest
		if _, text, ok := strings.Cut(rest, ": "); ok {
			s = text
		}
	}
	if secret != "" {
		s = strings.ReplaceAll(s, secret, "…")
	}
	return cleanText(s)
}

// uidText is whatever may be a UID.
var uidText = regexp.MustCompile(`[0-9]+(\.[0-9]+){2,}`)

// cleanText is one line of at most 160 characters that is safe to print and
// names no UID.
func cleanText(s string) string {
	s = uidText.ReplaceAllString(dicom.Clean(s), "…")
	r := []rune(strings.Join(strings.Fields(s), " "))
	return string(r[:min(len(r), 160)])
}
