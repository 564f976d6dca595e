package token_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
	"github.com/nocturne/nocturne/worklist/pacs/token"
	"github.com/nocturne/nocturne/worklist/pacs/token/tokentest"
)

// source is a source of the server's tokens that rest in home, with short seconds.
func source(t *testing.T, s *tokentest.Server, home string, g token.Grant) *token.Source {
	t.Helper()
	cfg := token.Config{Site: "NORTH", Issuer: s.Issuer, ClientID: tokentest.ClientID, Grant: g, Rest: rest(t, home)}
	if s.Secret != "" {
		cfg.Secret = func() (string, error) { return s.Secret, nil }
	}
	src, err := token.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	src.Hurry(time.Millisecond)
	t.Cleanup(src.Close)
	return src
}

// loggedIn is a source after a login by the device grant.
func loggedIn(t *testing.T, s *tokentest.Server) (*token.Source, string) {
	t.Helper()
	home := t.TempDir()
	src := source(t, s, home, token.Device)
	if err := src.Login(context.Background(), func(token.Prompt) {}); err != nil {
		t.Fatal(err)
	}
	src.Hurry(time.Second)
	return src, home
}

func TestManyRequestsCauseOneRenewal(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	s := tokentest.New(t)
	src, home := loggedIn(t, s)
	first, err := src.Bearer(context.Background())
	if err != nil || s.Count("refresh_token") != 0 {
		t.Fatalf("%v, %d renewals after a login", err, s.Count("refresh_token"))
	}
	s.EndAccess()
	var all sync.WaitGroup
	got := make([]string, 32)
	for i := range got {
		all.Go(func() {
			var err error
			if got[i], err = src.Renew(context.Background(), first); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, g := range got {
		if g != got[0] || g == first || g == "" {
			t.Fatalf("tokens differ: %q", got)
		}
	}
	if n := s.Count("refresh_token"); n != 1 {
		t.Errorf("%d renewals for one refused token", n)
	}
	again := source(t, s, home, token.Device) // another program of the home
	if b, err := again.Bearer(context.Background()); err != nil || b == "" || s.Count("refresh_token") != 2 {
		t.Errorf("the rotated token does not rest: %v", err)
	}
}

// A server that rotates takes the second use of a refresh token for a theft and ends the
// login: programs of one home must never use one twice.
func TestProgramsOfOneHomeDoNotEndEachOthersLogin(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	s := tokentest.New(t)
	_, home := loggedIn(t, s)
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			src := source(t, s, home, token.Device)
			b, err := src.Bearer(context.Background())
			for range 2 {
				if err == nil {
					b, err = src.Renew(context.Background(), b)
				}
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := s.Count("refresh_token"); n != 18 {
		t.Errorf("%d renewals, want 18", n)
	}
}

func TestATokenIsRenewedBeforeItEnds(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	s := tokentest.New(t)
	s.TTL = time.Hour
	src, _ := loggedIn(t, s)
	first, _ := src.Bearer(context.Background())
	src.At(func() time.Time { return time.Now().Add(57 * time.Minute) })
	if b, err := src.Bearer(context.Background()); b != first || err != nil || s.Count("refresh_token") != 0 {
		t.Errorf("57 minutes old: %v, %d renewals", err, s.Count("refresh_token"))
	}
	src.At(func() time.Time { return time.Now().Add(59*time.Minute + 30*time.Second) })
	if b, err := src.Bearer(context.Background()); b != first || err != nil {
		t.Errorf("a request waits for a token that it does not need: %v", err)
	}
	deadline := time.Now().Add(5 * time.Second)
	for s.Count("refresh_token") == 0 && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
	src.At(func() time.Time { return time.Now().Add(59*time.Minute + 40*time.Second) })
	for b := first; b == first && time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		b, _ = src.Bearer(context.Background())
	}
	if n := s.Count("refresh_token"); n != 1 {
		t.Errorf("%d renewals", n)
	}
}

// The wall clock runs on while a laptop sleeps; the monotonic one may not.
func TestATokenEndsByTheClockThatRunsFaster(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	s := tokentest.New(t)
	src, _ := loggedIn(t, s)
	first, _ := src.Bearer(context.Background())
	src.At(func() time.Time { return time.Now().Round(0).Add(2 * time.Hour) })
	if b, err := src.Bearer(context.Background()); err != nil || b == first {
		t.Errorf("the old token after two hours: %v", err)
	}
}

func TestWithoutALoginTheReaderIsToldSo(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	s := tokentest.New(t)
	home := t.TempDir()
	src := source(t, s, home, token.Device)
	var needed *token.NeededError
	if _, err := src.Bearer(context.Background()); !errors.As(err, &needed) || needed.Ended || needed.Site != "NORTH" || src.LoggedIn() {
		t.Errorf("%v", err)
	}
	if err := source(t, s, home, token.Device).Login(context.Background(), func(token.Prompt) {}); err != nil {
		t.Fatal(err)
	}
	time.Sleep(5 * time.Millisecond) // what failed is not tried anew at once
	if _, err := src.Bearer(context.Background()); err != nil || !src.LoggedIn() {
		t.Errorf("a login by another program is not seen: %v", err)
	}
	s.EndAll()
	b, _ := src.Bearer(context.Background())
	if _, err := src.Renew(context.Background(), b); !errors.As(err, &needed) || !needed.Ended || src.LoggedIn() {
		t.Errorf("after the login ended: %v", err)
	}
	n := s.Count("refresh_token")
	time.Sleep(5 * time.Millisecond)
	if _, err := src.Bearer(context.Background()); !errors.As(err, &needed) || s.Count("refresh_token") != n {
		t.Errorf("a token that was refused is sent again: %v", err)
	}
}

func TestALogoutIsToldToTheServerAndNothingRests(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	s := tokentest.New(t)
	src, home := loggedIn(t, s)
	told, err := src.Logout(context.Background())
	if !told || err != nil || src.LoggedIn() || s.Count("revoke") != 1 {
		t.Errorf("%v, %v", told, err)
	}
	files, _ := filepath.Glob(filepath.Join(home, "keys", "login-*"))
	for _, f := range files {
		if b, _ := os.ReadFile(f); len(b) > 0 {
			t.Errorf("%s holds %d bytes", filepath.Base(f), len(b))
		}
	}
	src, _ = loggedIn(t, s)
	s.Break = func(w http.ResponseWriter, r *http.Request) bool {
		w.WriteHeader(503)
		return true
	}
	if told, err := src.Logout(context.Background()); told || err != nil || src.LoggedIn() {
		t.Errorf("a server in trouble: %v, %v", told, err)
	}
}

func TestALoginIsSentToNobodyButItsIssuer(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	s, other := tokentest.New(t), tokentest.New(t)
	_, home := loggedIn(t, s)
	var needed *token.NeededError
	if _, err := source(t, other, home, token.Device).Bearer(context.Background()); !errors.As(err, &needed) || other.Count("refresh_token") != 0 {
		t.Errorf("%v, asked %d times", err, other.Count("refresh_token"))
	}
	src, _ := loggedIn(t, s)
	b, _ := src.Bearer(context.Background())
	s.Break = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/token" {
			return false
		}
		http.Redirect(w, r, other.Issuer+"/token", http.StatusTemporaryRedirect)
		return true
	}
	var portal *pacs.NotArchiveError
	if _, err := src.Renew(context.Background(), b); !errors.As(err, &portal) || other.Count("refresh_token") != 0 {
		t.Errorf("redirected: %v", err)
	}
}

func TestClientCredentialsNeedNobody(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	s := tokentest.New(t)
	s.Secret, s.TTL = "päss:word%", time.Hour
	src := source(t, s, t.TempDir(), token.ClientCredentials)
	a, err := src.Bearer(context.Background())
	b, err2 := src.Renew(context.Background(), a)
	if err != nil || err2 != nil || a == b || s.Count("client_credentials") != 2 {
		t.Errorf("%v, %v, %d", err, err2, s.Count("client_credentials"))
	}
	var refused *token.RefusedError
	s2 := tokentest.New(t)
	s2.Secret = "right"
	wrong, _ := token.New(token.Config{Site: "NORTH", Issuer: s2.Issuer, ClientID: tokentest.ClientID, Grant: token.ClientCredentials,
		Secret: func() (string, error) { return "wr0ng-s3cret", nil }, Rest: rest(t, t.TempDir())})
	defer wrong.Close()
	if _, err := wrong.Bearer(context.Background()); !errors.As(err, &refused) || refused.Code != "invalid_client" || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("%v", err)
	}
}

func TestWhoWaitsCanGoAndTheRenewalGoesOn(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	s := tokentest.New(t)
	src, _ := loggedIn(t, s)
	b, _ := src.Bearer(context.Background())
	hold := make(chan struct{})
	s.Break = func(w http.ResponseWriter, r *http.Request) bool {
		<-hold
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
	defer cancel()
	if _, err := src.Renew(ctx, b); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	close(hold)
	if got, err := src.Bearer(context.Background()); err != nil || got == b || s.Count("refresh_token") != 1 {
		t.Errorf("%v after %d renewals", err, s.Count("refresh_token"))
	}
}
