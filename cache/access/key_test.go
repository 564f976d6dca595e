package access

import (
	"bytes"
	"crypto/ed25519"
	"errors"
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
			r, err := Open(home, alone)
			if err != nil {
				t.Error(err)
				return
			}
			defer r.Close()
			k, err := r.ReaderKey()
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
	info, err := os.Stat(filepath.Join(home, "keys", signingName))
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", err, info.Mode())
	}
	if left, _ := filepath.Glob(filepath.Join(home, "keys", "*-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if other, _ := opened(t, t.TempDir(), alone).ReaderKey(); string(other) == keys[0] {
		t.Error("two homes have one key")
	}
}

func TestAKeyThatIsDamagedOrOpenToOthersIsNotUsedAndNotReplaced(t *testing.T) {
	home := t.TempDir()
	r := opened(t, home, alone)
	if _, err := r.ReaderKey(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(home, "keys", signingName)
	if runtime.GOOS != "windows" {
		os.Chmod(path, 0o644)
		if _, err := r.ReaderKey(); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("%v", err)
		}
		os.Chmod(path, 0o600)
	}
	for _, b := range []string{"", "garbage", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"} {
		if err := os.WriteFile(path, []byte(b), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := r.ReaderKey(); err == nil {
			t.Errorf("%q was taken for a key", b)
		}
		if got, _ := os.ReadFile(path); string(got) != b {
			t.Errorf("%q was replaced", b)
		}
	}
}

// Before there was a ring the key lay in plain text: PKCS #8 in PEM, as OpenSSL writes it.
func TestAKeyOfOpenSSLInPlainTextIsSealedAndItsFileRemoved(t *testing.T) {
	tool, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	home := t.TempDir()
	old := filepath.Join(home, "keys", signingOld)
	if err := os.MkdirAll(filepath.Dir(old), 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(tool, "genpkey", "-algorithm", "ed25519", "-out", old).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	os.Chmod(old, 0o600)
	public, err := exec.Command(tool, "pkey", "-in", old, "-pubout", "-outform", "DER").Output()
	if err != nil {
		t.Fatal(err)
	}
	plain, err := os.ReadFile(old)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		k, err := opened(t, home, alone).ReaderKey()
		if err != nil || !bytes.HasSuffix(public, k.Public().(ed25519.PublicKey)) { // RFC 8410 4: the key ends it
			t.Fatalf("another key: %v", err)
		}
		os.WriteFile(old, []byte("what a crash left"), 0o600)
	}
	if _, err := opened(t, home, alone).ReaderKey(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is left in plain text: %v", err)
	}
	sealed, err := os.ReadFile(filepath.Join(home, "keys", signingName))
	if err != nil || bytes.Contains(sealed, []byte("PRIVATE")) || bytes.Contains(sealed, plain[40:60]) {
		t.Errorf("it is not sealed: %v", err)
	}
}
