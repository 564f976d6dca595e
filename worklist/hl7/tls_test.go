package hl7

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/transit"
)

// authority is a certificate authority of this test alone.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  []byte
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, IsCA: true,
		BasicConstraintsValid: true, NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return authority{cert, key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}
}

// issue makes a certificate for an address or a name, good until then.
func (a authority) issue(t *testing.T, name string, until time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(2), NotAfter: until, NotBefore: until.Add(-2 * time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	if ip := net.ParseIP(name); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{name}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// by is an endpoint that believes the authority alone and has a certificate, or none.
func by(t *testing.T, a authority, certificate *tls.Certificate) Endpoint {
	t.Helper()
	config, err := transit.TLS("", a.pem, certificate)
	if err != nil {
		t.Fatal(err)
	}
	return Endpoint{TLS: config}
}

func TestTLSIsBelievedOnlyWithTheRightCertificate(t *testing.T) {
	ours, other := newAuthority(t), newAuthority(t)
	soon := time.Now().Add(time.Hour)
	good := ours.issue(t, "127.0.0.1", soon)
	pool := x509.NewCertPool()
	pool.AddCert(ours.cert)
	me, stranger := ours.issue(t, "reader", soon), other.issue(t, "reader", soon)
	for name, c := range map[string]struct {
		server *tls.Config
		e      Endpoint
		ok     bool
	}{
		"right":                {&tls.Config{Certificates: []tls.Certificate{good}}, by(t, ours, nil), true},
		"1.2":                  {&tls.Config{Certificates: []tls.Certificate{good}, MaxVersion: tls.VersionTLS12}, by(t, ours, nil), true},
		"1.1":                  {&tls.Config{Certificates: []tls.Certificate{good}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, by(t, ours, nil), false},
		"another authority":    {&tls.Config{Certificates: []tls.Certificate{good}}, by(t, other, nil), false},
		"the system's":         {&tls.Config{Certificates: []tls.Certificate{good}}, Endpoint{}, false},
		"another host":         {&tls.Config{Certificates: []tls.Certificate{ours.issue(t, "his.example", soon)}}, by(t, ours, nil), false},
		"expired":              {&tls.Config{Certificates: []tls.Certificate{ours.issue(t, "127.0.0.1", time.Now().Add(-time.Minute))}}, by(t, ours, nil), false},
		"ours asked and shown": {&tls.Config{Certificates: []tls.Certificate{good}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool}, by(t, ours, &me), true},
		"ours asked, none":     {&tls.Config{Certificates: []tls.Certificate{good}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool}, by(t, ours, nil), false},
		"ours not believed":    {&tls.Config{Certificates: []tls.Certificate{good}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool}, by(t, ours, &stranger), false},
	} {
		t.Run(name, func(t *testing.T) {
			handled := make(chan string, 1)
			address := listen(t, &Server{TLS: c.server, Handle: func(m *Message) []byte { handled <- m.ControlID(); return accept(m) }})
			c.e.Address = strings.Replace(address, "mllp:", "mllps:", 1)
			a, err := c.e.Exchange(context.Background(), message("1"), "1")
			switch {
			case c.ok && (err != nil || !a.Accepted()):
				t.Errorf("%+v, %v", a, err)
			case !c.ok && (err == nil || errors.Is(err, ErrSent) || len(handled) > 0):
				t.Errorf("%v, %d handled", err, len(handled))
			}
		})
	}
}

func TestTLSNeverFallsBackToPlain(t *testing.T) {
	var n int
	address := listen(t, &Server{Handle: func(m *Message) []byte { n++; return accept(m) }, Idle: 200 * time.Millisecond})
	e := Endpoint{Address: strings.Replace(address, "mllp:", "mllps:", 1), Timeout: 2 * time.Second}
	if _, err := e.Exchange(context.Background(), message("1"), "1"); err == nil || errors.Is(err, ErrSent) || n > 0 {
		t.Errorf("%v, %d messages", err, n)
	}
}
