package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

func TestASiteSaysWhoWeAreToIt(t *testing.T) {
	const pin = "pin_sha256 = [\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"]\n"
	for name, c := range map[string]struct{ address, toml, login, wrong string }{
		"nothing":                  {"https://n/dw", "", "", ""},
		"a user":                   {"http://n/dw", "user = \"u\"\n", loginBasic, ""},
		"a bearer":                 {"https://n/dw", "bearer_file = \"/f\"\n" + pin, loginBearer, ""},
		"a bearer in the clear":    {"http://n/dw", "bearer_file = \"/f\"\n", "", "https only"},
		"a bearer on this machine": {"http://127.0.0.1:1/dw", "bearer_env = \"B\"\n", loginBearer, ""},
		"a bearer that is nowhere": {"https://n/dw", "login = \"bearer\"\n", "", "bearer_env"},
		"the device flow":          {"https://n/dw", "login = \"device\"\nissuer = \"https://idp\"\nclient_id = \"noct\"\n", loginDevice, ""},
		"no issuer":                {"https://n/dw", "login = \"device\"\nclient_id = \"noct\"\n", "", "issuer"},
		"an issuer in the clear":   {"https://n/dw", "login = \"code\"\nissuer = \"http://idp\"\nclient_id = \"noct\"\n", "", "issuer"},
		"no client":                {"https://n/dw", "login = \"code\"\nissuer = \"https://idp\"\n", "", "client_id"},
		"a client without secret":  {"https://n/dw", "login = \"client\"\nissuer = \"https://idp\"\nclient_id = \"noct\"\n", "", "client_secret"},
		"a token in the clear":     {"http://n/dw", "login = \"device\"\nissuer = \"https://idp\"\nclient_id = \"noct\"\n", "", "https only"},
		"no such login":            {"https://n/dw", "login = \"ldap\"\n", "", "login is"},
		"no pin":                   {"https://n/dw", "pin_sha256 = [\"x\"]\n", "", "pin_sha256"},
		"a key of nothing":         {"https://n/dw", "client_key_file = \"/k\"\n", "", "client_cert_file"},
	} {
		home := t.TempDir()
		text := "[[site]]\nname = \"NORTH\"\ndicomweb = \"" + c.address + "\"\n" + c.toml
		if err := os.WriteFile(filepath.Join(home, "config.toml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := loadConfig(home)
		if (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err == nil && got.Sites[0].login() != c.login {
			t.Errorf("%s: login is %q, want %q", name, got.Sites[0].login(), c.login)
		}
	}
}

func TestASecretIsReadFromWhereOnlyItsOwnerReads(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	if err := os.WriteFile(path, []byte("s3cret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	none := func(string) string { return "" }
	if s, err := secret(none, "", path, "bearer token"); s != "s3cret" || err != nil {
		t.Errorf("%q, %v", s, err)
	}
	os.Chmod(path, 0o644)
	if s, err := secret(none, "", path, "bearer token"); s != "" || err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("%q, %v", s, err)
	}
	if p, err := (SiteConfig{PasswordFile: path}).password(none); p != "" || err == nil {
		t.Errorf("a password that others can read is used: %v", err)
	}
	if _, err := secret(none, "B", "", "bearer token"); err == nil {
		t.Error("an empty variable is a secret")
	}
}

func TestTLSOfASiteNamesTheSiteInItsErrors(t *testing.T) {
	env := &environment{}
	s := SiteConfig{Name: "NORTH", LoginConfig: LoginConfig{CA: pacstest.NewAuthority(t, "CA").File(t)}}
	c, err := env.tlsConfig(s, "pacs.north")
	if err != nil || c.ServerName != "pacs.north" || c.RootCAs == nil || c.InsecureSkipVerify {
		t.Errorf("%v", err)
	}
	s.CA = "/absent"
	if _, err := env.tlsConfig(s, "pacs.north"); err == nil || !strings.Contains(err.Error(), "NORTH") {
		t.Errorf("%v", err)
	}
}

func TestOneIdentityHoldsForEveryChannelThatHasNoneOfItsOwn(t *testing.T) {
	s := SiteConfig{LoginConfig: LoginConfig{CA: "ca", ClientCert: "cert", ClientKey: "key", PinSHA256: []string{"p"}}, SendConfig: SendConfig{FHIRCA: "other", FHIRCert: "one", FHIRPins: []string{"q"}}}
	if i := s.hl7Identity(); i.CA != "ca" || i.Certificate != "cert" || i.Key != "key" || len(i.Pins) != 0 {
		t.Errorf("%+v", i)
	}
	if i := s.fhirIdentity(); i.CA != "other" || i.Certificate != "one" || i.Key != "" || len(i.Pins) != 1 || i.Pins[0] != "q" {
		t.Errorf("%+v", i)
	}
}
