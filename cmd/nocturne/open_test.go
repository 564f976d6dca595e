package main

import (
	"archive/zip"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/oracle"
)

// What is brought is listed by patient, from a folder and from a ZIP alike, and leaves
// nothing in the home.
func TestAMediumIsListedByPatientAndNothingOfItStays(t *testing.T) {
	t.Parallel()
	disc, home := oracle.Data(t, "media", "dicomdirtests", "98892003"), t.TempDir()
	packed := filepath.Join(t.TempDir(), "disc.zip")
	f, err := os.Create(packed)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	if err := z.AddFS(os.DirFS(disc)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	f.Close()
	for _, path := range []string{disc, packed} {
		text, code := nocturne(t, home, "open", "--json", path)
		var got mediumJSON
		if err := json.Unmarshal([]byte(text), &got); err != nil || code != exitOK {
			t.Fatalf("exit %d, %v", code, err)
		}
		if len(got.Studies) != 3 || got.Files.Objects != 17 {
			t.Errorf("%d studies, %+v", len(got.Studies), got.Files)
		}
		for _, s := range got.Studies {
			if s.PatientName != "Doe^Peter" || s.PatientID != "98890234" {
				t.Errorf("a study of %s", s.PatientName)
			}
		}
	}
	if text, code := nocturne(t, home, "open", disc); code != exitOK || strings.Count(text, "Doe, Peter") != 1 {
		t.Errorf("exit %d: %s", code, text)
	}
	if left, _ := filepath.Glob(filepath.Join(home, "medium", "*")); len(left) > 0 {
		t.Errorf("left in the home: %v", left)
	}
	if _, code := nocturne(t, home, "open", home); code != exitFailed {
		t.Errorf("an empty folder: exit %d", code)
	}
	if _, code := nocturne(t, home, "open"); code != exitUsage {
		t.Errorf("nothing named: exit %d", code)
	}
}
