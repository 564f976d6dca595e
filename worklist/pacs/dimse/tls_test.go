package dimse_test

import (
	"crypto/tls"
	"testing"

	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/dimse"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
	"github.com/nocturne/nocturne/worklist/transit"
)

// serverTLS is a server's that asks for our certificate.
func serverTLS(t testing.TB, ca *pacstest.Authority) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{ca.Issue(t, pacstest.Leaf{Name: "north"})}, ClientCAs: ca.Pool(), ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS12}
}

func clientTLS(t testing.TB, ca *pacstest.Authority) func(*dimse.Config) {
	return func(cfg *dimse.Config) {
		cfg.TLS = &tls.Config{Certificates: []tls.Certificate{ca.Issue(t, pacstest.Leaf{Name: "reader"})}, RootCAs: ca.Pool(), MinVersion: tls.VersionTLS12}
	}
}

func TestOrthancIsReachedUnderTLSWithACertificateOfOurs(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	ca := pacstest.NewAuthority(t, "peers")
	cert, key := pacstest.KeyFiles(t, ca.Issue(t, pacstest.Leaf{Name: "north"}))
	p := pacstest.StartOrthancDICOM(t, map[string]any{
		"DicomTlsEnabled": true, "DicomTlsCertificate": cert, "DicomTlsPrivateKey": key,
		"DicomTlsTrustedCertificates": ca.File(t), "DicomTlsRemoteCertificateRequired": true,
	})
	st, c := pacstest.NewSeed(t).Studies[0], client(t, p, clientTLS(t, ca))
	store(t, c, st)
	fetch(t, c, st, pacs.Ref{Study: st.UID})
	for name, config := range map[string]*tls.Config{
		"no certificate":      {RootCAs: ca.Pool(), MinVersion: tls.VersionTLS12},
		"another's authority": {RootCAs: pacstest.NewAuthority(t, "others").Pool(), MinVersion: tls.VersionTLS12},
		"another host":        {RootCAs: ca.Pool(), ServerName: "pacs.example", MinVersion: tls.VersionTLS12},
	} {
		c := client(t, p, func(cfg *dimse.Config) { cfg.TLS = config })
		err := c.Verify(soon(t))
		if _, ok := transit.TLSTrouble(err); !ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := client(t, p).Verify(soon(t)); err == nil {
		t.Error("an answer without TLS")
	}
}
