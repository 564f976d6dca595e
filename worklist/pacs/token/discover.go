package token

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// metadata is what we need of RFC 8414 2.
type metadata struct {
	Issuer      string   `json:"issuer"`
	Authorize   string   `json:"authorization_endpoint"`
	Token       string   `json:"token_endpoint"`
	Device      string   `json:"device_authorization_endpoint"` // RFC 8628 4
	Revoke      string   `json:"revocation_endpoint"`
	Scopes      []string `json:"scopes_supported"`
	AuthMethods []string `json:"token_endpoint_auth_methods_supported"`
	Says        bool     `json:"authorization_response_iss_parameter_supported"` // RFC 9207 3
	Aliases     struct { // RFC 8705 5
		Token  string `json:"token_endpoint"`
		Device string `json:"device_authorization_endpoint"`
		Revoke string `json:"revocation_endpoint"`
	} `json:"mtls_endpoint_aliases"`
}

// fresh is how long metadata are believed without asking again.
const fresh = time.Hour

// discover returns the server's metadata: those of OpenID Connect Discovery 4, or else of
// RFC 8414 3, whose issuer must be the configured one.
func (s *Source) discover(ctx context.Context) (metadata, error) {
	s.mu.Lock()
	m, asked := s.metadata, s.asked
	s.mu.Unlock()
	if m.Issuer != "" && s.now().Sub(asked) < fresh {
		return m, nil
	}
	var refused *RefusedError
	var err error
	for _, at := range wellKnown(s.cfg.Issuer) {
		m, err = s.fetch(ctx, at)
		if err == nil || !errors.As(err, &refused) { // only what is not there is asked for elsewhere
			break
		}
	}
	if err != nil {
		return m, err
	}
	s.mu.Lock()
	s.metadata, s.asked = m, s.now()
	s.mu.Unlock()
	return m, nil
}

// wellKnown is where metadata may be: beneath the issuer, and beside its host's root.
func wellKnown(issuer string) []string {
	u, err := url.Parse(strings.TrimRight(issuer, "/"))
	if err != nil {
		return nil
	}
	oauth := *u
	oauth.Path = "/.well-known/oauth-authorization-server" + u.Path
	return []string{u.String() + "/.well-known/openid-configuration", oauth.String()}
}

func (s *Source) fetch(ctx context.Context, at string) (metadata, error) {
	const op = "find the authorization server"
	var m metadata
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return m, fmt.Errorf("%s: %w", op, errAddress)
	}
	r, err := s.do(op, req)
	if err != nil {
		return m, err
	}
	body, err := r.json(op)
	if err != nil {
		return m, err
	}
	if json.Unmarshal(body, &m) != nil {
		return m, fmt.Errorf("%s: %w", op, ErrMalformed)
	}
	if err := m.check(s.cfg.Issuer); err != nil {
		return m, fmt.Errorf("%s: %w", op, err)
	}
	if len(s.cfg.TLS.Certificates) > 0 || s.cfg.TLS.GetClientCertificate != nil {
		m.Token, m.Device, m.Revoke = or(m.Aliases.Token, m.Token), or(m.Aliases.Device, m.Device), or(m.Aliases.Revoke, m.Revoke)
	}
	return m, nil
}

// check is RFC 8414 3.3: the issuer is who was asked (a slash at its end aside), or else
// tokens could be led astray; and all that is asked later is safe to ask.
func (m metadata) check(issuer string) error {
	if strings.TrimRight(m.Issuer, "/") != strings.TrimRight(issuer, "/") {
		return ErrIssuer
	}
	if m.Token == "" {
		return ErrMalformed
	}
	for _, e := range []string{m.Token, m.Authorize, m.Device, m.Revoke, m.Aliases.Token, m.Aliases.Device, m.Aliases.Revoke} {
		if e != "" && !safe(e, issuer) {
			return errAddress
		}
	}
	return nil
}

func or(first, second string) string {
	if first != "" {
		return first
	}
	return second
}

// scope is what is asked for: as configured, or what makes a login last.
func (s *Source) scope(m metadata) string {
	if s.cfg.Scope != "" || s.cfg.Grant == ClientCredentials {
		return s.cfg.Scope
	}
	var ask []string
	for _, w := range []string{"openid", "offline_access"} {
		if slices.Contains(m.Scopes, w) {
			ask = append(ask, w)
		}
	}
	return strings.Join(ask, " ")
}
