package ul

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
	"github.com/nocturne/nocturne/worklist/transit"
)

// secured is the server's side of TLS with a certificate, and its clients' authority.
func secured(c tls.Certificate, clients *pacstest.Authority, version uint16) *tls.Config {
	s := transit.Least()
	s.Certificates, s.MaxVersion = []tls.Certificate{c}, version
	if clients != nil {
		s.ClientAuth, s.ClientCAs = tls.RequireAndVerifyClientCert, clients.Pool()
	}
	return s
}

func believing(a *pacstest.Authority, own ...tls.Certificate) *tls.Config {
	c := transit.Least()
	c.RootCAs, c.Certificates = a.Pool(), own
	return c
}

func TestAnAssociationUnderTLSCarriesData(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	ca := pacstest.NewAuthority(t, "CA")
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		ours, theirs, err, theirErr := pair(t, echoRequest(), Options{TLS: believing(ca, ca.Issue(t, pacstest.Leaf{}))},
			Options{TLS: secured(ca.Issue(t, pacstest.Leaf{}), ca, version)}, all)
		if err != nil || theirErr != nil {
			t.Fatal(err, theirErr)
		}
		sent := make(chan error, 1)
		go func() {
			sent <- ours.Write(t.Context(), PDV{Context: 1, Last: true, Data: make([]byte, 3<<20)})
		}()
		got := 0
		for last := false; !last; {
			v, err := theirs.Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got, last = got+len(v.Data), v.Last
		}
		if err := <-sent; err != nil || got != 3<<20 {
			t.Errorf("%d bytes, %v", got, err)
		}
		ended := make(chan error, 1)
		go func() { _, err := theirs.Read(t.Context()); ended <- err }()
		if err := ours.Release(t.Context()); err != nil {
			t.Error(err)
		}
		if err := <-ended; err != io.EOF {
			t.Error(err)
		}
	}
}

// TestBadCertificatesAreToldApartOnBothSides are the faults of TLS: whose
// certificate is bad, how, and what each side says of it.
func TestBadCertificatesAreToldApartOnBothSides(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	ca, other := pacstest.NewAuthority(t, "CA"), pacstest.NewAuthority(t, "other CA")
	good, past := ca.Issue(t, pacstest.Leaf{}), time.Now().Add(-24*time.Hour)
	for name, c := range map[string]struct {
		server       tls.Certificate
		clients      *pacstest.Authority
		own          []tls.Certificate
		ours, theirs error
	}{
		"expired":                          {ca.Issue(t, pacstest.Leaf{From: past, Until: past.Add(time.Hour)}), nil, nil, transit.ErrExpired, transit.ErrOurCertificate},
		"not yet valid":                    {ca.Issue(t, pacstest.Leaf{From: time.Now().Add(time.Hour), Until: time.Now().Add(2 * time.Hour)}), nil, nil, transit.ErrExpired, transit.ErrOurCertificate},
		"wrong host":                       {ca.Issue(t, pacstest.Leaf{Hosts: []string{"pacs.example"}}), nil, nil, transit.ErrWrongHost, transit.ErrOurCertificate},
		"self-signed":                      {pacstest.SelfSigned(t, pacstest.Leaf{}), nil, nil, transit.ErrUnknownAuthority, transit.ErrOurCertificate},
		"unknown authority":                {other.Issue(t, pacstest.Leaf{}), nil, nil, transit.ErrUnknownAuthority, transit.ErrOurCertificate},
		"client certificate missing":       {good, ca, nil, transit.ErrCertificateAsked, transit.ErrNoCertificate},
		"client certificate of a stranger": {good, ca, []tls.Certificate{other.Issue(t, pacstest.Leaf{})}, transit.ErrCertificateAsked, transit.ErrNoCertificate},
	} {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			_, _, ours, theirs := pair(t, echoRequest(), Options{TLS: believing(ca, c.own...)}, Options{TLS: secured(c.server, c.clients, version)}, all)
			if !errors.Is(ours, c.ours) {
				t.Errorf("%s (%s): we say %v", name, tls.VersionName(version), ours)
			}
			if !errors.Is(theirs, c.theirs) {
				t.Errorf("%s (%s): the acceptor says %v", name, tls.VersionName(version), theirs)
			}
			if why, ok := pacs.Unreachable(ours); ok {
				t.Errorf("%s: somebody answered, and it is said that nobody did: %s", name, why)
			}
		}
	}
}

// TestAShownCertificateThatIsNotBelievedIsNotAMissingOne shows one whatever the
// server asks for.
func TestAShownCertificateThatIsNotBelievedIsNotAMissingOne(t *testing.T) {
	t.Parallel()
	ca, other := pacstest.NewAuthority(t, "CA"), pacstest.NewAuthority(t, "other CA")
	stranger := other.Issue(t, pacstest.Leaf{})
	config := believing(ca)
	config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &stranger, nil }
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		_, _, ours, theirs := pair(t, echoRequest(), Options{TLS: config}, Options{TLS: secured(ca.Issue(t, pacstest.Leaf{}), ca, version)}, all)
		if !errors.Is(ours, transit.ErrOurCertificate) || !errors.Is(theirs, transit.ErrUnknownAuthority) {
			t.Errorf("%s: %v, %v", tls.VersionName(version), ours, theirs)
		}
	}
}

func TestPlainAndTLSTellEachOtherSo(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	ca := pacstest.NewAuthority(t, "CA")
	server := secured(ca.Issue(t, pacstest.Leaf{}), nil, tls.VersionTLS13)
	_, _, ours, theirs := pair(t, echoRequest(), Options{}, Options{TLS: server}, all)
	if !errors.Is(ours, ErrUnanswered) || !errors.Is(theirs, transit.ErrNotTLS) { // Go's server says nothing, OpenSSL's sends an alert
		t.Errorf("plain to TLS: %v, %v", ours, theirs)
	}
	_, _, ours, theirs = pair(t, echoRequest(), Options{TLS: believing(ca)}, Options{}, all)
	var bad *ProtocolError
	if !errors.Is(ours, transit.ErrNotTLS) || !errors.As(theirs, &bad) || bad.What != "it speaks TLS, and we do not" {
		t.Errorf("TLS to plain: %v, %v", ours, theirs)
	}
	old := server.Clone()
	old.MinVersion, old.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	if _, _, ours, _ = pair(t, echoRequest(), Options{TLS: believing(ca)}, Options{TLS: old}, all); !errors.Is(ours, transit.ErrNoCommonTLS) {
		t.Errorf("TLS 1.1: %v", ours)
	}
}

func TestDCMTKUnderTLSBothWays(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	ca := pacstest.NewAuthority(t, "CA")
	crt, key := pacstest.KeyFiles(t, ca.Issue(t, pacstest.Leaf{}))
	address := started(t, "storescp", "+tls", key, crt, "+cf", ca.File(t), "-rc")
	a, err := Dial(t.Context(), address, echoRequest(), Options{TLS: believing(ca, ca.Issue(t, pacstest.Leaf{}))})
	if err != nil {
		t.Fatal(err)
	}
	echo(t, a)
	if err := a.Release(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := Dial(t.Context(), address, echoRequest(), Options{TLS: believing(ca)}); !errors.Is(err, transit.ErrCertificateAsked) {
		t.Errorf("without a certificate: %v", err)
	}
	_, port, _ := net.SplitHostPort(address)
	named := believing(ca, ca.Issue(t, pacstest.Leaf{}))
	named.ServerName = "pacs.example"
	if _, err := Dial(t.Context(), "127.0.0.1:"+port, echoRequest(), Options{TLS: named}); !errors.Is(err, transit.ErrWrongHost) {
		t.Errorf("under another name: %v", err)
	}
	if _, err := Dial(t.Context(), address, echoRequest(), Options{}); !errors.Is(err, ErrUnanswered) {
		t.Errorf("without TLS: %v", err)
	}

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	served := make(chan error, 1)
	go func() {
		c, err := l.Accept()
		if err == nil {
			var a *Association
			if a, err = Accept(t.Context(), c, Options{TLS: secured(ca.Issue(t, pacstest.Leaf{}), ca, tls.VersionTLS13)}, all); err == nil {
				_, err = a.Read(t.Context())
				a.Abort()
			}
		}
		served <- err
	}()
	out, err := exec.Command(tool(t, "echoscu"), "+tls", key, crt, "+cf", ca.File(t), "--abort", "127.0.0.1", strconv.Itoa(l.Addr().(*net.TCPAddr).Port)).CombinedOutput()
	if got := <-served; got != nil {
		t.Errorf("echoscu left with %v (%v)\n%s", got, err, out)
	}
}
