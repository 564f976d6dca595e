package oracle

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// NPM is a folder whose node_modules holds these packages: NOCTURNE_NPM, else
// nocturne-npm in the user's cache, where .ci/run installs them. Where one is missing
// the test is skipped, or fails where nothing may be.
func NPM(t testing.TB, packages ...string) string {
	t.Helper()
	Tool(t, "node")
	dir := os.Getenv("NOCTURNE_NPM")
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			t.Skipf("no cache directory: %v", err)
		}
		dir = filepath.Join(cache, "nocturne-npm")
	}
	for _, p := range packages {
		if _, err := os.Stat(filepath.Join(dir, "node_modules", filepath.FromSlash(p), "package.json")); err == nil {
			continue
		}
		if required() {
			t.Fatalf("npm package %s is not installed in %s", p, dir)
		}
		t.Skipf("npm package %s is not installed in %s", p, dir)
	}
	return dir
}

// Node runs a script with the packages of dir, text on its standard input, and returns
// what it wrote. A script that fails fails the test.
func Node(t testing.TB, dir, input string, script ...string) string {
	t.Helper()
	cmd := node(t, dir, script)
	cmd.Stdin = strings.NewReader(input)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", filepath.Base(script[0]), err, out)
	}
	return string(out)
}

func node(t testing.TB, dir string, args []string) *exec.Cmd {
	cmd := exec.CommandContext(t.Context(), "node", args...)
	cmd.Env = append(os.Environ(), "NOCTURNE_NPM="+dir)
	return cmd
}

// Serve starts a peer that listens on a port of loopback that it chose, and writes
// "ready" and that port when it does. It is ended with the test. lines are what it
// wrote after that.
func Serve(t testing.TB, cmd *exec.Cmd) (address string, lines <-chan string) {
	t.Helper()
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := make(chan string, 1000)
	go read(out, said)
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	select {
	case line := <-said:
		var port int
		if _, err := fmt.Sscanf(line, "ready %d", &port); err != nil {
			t.Fatalf("the peer said %q", line)
		}
		return fmt.Sprintf("127.0.0.1:%d", port), said
	case <-time.After(30 * time.Second):
		t.Fatal("the peer does not start")
	}
	return "", nil
}

// NodeServer is Serve of a script with the packages of dir.
func NodeServer(t testing.TB, dir string, script ...string) (address string, lines <-chan string) {
	t.Helper()
	return Serve(t, node(t, dir, script))
}

func read(r io.Reader, lines chan<- string) {
	defer close(lines)
	s := bufio.NewScanner(r)
	s.Buffer(nil, 16<<20)
	for s.Scan() {
		lines <- s.Text()
	}
}
