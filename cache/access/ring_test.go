package access

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/nocturne/nocturne/cache/seal"
)

// alone is the world of a home without a terminal, keychain or passphrase file.
var alone = Options{Getenv: func(string) string { return "" }}

func opened(t *testing.T, home string, o Options) *Ring {
	t.Helper()
	r, err := Open(home, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

func TestProgramsThatOpenANewHomeAtOnceHaveOneRing(t *testing.T) {
	home := t.TempDir()
	var all sync.WaitGroup
	keys := make([]seal.Key, 8)
	for i := range keys {
		all.Go(func() {
			r, err := Open(home, alone)
			if err != nil {
				t.Error(err)
				return
			}
			keys[i] = r.Key("ledger")
			r.Close()
		})
	}
	all.Wait()
	for _, k := range keys {
		if k != keys[0] || k == (seal.Key{}) {
			t.Fatal("two rings of one home")
		}
	}
	for _, name := range []string{ringName, unprotectedFile} {
		info, err := os.Stat(filepath.Join(home, name))
		if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(home, "keys", "*.part")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if opened(t, t.TempDir(), alone).Key("ledger") == keys[0] {
		t.Error("two homes have one key")
	}
}

func TestAHomesKeysAndNamesStayTheSameAndTellNothingOfEachOther(t *testing.T) {
	home := t.TempDir()
	a := opened(t, home, alone)
	b := opened(t, home, alone)
	if a.Source() != Unprotected || a.Key("index") != b.Key("index") || a.Name("study", "1.2.3") != b.Name("study", "1.2.3") {
		t.Error("two openings of one home differ")
	}
	if a.Key("index") == a.Key("ledger") || a.Name("study", "1.2.3") == a.Name("instance", "1.2.3") {
		t.Error("two things have one key or name")
	}
	if a.Name("study", "1.2.3") == opened(t, t.TempDir(), alone).Name("study", "1.2.3") {
		t.Error("a name is the same in another home")
	}
	study := seal.NewKey()
	box, err := a.Wrap(study, "folder")
	if err != nil || bytes.Contains(box, study[:]) {
		t.Fatal(err)
	}
	if got, err := b.Unwrap(box, "folder"); err != nil || got != study {
		t.Error(err)
	}
	if _, err := b.Unwrap(box, "another"); !errors.Is(err, seal.ErrDamaged) {
		t.Errorf("in another's folder: %v", err)
	}
}

func TestAClosedRingOpensAndSealsNothing(t *testing.T) {
	r := opened(t, t.TempDir(), alone)
	box, err := r.Wrap(seal.NewKey(), "folder")
	if err != nil {
		t.Fatal(err)
	}
	name, mem := r.Name("study", "1.2.3"), r.keys.mem
	r.Close()
	r.Close()
	if _, err := r.Wrap(seal.NewKey(), "folder"); !errors.Is(err, ErrLocked) {
		t.Error(err)
	}
	if _, err := r.Unwrap(box, "folder"); !errors.Is(err, ErrLocked) {
		t.Error(err)
	}
	if first, second := r.Name("study", "1.2.3"), r.Name("study", "1.2.3"); first == name || first == second {
		t.Error("it still names")
	}
	if !bytes.Equal(mem, make([]byte, len(mem))) {
		t.Error("keys are left in memory")
	}
	defer func() {
		if recover() == nil {
			t.Error("it gave a key")
		}
	}()
	r.Key("ledger")
}

func TestARingThatIsDamagedOrOpenToOthersIsNotUsedAndNotReplaced(t *testing.T) {
	for _, name := range []string{ringName, unprotectedFile} {
		home := t.TempDir()
		opened(t, home, alone).Close()
		path := filepath.Join(home, name)
		if runtime.GOOS != "windows" {
			os.Chmod(path, 0o640)
			if _, err := Open(home, alone); err == nil || !strings.Contains(err.Error(), "chmod 600") {
				t.Errorf("%s: %v", name, err)
			}
			os.Chmod(path, 0o600)
		}
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range []string{"", "garbage", string(whole[:len(whole)/2]), "{}"} {
			if err := os.WriteFile(path, []byte(b), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := Open(home, alone); err == nil {
				t.Errorf("%s: %q was taken", name, b)
			}
			if got, _ := os.ReadFile(path); string(got) != b {
				t.Errorf("%s: %q was replaced", name, b)
			}
		}
	}
}

func TestAnyByteOfTheRingThatChangesIsNoticedOrChangesNothing(t *testing.T) {
	home := t.TempDir()
	r := opened(t, home, alone)
	want := r.Key("ledger")
	path := filepath.Join(home, ringName)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		b := bytes.Clone(whole)
		b[i] ^= 1
		f, err := parseRing(b)
		if err != nil {
			continue
		}
		master, _, err := f.master(home, alone)
		if err != nil {
			continue
		}
		if got, err := f.ring(home, &master, Unprotected, alone); err == nil && got.Key("ledger") != want {
			t.Fatalf("byte %d: another key", i)
		}
	}
}

func TestADemoNeverAsksAndHasAHomeOfItsOwn(t *testing.T) {
	asked := false
	o := Options{Demo: true, Getenv: func(name string) string { asked = asked || name == PassphraseFileEnv; return "/nowhere" },
		Ask: func(string) (string, error) { asked = true; return "", nil }}
	home := t.TempDir()
	if r := opened(t, home, o); r.Source() != Unprotected || asked {
		t.Errorf("%v, asked %v", r.Source(), asked)
	}
	a, b := InMemory(), InMemory()
	if a.Key("x") == b.Key("x") || a.Source() != Unprotected {
		t.Error("rings in memory are not each its own")
	}
	a.Close()
}

func FuzzRing(f *testing.F) {
	r := &ringFile{Form: ringForm, Home: strings.Repeat("0f", 16)}
	k := seal.NewKey()
	r.put(Unprotected, nil, &k, &k)
	r.put(Passphrase, &cost{Memory: leastMemory, Passes: 3, Lanes: 4, Salt: make([]byte, saltSize)}, &k, &k)
	r.fill(&k, &k, &k)
	f.Add(r.json())
	f.Add([]byte(`{"form":"` + ringForm + `","home":"","slots":[{}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := parseRing(b)
		if err != nil {
			return
		}
		for _, s := range []Source{Unprotected, Keychain} {
			if slot := got.slot(s); slot != nil {
				got.unseal(slot, &k)
			}
		}
		if s := got.slot(Passphrase); s != nil && s.Argon2id != nil {
			if c := s.Argon2id; c.check() == nil && uint64(c.Memory)*uint64(c.Passes) > mostWork {
				t.Fatal("a passphrase may cost anything")
			}
		}
		if got.Body != nil {
			got.ring(t.TempDir(), &k, Unprotected, alone)
		}
	})
}
