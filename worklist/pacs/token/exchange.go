package token

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/transit"
)

// post sends a form to one of the server's endpoints, with the client's authentication,
// and returns a 200. A refusal is *RefusedError; what is no authorization server's answer
// is *pacs.NotArchiveError.
func (s *Source) post(ctx context.Context, op, endpoint string, m metadata, form url.Values) (reply, error) {
	form.Set("client_id", s.cfg.ClientID)
	secret := ""
	if s.cfg.Secret != nil {
		var err error
		if secret, err = s.cfg.Secret(); err != nil {
			return reply{}, fmt.Errorf("%s: %w", op, err)
		}
	}
	basic := secret != "" && (len(m.AuthMethods) == 0 || slices.Contains(m.AuthMethods, "client_secret_basic"))
	if secret != "" && !basic {
		form.Set("client_secret", secret)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return reply{}, fmt.Errorf("%s: %w", op, errAddress)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if basic { // RFC 6749 2.3.1: both are form-encoded first
		req.SetBasicAuth(url.QueryEscape(s.cfg.ClientID), url.QueryEscape(secret))
	}
	return s.do(op, req)
}

// reply is an answer of the 200s.
type reply struct {
	kind string // media type
	body []byte
}

// json is the body, where it says that it is JSON.
func (r reply) json(op string) ([]byte, error) {
	if r.kind != "application/json" && !strings.HasSuffix(r.kind, "+json") {
		return nil, &pacs.NotArchiveError{Op: op, Got: dicom.Clean(r.kind)}
	}
	return r.body, nil
}

func (s *Source) do(op string, req *http.Request) (reply, error) {
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "Nocturne")
	resp, err := s.http.Do(req)
	if err != nil {
		return reply{}, linkError(op, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	switch {
	case err != nil:
		return reply{}, fmt.Errorf("%s: %w", op, pacs.ErrTruncated)
	case len(body) > maxBody:
		return reply{}, fmt.Errorf("%s: %w", op, pacs.ErrTooLarge)
	case resp.StatusCode/100 == 3:
		return reply{}, &pacs.NotArchiveError{Op: op, Got: "redirect"}
	case resp.StatusCode/100 != 2:
		return reply{}, parseError(op, resp.StatusCode, body)
	}
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	return reply{kind, body}, nil
}

// linkError says what became of the link, without the URL and without bytes of the server.
func linkError(op string, err error) error {
	var ue *url.Error
	if errors.As(err, &ue) {
		err = ue.Err
	}
	_, trouble := transit.TLSTrouble(err)
	_, unreachable := pacs.Unreachable(err)
	var cert *tls.CertificateVerificationError
	var late interface{ Timeout() bool }
	switch {
	case trouble, unreachable, errors.As(err, &cert), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
	case errors.As(err, &late) && late.Timeout():
		err = context.DeadlineExceeded
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		err = pacs.ErrTruncated
	default:
		err = ErrMalformed
	}
	return &LinkError{op, err}
}
