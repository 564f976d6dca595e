package main

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"

	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/token"
	"github.com/nocturne/nocturne/worklist/transit"
)

// logins are the sources of tokens of this process, one a site, so that all that is
// asked of a site waits for one renewal.
type logins map[string]*token.Source

// oneLogin guards the logins of every environment: one may be copied.
var oneLogin sync.Mutex

// credentials are how requests to a site at these addresses say who asks: with every
// request, and anew when one was refused (nil: there is nothing else to say). A token
// goes by https to the origins that the site has in the configuration now and to no other
// that an old outbox row may name.
func (env *environment) credentials(s SiteConfig, addresses ...string) (login func(context.Context) (dicomweb.Login, error), renew func(context.Context, dicomweb.Login) (dicomweb.Login, error)) {
	kind := s.login()
	if kind == loginBasic || kind == "" {
		return func(context.Context) (dicomweb.Login, error) {
			password, err := s.password(env.Getenv)
			return dicomweb.Login{User: s.User, Password: password}, err
		}, nil
	}
	for _, a := range addresses {
		if a != "" && (!private(a) || !sameOrigin(a, s.DICOMweb) && !sameOrigin(a, s.UPS)) {
			return nil, nil
		}
	}
	if kind == loginBearer {
		login = func(context.Context) (dicomweb.Login, error) {
			bearer, err := secret(env.Getenv, s.BearerEnv, s.BearerFile, "bearer token")
			return dicomweb.Login{Bearer: bearer}, err
		}
		return login, func(ctx context.Context, _ dicomweb.Login) (dicomweb.Login, error) { return login(ctx) } // the file may hold another by now
	}
	source, wrong := env.source(s)
	if wrong != nil {
		return func(context.Context) (dicomweb.Login, error) { return dicomweb.Login{}, wrong }, nil
	}
	return func(ctx context.Context) (dicomweb.Login, error) {
			bearer, err := source.Bearer(ctx)
			return dicomweb.Login{Bearer: bearer}, err
		}, func(ctx context.Context, refused dicomweb.Login) (dicomweb.Login, error) {
			bearer, err := source.Renew(ctx, refused.Bearer)
			return dicomweb.Login{Bearer: bearer}, err
		}
}

// sameOrigin is RFC 6454 4 of two addresses that were checked to be http or https.
func sameOrigin(a, b string) bool {
	u, err := url.Parse(a)
	v, err2 := url.Parse(b)
	return err == nil && err2 == nil && u.Host != "" && u.Scheme == v.Scheme && hostPort(u) == hostPort(v)
}

func hostPort(u *url.URL) string {
	return strings.ToLower(u.Hostname()) + ":" + cmp.Or(u.Port(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
}

// source is the site's source of tokens.
func (env *environment) source(s SiteConfig) (*token.Source, error) {
	oneLogin.Lock()
	defer oneLogin.Unlock()
	if src := env.logins[s.Name]; src != nil {
		return src, nil
	}
	config, err := s.issuerIdentity().TLS("")
	if err != nil {
		return nil, fmt.Errorf("site %s: TLS of its issuer: %w", s.Name, err)
	}
	ring, err := env.ring()
	if err != nil {
		return nil, err
	}
	cfg := token.Config{
		Site: s.Name, Issuer: s.Issuer, ClientID: s.ClientID, Scope: s.Scope, TLS: config,
		Grant: map[string]token.Grant{loginDevice: token.Device, loginCode: token.Code, loginClient: token.ClientCredentials}[s.Login],
		Rest:  ring.Secret(s.Name, s.Issuer, s.ClientID),
	}
	if s.ClientSecretEnv != "" || s.ClientSecretFile != "" {
		cfg.Secret = func() (string, error) {
			return secret(env.Getenv, s.ClientSecretEnv, s.ClientSecretFile, "client secret")
		}
	}
	src, err := token.New(cfg)
	if err == nil {
		if env.logins == nil {
			env.logins = logins{}
		}
		env.logins[s.Name] = src
	}
	return src, err
}

// issuerIdentity: the authorization server is often another's than the site, and has
// pins of nobody.
func (s SiteConfig) issuerIdentity() transit.Identity {
	i := transit.Identity{CA: s.IssuerCA, Certificate: s.ClientCert, Key: s.ClientKey}
	u, err := url.Parse(s.Issuer)
	v, err2 := url.Parse(s.DICOMweb)
	if s.IssuerCA == "" && err == nil && err2 == nil && u.Hostname() == v.Hostname() {
		i.CA = s.CA
	}
	return i
}

// endLogins joins what the sources of tokens have under way.
func (env *environment) endLogins() {
	oneLogin.Lock()
	defer oneLogin.Unlock()
	for _, src := range env.logins {
		src.Close()
	}
	env.logins = nil
}
