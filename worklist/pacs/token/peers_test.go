package token_test

import (
	"bytes"
	"context"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/demo"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
	"github.com/nocturne/nocturne/worklist/pacs/token"
)

// provider is oidc-provider with access tokens of one second, and what it says of grants.
func provider(t *testing.T) (issuer string, grants <-chan string) {
	t.Helper()
	dir := oracle.NPM(t, "oidc-provider")
	address, lines := oracle.NodeServer(t, dir, "testdata/peers/provider.mjs", "1")
	return "http://" + address, lines
}

// said is what the provider said of grants so far, by kind.
func said(grants <-chan string) map[string]int {
	n := map[string]int{}
	for {
		select {
		case g := <-grants:
			n[g]++
		case <-time.After(50 * time.Millisecond):
			return n
		}
	}
}

var (
	formOf  = regexp.MustCompile(`(?s)<form[^>]*action="([^"]+)"[^>]*>(.*?)</form>`)
	fieldOf = regexp.MustCompile(`(?s)<input[^>]*name="([^"]+)"[^>]*>`)
	valueOf = regexp.MustCompile(`value="([^"]*)"`)
)

// person fills in every form that comes, as somebody at a browser would.
func person(t *testing.T, address, code string) {
	jar, _ := cookiejar.New(nil)
	c := &http.Client{Jar: jar, Timeout: 10 * time.Second}
	resp, err := c.Get(address)
	for range 8 {
		if err != nil {
			t.Errorf("at the browser: %v", err)
			return
		}
		page, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		form := formOf.FindSubmatch(page)
		if form == nil {
			return
		}
		fields := url.Values{}
		for _, f := range fieldOf.FindAllSubmatch(form[2], -1) {
			name, value := string(f[1]), ""
			if v := valueOf.FindSubmatch(f[0]); v != nil {
				value = html.UnescapeString(string(v[1]))
			}
			if value == "" {
				value = map[string]string{"login": "reader", "password": "x", "user_code": code}[name]
			}
			fields.Set(name, value)
		}
		to, perr := resp.Request.URL.Parse(html.UnescapeString(string(form[1])))
		if perr != nil {
			t.Error(perr)
			return
		}
		resp, err = c.PostForm(to.String(), fields)
	}
	t.Error("the forms do not end")
}

// guard lets through whom the provider's userinfo endpoint knows, slowly. When told it
// ends the bearer of the next request before its time, as a server does that was restarted.
type guard struct {
	issuer  string
	next    http.Handler
	refused atomic.Int32

	mu      sync.Mutex
	ended   map[string]bool // guarded by mu
	endNext bool            // guarded by mu
}

func (g *guard) endNow() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.endNext = true
}

func (g *guard) knows(bearer string) bool {
	g.mu.Lock()
	ended := g.endNext || g.ended[bearer]
	g.endNext, g.ended[bearer] = false, ended
	g.mu.Unlock()
	req, _ := http.NewRequest(http.MethodGet, g.issuer+"/me", nil)
	req.Header.Set("Authorization", bearer)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK && !ended
}

func (g *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !g.knows(r.Header.Get("Authorization")) {
		g.refused.Add(1)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	time.Sleep(150 * time.Millisecond)
	g.next.ServeHTTP(w, r)
}

// archive is an embedded archive behind a guard, and a client that bears src's tokens.
func archive(t *testing.T, issuer string, src *token.Source) (*guard, *dicomweb.Client) {
	t.Helper()
	a, err := demo.New(demo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	urls, err := a.Serve(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	base, _ := url.Parse(urls.DICOMweb)
	g := &guard{issuer: issuer, ended: map[string]bool{}, next: httputil.NewSingleHostReverseProxy(&url.URL{Scheme: base.Scheme, Host: base.Host})}
	front := httptest.NewServer(g)
	t.Cleanup(front.Close)
	c, err := dicomweb.New(dicomweb.Config{Name: "NORTH", BaseURL: front.URL + base.Path,
		Login: func(ctx context.Context) (dicomweb.Login, error) {
			b, err := src.Bearer(ctx)
			return dicomweb.Login{Bearer: b}, err
		},
		Renew: func(ctx context.Context, refused dicomweb.Login) (dicomweb.Login, error) {
			b, err := src.Renew(ctx, refused.Bearer)
			return dicomweb.Login{Bearer: b}, err
		}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return g, c
}

// Tokens of a second: they are renewed ahead, end early, and rotate, while four requests
// at a time bring a study.
func TestAStudyArrivesWholeThoughTokensEndOnTheWay(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	issuer, grants := provider(t)
	src := at(t, issuer, token.Device)
	if err := src.Login(t.Context(), func(p token.Prompt) { person(t, p.Complete, p.Code) }); err != nil {
		t.Fatal(err)
	}
	if got := said(grants); got["urn:ietf:params:oauth:grant-type:device_code"] != 1 {
		t.Fatalf("the provider said %v", got)
	}
	g, c := archive(t, issuer, src)
	st := pacstest.NewSeed(t).Studies[0]
	if stored, err := c.Store(t.Context(), st.UID, st.Bytes()...); err != nil || len(stored.OK) != len(st.Objects) {
		t.Fatalf("store: %d, %v", len(stored.OK), err)
	}
	const rounds = 56
	var whole atomic.Int32
	work := make(chan int)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i := range work {
				o := st.Objects[i%len(st.Objects)]
				err := c.Retrieve(t.Context(), pacs.Ref{Study: st.UID, Series: o.Series, Instance: o.SOP}, func(got pacs.Object) error {
					if bytes.Equal(got.Bytes, o.Bytes) {
						whole.Add(1)
					}
					return nil
				})
				if err != nil {
					t.Errorf("instance %d: %v", i, err)
				}
			}
		})
	}
	for i := range rounds {
		if i == 40 { // 1.5 s: the first token ended by itself before
			g.endNow()
		}
		work <- i
	}
	close(work)
	all.Wait()
	got := said(grants)
	if whole.Load() != rounds {
		t.Errorf("%d of %d objects whole", whole.Load(), rounds)
	}
	if g.refused.Load() < 1 || got["refresh_token"] < 2 || got["refresh_token"] > 8 || got["refused invalid_grant"] > 0 {
		t.Errorf("%d refused requests, the provider said %v", g.refused.Load(), got)
	}
	t.Logf("%d objects, %d requests refused, %d renewals", whole.Load(), g.refused.Load(), got["refresh_token"])
	if told, err := src.Logout(t.Context()); !told || err != nil {
		t.Errorf("log out: %v, %v", told, err)
	}
	if err := c.Verify(t.Context()); err == nil || !strings.Contains(err.Error(), "wants a login") {
		t.Errorf("after the logout: %v", err)
	}
}

func TestOIDCProviderTakesTheCodeGrant(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	issuer, _ := provider(t)
	src := at(t, issuer, token.Code)
	if err := src.Login(t.Context(), func(p token.Prompt) { go person(t, p.URL, "") }); err != nil || !src.LoggedIn() {
		t.Fatal(err)
	}
	b, err := src.Bearer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if again, err := src.Renew(t.Context(), b); err != nil || again == b {
		t.Errorf("renewed: %v", err)
	}
}

func at(t *testing.T, issuer string, g token.Grant) *token.Source {
	t.Helper()
	src, err := token.New(token.Config{Site: "NORTH", Issuer: issuer, ClientID: "nocturne", Grant: g, Rest: rest(t, t.TempDir())})
	if err != nil {
		t.Fatal(err)
	}
	src.Hurry(20 * time.Millisecond)
	t.Cleanup(src.Close)
	return src
}
