package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/nocturne/nocturne/"

// source is one Go file: its package's folder, whether it is a test, its imports.
type source struct {
	path, dir string
	test      bool
	imports   []string
}

func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && strings.HasPrefix(d.Name(), ".") && d.Name() != ".." && d.Name() != "." {
			return errorOr(err, fs.SkipDir)
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		text, err := os.ReadFile(path) // opened here, so that the test cache notices a change
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, text, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		s := source{path: filepath.ToSlash(rel), dir: filepath.ToSlash(filepath.Dir(rel)), test: strings.HasSuffix(rel, "_test.go")}
		for _, i := range f.Imports {
			name, _ := strconv.Unquote(i.Path.Value)
			s.imports = append(s.imports, name)
		}
		out = append(out, s)
		return nil
	})
	if err != nil || len(out) < 10 {
		t.Fatalf("read the sources: %v (%d files)", err, len(out))
	}
	return out
}

func errorOr(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

func in(dir, room string) bool { return dir == room || strings.HasPrefix(dir, room+"/") }

// ofHouse returns the folder of an import of ours.
func ofHouse(name string) (string, bool) {
	rest, ok := strings.CutPrefix(name, module)
	return rest, ok
}

var storey = map[string]int{"assets": 0, "cache": 1, "worklist": 2, "viewer": 2, "ui": 3, "cmd": 4}

func room(dir string) string { return strings.SplitN(dir, "/", 2)[0] }

// TestImportsPointDown keeps doors 1 to 3 of the house (CONTRIBUTING.md).
func TestImportsPointDown(t *testing.T) {
	for _, s := range sources(t) {
		for _, name := range s.imports {
			to, ours := ofHouse(name)
			if !ours || room(to) == room(s.dir) {
				continue
			}
			from, target := room(s.dir), room(to)
			switch {
			case storey[target] >= storey[from]:
				t.Errorf("%s imports %s: imports point down, and worklist and viewer never meet", s.path, to)
			case from == "ui" && strings.HasPrefix(to, "viewer/"):
				t.Errorf("%s imports %s: ui sees package viewer only", s.path, to)
			}
		}
	}
}

// TestAParentNeverImportsItsChild keeps names above implementations; the
// alphabet cache/dicom may be imported by everyone.
func TestAParentNeverImportsItsChild(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || in(s.dir, "cmd") || s.dir == "." {
			continue
		}
		for _, name := range s.imports {
			to, ours := ofHouse(name)
			if ours && to != "cache/dicom" && strings.HasPrefix(to, s.dir+"/") {
				t.Errorf("%s imports its child %s", s.path, to)
			}
		}
	}
}

// fences tells who may import a foreign thing; test files are free where said.
var fences = []struct {
	prefix    string
	rooms     []string
	testsFree bool
}{
	{"github.com/hajimehoshi/ebiten", []string{"viewer/screen"}, false},
	{"github.com/suyashkumar/dicom", []string{"cache/dicom"}, false},
	{"github.com/ncruces/go-sqlite3", []string{"cache/index", "cache/ledger", "cache/database"}, false},
	{"database/sql", []string{"cache/index", "cache/ledger", "cache/database"}, false},
	{"github.com/charmbracelet/bubbletea", []string{"ui", "cmd"}, false},
	{"github.com/charmbracelet/bubbles", []string{"ui", "cmd"}, false},
	{"codeberg.org/go-pdf/fpdf", []string{"worklist/report/paper"}, false},
	{"github.com/zalando/go-keyring", []string{"cache/access"}, false},
	{"net/http", []string{"worklist"}, true},
	{"github.com/coder/websocket", []string{"worklist"}, true},
	// Another's program gets no patient's data but by a pipe: few may start one.
	{"os/exec", []string{"ui/app", "ui/dictation", "ui/pdf", "ui/spell", "viewer/link", "viewer/bir", "cache/oracle", "worklist/pacs/pacstest"}, true},
	{module + "viewer/screen", []string{"cmd", "viewer/screen"}, false},
}

// TestForeignThingsStayBehindTheirFence keeps door 4.
func TestForeignThingsStayBehindTheirFence(t *testing.T) {
	for _, s := range sources(t) {
		for _, name := range s.imports {
			for _, f := range fences {
				if name != f.prefix && !strings.HasPrefix(name, f.prefix+"/") || s.test && f.testsFree {
					continue
				}
				if !slices.ContainsFunc(f.rooms, func(r string) bool { return in(s.dir, r) }) {
					t.Errorf("%s imports %s, which belongs to %v only", s.path, name, f.rooms)
				}
			}
		}
	}
}

// dialers are packages of the standard library that open connections. Values
// such as net/url and net/netip are free.
var dialers = []string{"net", "net/rpc", "net/smtp", "crypto/tls", "log/syslog"}

// TestOnlyTheWorklistDials keeps reading, measuring and reporting possible with
// the cable pulled, by construction.
func TestOnlyTheWorklistDials(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || in(s.dir, "worklist") {
			continue
		}
		for _, name := range s.imports {
			if slices.Contains(dialers, name) {
				t.Errorf("%s imports %s: only worklist opens a connection", s.path, name)
			}
		}
	}
}

// TestTheTopLevelStaysSmall keeps the rooms to those of the plan.
func TestTheTopLevelStaysSmall(t *testing.T) {
	allowed := []string{"cmd", "ui", "viewer", "worklist", "cache", "assets", "go.mod", "go.sum",
		"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "Makefile", "nocturne", "nocturne.exe", "dist"}
	entries, err := os.ReadDir(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !slices.Contains(allowed, e.Name()) {
			t.Errorf("%s stands at the top level; see CONTRIBUTING.md", e.Name())
		}
	}
}
