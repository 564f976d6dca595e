package dimse_test

import (
	"crypto/tls"
	"testing"

	"github.com/nocturne/nocturne/worklist/pacs/dimse"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
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
