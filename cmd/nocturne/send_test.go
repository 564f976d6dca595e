package main

import (
	"archive/zip"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/worklist/pacs/demo"
	"github.com/nocturne/nocturne/worklist/send"
)

// A small centre's disc goes to the archive after a yes, from a folder or a ZIP; the
// exit status is 0 only when the archive was seen to hold all of it.
func TestADiscIsSentAfterAYesAndExitZeroMeansThatItIsThere(t *testing.T) {
	t.Parallel()
	disc, home := filepath.Join(t.TempDir(), "disc"), t.TempDir()
	if err := os.CopyFS(disc, os.DirFS(oracle.Data(t, "media", "dicomdirtests", "98892003"))); err != nil {
		t.Fatal(err)
	}
	a, err := demo.New(demo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	urls, err := a.Serve(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	do := func(want int, args ...string) (text string, r sentJSON) {
		t.Helper()
		text, code := nocturne(t, home, append([]string{"send", "--url", urls.DICOMweb, "--site", "NORTH"}, args...)...)
		if code != want {
			t.Fatalf("%v: exit %d, want %d: %s", args, code, want, text)
		}
		json.Unmarshal([]byte(text), &r)
		return text, r
	}
	if text, _ := do(exitUsage, disc); !strings.Contains(text, "Doe, Peter") || a.Studies() != 0 {
		t.Errorf("without a yes %d studies were sent: %s", a.Studies(), text)
	}
	if text, _ := do(exitOK, "--dry-run", disc); !strings.Contains(text, "lists 0 of the 17") || a.Studies() != 0 {
		t.Errorf("a dry run: %s", text)
	}
	if _, r := do(exitOK, "--yes", "--json", "--compare", "all", disc); r.Confirmed != 17 || r.Compared != 17 || a.Studies() != 3 || r.Studies[0].PatientID != "98890234" {
		t.Errorf("sent: %+v", r.Report)
	}
	packed := filepath.Join(t.TempDir(), "disc.zip")
	pack(t, disc, packed)
	if _, r := do(exitOK, "--yes", "--json", packed); r.Already != 17 || r.Bytes != 0 {
		t.Errorf("sent again from a ZIP: %+v", r.Report)
	}
	alter(t, disc)
	if _, r := do(exitFailed, "--yes", "--json", disc); r.Confirmed != 16 || len(r.Others) != 1 || r.Others[0].State != send.Parked {
		t.Errorf("with one object altered: %+v", r.Report)
	}
	if left, _ := filepath.Glob(filepath.Join(home, "medium", "*")); len(left) > 0 {
		t.Errorf("left in the home: %v", left)
	}
}

func pack(t *testing.T, folder, to string) {
	t.Helper()
	f, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	if err := z.AddFS(os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	f.Close()
}

// alter changes the last byte of one object: a pixel, or a text.
func alter(t *testing.T, folder string) {
	t.Helper()
	var first string
	filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && first == "" {
			first = path
		}
		return err
	})
	b, err := os.ReadFile(first)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)-1] ^= 1
	if err := os.WriteFile(first, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
