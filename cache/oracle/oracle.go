// Package oracle is what tests hold the program against and do not make themselves:
// the real data set with its manifest, and other people's programs. Only tests
// import it.
package oracle

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// required reports whether nothing may be skipped (.ci/run).
func required() bool { return os.Getenv("NOCTURNE_PEERS") == "require" }

// Dir is where the real data set lies or would lie: NOCTURNE_DATA, else shared/data
// beside the project.
func Dir() string {
	if dir := os.Getenv("NOCTURNE_DATA"); dir != "" {
		return dir
	}
	root, err := os.Getwd() // a test runs in its package's folder
	for err == nil && root != filepath.Dir(root) {
		if _, missing := os.Stat(filepath.Join(root, "go.mod")); missing == nil {
			break
		}
		root = filepath.Dir(root)
	}
	return filepath.Join(filepath.Dir(root), "shared", "data")
}

// Data is the folder of the real data set, or a part of it. Without the set the test
// is skipped, or fails where nothing may be; without the part it is skipped.
func Data(t testing.TB, part ...string) string {
	t.Helper()
	dir := Dir()
	if _, err := os.Stat(filepath.Join(dir, "manifest.tsv")); err != nil {
		if required() {
			t.Fatalf("no real data at %s", dir)
		}
		t.Skipf("no real data at %s: set NOCTURNE_DATA", dir)
	}
	at := filepath.Join(append([]string{dir}, part...)...)
	if _, err := os.Stat(at); err != nil {
		t.Skipf("the real data have no %s", filepath.Join(part...))
	}
	return at
}

// Rows is the manifest: a map for each file, by column name; "file" is its path
// below Data.
func Rows(t testing.TB) (rows []map[string]string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(Data(t), "manifest.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimRight(string(b), "\n"), "\n")
	names := strings.Split(lines[0], "\t")
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, cell := range strings.Split(line, "\t") {
			row[names[i]] = cell
		}
		rows = append(rows, row)
	}
	return rows
}

// Tool is the path of another's program. Where it is not installed the test is
// skipped, or fails where nothing may be.
func Tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
	case required():
		t.Fatalf("%s is not installed", name)
	default:
		t.Skipf("%s is not installed", name)
	}
	return path
}
