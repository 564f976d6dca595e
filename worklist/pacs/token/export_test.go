package token

import "time"

// Hurry makes a second of waiting last so long.
func (s *Source) Hurry(second time.Duration) { s.unit = second }

// At sets the clock.
func (s *Source) At(now func() time.Time) { s.now = now }

// Parse is what a token response says.
func Parse(body []byte) (access, refresh string, lasts time.Duration, err error) {
	a, err := parseAnswer(body)
	return a.access, a.refresh, a.lasts, err
}

// Invite reads a device authorization response.
func (s *Source) Invite(body []byte) (Prompt, error) {
	in, err := s.invite(body)
	return in.prompt, err
}

var (
	CheckID   = checkID
	Challenge = challenge
)
