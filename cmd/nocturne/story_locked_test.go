package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/nocturne/nocturne/cache/access"
)

// keyless subcommands read nothing that a home holds sealed.
var keyless = []string{
	"archive", "demo", "view", // a home of their own, or none
	"calc", "config reference", "help", "version", "completion", "policy",
	"keys", "templates", "conformance", // settings, and files that come with the program
	"documents", "info", "measurements", "open", "pixels", "render", "segments", // files that are named
	"login", "logout", // no site of this story has one
	"init", "lock", "rotate", "unlock", // about the key itself
}

// TestWithoutTheKeyNoSubcommandReadsAnything is the thief with the files: everything that
// reads a home says that it is locked and ends with 1, whatever a network would give.
func TestWithoutTheKeyNoSubcommandReadsAnything(t *testing.T) {
	dir, _ := tinyNightOf(t, 1, 1)
	archive := spawnArchive(t, "--dir", dir)
	archive.assignToNobody(t)
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, "config.toml"), []byte(siteConfig("ONE^READER", archive.DICOMweb, archive.UPS)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, errs, code := said(t, home, "report", "draft", "T01", "--set", "findings=Normal."); code != exitOK {
		t.Fatal(errs)
	}
	listed, errs, code := said(t, home, "worklist")
	if code != exitOK || !strings.Contains(listed, "T01") && !strings.Contains(listed, "NIGHT") {
		t.Fatalf("%s %s", listed, errs)
	}
	set := func() (string, error) { return "correct horse", nil }
	if err := access.SetPassphrase(home, access.Options{Getenv: func(string) string { return "" }}, set); err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, c := range leaves(rootCommand(&environment{}), "") {
		if slices.ContainsFunc(keyless, func(k string) bool { return c == k || strings.HasPrefix(c, k+" ") }) {
			continue
		}
		asked++
		locked(t, home, c)
	}
	if asked < 20 {
		t.Errorf("only %d subcommands were tried", asked)
	}
	locked(t, home, "")
}

// leaves are the words of every subcommand that does something.
func leaves(c *cobra.Command, before string) (out []string) {
	for _, sub := range c.Commands() {
		words := strings.TrimSpace(before + " " + sub.Name())
		if sub.HasSubCommands() {
			out = append(out, leaves(sub, words)...)
		} else {
			out = append(out, words)
		}
	}
	return out
}

// given are the arguments of subcommands that want more than a study.
var given = map[string][]string{
	"breakglass":       {"T01", "--reason", "emergency"},
	"critical ack":     {"T01", "--read-back"},
	"critical add":     {"T01", "--category", "1", "--finding", "bleeding"},
	"critical close":   {"T01", "--reason", "done"},
	"followups close":  {"1", "--reason", "done"},
	"critical attempt": {"T01", "--result", "reached"},
	"objects export":   {"T01", os.DevNull},
	"outbox decide":    {"T01", "--keep"},
	"outbox explain":   {"1"},
	"outbox resend":    {"1", "--yes"},
	"pin set":          {"--pin-file", "-"},
	"report correct":   {"T01", "--reason", "wrong"},
	"report draft":     {"T01", "--set", "findings=Normal."},
	"report prelim":    {"T01", "--text", "Normal."},
	"report sign":      {"T01", "--yes"},
	"report withdraw":  {"T01", "--reason", "wrong"},
	"send":             {".", "--yes"},
}

// locked runs a subcommand as somebody without the key does.
func locked(t *testing.T, home, words string) {
	t.Helper()
	tries := [][]string{nil, {"T01"}, {"T01", "T01"}}
	if g, ok := given[words]; ok {
		tries = [][]string{g}
	}
	for _, args := range tries {
		all := append(strings.Fields(words), args...)
		out, errs, code := said(t, home, all...)
		switch {
		case code == exitUsage:
			continue
		case code != exitFailed || !strings.Contains(errs, "his home is locked: its key needs the passphrase"):
			t.Errorf("nocturne %s: %d %q", strings.Join(all, " "), code, errs)
		case out != "":
			t.Errorf("nocturne %s: it prints %q", strings.Join(all, " "), out)
		}
		return
	}
	t.Errorf("nocturne %s: nothing that was tried is a way to call it: say here what is", words)
}
