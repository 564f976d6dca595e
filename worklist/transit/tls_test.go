package transit

import (
	"crypto/tls"
	"testing"
)

func TestNoConnectionIsWeakerThanTheStandard(t *testing.T) {
	c, err := TLS("his.example", nil, nil)
	if err != nil || c.MinVersion < tls.VersionTLS12 || c.InsecureSkipVerify || c.ServerName != "his.example" || c.RootCAs != nil {
		t.Fatalf("%+v, %v", c, err)
	}
	strong := map[uint16]bool{}
	for _, s := range tls.CipherSuites() { // the library's list of those without known weakness
		strong[s.ID] = true
	}
	for _, id := range c.CipherSuites {
		if !strong[id] {
			t.Errorf("%s", tls.CipherSuiteName(id))
		}
	}
}

func TestAnAuthorityThatCannotBeReadIsNotTheSystems(t *testing.T) {
	if c, err := TLS("h", []byte("no PEM"), nil); err == nil || c != nil {
		t.Errorf("%+v", c)
	}
}
