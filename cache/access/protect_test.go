package access

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zalando/go-keyring"
)

// TestMain puts a keychain of this process in the place of the system's, and makes
// passphrases as cheap as a ring may have them.
func TestMain(m *testing.M) {
	keyring.MockInit()
	tryTime = 0
	os.Exit(m.Run())
}

// desktop is a world that has a keychain and a terminal whose answers are given.
func desktop(answers ...string) Options {
	return Options{
		Getenv: func(name string) string {
			return map[string]string{"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}[name]
		},
		Ask: func(string) (string, error) {
			if len(answers) == 0 {
				return "", errors.New("nobody answers")
			}
			a := answers[0]
			answers = answers[1:]
			return a, nil
		},
	}
}

// withFile is a world without a terminal and with a passphrase file.
func withFile(t *testing.T, passphrase string) Options {
	t.Helper()
	path := filepath.Join(t.TempDir(), "passphrase")
	if err := os.WriteFile(path, []byte(passphrase), 0o600); err != nil {
		t.Fatal(err)
	}
	return Options{Getenv: func(name string) string { return map[string]string{PassphraseFileEnv: path}[name] }}
}

func say(passphrase string) func() (string, error) {
	return func() (string, error) { return passphrase, nil }
}

func TestAPassphraseProtectsAHomeThatHadNone(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	r := opened(t, home, alone)
	key, name := r.Key("ledger"), r.Name("study", "1")
	secret, err := os.ReadFile(filepath.Join(home, unprotectedFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := SetPassphrase(home, alone, say("seven77")); !errors.Is(err, ErrWeakPassphrase) {
		t.Errorf("seven characters were taken: %v", err)
	}
	const given = "correct Pferd: u\u0308ber" // decomposed, as one system types it …
	if err := SetPassphrase(home, alone, say(given)); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(home, unprotectedFile)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("keys/unprotected is left: %v", err)
	}
	left, err := os.ReadFile(filepath.Join(home, ringName))
	if err != nil || bytes.Contains(left, bytes.TrimSpace(secret)) || bytes.Contains(left, []byte("Pferd")) {
		t.Errorf("the ring tells: %v", err)
	}
	for _, o := range []Options{alone, {Demo: true}} {
		if _, err := Open(home, o); !errors.Is(err, ErrLocked) {
			t.Errorf("opened without it: %v", err)
		}
	}
	a := opened(t, home, withFile(t, "correct Pferd: \u00fcber\r\nsecond line\n")) // … and composed, as another does
	if a.Key("ledger") != key || a.Name("study", "1") != name || a.Source() != Passphrase {
		t.Error("the home has other keys now")
	}
	b := opened(t, home, desktop("wrong", given))
	if b.Key("ledger") != key {
		t.Error("a terminal's answer opens something else")
	}
	if _, err := Open(home, desktop()); err == nil || errors.Is(err, ErrWrongPassphrase) {
		t.Errorf("nobody answered: %v", err)
	}
}

// The issue asks for 200 ms at least, RFC 9106 4 for 64 MiB and three passes. What other
// tests of this process compute meanwhile counts too, so this one is not parallel.
func TestAWrongPassphraseCosts200MillisecondsAndSaysNothingElse(t *testing.T) {
	home := t.TempDir()
	tryTime = 300 * time.Millisecond // as in the program
	defer func() { tryTime = 0 }()
	if err := SetPassphrase(home, alone, say("correct horse")); err != nil {
		t.Fatal(err)
	}
	o := withFile(t, "incorrect horse")
	before := processorTime()
	_, err := Open(home, o)
	took := processorTime() - before
	if err == nil || err.Error() != "wrong passphrase" {
		t.Errorf("it says %v", err)
	}
	if took < 200*time.Millisecond {
		t.Errorf("a try costs %v of processor time", took)
	}
	r := opened(t, home, withFile(t, "correct horse"))
	told := 0
	for range 2 { // once is enough, but for one that could not be written down
		err = errors.Join(r.TellWrong(func(int) error { return errors.New("no") }), r.TellWrong(func(n int) error { told += n; return nil }))
	}
	if told != 1 || err != nil {
		t.Errorf("%d wrong ones were told: %v", told, err)
	}
	f, err := readRing(alone.fs(), home)
	if err != nil {
		t.Fatal(err)
	}
	if c := f.slot(Passphrase).Argon2id; c.Memory < 64<<10 || c.Passes < 3 || c.Lanes != 4 || len(c.Salt) < 16 {
		t.Errorf("%+v", c)
	}
	t.Logf("%v of processor time", took)
}

func TestAFileThatAsksForLittleOrForEverythingIsNotObeyed(t *testing.T) {
	t.Parallel()
	good := cost{Memory: 64 << 10, Passes: 3, Lanes: 4, Salt: make([]byte, 16)}
	if err := good.check(); err != nil {
		t.Error(err)
	}
	for what, spoil := range map[string]func(*cost){
		"100 GB":         func(c *cost) { c.Memory = 100 << 20 },
		"a day":          func(c *cost) { c.Passes = 1 << 30 },
		"both":           func(c *cost) { c.Memory, c.Passes = 1<<20, 200 },
		"no memory":      func(c *cost) { c.Memory = 8 },
		"one pass":       func(c *cost) { c.Passes = 1 },
		"no lane":        func(c *cost) { c.Lanes = 0 },
		"255 lanes":      func(c *cost) { c.Lanes = 255 },
		"a short salt":   func(c *cost) { c.Salt = nil },
		"an endless one": func(c *cost) { c.Salt = make([]byte, 1<<10) },
	} {
		c := good
		if spoil(&c); c.check() == nil {
			t.Errorf("%s was taken", what)
		}
	}
}

func TestAPassphraseFileOfOthersOrOfNobodyIsRefused(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	o := withFile(t, "correct horse")
	path := o.env(PassphraseFileEnv)
	if runtime.GOOS != "windows" {
		os.Chmod(path, 0o640)
		if _, err := Open(home, o); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("others read it: %v", err)
		}
		os.Chmod(path, 0o600)
	}
	if _, err := Open(home, withFile(t, "\ncorrect horse")); err == nil {
		t.Error("an empty line was taken")
	}
	if _, err := Open(home, withFile(t, "short")); !errors.Is(err, ErrWeakPassphrase) {
		t.Errorf("a new home with a weak one: %v", err)
	}
	fresh := t.TempDir()
	if r := opened(t, fresh, withFile(t, "correct horse")); r.Source() != Passphrase {
		t.Errorf("a new home with a passphrase is %v", r.Source())
	}
	if _, err := os.Stat(filepath.Join(fresh, unprotectedFile)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its key lay open: %v", err)
	}
	os.Remove(path)
	if _, err := Open(home, o); !errors.Is(err, os.ErrNotExist) || strings.Contains(err.Error(), path) {
		t.Errorf("it is not there: %v", err)
	}
	if s, err := Sources(home, alone); err != nil || s != nil {
		t.Errorf("a ring was made without the passphrase: %v %v", s, err)
	}
}

func TestTheKeychainOpensAHomeUntilItIsLocked(t *testing.T) {
	home := t.TempDir()
	r := opened(t, home, alone)
	key := r.Key("ledger")
	if err := UseKeychain(home, alone); !errors.Is(err, ErrNoKeychain) {
		t.Errorf("where there is none: %v", err)
	}
	if r, err := Open(home, alone); err != nil || r.Source() != Unprotected {
		t.Fatalf("and nothing was changed: %v", err)
	}
	for range 2 { // twice is once
		if err := UseKeychain(home, desktop()); err != nil {
			t.Fatal(err)
		}
		if r := opened(t, home, desktop()); r.Source() != Keychain || r.Key("ledger") != key {
			t.Error("the keychain opens something else")
		}
	}
	if _, err := Open(home, alone); !errors.Is(err, ErrNoKeychain) {
		t.Errorf("without the keychain: %v", err)
	}
	if was, err := LeaveKeychain(home, desktop()); !was || !errors.Is(err, ErrLastSource) {
		t.Errorf("the only key may be thrown away: %v", err)
	}
	if err := SetPassphrase(home, desktop(), say("correct horse")); err != nil {
		t.Fatal(err)
	}
	if s, _ := Sources(home, alone); !slices.Equal(s, []Source{Keychain, Passphrase}) {
		t.Errorf("%v", s)
	}
	if was, err := LeaveKeychain(home, desktop()); !was || err != nil {
		t.Error(was, err)
	}
	if _, err := keyring.Get(keychainService, r.id); !errors.Is(err, keyring.ErrNotFound) {
		t.Errorf("the keychain still has it: %v", err)
	}
	if r := opened(t, home, desktop("correct horse")); r.Source() != Passphrase || r.Key("ledger") != key {
		t.Error("the passphrase opens something else")
	}
	if was, err := LeaveKeychain(home, desktop()); was || err != nil {
		t.Error(was, err)
	}
}
