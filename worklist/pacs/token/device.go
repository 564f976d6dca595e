package token

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs"
)

// Times of RFC 8628, in seconds of the server.
const (
	interval  = 5   // between two polls where the server names none (3.2)
	slower    = 5   // more after slow_down (3.5)
	deviceFor = 600 // how long a code is good where the server does not say
	longest   = 3600
)

const grantDevice = "urn:ietf:params:oauth:grant-type:device_code"

// invitation is a device authorization response (RFC 8628 3.2).
type invitation struct {
	device   string
	prompt   Prompt
	interval time.Duration
}

// device is RFC 8628: show where to log in, then ask until somebody did.
func (s *Source) device(ctx context.Context, m metadata, show func(Prompt)) (answer, error) {
	const op = "ask for a code to log in"
	if m.Device == "" {
		return answer{}, errors.New("the authorization server offers no device login: set login = \"code\"")
	}
	form := url.Values{}
	if scope := s.scope(m); scope != "" {
		form.Set("scope", scope)
	}
	r, err := s.post(ctx, op, m.Device, m, form)
	if err != nil {
		return answer{}, err
	}
	body, err := r.json(op)
	if err != nil {
		return answer{}, err
	}
	in, err := s.invite(body)
	if err != nil {
		return answer{}, err
	}
	show(in.prompt)
	return s.poll(ctx, m, in)
}

// invite reads the response. What will be printed is checked: an address that a browser
// opens, and a code that can be typed.
func (s *Source) invite(body []byte) (invitation, error) {
	var r struct {
		Device   string          `json:"device_code"`
		Code     string          `json:"user_code"`
		URL      string          `json:"verification_uri"`
		Older    string          `json:"verification_url"` // before the RFC
		Complete string          `json:"verification_uri_complete"`
		Expires  json.RawMessage `json:"expires_in"`
		Interval json.RawMessage `json:"interval"`
	}
	if json.Unmarshal(body, &r) != nil || r.Device == "" || len(r.Device) > maxToken || !visible(r.Device) ||
		r.Code == "" || len(r.Code) > 64 || !visible(r.Code) {
		return invitation{}, ErrMalformed
	}
	r.URL = cmp.Or(r.URL, r.Older)
	if !s.showable(r.URL) || r.Complete != "" && !s.showable(r.Complete) {
		return invitation{}, ErrMalformed
	}
	lasts := cmp.Or(min(seconds(r.Expires, s.unit), longest*s.unit), deviceFor*s.unit)
	return invitation{
		device: r.Device, interval: cmp.Or(seconds(r.Interval, s.unit), interval*s.unit),
		prompt: Prompt{URL: r.URL, Complete: r.Complete, Code: r.Code, Until: s.now().Add(lasts)},
	}, nil
}

// showable: an address that is safe to print and to open.
func (s *Source) showable(address string) bool {
	return len(address) < 2048 && visible(address) && safe(address, s.cfg.Issuer)
}

// poll is RFC 8628 3.4 and 3.5. A line that fails is no answer: it is asked again, twice
// as slowly each time.
func (s *Source) poll(ctx context.Context, m metadata, in invitation) (answer, error) {
	form := url.Values{"grant_type": {grantDevice}, "device_code": {in.device}}
	wait := in.interval
	for s.now().Add(wait).Before(in.prompt.Until) {
		select {
		case <-ctx.Done():
			return answer{}, ctx.Err()
		case <-time.After(wait):
		}
		a, err := s.token(ctx, "log in", m, form)
		var refused *RefusedError
		switch {
		case err == nil:
			return a, nil
		case errors.As(err, &refused) && refused.Code == "authorization_pending":
		case errors.As(err, &refused) && refused.Code == "slow_down":
			wait += slower * s.unit
		case errors.As(err, &refused) && refused.Code == "expired_token":
			return a, ErrInTime
		case ctx.Err() == nil && passing(err):
			wait = min(2*wait, 60*s.unit)
		default:
			return a, err
		}
	}
	return answer{}, ErrInTime
}

// passing: nobody answered, or a server that is in trouble; it may be well soon.
func passing(err error) bool {
	var refused *RefusedError
	if errors.As(err, &refused) {
		return refused.Code == "" && refused.HTTP >= 500 || refused.HTTP == 429 || refused.Code == "temporarily_unavailable"
	}
	_, unreachable := pacs.Unreachable(err)
	return unreachable || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, pacs.ErrTruncated)
}
