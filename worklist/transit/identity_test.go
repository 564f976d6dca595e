package transit_test

import (
	"crypto/tls"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"testing"

	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
	"github.com/nocturne/nocturne/worklist/transit"
)

// serve is a TLS server that wants a certificate of the authority's from its clients.
func serve(t *testing.T, a *pacstest.Authority) (url string) {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	s.TLS = &tls.Config{Certificates: []tls.Certificate{a.Issue(t, pacstest.Leaf{})}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: a.Pool()}
	s.Config.ErrorLog = quiet
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL
}

func ask(t *testing.T, url string, i transit.Identity) error {
	t.Helper()
	config, err := i.TLS("")
	if err != nil {
		return err
	}
	tr := &http.Transport{TLSClientConfig: config}
	defer tr.CloseIdleConnections()
	resp, err := (&http.Client{Transport: tr}).Get(url)
	if err == nil {
		resp.Body.Close()
	}
	return err
}

func TestPinsHoldBesideTheAuthority(t *testing.T) {
	a := pacstest.NewAuthority(t, "site CA")
	url := serve(t, a)
	cert, key := pacstest.KeyFiles(t, a.Issue(t, pacstest.Leaf{Name: "reader1"}))
	other := pacstest.Pin(pacstest.NewAuthority(t, "another").Certificate)
	var pin *transit.PinError
	for name, c := range map[string]struct {
		i  transit.Identity
		ok func(error) bool
	}{
		"the authority's key": {transit.Identity{CA: a.File(t), Certificate: cert, Key: key, Pins: []string{other, "sha256//" + pacstest.Pin(a.Certificate)}}, func(err error) bool { return err == nil }},
		"another's key":       {transit.Identity{CA: a.File(t), Certificate: cert, Key: key, Pins: []string{other}}, func(err error) bool { return errors.As(err, &pin) }},
		"a pin is no authority": {transit.Identity{Certificate: cert, Key: key, Pins: []string{pacstest.Pin(a.Certificate)}}, func(err error) bool {
			var v *tls.CertificateVerificationError
			return errors.As(err, &v)
		}},
		"no pin at all": {transit.Identity{CA: a.File(t), Certificate: cert, Key: key, Pins: []string{"abc"}}, func(err error) bool { return err != nil }},
	} {
		if err := ask(t, url, c.i); !c.ok(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAKeyThatOthersCanReadIsNotUsed(t *testing.T) {
	a := pacstest.NewAuthority(t, "site CA")
	cert, key := pacstest.KeyFiles(t, a.Issue(t, pacstest.Leaf{}))
	if _, err := (transit.Identity{Certificate: cert, Key: key}).TLS("h"); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" {
		os.Chmod(key, 0o640)
		if _, err := (transit.Identity{Certificate: cert, Key: key}).TLS("h"); !errors.Is(err, transit.ErrOpen) {
			t.Errorf("%v", err)
		}
	}
	for _, i := range []transit.Identity{{CA: key}, {CA: "/absent"}, {Certificate: "/absent", Key: key}, {Key: key}} {
		if config, err := i.TLS("h"); err == nil || config != nil {
			t.Errorf("%+v is used", i)
		}
	}
}

func TestARenewedCertificateIsUsedWithoutARestart(t *testing.T) {
	a, old := pacstest.NewAuthority(t, "site CA"), pacstest.NewAuthority(t, "old CA")
	url := serve(t, a)
	cert, key := pacstest.KeyFiles(t, old.Issue(t, pacstest.Leaf{}))
	config, err := transit.Identity{CA: a.File(t), Certificate: cert, Key: key}.TLS("")
	if err != nil {
		t.Fatal(err)
	}
	get := func() error {
		tr := &http.Transport{TLSClientConfig: config, DisableKeepAlives: true}
		resp, err := (&http.Client{Transport: tr}).Get(url)
		if err == nil {
			resp.Body.Close()
		}
		return err
	}
	if get() == nil {
		t.Fatal("a stranger's certificate was accepted")
	}
	newCert, newKey := pacstest.KeyFiles(t, a.Issue(t, pacstest.Leaf{}))
	for from, to := range map[string]string{newCert: cert, newKey: key} {
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	if err := get(); err != nil {
		t.Errorf("after the renewal: %v", err)
	}
}
