package token

import (
	"context"
	"net/url"
	"time"
)

// Prompt is what the reader is shown to log in with: an address, and for the device
// grant a code to enter there. Both are safe to print.
type Prompt struct {
	URL      string
	Complete string // URL with the code in it, where the server gives one
	Code     string // empty for the code grant
	Until    time.Time
}

// Login gets a refresh token with the reader's help and lays it to rest; what was there
// is replaced only then. show is called once; nothing is opened by itself. It ends with
// ctx, or with ErrInTime.
func (s *Source) Login(ctx context.Context, show func(Prompt)) error {
	m, err := s.discover(ctx)
	if err != nil {
		return err
	}
	var a answer
	got := s.now()
	switch s.cfg.Grant {
	case Device:
		a, err = s.device(ctx, m, show)
	case Code:
		a, err = s.code(ctx, m, show)
	default:
		_, err = s.Bearer(ctx) // nobody needs to log in: it either works or does not
		return err
	}
	if err != nil {
		return err
	}
	if a.refresh == "" {
		return ErrNoRefresh
	}
	unlock, err := s.cfg.Rest.Lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if err := s.keep(a.refresh); err != nil {
		return err
	}
	s.spare = ""
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held, s.failed = hold(a, got), nil
	return nil
}

// Logout revokes what rests here and forgets it. told is false when the server could not
// be told, or offers no way (RFC 7009): what was given out stays good there until it
// expires.
func (s *Source) Logout(ctx context.Context) (told bool, err error) {
	unlock, err := s.cfg.Rest.Lock(ctx)
	if err != nil {
		return false, err
	}
	defer unlock()
	s.mu.Lock()
	s.held = held{}
	s.mu.Unlock()
	defer func() { s.spare = "" }()
	if kept, err := s.kept(); err == nil {
		if m, err := s.discover(ctx); err == nil && m.Revoke != "" {
			form := url.Values{"token": {kept.Refresh}, "token_type_hint": {"refresh_token"}}
			_, err = s.post(ctx, "log out", m.Revoke, m, form) // a 200 says nothing more (2.2)
			told = err == nil
		}
	}
	return told, s.cfg.Rest.Remove()
}

// LoggedIn tells whether a login rests here, without asking the server whether it is
// good. It is always so where nobody needs to log in.
func (s *Source) LoggedIn() bool {
	if s.cfg.Grant == ClientCredentials {
		return true
	}
	_, err := s.onDisk()
	return err == nil
}
