package token_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
	"github.com/nocturne/nocturne/worklist/pacs/token"
	"github.com/nocturne/nocturne/worklist/pacs/token/tokentest"
)

const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

func TestTheDeviceGrantAsksUntilSomebodyDecided(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	for name, c := range map[string]struct {
		script []string
		polls  int
		want   func(error) bool
	}{
		"yes at once":  {nil, 1, func(err error) bool { return err == nil }},
		"yes, later":   {[]string{"authorization_pending", "slow_down", "authorization_pending"}, 4, func(err error) bool { return err == nil }},
		"no":           {[]string{"authorization_pending", "access_denied"}, 2, refused("access_denied")},
		"too late":     {[]string{"expired_token"}, 1, func(err error) bool { return errors.Is(err, token.ErrInTime) }},
		"other words":  {[]string{"s3cret words"}, 1, refused("")},
		"wrong client": {[]string{"unauthorized_client"}, 1, refused("unauthorized_client")},
	} {
		s := tokentest.New(t)
		s.Script = c.script
		src := source(t, s, t.TempDir(), token.Device)
		var shown token.Prompt
		start := time.Now()
		err := src.Login(context.Background(), func(p token.Prompt) { shown = p })
		if !c.want(err) || s.Count(deviceGrant) != c.polls || shown.Code != "WDJB-MJHT" || shown.URL != s.Issuer+"/go" {
			t.Errorf("%s: %v after %d polls, shown %+v", name, err, s.Count(deviceGrant), shown)
		}
		if err != nil && (strings.Contains(err.Error(), "SECRET") || strings.Contains(err.Error(), "s3cret") || src.LoggedIn()) {
			t.Errorf("%s: %v", name, err)
		}
		if name == "yes, later" { // 5 + 5 + (5+5) + 10 ms
			if took := time.Since(start); took < 30*time.Millisecond {
				t.Errorf("four polls and a slow_down took %v, want 30 ms at least", took)
			}
		}
	}
}

func refused(code string) func(error) bool {
	return func(err error) bool {
		var r *token.RefusedError
		return errors.As(err, &r) && r.Code == code
	}
}

func TestALineThatFailsWhileWaitingIsAskedAgain(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	s := tokentest.New(t)
	n := 0
	s.Break = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/token" {
			return false
		}
		n++
		if n == 1 {
			panic(http.ErrAbortHandler)
		}
		if n == 2 {
			w.WriteHeader(503)
		}
		return n == 2
	}
	if err := source(t, s, t.TempDir(), token.Device).Login(context.Background(), func(token.Prompt) {}); err != nil || n != 3 {
		t.Errorf("%v after %d", err, n)
	}
}

func TestALoginThatDoesNotLastIsNone(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	s := tokentest.New(t)
	s.Lasting = false
	if err := source(t, s, t.TempDir(), token.Device).Login(context.Background(), func(token.Prompt) {}); !errors.Is(err, token.ErrNoRefresh) {
		t.Errorf("%v", err)
	}
}

