package token

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// codeFor is how long a reader has to log in by a browser.
const codeFor = 10 * time.Minute

// attempt is what one login by code must be answered with.
type attempt struct {
	state, nonce, verifier string
	redirect               string
	issuer                 string
	says                   bool // RFC 9207: the answer must name the issuer
}

// outcome is what came to the redirect address.
type outcome struct {
	code string
	err  error
}

// code is RFC 6749 4.1 with PKCE, over a redirect to this machine (RFC 8252 7.3). The
// browser is the reader's to open, on this machine.
func (s *Source) code(ctx context.Context, m metadata, show func(Prompt)) (answer, error) {
	if m.Authorize == "" {
		return answer{}, errors.New("the authorization server offers no login by a browser: set login = \"device\"")
	}
	ctx, cancel := context.WithTimeout(ctx, codeFor)
	defer cancel()
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return answer{}, fmt.Errorf("wait for the browser: %w", err)
	}
	try := attempt{state: random(), nonce: random(), verifier: random(), issuer: m.Issuer, says: m.Says,
		redirect: "http://" + l.Addr().String() + "/callback"}
	came := make(chan outcome, 1)
	server := &http.Server{Handler: try.callback(came), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10}
	served := make(chan struct{})
	go func() { defer close(served); _ = server.Serve(l) }()
	defer func() {
		last, stop := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer stop()
		_ = server.Shutdown(last) // the page is sent to its end
		_ = server.Close()
		<-served
	}()
	show(Prompt{URL: try.address(m.Authorize, s.cfg.ClientID, s.scope(m)), Until: s.now().Add(codeFor)})
	select {
	case o := <-came:
		if o.err != nil {
			return answer{}, o.err
		}
		return s.redeem(ctx, m, try, o.code)
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return answer{}, ErrInTime
		}
		return answer{}, ctx.Err()
	}
}

// random has 256 bits (RFC 7636 7.1, RFC 6749 10.10).
func random() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// challenge is S256 of RFC 7636 4.2.
func challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// address is the authorization request (RFC 6749 4.1.1).
func (a attempt) address(endpoint, client, scope string) string {
	u, err := url.Parse(endpoint)
	if err != nil {
		return ""
	}
	q := u.Query()
	q.Set("response_type", "code")
	q.Set("client_id", client)
	q.Set("redirect_uri", a.redirect)
	q.Set("state", a.state)
	q.Set("code_challenge", challenge(a.verifier))
	q.Set("code_challenge_method", "S256")
	if scope != "" {
		q.Set("scope", scope)
	}
	words := strings.Fields(scope)
	if slices.Contains(words, "openid") {
		q.Set("nonce", a.nonce)
	}
	if slices.Contains(words, "offline_access") { // OpenID Connect Core 11
		q.Set("prompt", "consent")
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// callback takes the one answer that bears our state; whatever else comes is refused and
// changes nothing (RFC 8252 8.10).
func (a attempt) callback(came chan<- outcome) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		same := subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(a.state)) == 1
		if r.Method != http.MethodGet || "http://"+r.Host+r.URL.Path != a.redirect || !same {
			http.Error(w, "This is not the answer that is waited for.", http.StatusBadRequest)
			return
		}
		o := a.read(q)
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Referrer-Policy", "no-referrer")
		text := "Nocturne has the answer. This page can be closed.\n"
		if o.err != nil {
			text = "The login was not given. This page can be closed.\n"
		}
		_, _ = io.WriteString(w, text)
		select {
		case came <- o:
		default: // the second use of an answer
		}
	})
}

// read is RFC 6749 4.1.2 and RFC 9207 2.4.
func (a attempt) read(q url.Values) outcome {
	if iss := q.Get("iss"); iss != "" && iss != a.issuer || iss == "" && a.says {
		return outcome{err: ErrIssuer}
	}
	if e := q.Get("error"); e != "" {
		b, _ := json.Marshal(map[string]string{"error": e})
		return outcome{err: parseError("log in", http.StatusFound, b)}
	}
	if code := q.Get("code"); code != "" && len(code) <= maxToken && visible(code) {
		return outcome{code: code}
	}
	return outcome{err: ErrMalformed}
}

// redeem exchanges the code for tokens (RFC 6749 4.1.3, RFC 7636 4.5).
func (s *Source) redeem(ctx context.Context, m metadata, try attempt, code string) (answer, error) {
	a, err := s.token(ctx, "log in", m, url.Values{"grant_type": {"authorization_code"}, "code": {code},
		"redirect_uri": {try.redirect}, "code_verifier": {try.verifier}})
	if err != nil {
		return answer{}, err
	}
	if a.id != "" || slices.Contains(strings.Fields(s.scope(m)), "openid") {
		if err := checkID(a.id, m.Issuer, s.cfg.ClientID, try.nonce, s.now()); err != nil {
			return answer{}, fmt.Errorf("log in: %w", err)
		}
	}
	return a, nil
}

// skew is how far the server's clock may be from ours.
const skew = 5 * time.Minute

// checkID is OpenID Connect Core 3.1.3.7 for a token that came from the token endpoint
// itself, whose TLS stands for the signature (point 6).
func checkID(id, issuer, client, nonce string, now time.Time) error {
	parts := strings.Split(id, ".")
	if len(parts) != 3 {
		return ErrMalformed
	}
	var c struct {
		Issuer   string          `json:"iss"`
		Audience json.RawMessage `json:"aud"`
		Party    string          `json:"azp"`
		Expires  float64         `json:"exp"`
		Nonce    string          `json:"nonce"`
	}
	b, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(b, &c) != nil {
		return ErrMalformed
	}
	var one string
	var many []string
	if json.Unmarshal(c.Audience, &one) == nil {
		many = []string{one}
	} else if json.Unmarshal(c.Audience, &many) != nil {
		return ErrMalformed
	}
	switch {
	case c.Issuer != issuer:
		return ErrIssuer
	case !slices.Contains(many, client) || c.Party != "" && c.Party != client,
		subtle.ConstantTimeCompare([]byte(c.Nonce), []byte(nonce)) != 1:
		return errOther
	case now.Add(-skew).After(time.Unix(int64(c.Expires), 0)):
		return errOther
	}
	return nil
}

var errOther = errors.New("the answer belongs to another login than this one")
