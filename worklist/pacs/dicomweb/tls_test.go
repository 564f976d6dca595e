package dicomweb_test

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
	"github.com/nocturne/nocturne/worklist/transit"
)

// secure serves an archive by TLS as config says.
func secure(t *testing.T, config *tls.Config) (url string) {
	t.Helper()
	return secureBy(t, &honest{seed: pacstest.NewSeed(t)}, config)
}

func secureBy(t *testing.T, h http.Handler, config *tls.Config) (url string) {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.TLS = config
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL
}

// verifyTLS asks the archive at url for the least, as who the identity says.
func verifyTLS(t *testing.T, url string, i transit.Identity) error {
	t.Helper()
	config, err := i.TLS("")
	if err != nil {
		t.Fatal(err)
	}
	return client(t, dicomweb.Config{BaseURL: url, TLS: config}).Verify(context.Background())
}

// The five bad certificates of the issue, and what else TLS fails by.
func TestABadCertificateIsRefusedAndNamed(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	a, other := pacstest.NewAuthority(t, "site CA"), pacstest.NewAuthority(t, "Inspecting\x1b[31m Proxy\u202e")
	ca := a.File(t)
	ended := time.Now().Add(-48 * time.Hour).Truncate(time.Second)
	cert, key := pacstest.KeyFiles(t, a.Issue(t, pacstest.Leaf{Name: "reader1"}))
	stranger, strangerKey := pacstest.KeyFiles(t, other.Issue(t, pacstest.Leaf{Name: "reader1"}))
	late, lateKey := pacstest.KeyFiles(t, a.Issue(t, pacstest.Leaf{From: ended.Add(-time.Hour), Until: ended}))
	good := a.Issue(t, pacstest.Leaf{})
	asking := &tls.Config{Certificates: []tls.Certificate{good}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: a.Pool()}
	asking12 := asking.Clone()
	asking12.MaxVersion = tls.VersionTLS12
	one := func(c tls.Certificate) *tls.Config { return &tls.Config{Certificates: []tls.Certificate{c}} }
	for name, c := range map[string]struct {
		server *tls.Config
		us     transit.Identity
		want   transit.Trouble
	}{
		"expired":               {one(a.Issue(t, pacstest.Leaf{From: ended.Add(-time.Hour), Until: ended})), transit.Identity{CA: ca}, transit.Trouble{Kind: transit.Expired, Until: ended.UTC(), Issuer: "site CA"}},
		"not valid yet":         {one(a.Issue(t, pacstest.Leaf{From: ended.Add(96 * time.Hour), Until: ended.Add(99 * time.Hour)})), transit.Identity{CA: ca}, transit.Trouble{Kind: transit.NotYet, Until: ended.Add(96 * time.Hour).UTC(), Issuer: "site CA"}},
		"another host's":        {one(a.Issue(t, pacstest.Leaf{Hosts: []string{"login.hotel.example"}})), transit.Identity{CA: ca}, transit.Trouble{Kind: transit.WrongHost, Name: "login.hotel.example", Issuer: "site CA"}},
		"self-signed":           {one(pacstest.SelfSigned(t, pacstest.Leaf{Name: "pacs"})), transit.Identity{CA: ca}, transit.Trouble{Kind: transit.SelfSigned, Issuer: "pacs"}},
		"another authority's":   {one(other.Issue(t, pacstest.Leaf{})), transit.Identity{CA: ca}, transit.Trouble{Kind: transit.UnknownAuthority, Issuer: "Inspecting?[31m Proxy?"}},
		"no authority of ours":  {one(good), transit.Identity{}, transit.Trouble{Kind: transit.UnknownAuthority, Issuer: "site CA"}},
		"another key":           {one(good), transit.Identity{CA: ca, Pins: []string{pacstest.Pin(other.Certificate)}}, transit.Trouble{Kind: transit.WrongPin}},
		"ours is missing":       {asking, transit.Identity{CA: ca}, transit.Trouble{Kind: transit.ClientWanted}},
		"ours is unknown":       {asking, transit.Identity{CA: ca, Certificate: stranger, Key: strangerKey}, transit.Trouble{Kind: transit.ClientUnknown}},
		"ours has ended":        {asking, transit.Identity{CA: ca, Certificate: late, Key: lateKey}, transit.Trouble{Kind: transit.ClientExpired}},
		"ours is missing (1.2)": {asking12, transit.Identity{CA: ca}, transit.Trouble{Kind: transit.ClientWanted}},
		"TLS 1.1":               {&tls.Config{Certificates: []tls.Certificate{good}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, transit.Identity{CA: ca}, transit.Trouble{Kind: transit.TooOld}},
		"no common cipher":      {&tls.Config{Certificates: []tls.Certificate{good}, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA}}, transit.Identity{CA: ca}, transit.Trouble{Kind: transit.TooOld}},
		"all is well":           {asking, transit.Identity{CA: ca, Certificate: cert, Key: key, Pins: []string{pacstest.Pin(good.Leaf)}}, transit.Trouble{}},
	} {
		err := verifyTLS(t, secure(t, c.server), c.us)
		got, ok := transit.TLSTrouble(err)
		got.Until = got.Until.UTC()
		if got.Kind != c.want.Kind || got.Until != c.want.Until || got.Name != c.want.Name || c.want.Issuer != "" && printable(got.Issuer) != printable(c.want.Issuer) || ok == (c.want.Kind == 0) {
			t.Errorf("%s: %+v, want %+v (%v)", name, got, c.want, err)
		}
		if err != nil && (strings.Contains(err.Error(), "://") || strings.Contains(err.Error(), "127.0.0.1")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// printable leaves letters, which cleaning may not change.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r < ' ' || r == '\u202e' {
			return r
		}
		return -1
	}, s)
}

func TestPlainTextWhereTLSIsDueIsNamed(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	a := pacstest.NewAuthority(t, "site CA")
	tlsURL := secure(t, &tls.Config{Certificates: []tls.Certificate{a.Issue(t, pacstest.Leaf{})}})
	plainURL := serve(t, &honest{seed: pacstest.NewSeed(t)})
	for _, c := range []struct {
		url  string
		want transit.TroubleKind
	}{
		{strings.Replace(tlsURL, "https", "http", 1), transit.TLSWanted},
		{strings.Replace(plainURL, "http", "https", 1), transit.NotTLS},
	} {
		if got, _ := transit.TLSTrouble(verifyTLS(t, c.url, transit.Identity{CA: a.File(t)})); got.Kind != c.want {
			t.Errorf("%+v, want %v", got, c.want)
		}
	}
	for words, want := range map[string]transit.TroubleKind{ // nginx 1.22, as it answers
		"<center>No required SSL certificate was sent</center>":           transit.ClientWanted,
		"<center>The SSL certificate error</center>":                      transit.ClientRefused,
		"<center>The plain HTTP request was sent to HTTPS port</center>":  transit.TLSWanted,
		"<center>Something else is wrong with PHANTOM^ANNA here</center>": 0,
	} {
		url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(400)
			io.WriteString(w, words)
		}))
		err := verifyTLS(t, url, transit.Identity{})
		if got, _ := transit.TLSTrouble(err); got.Kind != want || err == nil || strings.Contains(err.Error(), "PHANTOM") {
			t.Errorf("%s: %+v, %v", words, got, err)
		}
	}
}
