package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sealedObject is one object's file of a home.
func sealedObject(t *testing.T, home string) string {
	t.Helper()
	found := ""
	err := filepath.WalkDir(filepath.Join(home, "cache", "objects"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && len(d.Name()) == 64 {
			found = path
		}
		return err
	})
	if err != nil || found == "" {
		t.Fatalf("no object is held: %v", err)
	}
	return found
}

func TestVerifyNamesWhatIsDamagedAndMendLetsItBeFetchedAgain(t *testing.T) {
	home := heldCase(t)
	verify := func(want int, words ...string) (images, led verified, text string) {
		t.Helper()
		out, errs, code := said(t, home, append([]string{"verify", "--json"}, words...)...)
		var all []verified
		if err := json.Unmarshal([]byte(out), &all); err != nil || code != want || len(all) < 2 {
			t.Fatalf("exit %d, want %d: %s %s %v", code, want, out, errs, err)
		}
		return all[0], all[1], out
	}
	whole, led, _ := verify(exitOK)
	if whole.Counts["studies"] != 1 || whole.Counts["objects"] < 2 || len(whole.Damaged)+len(led.Damaged) != 0 {
		t.Fatalf("%+v", whole)
	}
	path := sealedObject(t, home)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	images, _, text := verify(exitFailed)
	if len(images.Damaged) != 1 || filepath.Join(home, images.Damaged[0].File) != path || !strings.Contains(images.Damaged[0].Do, "--mend") {
		t.Errorf("%+v", images)
	}
	for _, secret := range []string{"PHANTOM", "1.2.3", "2.25."} {
		if strings.Contains(text, secret) {
			t.Errorf("verify tells %q", secret)
		}
	}
	if images, _, _ := verify(exitFailed, "--mend"); !images.Damaged[0].Mended {
		t.Errorf("%+v", images)
	}
	if images, _, _ := verify(exitOK); images.Counts["objects"] != whole.Counts["objects"]-1 {
		t.Errorf("%+v", images)
	}
	b, err = os.ReadFile(filepath.Join(home, "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(filepath.Join(home, "ledger.db"), b, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, led, _ := verify(exitFailed); len(led.Damaged) != 1 || led.Damaged[0].File != "ledger.db" {
		t.Errorf("%+v", led)
	}
}
