// Package tokentest is a small authorization server for tests: RFC 6749 with rotating
// refresh tokens whose second use ends the login, RFC 7636, 7009, 8414, 8628. It decides
// by itself what a reader would decide.
package tokentest

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// Mark begins every secret that a server gives out.
const Mark = "s3cret-"

// ClientID is the one client that is known, of no secret.
const ClientID = "nocturne"

// Server is the authorization server. Fields are set before it is asked.
type Server struct {
	Issuer    string                                            // its address
	TTL       time.Duration                                     // of access tokens; 0: an hour
	ExpiresIn any                                               // what expires_in says in the TTL's place
	Script    []string                                          // error codes that polls of the device grant are answered with, in order
	Secret    string                                            // of the client, by HTTP Basic alone; empty: none
	Lasting   bool                                              // gives refresh tokens
	Interval  float64                                           // seconds between polls of the device grant; 0: 5
	Break     func(w http.ResponseWriter, r *http.Request) bool // answers in its place when true

	mu      sync.Mutex
	access  map[string]time.Time // guarded by mu: until when
	refresh map[string]bool      // guarded by mu: good, or used
	codes   map[string]url.Values
	counts  map[string]int
}

// New starts a server that ends with the test.
func New(t testing.TB) *Server {
	s := &Server{Lasting: true, access: map[string]time.Time{}, refresh: map[string]bool{}, codes: map[string]url.Values{}, counts: map[string]int{}}
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	s.Issuer = h.URL
	return s
}

// Count is how often something was asked for: a grant_type, "device", "revoke",
// "metadata", "refused" (a bearer that was no good).
func (s *Server) Count(what string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts[what]
}

// EndAll makes all tokens no good, access and refresh.
func (s *Server) EndAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.access)
	clear(s.refresh)
}

// EndAccess makes the access tokens no good before their time.
func (s *Server) EndAccess() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.access)
}

// Guard answers 401 (RFC 6750 3) to whoever bears no good access token.
func (s *Server) Guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		s.mu.Lock()
		until := s.access[bearer]
		good := ok && time.Now().Before(until)
		if !good {
			s.counts["refused"]++
		}
		s.mu.Unlock()
		if !good {
			w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
			http.Error(w, "no", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.Break != nil && s.Break(w, r) {
		return
	}
	_ = r.ParseForm()
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		s.count("metadata")
		say(w, 200, map[string]any{"issuer": s.Issuer, "authorization_endpoint": s.Issuer + "/auth", "token_endpoint": s.Issuer + "/token",
			"device_authorization_endpoint": s.Issuer + "/device", "revocation_endpoint": s.Issuer + "/revoke",
			"scopes_supported": []string{"openid", "offline_access"}})
	case "/device":
		s.count("device")
		interval := s.Interval
		if interval == 0 {
			interval = 5
		}
		say(w, 200, map[string]any{"device_code": random(), "user_code": "WDJB-MJHT", "verification_uri": s.Issuer + "/go",
			"verification_uri_complete": s.Issuer + "/go?user_code=WDJB-MJHT", "expires_in": 600, "interval": interval})
	case "/auth":
		s.authorize(w, r)
	case "/token":
		s.token(w, r.PostForm, r)
	case "/revoke":
		s.count("revoke")
		s.mu.Lock()
		delete(s.refresh, r.PostForm.Get("token"))
		s.mu.Unlock()
	default:
		http.NotFound(w, r)
	}
}

// authorize is a reader who says yes at once.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) {
	q, code := r.URL.Query(), random()
	s.mu.Lock()
	s.codes[code] = q
	s.mu.Unlock()
	back := url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {s.Issuer}}
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
}

func (s *Server) token(w http.ResponseWriter, form url.Values, r *http.Request) {
	grant := form.Get("grant_type")
	s.count(grant)
	user, password, _ := r.BasicAuth()
	if form.Get("client_id") != ClientID || s.Secret != "" && (user != ClientID || password != url.QueryEscape(s.Secret)) {
		refuse(w, 401, "invalid_client")
		return
	}
	id := ""
	switch grant {
	case "refresh_token":
		if !s.spend(form.Get("refresh_token")) {
			refuse(w, 400, "invalid_grant")
			return
		}
	case "authorization_code":
		asked, sum := s.redeem(form.Get("code")), sha256.Sum256([]byte(form.Get("code_verifier")))
		if asked == nil || asked.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(sum[:]) || asked.Get("redirect_uri") != form.Get("redirect_uri") {
			refuse(w, 400, "invalid_grant")
			return
		}
		id = s.IDToken(asked.Get("nonce"))
	case "client_credentials":
	default:
		if code := s.next(); code != "" {
			refuse(w, 400, code)
			return
		}
	}
	s.give(w, grant, id)
}

// IDToken is an ID token of no signature that would be believed (RFC 7515 A.5).
func (s *Server) IDToken(nonce string) string {
	claims, _ := json.Marshal(map[string]any{"iss": s.Issuer, "aud": ClientID, "exp": time.Now().Add(time.Hour).Unix(), "nonce": nonce})
	return "eyJhbGciOiJub25lIn0." + base64.RawURLEncoding.EncodeToString(claims) + "."
}

func (s *Server) give(w http.ResponseWriter, grant, id string) {
	ttl := s.TTL
	if ttl == 0 {
		ttl = time.Hour
	}
	a := map[string]any{"access_token": random(), "token_type": "bearer", "expires_in": ttl.Seconds()}
	if s.ExpiresIn != nil {
		a["expires_in"] = s.ExpiresIn
	}
	if id != "" {
		a["id_token"] = id
	}
	s.mu.Lock()
	s.access[a["access_token"].(string)] = time.Now().Add(ttl)
	if s.Lasting && grant != "client_credentials" {
		r := random()
		a["refresh_token"], s.refresh[r] = r, true
	}
	s.mu.Unlock()
	say(w, 200, a)
}

// spend uses a refresh token up. The second use of one ends every login.
func (s *Server) spend(token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	good, known := s.refresh[token]
	if known && !good {
		clear(s.refresh)
	}
	if good {
		s.refresh[token] = false
	}
	return good
}

func (s *Server) redeem(code string) url.Values {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.codes[code]
	delete(s.codes, code)
	return asked
}

// next is the script's next error for a poll.
func (s *Server) next() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.Script) == 0 {
		return ""
	}
	code := s.Script[0]
	s.Script = s.Script[1:]
	return code
}

func (s *Server) count(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[what]++
}

func refuse(w http.ResponseWriter, status int, code string) {
	say(w, status, map[string]string{"error": code, "error_description": "SECRET WORDS OF THE SERVER"})
}

func say(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func random() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	return Mark + base64.RawURLEncoding.EncodeToString(b)
}
