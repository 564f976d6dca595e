package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/demo"
	"github.com/nocturne/nocturne/worklist/pacs/dimse"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
	"github.com/nocturne/nocturne/worklist/transit"
)

// TestAfterEveryBadCertificateTheStudyComesOverDIMSE shows each of the bad certificates
// first, and then a good one to the same client: nothing is fetched before that, the
// reader is told which it was, and asking again is enough.
func TestAfterEveryBadCertificateTheStudyComesOverDIMSE(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	ca, other := pacstest.NewAuthority(t, "CA"), pacstest.NewAuthority(t, "other CA")
	server, reader := ca.Issue(t, pacstest.Leaf{}), ca.Issue(t, pacstest.Leaf{Name: "reader"})
	past := time.Now().Add(-24 * time.Hour)
	study := ct(t, 2)
	for _, c := range []struct {
		name   string
		server tls.Certificate
		reader *tls.Certificate
		says   error
	}{
		{"expired", ca.Issue(t, pacstest.Leaf{From: past, Until: past.Add(time.Hour)}), &reader, transit.ErrExpired},
		{"wrong host", ca.Issue(t, pacstest.Leaf{Hosts: []string{"pacs.example"}}), &reader, transit.ErrWrongHost},
		{"self-signed", pacstest.SelfSigned(t, pacstest.Leaf{}), &reader, transit.ErrUnknownAuthority},
		{"unknown authority", other.Issue(t, pacstest.Leaf{}), &reader, transit.ErrUnknownAuthority},
		{"client certificate missing", server, &tls.Certificate{}, transit.ErrCertificateAsked},
	} {
		var shown, ours atomic.Pointer[tls.Certificate]
		shown.Store(&c.server)
		ours.Store(c.reader)
		theirs := transit.Least()
		theirs.ClientAuth, theirs.ClientCAs = tls.RequireAndVerifyClientCert, ca.Pool()
		theirs.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return shown.Load(), nil }
		config := transit.Least()
		config.RootCAs = ca.Pool()
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return ours.Load(), nil }
		client := secureArchive(t, theirs, config)
		st := newStore(t)
		e := &Engine{Store: st}
		err := e.Study(ctxFor(t), client, study.UID, nil, nil)
		if !errors.Is(err, c.says) || whole(t, st, study) != 0 {
			t.Errorf("%s: %v, %d held", c.name, err, whole(t, st, study))
			continue
		}
		titled(t, err)
		if why, ok := pacs.Unreachable(err); ok {
			t.Errorf("%s: it is said that nobody is there: %s", c.name, why)
		}
		shown.Store(&server)
		ours.Store(&reader)
		if got, err := client.Store(context.Background(), study.UID, study.Bytes()...); err != nil || len(got.OK) != 2 {
			t.Errorf("%s, renewed: %d stored, %v", c.name, len(got.OK), err)
		}
		if err := e.Study(ctxFor(t), client, study.UID, nil, nil); err != nil || whole(t, st, study) != 2 {
			t.Errorf("%s, renewed: %v, %d held", c.name, err, whole(t, st, study))
		}
	}
}

// secureArchive is an empty embedded archive behind TLS, and a client of it.
func secureArchive(t *testing.T, theirs, ours *tls.Config) *dimse.Client {
	t.Helper()
	a, err := demo.New(demo.Options{DIMSETLS: theirs})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(func() { cancel(); a.Close() })
	at, err := a.ServeDIMSE(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c, err := dimse.New(dimse.Config{Name: "NORTH", Address: at.DIMSE, CalledAE: at.AE, TLS: ours})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}
