package dicom

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// dataDir is where the real files lie; tests that need them say that they are
// absent.
func dataDir(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("NOCTURNE_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	if _, err := os.Stat(filepath.Join(dir, "manifest.tsv")); err != nil {
		if os.Getenv("NOCTURNE_PEERS") == "require" {
			t.Fatalf("no real data at %s", dir)
		}
		t.Skipf("no real data at %s: set NOCTURNE_DATA", dir)
	}
	return dir
}

// manifest is the table of the real files: one map a row, by column name.
func manifest(t testing.TB) []map[string]string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dataDir(t), "manifest.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimRight(string(b), "\n"), "\n")
	cols := strings.Split(lines[0], "\t")
	var rows []map[string]string
	for _, l := range lines[1:] {
		row := map[string]string{}
		for i, v := range strings.Split(l, "\t") {
			row[cols[i]] = v
		}
		rows = append(rows, row)
	}
	return rows
}

func realFile(t testing.TB, name string) *File {
	t.Helper()
	f, err := ReadFile(filepath.Join(dataDir(t), name))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// set is a data set of text elements, for tests.
func set(pairs map[Tag]string) *Dataset {
	d := &Dataset{}
	for t, v := range pairs {
		d.SetStr(t, v)
	}
	return d
}
