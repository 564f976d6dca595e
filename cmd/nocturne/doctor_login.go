package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs/token"
	"github.com/nocturne/nocturne/worklist/transit"
)

// soon is how long before a certificate ends the doctor warns of it.
const soon = 14 * 24 * time.Hour

// identityChecks are the doctor's lines about whom we talk to at a site and who we are to
// it: NAME certificate (for each host of DICOMweb and UPS: valid until, issuer, version
// of TLS), NAME DIMSE certificate, NAME login server, NAME our certificate (where there is one) and NAME login (how, and whether it
// is good; a token is renewed if need be, and nobody is asked to log in). It sends
// nothing of a patient and takes no longer than ctx, or 10 s a line.
func (env *environment) identityChecks(ctx context.Context, s SiteConfig) []check {
	var out []check
	seen := map[string]bool{}
	for _, address := range []string{s.DICOMweb, s.UPS} {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" || seen[u.Scheme+hostPort(u)] {
			continue
		}
		seen[u.Scheme+hostPort(u)] = true
		out = append(out, env.certificateCheck(ctx, s.Name+" certificate", s, u))
	}
	if s.DIMSETLS && s.DIMSE != "" {
		out = append(out, env.certificateCheck(ctx, s.Name+" DIMSE certificate", s, &url.URL{Scheme: "https", Host: s.DIMSE}))
	}
	if u, err := url.Parse(s.Issuer); s.oauth() && err == nil {
		issuer := s
		issuer.CA, issuer.PinSHA256 = s.issuerIdentity().CA, nil
		out = append(out, env.certificateCheck(ctx, s.Name+" login server", issuer, u))
	}
	if issuer, until, ok, err := s.identity().Own(); ok {
		c := check{s.Name + " our certificate", "ok", "valid " + validity(until, issuer)}
		out = append(out, judged(c, until, err))
	}
	return append(out, env.loginCheck(ctx, s))
}

func (env *environment) certificateCheck(ctx context.Context, name string, s SiteConfig, u *url.URL) check {
	c := check{name, "ok", ""}
	if u.Scheme != "https" {
		c.Detail = "plain HTTP, on this machine"
		if !private(u.String()) {
			c.Level, c.Detail = "warn", "plain HTTP: whoever is on the line can read along and change what comes"
		}
		return c
	}
	config, err := env.tlsConfig(s, "")
	if err != nil {
		return judged(c, time.Time{}, err)
	}
	seen, err := transit.Look(ctx, hostPort(u), config)
	c.Detail = fmt.Sprintf("valid %s, %s", validity(seen.Until, seen.Issuer), seen.Version)
	if s.CA != "" {
		c.Detail += ", by ca_file alone"
	}
	if len(s.PinSHA256) > 0 {
		c.Detail += ", pinned"
	}
	if seen.Asked && s.ClientCert == "" {
		c.Level, c.Detail = "warn", c.Detail+"; it asks for a certificate of ours (client_cert_file)"
	}
	return judged(c, seen.Until, err)
}

func validity(until time.Time, issuer string) string {
	return fmt.Sprintf("until %s (%d days), signed by %q", until.Local().Format("2006-01-02"), int(time.Until(until).Hours()/24), issuer)
}

// judged makes a check of a certificate fail by an error and warn of a near end.
func judged(c check, until time.Time, err error) check {
	switch {
	case err != nil:
		c.Level, c.Detail = "fail", sentence(err)
	case time.Until(until) < 0:
		c.Level = "fail"
	case time.Until(until) < soon:
		c.Level = "warn"
	}
	return c
}

func (env *environment) loginCheck(ctx context.Context, s SiteConfig) check {
	c := check{s.Name + " login", "ok", ""}
	login, _ := env.credentials(s)
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if _, err := login(ctx); err != nil {
		var needed *token.NeededError
		if c.Level, c.Detail = "fail", sentence(err); errors.As(err, &needed) {
			c.Level = "warn" // nothing is wrong: somebody has to log in
		}
		return c
	}
	switch kind := s.login(); {
	case kind == "":
		c.Detail = "none"
	case kind == loginBasic && !private(s.DICOMweb):
		c.Level, c.Detail = "warn", "user and password, in the clear: the address is http"
	case kind == loginBasic:
		c.Detail = "user and password"
	case kind == loginBearer:
		c.Detail = "bearer token"
	default:
		c.Detail = "OAuth 2.0 (" + kind + "), a token is at hand"
	}
	return c
}
