package main

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/nocturne/nocturne/worklist/transit"
)

// LoginConfig is who we are to a site and whom we talk to: one identity for DICOMweb,
// UPS and DIMSE.
type LoginConfig struct {
	Login            string   `toml:"login" doc:"how the site knows us: basic, bearer, or by OAuth 2.0: device (nocturne login shows a code), code (a browser on this machine), client; empty: basic where user is set, bearer where bearer_env or bearer_file is"`
	BearerEnv        string   `toml:"bearer_env" doc:"environment variable that holds the bearer token"`
	BearerFile       string   `toml:"bearer_file" doc:"file that holds the bearer token (mode 0600), read anew for each request"`
	Issuer           string   `toml:"issuer" doc:"https URL of the authorization server, as it names itself"`
	ClientID         string   `toml:"client_id" doc:"the name that the authorization server knows this program by"`
	ClientSecretEnv  string   `toml:"client_secret_env" doc:"environment variable that holds the client's secret, where it has one"`
	ClientSecretFile string   `toml:"client_secret_file" doc:"file that holds the client's secret (mode 0600)"`
	Scope            string   `toml:"scope" doc:"what is asked for, words with spaces between; openid offline_access where the server gives refresh tokens for it"`
	IssuerCA         string   `toml:"issuer_ca_file" doc:"file with the only authorities (PEM) that sign the authorization server's certificate; empty: ca_file where it is the site's host, else the system's"`
	CA               string   `toml:"ca_file" doc:"file with the only authorities (PEM) that are believed for this site, by DICOMweb, UPS and DIMSE; empty: the system's"`
	ClientCert       string   `toml:"client_cert_file" doc:"file with our certificate (PEM), where the site asks for one"`
	ClientKey        string   `toml:"client_key_file" doc:"file with its key (PEM, mode 0600); empty: it is in client_cert_file"`
	PinSHA256        []string `toml:"pin_sha256" doc:"SHA-256 of public keys in base64 (RFC 7469), one of which must be in the site's chain, beside its authority"`
}

// How a site may know us.
const (
	loginBasic  = "basic"
	loginBearer = "bearer"
	loginDevice = "device"
	loginCode   = "code"
	loginClient = "client"
)

// login is how the site knows us, "" where it does not ask.
func (s SiteConfig) login() string {
	switch {
	case s.Login != "":
		return s.Login
	case s.BearerEnv != "" || s.BearerFile != "":
		return loginBearer
	case s.User != "":
		return loginBasic
	}
	return ""
}

// oauth: tokens are got from an authorization server.
func (c LoginConfig) oauth() bool {
	return c.Login == loginDevice || c.Login == loginCode || c.Login == loginClient
}

// identity is by what the site's certificate is judged and which is ours.
func (c LoginConfig) identity() transit.Identity {
	return transit.Identity{CA: c.CA, Certificate: c.ClientCert, Key: c.ClientKey, Pins: c.PinSHA256}
}

// hl7Identity and fhirIdentity are the same for the other channels of a report: of their
// own where that is said, else the site's; a pin is of one server alone.
func (s SiteConfig) hl7Identity() transit.Identity {
	return s.channel(transit.Identity{CA: s.HL7CA, Certificate: s.HL7Cert, Key: s.HL7Key, Pins: s.HL7Pins})
}

func (s SiteConfig) fhirIdentity() transit.Identity {
	return s.channel(transit.Identity{CA: s.FHIRCA, Certificate: s.FHIRCert, Key: s.FHIRKey, Pins: s.FHIRPins})
}

func (s SiteConfig) channel(i transit.Identity) transit.Identity {
	if i.CA == "" {
		i.CA = s.CA
	}
	if i.Certificate == "" && i.Key == "" {
		i.Certificate, i.Key = s.ClientCert, s.ClientKey
	}
	return i
}

// tlsConfig is what a TLS connection to the site is made with, whatever is spoken over
// it: host is whom the certificate must name (no port); empty for HTTP, which fills in
// the host of each request. What is wrong with the files is named by key and site.
func (env *environment) tlsConfig(s SiteConfig, host string) (*transit.Config, error) {
	config, err := s.identity().TLS(host)
	if err != nil {
		return nil, fmt.Errorf("site %s: TLS: %w", s.Name, err)
	}
	return config, nil
}

func (s SiteConfig) checkLogin() error {
	c := s.LoginConfig
	if c.Login != "" && !slices.Contains([]string{loginBasic, loginBearer, loginDevice, loginCode, loginClient}, c.Login) {
		return errors.New("login is basic, bearer, device, code or client")
	}
	for _, p := range slices.Concat(c.PinSHA256, s.HL7Pins, s.FHIRPins) {
		if _, err := transit.ParsePin(p); err != nil {
			return fmt.Errorf("pin_sha256: %w", err)
		}
	}
	if c.ClientKey != "" && c.ClientCert == "" {
		return errors.New("client_key_file needs client_cert_file")
	}
	if s.login() == loginBearer && c.BearerEnv == "" && c.BearerFile == "" {
		return errors.New("login bearer needs bearer_env or bearer_file")
	}
	if c.oauth() {
		if err := c.checkIssuer(); err != nil {
			return err
		}
	}
	if s.login() == loginBearer || c.oauth() {
		for _, u := range []string{s.DICOMweb, s.UPS} {
			if !private(u) {
				return errors.New("a token goes over https only (RFC 6750 5.3)")
			}
		}
	}
	return nil
}

func (c LoginConfig) checkIssuer() error {
	if u, err := url.Parse(c.Issuer); err != nil || c.Issuer == "" || !private(c.Issuer) || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return errors.New("issuer is the https URL of the authorization server, without a query")
	}
	if c.ClientID == "" {
		return fmt.Errorf("login %s needs client_id", c.Login)
	}
	if c.Login == loginClient && c.ClientSecretEnv == "" && c.ClientSecretFile == "" && c.ClientCert == "" {
		return errors.New("login client needs client_secret_env, client_secret_file or client_cert_file")
	}
	return nil
}

// private: an address whose bytes nobody on the way reads: https, or this machine's.
func private(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip, _ := netip.ParseAddr(u.Hostname())
	return address == "" || u.Scheme == "https" && u.Host != "" || u.Scheme == "http" && (ip.IsLoopback() || u.Hostname() == "localhost")
}

// secret is what the variable or the file named by a configuration holds, "" where
// neither is named. what names it in an error, which never quotes it.
func secret(getenv func(string) string, variable, file, what string) (string, error) {
	switch {
	case variable != "":
		if v := getenv(variable); v != "" {
			return v, nil
		}
		return "", fmt.Errorf("%s: the variable %s is empty", what, variable)
	case file != "":
		if err := transit.OnlyOurs(file); err != nil {
			return "", fmt.Errorf("read %s: %w", what, err)
		}
		b, err := os.ReadFile(file)
		if err != nil {
			return "", fmt.Errorf("read %s: %w", what, err)
		}
		return strings.TrimSpace(string(b)), nil
	}
	return "", nil
}
