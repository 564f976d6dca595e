package pacstest

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// verdict is a test that notes how it ended.
type verdict struct {
	testing.TB
	skipped, failed bool
}

func (*verdict) Helper()        {}
func (v *verdict) Skip(...any)  { v.skipped = true }
func (v *verdict) Fatal(...any) { v.failed = true }

func TestAMissingPeerSkipsUnlessPeersAreRequired(t *testing.T) {
	t.Setenv("NOCTURNE_PEERS", "")
	v := &verdict{}
	if Missing(v, "no Orthanc"); !v.skipped || v.failed {
		t.Errorf("%+v", v)
	}
	t.Setenv("NOCTURNE_PEERS", "require")
	v = &verdict{}
	if Missing(v, "no Orthanc"); v.skipped || !v.failed {
		t.Errorf("%+v", v)
	}
}

func TestABadPeerKeepsToItsScript(t *testing.T) {
	good := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("fine")) })
	peer := (&BadPeer{Good: good}).Then(Fault{Kind: Refuse, N: 429, After: "7"}, Fault{}, Fault{Kind: Portal})
	server := httptest.NewServer(peer)
	defer server.Close()
	for i, want := range []int{429, 200, 200, 200} {
		resp, err := http.Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		portal := resp.Header.Get("Content-Type") == "text/html; charset=utf-8"
		if resp.StatusCode != want || portal != (i == 2) || i == 0 && resp.Header.Get("Retry-After") != "7" {
			t.Errorf("request %d: %d, portal %v", i, resp.StatusCode, portal)
		}
	}
	if peer.Asked() != 4 {
		t.Errorf("%d requests counted", peer.Asked())
	}
}

func TestNoTwoSeedsShareAName(t *testing.T) {
	a, b := NewSeed(t), NewSeed(t)
	if a.Family == b.Family || a.Studies[0].UID == b.Studies[0].UID || a.Token == b.Token {
		t.Error("they would be found by each other's queries")
	}
}
