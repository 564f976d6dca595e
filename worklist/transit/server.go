package transit

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
)

// Server is Least for a listener of ours: who connects must prove by a certificate of
// the authorities to be one of theirs (PS3.15 B.12), and is shown our certificate, which
// must be named. Pins are not used: they are those of a server.
func (i Identity) Server() (*Config, error) {
	if i.Certificate == "" {
		return nil, errors.New("who listens needs a certificate")
	}
	pair, err := i.pair()
	if err != nil {
		return nil, err
	}
	c := Least()
	c.Certificates = []tls.Certificate{*pair}
	c.ClientAuth = tls.RequireAndVerifyClientCert
	if i.CA == "" {
		return c, nil
	}
	ca, err := os.ReadFile(i.CA)
	if err != nil {
		return nil, fmt.Errorf("read certificates: %w", err)
	}
	c.ClientCAs = x509.NewCertPool()
	if !c.ClientCAs.AppendCertsFromPEM(ca) {
		return nil, errors.New("the file of authorities holds no certificate")
	}
	return c, nil
}
