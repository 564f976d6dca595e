package main

import (
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// session is a script that a session bus with an open keyring of its own runs: the Secret
// Service of GNOME, as a desktop has it.
const session = `printf x | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1 || exit 99
ring() { "$NOCTURNE" "$@" || echo "exit $?"; }
ring unlock --keychain --json
ring unlock --json
echo items; secret-tool search --all service nocturne 2>&1
ring lock --json
ring unlock --set-passphrase --passphrase-file - --json <<.
correct horse
.
ring lock --json
echo items; secret-tool search --all service nocturne 2>&1
ring unlock --json
`

// The keychain of a real desktop keeps the key, under a name that says nothing, and gives
// it back until it is told to forget it; GNOME's own tool sees the same.
func TestASecretServiceKeepsTheKeyUntilItIsLocked(t *testing.T) {
	needs(t, "dbus-run-session", "gnome-keyring-daemon", "secret-tool")
	home, desk := t.TempDir(), t.TempDir()
	cmd := exec.CommandContext(t.Context(), "dbus-run-session", "--", "sh", "-c", session)
	cmd.Env = append(environ(home), "NOCTURNE="+os.Args[0], "HOME="+desk, "XDG_DATA_HOME="+desk, "XDG_RUNTIME_DIR="+desk, "DISPLAY=", "WAYLAND_DISPLAY=")
	b, err := cmd.CombinedOutput()
	out := string(b)
	var ended *exec.ExitError
	if errors.As(err, &ended) && ended.ExitCode() == 99 {
		t.Fatalf("gnome-keyring does not start: %s", out)
	}
	steps := regexp.MustCompile(`(?s)"source": "keychain".*"source": "keychain".*items(.*)"keychain": "kept".*"passphrase".*"keychain": "removed".*items(.*)locked.*exit 1`).FindStringSubmatch(out)
	if steps == nil {
		t.Fatalf("%v\n%s", err, out)
	}
	item := regexp.MustCompile(`attribute\.username = (\S+)`).FindStringSubmatch(steps[1])
	if item == nil {
		t.Fatalf("the keychain has no item: %s", steps[1])
	}
	if id, err := hex.DecodeString(item[1]); err != nil || len(id) != 16 || strings.Contains(steps[1], home) {
		t.Errorf("the item's name says something: %s", steps[1])
	}
	if strings.Contains(steps[2], "attribute.") {
		t.Errorf("the keychain still has %s", steps[2])
	}
	if _, err := os.Stat(filepath.Join(home, "keys", "unprotected")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the open key is left: %v", err)
	}
}
