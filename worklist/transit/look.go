package transit

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"time"
)

// Seen is what a TLS server showed to somebody who believed it.
type Seen struct {
	Version string    // "TLS 1.3"
	Issuer  string    // common name of who signed its certificate, cleaned
	Until   time.Time // its certificate ends
	Asked   bool      // it asked for a certificate of ours
}

// Look shakes hands with host:port and hangs up: what is believed is judged as in every
// other connection by config, and nothing else is sent. A server may still refuse us when
// it is asked for something: TLS 1.3 says so only then.
func Look(ctx context.Context, address string, config *Config) (Seen, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return Seen{}, fmt.Errorf("look at the certificate: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return Seen{}, fmt.Errorf("look at the certificate: %w", err)
	}
	defer conn.Close()
	var s Seen
	config = config.Clone()
	if config.ServerName == "" {
		config.ServerName = host
	}
	ours := config.GetClientCertificate
	config.GetClientCertificate = func(i *tls.CertificateRequestInfo) (*tls.Certificate, error) {
		s.Asked = true
		if ours == nil {
			return &tls.Certificate{}, nil
		}
		return ours(i)
	}
	secure, _, err := Client(ctx, conn, config)
	if err != nil {
		return s, fmt.Errorf("look at the certificate: %w", err)
	}
	state := secure.ConnectionState()
	s.Version = tls.VersionName(state.Version)
	s.Issuer, s.Until = about(state.PeerCertificates[0])
	return s, nil
}

// Own is who signed our certificate and until when it is good; ok is false where there
// is none.
func (i Identity) Own() (issuer string, until time.Time, ok bool, err error) {
	if i.Certificate == "" {
		return "", time.Time{}, false, nil
	}
	pair, err := i.pair()
	if err != nil {
		return "", time.Time{}, true, err
	}
	leaf := pair.Leaf
	if leaf == nil {
		if leaf, err = x509.ParseCertificate(pair.Certificate[0]); err != nil {
			return "", time.Time{}, true, fmt.Errorf("read our certificate: %w", err)
		}
	}
	issuer, until = about(leaf)
	return issuer, until, true, nil
}

func about(c *x509.Certificate) (issuer string, until time.Time) {
	return shown(c.Issuer.CommonName), c.NotAfter
}
