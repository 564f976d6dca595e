package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/viewer"
)

func TestAKeptLayoutIsAFileThatHangsFirstUntilItIsForgotten(t *testing.T) {
	env := &environment{Home: t.TempDir(), Err: os.Stderr}
	if err := os.MkdirAll(filepath.Join(env.Home, "hanging"), 0o700); err != nil {
		t.Fatal(err)
	}
	const own = "name = 'Mine'\n[match]\nmodality = ['CT']\nwords = ['head']\n[[stage]]\nname = 's'\nlayout = '1x1'\n[[stage.tile]]\n"
	if err := os.WriteFile(filepath.Join(env.Home, "hanging", "a.toml"), []byte(own), 0o600); err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(own, "'Mine'", "'Own: CT head'", 1)
	said, err := env.keepHanging(viewer.HangKeep, text)
	if err != nil || said != "Kept as “Own: CT head” (hanging/kept-own-ct-head.toml): opens CT with “head”. :hang forget undoes it." {
		t.Fatalf("%q, %v", said, err)
	}
	if all := env.protocols(); all[0].Name != "Own: CT head" || all[1].Name != "Mine" {
		t.Errorf("%s comes first, then %s", all[0].Name, all[1].Name)
	}
	for _, bad := range []string{"", "name =", own, strings.Replace(text, "1x1", "9x9", 1), strings.Replace(text, "Own: CT head", "Own: ", 1)} {
		if _, err := env.keepHanging(viewer.HangKeep, bad); err == nil {
			t.Errorf("kept %q", bad)
		}
	}
	if said, err := env.keepHanging(viewer.HangForget, "Own: ../CT/../head"); err != nil || !strings.Contains(said, "kept-own-ct-head.toml is gone") {
		t.Errorf("%q, %v", said, err)
	}
	if all := env.protocols(); all[0].Name != "Mine" {
		t.Errorf("after forgetting %s comes first", all[0].Name)
	}
	if said, err := env.keepHanging(viewer.HangForget, "Own: CT head"); err != nil || !strings.Contains(said, "not kept in a file") {
		t.Errorf("%q, %v", said, err)
	}
}