// browser follows the address as a reader's browser does.
func browser(t *testing.T, address string) string {
	resp, err := http.Get(address)
	if err != nil {
		t.Error(err)
		return ""
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	return string(b)
}

func TestTheCodeGrantBringsBackWhatItSent(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	s := tokentest.New(t)
	src := source(t, s, t.TempDir(), token.Code)
	page := make(chan string, 1)
	err := src.Login(context.Background(), func(p token.Prompt) {
		u, _ := url.Parse(p.URL)
		q := u.Query()
		if q.Get("code_challenge_method") != "S256" || len(q.Get("state")) < 43 || len(q.Get("nonce")) < 43 || !strings.HasPrefix(q.Get("redirect_uri"), "http://127.0.0.1:") || q.Get("scope") != "openid offline_access" {
			t.Errorf("asked with %v", q)
		}
		go func() { page <- browser(t, p.URL) }()
	})
	if err != nil || !src.LoggedIn() || !strings.Contains(<-page, "can be closed") {
		t.Errorf("%v", err)
	}
}

func TestAnAnswerToAnotherLoginIsNotTaken(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	for name, change := range map[string]func(url.Values){
		"another issuer": func(q url.Values) { q.Set("iss", "https://evil.example") },
		"a refusal":      func(q url.Values) { q.Del("code"); q.Set("error", "access_denied") },
		"no code":        func(q url.Values) { q.Del("code") },
		"a false code":   func(q url.Values) { q.Set("code", "injected") },
	} {
		s := tokentest.New(t)
		src := source(t, s, t.TempDir(), token.Code)
		err := src.Login(context.Background(), func(p token.Prompt) {
			go func() {
				u, _ := url.Parse(p.URL)
				asked := u.Query()
				back := url.Values{"code": {"c"}, "state": {asked.Get("state")}, "iss": {s.Issuer}}
				change(back)
				for _, wrong := range []url.Values{{"code": {"c"}, "state": {"guess"}}, {"code": {"c"}}} { // changes nothing
					if page := browser(t, asked.Get("redirect_uri")+"?"+wrong.Encode()); !strings.Contains(page, "not the answer") {
						t.Errorf("a guessed state: %q", page)
					}
				}
				browser(t, asked.Get("redirect_uri")+"?"+back.Encode())
			}()
		})
		if err == nil || src.LoggedIn() {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestNobodyAnswersAndTheWaitEndsWithItsContext(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	s := tokentest.New(t)
	for _, g := range []token.Grant{token.Code, token.Device} {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		s.Script = make([]string, 100)
		for i := range s.Script {
			s.Script[i] = "authorization_pending"
		}
		if err := source(t, s, t.TempDir(), g).Login(ctx, func(token.Prompt) {}); err == nil {
			t.Error("logged in by nobody")
		}
		cancel()
	}
}

// The verifier and its challenge of RFC 7636 appendix B.
func TestTheChallengeIsThatOfTheStandard(t *testing.T) {
	if got := token.Challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"); got != "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" {
		t.Errorf("%q", got)
	}
}

func TestAnIDTokenOfAnotherLoginIsRefused(t *testing.T) {
	now := time.Now()
	make := func(change func(map[string]any)) string {
		c := map[string]any{"iss": "https://idp", "aud": "noct", "exp": now.Unix() - 60, "nonce": "n"} // a clock a minute apart
		change(c)
		b, _ := json.Marshal(c)
		return "e30." + base64.RawURLEncoding.EncodeToString(b) + ".sig"
	}
	if err := token.CheckID(make(func(map[string]any) {}), "https://idp", "noct", "n", now); err != nil {
		t.Error(err)
	}
	if err := token.CheckID(make(func(c map[string]any) { c["aud"] = []string{"x", "noct"}; c["azp"] = "noct" }), "https://idp", "noct", "n", now); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(map[string]any){
		"issuer":   func(c map[string]any) { c["iss"] = "https://evil" },
		"audience": func(c map[string]any) { c["aud"] = "other" },
		"party":    func(c map[string]any) { c["azp"] = "other" },
		"nonce":    func(c map[string]any) { c["nonce"] = "m" },
		"no nonce": func(c map[string]any) { delete(c, "nonce") },
		"expired":  func(c map[string]any) { c["exp"] = now.Unix() - 3600 },
		"no aud":   func(c map[string]any) { c["aud"] = 5 },
	} {
		if token.CheckID(make(change), "https://idp", "noct", "n", now) == nil {
			t.Errorf("%s passes", name)
		}
	}
	for _, id := range []string{"", "a.b", "a.b.c", "..", "e30.e30.x"} {
		if token.CheckID(id, "https://idp", "noct", "n", now) == nil {
			t.Errorf("%q passes", id)
		}
	}
}

func TestAServerThatIsAnotherOrNoneIsNotTrusted(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	var portal *pacs.NotArchiveError
	answer := func(kind, body string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Content-Type", kind)
			_, _ = io.WriteString(w, body)
			return true
		}
	}
	for name, c := range map[string]struct {
		say  func(http.ResponseWriter, *http.Request) bool
		want func(error) bool
	}{
		"another issuer":      {answer("application/json", `{"issuer":"https://evil.example","token_endpoint":"https://evil.example/t"}`), func(err error) bool { return errors.Is(err, token.ErrIssuer) }},
		"a page of the hotel": {answer("text/html", "<html>Welcome"), func(err error) bool { return errors.As(err, &portal) }},
		"to the hotel's page": {func(w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, "http://hotel.example/", http.StatusFound)
			return true
		}, func(err error) bool { return errors.As(err, &portal) }},
		"no JSON": {answer("application/json", `{"issuer":`), func(err error) bool { return errors.Is(err, token.ErrMalformed) }},
		"without end": {func(w http.ResponseWriter, r *http.Request) bool {
			io.Copy(w, io.LimitReader(zeros{}, 8<<20))
			return true
		}, func(err error) bool { return errors.Is(err, pacs.ErrTooLarge) }},
		"not found, elsewhere": {func(w http.ResponseWriter, r *http.Request) bool { http.NotFound(w, r); return true }, refused("")},
	} {
		s := tokentest.New(t)
		s.Break = c.say
		err := source(t, s, t.TempDir(), token.Device).Login(context.Background(), func(token.Prompt) { t.Error("shown") })
		if !c.want(err) || strings.Contains(err.Error(), "evil") || strings.Contains(err.Error(), "://") {
			t.Errorf("%s: %v", name, err)
		}
	}
	s := tokentest.New(t)
	s.Break = func(w http.ResponseWriter, r *http.Request) bool { // an endpoint in the clear, elsewhere
		if r.URL.Path != "/.well-known/openid-configuration" {
			return false
		}
		return answer("application/json", `{"issuer":"`+s.Issuer+`","token_endpoint":"http://pub.example/t"}`)(w, r)
	}
	if err := source(t, s, t.TempDir(), token.Device).Login(context.Background(), func(token.Prompt) {}); err == nil {
		t.Error("a token would go over plain HTTP")
	}
	s.Break = func(w http.ResponseWriter, r *http.Request) bool { // RFC 8414's place, and no OpenID's
		if r.URL.Path == "/.well-known/oauth-authorization-server" {
			r.URL.Path = "/.well-known/openid-configuration"
		} else if strings.HasPrefix(r.URL.Path, "/.well-known/") {
			http.NotFound(w, r)
			return true
		}
		return false
	}
	if err := source(t, s, t.TempDir(), token.Device).Login(context.Background(), func(token.Prompt) {}); err != nil {
		t.Errorf("metadata at RFC 8414's place: %v", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }
