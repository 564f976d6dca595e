package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs/demo"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
	"github.com/nocturne/nocturne/worklist/pacs/token/tokentest"
)

// guarded is a home whose site NORTH answers bearers of the server's tokens alone.
func guarded(t *testing.T, s *tokentest.Server, login string) (home string) {
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
	to, _ := url.Parse(urls.DICOMweb)
	to.Path = ""
	front := httptest.NewServer(s.Guard(httputil.NewSingleHostReverseProxy(to)))
	t.Cleanup(front.Close)
	base, _ := url.Parse(urls.DICOMweb)
	home = t.TempDir()
	text := fmt.Sprintf("[[site]]\nname = \"NORTH\"\ndicomweb = %q\nall_studies = true\nlogin = %q\nissuer = %q\nclient_id = %q\n",
		front.URL+base.Path, login, s.Issuer, tokentest.ClientID)
	if err := os.WriteFile(filepath.Join(home, "config.toml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return home
}

// said runs a subcommand in this process.
func said(t *testing.T, home string, args ...string) (out, errs string, code int) {
	t.Helper()
	var o, e bytes.Buffer
	env := &environment{In: strings.NewReader(""), Out: &o, Err: &e, Getenv: func(name string) string { return map[string]string{"NOCTURNE_HOME": home}[name] }}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	code = run(ctx, env, args)
	return o.String(), e.String(), code
}

func TestALoginOpensTheSiteAndALogoutClosesIt(t *testing.T) {
	s := tokentest.New(t)
	s.Interval, s.Script = 0.02, []string{"authorization_pending"}
	home := guarded(t, s, loginDevice)
	if _, errs, code := said(t, home, "pull", "A0001"); code != exitFailed || !strings.Contains(errs, "NORTH wants a login: nocturne login --site NORTH") {
		t.Errorf("before: %d %q", code, errs)
	}
	out, errs, code := said(t, home, "login", "--site", "NORTH")
	if code != exitOK || !strings.Contains(out, s.Issuer+"/go\n") || !strings.Contains(out, "WDJB-MJHT") || !strings.HasSuffix(out, "Logged in at NORTH.\n") {
		t.Errorf("login: %d %q %q", code, out, errs)
	}
	if out, errs, _ := said(t, home, "doctor"); !strings.Contains(out, "answers in") || strings.Contains(out+errs, tokentest.Mark) {
		t.Errorf("doctor: %q %q", out, errs)
	}
	if held := secrets(t, home); len(held) != 0 {
		t.Errorf("tokens lie in plain text in %v", held)
	}
	if out, errs, code := said(t, home, "logout", "--json"); code != exitOK || !strings.Contains(out, `"server_told":true`) {
		t.Errorf("logout: %d %q %q", code, out, errs)
	}
	if _, errs, code := said(t, home, "pull", "A0001"); code != exitFailed || !strings.Contains(errs, "wants a login") {
		t.Errorf("after: %d %q", code, errs)
	}
	if held := secrets(t, home); len(held) != 0 {
		t.Errorf("after the logout tokens lie in %v", held)
	}
	if out, _, code := said(t, home, "logout"); code != exitOK || out != "There was no login at NORTH.\n" {
		t.Errorf("again: %d %q", code, out)
	}
}

// secrets are the home's files that hold a token, which only their owner may read.
func secrets(t *testing.T, home string) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(home, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if n := bytes.Count(b, []byte(tokentest.Mark)); n > 0 {
			paths = append(paths, path)
			if info, err := d.Info(); n > 1 || err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s holds %d tokens, mode %v, %v", filepath.Base(path), n, info.Mode(), err)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

func TestALoginSaysItAsJSONAndByItsExitCode(t *testing.T) {
	s := tokentest.New(t)
	s.Interval = 0.02
	home := guarded(t, s, loginDevice)
	out, _, code := said(t, home, "login", "--json")
	var in invitation
	var state loginState
	d := json.NewDecoder(strings.NewReader(out))
	if err := d.Decode(&in); err != nil || in.Code != "WDJB-MJHT" || in.URL != s.Issuer+"/go" || in.Until.Before(time.Now()) {
		t.Errorf("%q: %v", out, err)
	}
	if err := d.Decode(&state); err != nil || state.State != "logged in" || code != exitOK {
		t.Errorf("%q: %v", out, err)
	}
	s.Script = []string{"access_denied"}
	if _, errs, code := said(t, home, "login"); code != exitFailed || !strings.Contains(errs, "access_denied") || strings.Contains(errs, "SECRET") {
		t.Errorf("refused: %d %q", code, errs)
	}
	if _, _, code := said(t, t.TempDir(), "login"); code != exitUsage {
		t.Errorf("no site: %d", code)
	}
	for _, kind := range []string{loginBasic, loginClient} {
		cut := strings.Replace(read(t, home), `login = "device"`, `login = "`+kind+`"`+"\nclient_secret_env = \"S\"", 1)
		other := t.TempDir()
		if err := os.WriteFile(filepath.Join(other, "config.toml"), []byte(cut), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, code := said(t, other, "login", "--site", "NORTH"); code != exitUsage {
			t.Errorf("%s: %d", kind, code)
		}
	}
}

func read(t *testing.T, home string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(home, "config.toml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// An outbox row may name an address that the site had once.
func TestATokenGoesToTheSitesOriginsOfNowAlone(t *testing.T) {
	env := &environment{Home: t.TempDir(), Getenv: func(string) string { return "s3cret" }}
	s := SiteConfig{Name: "NORTH", DICOMweb: "https://pacs.north/dw", UPS: "https://ups.north:8443/u", LoginConfig: LoginConfig{BearerEnv: "B"}}
	for _, c := range []struct {
		addresses []string
		bearer    string
	}{
		{[]string{"https://pacs.north/dw", ""}, "s3cret"}, {[]string{"https://PACS.north:443/other", "https://ups.north:8443/u"}, "s3cret"},
		{[]string{"https://old.north/dw", ""}, ""}, {[]string{"http://pacs.north/dw", ""}, ""}, {[]string{"https://pacs.north/dw", "https://ups.north/u"}, ""},
		{[]string{"https://pacs.north.evil/dw"}, ""}, {[]string{"https://pacs.north@evil/dw"}, ""},
	} {
		login, _ := env.credentials(s, c.addresses...)
		var got dicomweb.Login
		if login != nil {
			got, _ = login(context.Background())
		}
		if got.Bearer != c.bearer {
			t.Errorf("%v get %q", c.addresses, got.Bearer)
		}
	}
}

func TestTheDoctorSaysWhomWeTalkToAndWhoWeAre(t *testing.T) {
	ca := pacstest.NewAuthority(t, "site CA")
	serve := func(l pacstest.Leaf) string {
		h := httptest.NewUnstartedServer(http.NotFoundHandler())
		h.Config.ErrorLog = log.New(io.Discard, "", 0) // who looks hangs up
		h.TLS = pacstest.ServerTLS(ca.Issue(t, l))
		h.StartTLS()
		t.Cleanup(h.Close)
		return h.URL
	}
	cert, key := pacstest.KeyFiles(t, ca.Issue(t, pacstest.Leaf{Until: time.Now().Add(3 * 24 * time.Hour)}))
	env := &environment{Home: t.TempDir(), Getenv: func(string) string { return "" }}
	line := func(checks []check) string {
		var b strings.Builder
		for _, c := range checks {
			fmt.Fprintf(&b, "%s|%s|%s\n", c.Level, c.Name, c.Detail)
		}
		return b.String()
	}
	long := serve(pacstest.Leaf{Until: time.Now().Add(100*24*time.Hour + time.Hour)})
	got := line(env.identityChecks(t.Context(), SiteConfig{Name: "NORTH", DICOMweb: long + "/a", UPS: long + "/b", User: "u",
		LoginConfig: LoginConfig{CA: ca.File(t), ClientCert: cert, ClientKey: key}}))
	for _, want := range []string{"ok|NORTH certificate|valid until ", `(100 days), signed by "site CA", TLS 1.3, by ca_file alone`, "warn|NORTH our certificate|", "ok|NORTH login|user and password\n"} {
		if !strings.Contains(got, want) || strings.Count(got, "NORTH certificate") != 1 {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	got = line(env.identityChecks(t.Context(), SiteConfig{Name: "NORTH", DICOMweb: serve(pacstest.Leaf{From: time.Now().Add(-9 * time.Hour), Until: time.Now().Add(-time.Hour)}), LoginConfig: LoginConfig{CA: ca.File(t), BearerEnv: "B"}}))
	for _, want := range []string{"fail|NORTH certificate|The archive's certificate ended on", "fail|NORTH login|"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	got = line(env.identityChecks(t.Context(), SiteConfig{Name: "NORTH", DICOMweb: "http://pacs.north/dw", User: "u"}))
	if !strings.Contains(got, "warn|NORTH certificate|plain HTTP") || !strings.Contains(got, "warn|NORTH login|user and password, in the clear") {
		t.Errorf("%s", got)
	}
}
