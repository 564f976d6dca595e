package pacstest

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/transit"
)

// SecureOrthanc is an Orthanc behind nginx that speaks TLS 1.2 and 1.3 and wants a
// certificate of Authority from whoever comes.
type SecureOrthanc struct {
	URL, User, Password string
	Authority           *Authority
	Us                  transit.Identity // who is let in
}

// StartOrthancTLS starts one that ends with the test. Nobody but this machine is answered.
// Without Orthanc or nginx the test is skipped, or fails when NOCTURNE_PEERS=require.
func StartOrthancTLS(t testing.TB) SecureOrthanc {
	t.Helper()
	binary, err := exec.LookPath("nginx")
	if err != nil {
		if binary = exists("/usr/sbin/nginx"); binary == "" {
			Missing(t, "nginx is not installed")
		}
	}
	plain, user, password := StartOrthanc(t)
	a := NewAuthority(t, "site CA")
	cert, key := KeyFiles(t, a.Issue(t, Leaf{Name: "reader1"}))
	o := SecureOrthanc{User: user, Password: password, Authority: a, Us: transit.Identity{CA: a.File(t), Certificate: cert, Key: key}}
	behind, err := url.Parse(plain)
	if err != nil {
		t.Fatal(err)
	}
	for try := 0; ; try++ {
		port := freePort(t)
		o.URL = fmt.Sprintf("https://127.0.0.1:%d%s", port, behind.Path)
		if err = runNginx(t, binary, nginxConfig(t, a, behind.Host, port), o.Us, port); err == nil {
			return o
		}
		if try == 2 {
			t.Fatalf("start nginx: %v", err)
		}
	}
}

// nginxConfig writes the configuration of a single process that keeps all it writes in a
// folder of the test.
func nginxConfig(t testing.TB, a *Authority, behind string, port int) (path string) {
	dir := t.TempDir()
	cert, key := KeyFiles(t, a.Issue(t, Leaf{Name: "pacs"}))
	var temp strings.Builder
	for _, name := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		fmt.Fprintf(&temp, "  %s_temp_path %s;\n", name, filepath.Join(dir, name))
	}
	text := fmt.Sprintf(`daemon off;
master_process off;
pid %[1]s/nginx.pid;
error_log %[1]s/error.log;
events {}
http {
  access_log off;
  client_max_body_size 0;
%[2]s  server {
    listen 127.0.0.1:%[3]d ssl;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_certificate %[4]s;
    ssl_certificate_key %[5]s;
    ssl_client_certificate %[6]s;
    ssl_verify_client on;
    keepalive_requests 100000;
    location / {
      proxy_pass http://%[7]s;
      proxy_http_version 1.1;
      proxy_buffering off;
      proxy_request_buffering off;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
    }
  }
}
`, dir, temp.String(), port, cert, key, a.File(t), behind)
	path = filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// runNginx starts nginx and waits until it shakes hands.
func runNginx(t testing.TB, binary, config string, us transit.Identity, port int) error {
	cmd := exec.Command(binary, "-e", filepath.Join(filepath.Dir(config), "error.log"), "-p", filepath.Dir(config), "-c", config)
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	stop := func() {
		_ = cmd.Process.Kill()
		<-ended
	}
	tlsConfig, err := us.TLS("127.0.0.1")
	if err != nil {
		stop()
		return err
	}
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		select {
		case err := <-ended:
			return fmt.Errorf("it ended at once: %w: %s", err, said.String())
		case <-time.After(20 * time.Millisecond):
		}
		if shakes(port, tlsConfig) {
			t.Cleanup(stop)
			return nil
		}
	}
	stop()
	return fmt.Errorf("no answer within 10 s: %s", said.String())
}

func shakes(port int, config *tls.Config) bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, err := transit.Look(ctx, fmt.Sprintf("127.0.0.1:%d", port), config)
	return err == nil
}
