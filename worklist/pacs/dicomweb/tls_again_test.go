package dicomweb_test

import (
	"context"
	"crypto/tls"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
	"github.com/nocturne/nocturne/worklist/transit"
)

// Each of the five bad certificates, put right while the program runs: the client that
// was refused retrieves the study, and nothing of the failed tries is left.
func TestAStudyArrivesOnceTheCertificateIsPutRight(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	a := pacstest.NewAuthority(t, "site CA")
	past := time.Now().Add(-time.Hour)
	good := &tls.Config{Certificates: []tls.Certificate{a.Issue(t, pacstest.Leaf{})}}
	wants := good.Clone()
	wants.ClientAuth, wants.ClientCAs = tls.RequireAndVerifyClientCert, a.Pool()
	st := pacstest.NewSeed(t).Studies[0]
	h := &honest{seed: pacstest.Seed{Studies: []pacstest.Study{st}}}
	for name, c := range map[string]struct {
		bad  *tls.Config
		want transit.TroubleKind
	}{
		"expired":               {pacstest.ServerTLS(a.Issue(t, pacstest.Leaf{From: past.Add(-time.Hour), Until: past})), transit.Expired},
		"another host's":        {pacstest.ServerTLS(a.Issue(t, pacstest.Leaf{Hosts: []string{"pacs.example"}})), transit.WrongHost},
		"self-signed":           {pacstest.ServerTLS(pacstest.SelfSigned(t, pacstest.Leaf{})), transit.SelfSigned},
		"another authority's":   {pacstest.ServerTLS(pacstest.NewAuthority(t, "other").Issue(t, pacstest.Leaf{})), transit.UnknownAuthority},
		"ours is not asked for": {wants, transit.ClientWanted},
	} {
		var now atomic.Pointer[tls.Config]
		now.Store(c.bad)
		url := secureBy(t, h, &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return now.Load(), nil }, Certificates: good.Certificates})
		config, err := transit.Identity{CA: a.File(t)}.TLS("")
		if err != nil {
			t.Fatal(err)
		}
		arch := client(t, dicomweb.Config{BaseURL: url, TLS: config})
		n := 0
		for range 3 {
			err := arch.Retrieve(context.Background(), pacs.Ref{Study: st.UID}, got(t, st, &n))
			if trouble, _ := transit.TLSTrouble(err); trouble.Kind != c.want || n != 0 {
				t.Errorf("%s: %+v, %d objects, %v", name, trouble, n, err)
			}
		}
		now.Store(good)
		if err := arch.Retrieve(context.Background(), pacs.Ref{Study: st.UID}, got(t, st, &n)); err != nil || n != len(st.Objects) {
			t.Errorf("%s, put right: %d of %d objects, %v", name, n, len(st.Objects), err)
		}
	}
}
