package token

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/url"
	"time"
)

// held is the access token in hand.
type held struct {
	access string
	got    time.Time     // when it was asked for: before the server's clock began to run
	lasts  time.Duration // 0: not said, good until somebody refuses it
	renew  time.Duration // after so long a new one is asked for
}

// age is how long it has been held, by the clock that runs faster: the wall clock runs
// on while a laptop sleeps, the monotonic one is not set back.
func (h held) age(now time.Time) time.Duration {
	return max(now.Sub(h.got), now.Round(0).Sub(h.got.Round(0)))
}

func (h held) usable(now time.Time) bool {
	return h.access != "" && (h.lasts == 0 || h.age(now) < h.lasts)
}

// due: the token is good and shall be followed by another.
func (h held) due(now time.Time) bool { return h.lasts > 0 && h.age(now) >= h.renew }

// A new token is asked for when the old one has a fifth of its time left, at most a
// minute, and a jitter of as much again, so that many desks do not ask in step.
const mostAhead = time.Minute

func hold(a answer, got time.Time) held {
	ahead := min(a.lasts/5, mostAhead)
	h := held{access: a.access, got: got, lasts: a.lasts, renew: a.lasts - ahead}
	if ahead > 0 {
		h.renew -= rand.N(ahead)
	}
	return h
}

// flight is one renewal that many wait for.
type flight struct {
	done   chan struct{}
	access string // after done
	err    error  // after done
}

// Bearer is an access token that is good as far as we know. It waits for a renewal only
// when there is none; *NeededError says that somebody must log in.
func (s *Source) Bearer(ctx context.Context) (string, error) {
	s.mu.Lock()
	now := s.now()
	if s.held.usable(now) {
		access := s.held.access
		if s.held.due(now) && s.flight == nil && !now.Before(s.again) {
			s.takeOff()
		}
		s.mu.Unlock()
		return access, nil
	}
	f, err := s.join(now)
	s.mu.Unlock()
	if err != nil {
		return "", err
	}
	return f.wait(ctx)
}

// Renew is another access token than refused, which a server did not accept. Of many
// requests that were refused the same one, the first causes a renewal and all get its
// outcome.
func (s *Source) Renew(ctx context.Context, refused string) (string, error) {
	s.mu.Lock()
	if s.held.access != refused && s.held.usable(s.now()) {
		defer s.mu.Unlock()
		return s.held.access, nil
	}
	if s.held.access == refused {
		s.held = held{}
	}
	f, err := s.join(s.now())
	s.mu.Unlock()
	if err != nil {
		return "", err
	}
	return f.wait(ctx)
}

// join is the renewal under way, or a new one; one that failed is not tried anew at once.
// The caller holds mu.
func (s *Source) join(now time.Time) (*flight, error) {
	if s.flight == nil && s.failed != nil && now.Before(s.again) {
		return nil, s.failed
	}
	if s.flight == nil {
		s.takeOff()
	}
	return s.flight, nil
}

// takeOff begins a renewal that ends by itself: who waits for it may go without ending
// it for the others, and a rotated token is never lost half-way. The caller holds mu.
func (s *Source) takeOff() {
	f := &flight{done: make(chan struct{})}
	s.flight = f
	s.flights.Go(func() {
		ctx, cancel := context.WithTimeout(s.closed, 2*patience)
		defer cancel()
		got := s.now()
		a, err := s.acquire(ctx)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.flight, s.failed = nil, err
		if err == nil {
			s.held, f.access = hold(a, got), a.access
		} else {
			s.again, f.err = s.now().Add(s.unit+rand.N(s.unit)), err
		}
		close(f.done)
	})
}

func (f *flight) wait(ctx context.Context) (string, error) {
	select {
	case <-f.done:
		return f.access, f.err
	case <-ctx.Done():
		return "", fmt.Errorf("log in: %w", ctx.Err())
	}
}

// acquire gets a new access token without anybody's help.
func (s *Source) acquire(ctx context.Context) (answer, error) {
	if s.cfg.Grant != ClientCredentials {
		return s.refresh(ctx)
	}
	m, err := s.discover(ctx)
	if err != nil {
		return answer{}, err
	}
	form := url.Values{"grant_type": {"client_credentials"}}
	if s.cfg.Scope != "" {
		form.Set("scope", s.cfg.Scope)
	}
	return s.token(ctx, "get a token", m, form)
}

// resting is what is kept between programs. It names whom it was got from, so that a
// changed configuration sends it nowhere else.
type resting struct {
	Issuer  string `json:"issuer"`
	Client  string `json:"client_id"`
	Refresh string `json:"refresh_token"`
}

// refresh is RFC 6749 6. While it runs no other program of this home refreshes: a server
// that rotates tokens takes the second use of one for a theft.
func (s *Source) refresh(ctx context.Context) (answer, error) {
	unlock, err := s.cfg.Rest.Lock(ctx)
	if err != nil {
		return answer{}, err
	}
	defer unlock()
	kept, err := s.kept()
	if err != nil {
		return answer{}, err
	}
	m, err := s.discover(ctx)
	if err != nil {
		return answer{}, err
	}
	a, err := s.token(ctx, "renew the login", m, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {kept.Refresh}})
	var refused *RefusedError
	if errors.As(err, &refused) && refused.Code == "invalid_grant" {
		s.spare = ""
		return a, errors.Join(&NeededError{Site: s.cfg.Site, Ended: true}, s.cfg.Rest.Remove())
	}
	if err == nil && (s.spare != "" || a.refresh != "" && a.refresh != kept.Refresh) {
		s.keepOrHold(or(a.refresh, kept.Refresh))
	}
	return a, err
}

// keepOrHold keeps a refresh token, in memory as long as the disk does not take it: the
// one that lies there is of no use any more. The caller holds the lock of Rest.
func (s *Source) keepOrHold(refresh string) {
	if s.spare = ""; s.keep(refresh) != nil {
		s.spare = refresh
	}
}

// kept is what rests from a login at this issuer; *NeededError where nothing does.
// The caller holds the lock of Rest.
func (s *Source) kept() (resting, error) {
	if s.spare != "" {
		return resting{Refresh: s.spare}, nil
	}
	return s.onDisk()
}

func (s *Source) onDisk() (resting, error) {
	var r resting
	err := s.cfg.Rest.Read(&r)
	if errors.Is(err, fs.ErrNotExist) || err == nil && (r.Issuer != s.cfg.Issuer || r.Client != s.cfg.ClientID || r.Refresh == "") {
		return r, &NeededError{Site: s.cfg.Site}
	}
	return r, err
}

func (s *Source) keep(refresh string) error {
	return s.cfg.Rest.Write(resting{Issuer: s.cfg.Issuer, Client: s.cfg.ClientID, Refresh: refresh})
}

// token asks the token endpoint.
func (s *Source) token(ctx context.Context, op string, m metadata, form url.Values) (answer, error) {
	r, err := s.post(ctx, op, m.Token, m, form)
	if err != nil {
		return answer{}, err
	}
	body, err := r.json(op)
	if err != nil {
		return answer{}, err
	}
	a, err := parseAnswer(body)
	if err != nil {
		return a, fmt.Errorf("%s: %w", op, err)
	}
	return a, nil
}
