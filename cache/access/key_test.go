package access

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func TestAHomeHasOneKeyForGoodAndOnlyItsOwnerReadsIt(t *testing.T) {
	home := t.TempDir()
	var all sync.WaitGroup
	keys := make([]string, 8)
	for i := range keys {
		all.Go(func() {
			k, err := ReaderKey(home)
			if err != nil {
				t.Error(err)
			}
			keys[i] = string(k)
		})
	}
	all.Wait()
	for _, k := range keys {
		if k != keys[0] || len(k) != 64 {
			t.Fatal("two keys of one home")
		}
	}
	info, err := os.Stat(filepath.Join(home, KeyFile))
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", err, info.Mode())
	}
	if left, _ := filepath.Glob(filepath.Join(home, "keys", "*.part")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if other, _ := ReaderKey(t.TempDir()); string(other) == keys[0] {
		t.Error("two homes have one key")
	}
}

func TestAKeyThatIsDamagedOrOpenToOthersIsNotUsedAndNotReplaced(t *testing.T) {
	home := t.TempDir()
	if _, err := ReaderKey(home); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(home, KeyFile)
	if runtime.GOOS != "windows" {
		os.Chmod(path, 0o644)
		if _, err := ReaderKey(home); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("%v", err)
		}
		os.Chmod(path, 0o600)
	}
	for _, b := range []string{"", "garbage", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"} {
		if err := os.WriteFile(path, []byte(b), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReaderKey(home); err == nil {
			t.Errorf("%q was taken for a key", b)
		}
		if got, _ := os.ReadFile(path); string(got) != b {
			t.Errorf("%q was replaced", b)
		}
	}
}

func TestOpenSSLReadsTheKey(t *testing.T) {
	tool, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	home := t.TempDir()
	if _, err := ReaderKey(home); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, "pkey", "-in", filepath.Join(home, KeyFile), "-noout", "-text").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "ED25519") {
		t.Errorf("%v\n%s", err, out)
	}
}
