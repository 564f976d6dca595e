package dicomweb_test

import (
	"context"
	"crypto/tls"
	"testing"

	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
	"github.com/nocturne/nocturne/worklist/transit"
)

func secureConfig(t *testing.T, o pacstest.SecureOrthanc, us transit.Identity, most uint16) dicomweb.Config {
	t.Helper()
	config, err := us.TLS("")
	if err != nil {
		t.Fatal(err)
	}
	config.MaxVersion = most
	return dicomweb.Config{BaseURL: o.URL, TLS: config, Quirks: dicomweb.Quirks{PageSize: 2},
		Login: func(context.Context) (dicomweb.Login, error) {
			return dicomweb.Login{User: o.User, Password: o.Password}, nil
		}}
}

func TestOrthancBehindTLSPassesTheSuite(t *testing.T) {
	o := pacstest.StartOrthancTLS(t)
	t.Run("suite", func(t *testing.T) {
		pacstest.Suite(t, func(t *testing.T) pacstest.Target {
			return pacstest.Target{Archive: client(t, secureConfig(t, o, o.Us, tls.VersionTLS13))}
		})
	})
	pinned := o.Us
	pinned.Pins = []string{pacstest.Pin(o.Authority.Certificate)}
	other := o.Us
	other.Pins = []string{pacstest.Pin(pacstest.NewAuthority(t, "x").Certificate)}
	stranger, key := pacstest.KeyFiles(t, pacstest.NewAuthority(t, "stranger CA").Issue(t, pacstest.Leaf{}))
	for name, c := range map[string]struct {
		us   transit.Identity
		most uint16
		want transit.TroubleKind
	}{
		"by TLS 1.2":                {o.Us, tls.VersionTLS12, 0},
		"pinned":                    {pinned, tls.VersionTLS13, 0},
		"pinned to another key":     {other, tls.VersionTLS13, transit.WrongPin},
		"without our certificate":   {transit.Identity{CA: o.Us.CA}, tls.VersionTLS13, transit.ClientWanted},
		"the same by TLS 1.2":       {transit.Identity{CA: o.Us.CA}, tls.VersionTLS12, transit.ClientWanted},
		"with a stranger's":         {transit.Identity{CA: o.Us.CA, Certificate: stranger, Key: key}, tls.VersionTLS13, transit.ClientRefused},
		"by the system's authority": {transit.Identity{Certificate: o.Us.Certificate, Key: o.Us.Key}, tls.VersionTLS13, transit.UnknownAuthority},
	} {
		err := client(t, secureConfig(t, o, c.us, c.most)).Verify(context.Background())
		if got, _ := transit.TLSTrouble(err); got.Kind != c.want || (err == nil) != (c.want == 0) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}
