package transit_test

import (
	"crypto/tls"
	"errors"
	"net"
	"testing"

	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
	"github.com/nocturne/nocturne/worklist/transit"
)

// TestOurOwnFaultIsNotTheOtherSides asks for a certificate that we cannot show: once
// because our file is bad, once because there is none.
func TestOurOwnFaultIsNotTheOtherSides(t *testing.T) {
	ca := pacstest.NewAuthority(t, "CA")
	server := transit.Least()
	server.Certificates, server.ClientAuth, server.ClientCAs = []tls.Certificate{ca.Issue(t, pacstest.Leaf{})}, tls.RequireAndVerifyClientCert, ca.Pool()
	unreadable := errors.New("our certificate cannot be read")
	for _, c := range []struct {
		choose func(*tls.CertificateRequestInfo) (*tls.Certificate, error)
		want   error
		not    error
	}{
		{func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return nil, unreadable }, unreadable, transit.ErrCertificateAsked},
		{nil, transit.ErrCertificateAsked, transit.ErrOurCertificate},
	} {
		ours, theirs := net.Pipe()
		go func() {
			conn := tls.Server(theirs, server)
			conn.Handshake()
			conn.Close()
		}()
		config := transit.Least()
		config.RootCAs, config.ServerName, config.GetClientCertificate = ca.Pool(), "localhost", c.choose
		conn, explain, err := transit.Client(t.Context(), ours, config)
		if err == nil { // TLS 1.3: the server says it afterwards
			_, err = conn.Read(make([]byte, 1))
			err = explain(err)
		}
		ours.Close()
		if !errors.Is(err, c.want) || errors.Is(err, c.not) {
			t.Errorf("%v, not %v", err, c.want)
		}
	}
}
