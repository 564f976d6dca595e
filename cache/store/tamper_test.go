package store_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/seal"
	"github.com/nocturne/nocturne/cache/store"
)

// noSecret demands that no file below dir, by name or content, tells anything.
func noSecret(t *testing.T, dir string) {
	t.Helper()
	var secrets [][]byte
	for _, s := range []string{"PHANTOM", "1.2.3", "1.2.4", "DICM", "CT"} {
		if s == "CT" {
			continue // two letters stand in any noise
		}
		secrets = append(secrets, []byte(s), []byte(hex.EncodeToString([]byte(s))), []byte(strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(s)), "=")))
	}
	seen := 0
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		seen++
		b, err := os.ReadFile(p)
		rel, _ := filepath.Rel(dir, p)
		for _, s := range secrets {
			if len(s) > 4 && (bytes.Contains(b, s) || strings.Contains(rel, string(s))) || bytes.Contains(b, []byte("DICM")) {
				t.Errorf("%s tells %q", rel, s)
			}
		}
		return err
	})
	if err != nil || seen < 4 {
		t.Fatalf("%d files, %v", seen, err)
	}
}

func TestNothingOnDiskTellsOfAPatient(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	for i := range 4 {
		put(t, s, object(t, 1, i, "PHANTOM"))
	}
	if err := s.SetExpected(studyUID(1), 9); err != nil {
		t.Fatal(err)
	}
	noSecret(t, dir)
}

// kept is a store of two studies with long and short objects, and what is in it.
func kept(t *testing.T) (dir string, want map[dicom.UID][]byte) {
	t.Helper()
	dir, want = t.TempDir(), map[dicom.UID][]byte{}
	s := open(t, dir)
	for study := 1; study <= 2; study++ {
		for i := range 3 {
			b := object(t, study, i, strings.Repeat("0123456789", 30+i*4000))
			want[sopUID(study, i)] = b
			put(t, s, b)
		}
		if err := s.SetExpected(studyUID(study), 3); err != nil {
			t.Fatal(err)
		}
	}
	return dir, want
}

// right opens the store anew and demands that each object is what it was, missing, or a
// named error. It returns how many are what they were.
func right(t *testing.T, what, dir string, want map[dicom.UID][]byte) (n int) {
	t.Helper()
	s := open(t, dir)
	for study := 1; study <= 2; study++ {
		es, err := s.Study(studyUID(study))
		if err != nil && !errors.Is(err, seal.ErrDamaged) {
			t.Errorf("%s: %v", what, err)
		}
		for _, e := range es {
			b, err := s.Read(e)
			switch {
			case err == nil && bytes.Equal(b, want[e.SOP]) && e.Study == studyUID(study):
				n++
			case !errors.Is(err, seal.ErrDamaged):
				t.Errorf("%s: wrong bytes, or %v", what, err)
			}
			if h, err := s.Header(e); err == nil && h.Dataset.Str(dicom.SOPInstanceUID) != string(e.SOP) {
				t.Errorf("%s: another object's header", what)
			}
		}
		if n, ok := s.Expected(studyUID(study)); ok && n != 3 {
			t.Errorf("%s: %d expected", what, n)
		}
	}
	return n
}

func TestAFlippedByteAnywhereIsANamedErrorOrAMissingObjectAndNeverAnother(t *testing.T) {
	t.Parallel()
	dir, want := kept(t)
	rng := rand.New(rand.NewPCG(7, 7))
	tries := 4
	if os.Getenv("NOCTURNE_LONG") == "1" {
		tries = 400
	}
	for _, p := range files(t, dir) {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		for i := range tries {
			bad, at := bytes.Clone(b), rng.IntN(len(b))
			bad[at] ^= byte(1 + rng.IntN(255))
			if i == 0 {
				bad = bad[:at] // and cut
			}
			if err := os.WriteFile(p, bad, 0o600); err != nil {
				t.Fatal(err)
			}
			n := right(t, filepath.Base(p), dir, want)
			if object := len(filepath.Base(p)) >= 64; object && n != 5 {
				t.Errorf("byte %d of an object: %d of 6 objects are right, want 5", at, n)
			} else if filepath.Base(p) == "entries" && n != 6 {
				t.Errorf("byte %d of the list: %d of 6 objects are right", at, n)
			} else if filepath.Base(p) == "key" && n != 3 {
				t.Errorf("byte %d of a key: %d of 6 objects are right, want the other study's", at, n)
			}
		}
		if err := os.WriteFile(p, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if n := right(t, "as it was", dir, want); n != 6 {
		t.Errorf("%d of 6 objects are right in the end", n)
	}
}

func swap(t *testing.T, a, b string) {
	t.Helper()
	for _, m := range [][2]string{{a, a + ".x"}, {b, a}, {a + ".x", b}} {
		if err := os.Rename(m[0], m[1]); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFilesThatAreExchangedAreRefused(t *testing.T) {
	dir, want := kept(t)
	s := open(t, dir)
	one, two := study(t, s, 1), study(t, s, 2)
	folder := filepath.Dir
	for what, pair := range map[string][2]string{
		"two objects of a study":  {one[0].Path, one[1].Path},
		"objects of two studies":  {one[0].Path, two[0].Path},
		"the lists of two":        {filepath.Join(folder(one[0].Path), "entries"), filepath.Join(folder(two[0].Path), "entries")},
		"the keys of two":         {filepath.Join(folder(one[0].Path), "key"), filepath.Join(folder(two[0].Path), "key")},
		"the folders of two":      {folder(one[0].Path), folder(two[0].Path)},
		"an object and its study": {one[0].Path, filepath.Join(folder(one[0].Path), "key")},
	} {
		swap(t, pair[0], pair[1])
		n := right(t, what, dir, want)
		if whole := what == "the lists of two"; whole != (n == 6) {
			t.Errorf("%s: %d of 6 objects are right", what, n)
		}
		swap(t, pair[0], pair[1])
	}
	if n := right(t, "in the end", dir, want); n != 6 {
		t.Errorf("%d of 6 objects are right in the end", n)
	}
}

func TestWithoutTheKeyNothingIsReadAndNothingDeleted(t *testing.T) {
	dir, want := kept(t)
	before := len(files(t, dir))
	s, err := store.Open(dir, store.NewKeys(seal.Key{9}))
	if err != nil {
		t.Fatal(err)
	}
	if studies, err := s.Studies(); len(studies) != 0 || err != nil {
		t.Errorf("%d studies, %v", len(studies), err)
	}
	if len(study(t, s, 1)) != 0 || s.Has(studyUID(1), sopUID(1, 0)) {
		t.Error("something is held")
	}
	if n := len(files(t, dir)); n != before {
		t.Errorf("%d files, %d before", n, before)
	}
	if n := right(t, "with the key again", dir, want); n != 6 {
		t.Errorf("%d of 6", n)
	}
}

func TestAStudyWhoseKeyIsDamagedIsSetAsideAndFetchedAgain(t *testing.T) {
	dir, want := kept(t)
	s := open(t, dir)
	key := filepath.Join(filepath.Dir(study(t, s, 1)[0].Path), "key")
	b, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	b[30] ^= 1
	if err := os.WriteFile(key, b, 0o600); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	if _, err := s.Study(studyUID(1)); !errors.Is(err, seal.ErrDamaged) {
		t.Errorf("the damage has no name: %v", err)
	}
	for i := range 3 {
		put(t, s, want[sopUID(1, i)])
	}
	if n := right(t, "again", dir, want); n != 6 {
		t.Errorf("%d of 6", n)
	}
}

func TestRemovingAStudyDestroysItsKey(t *testing.T) {
	dir, _ := kept(t)
	s := open(t, dir)
	e := study(t, s, 1)[0]
	object, err := os.ReadFile(e.Path)
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Dir(e.Path)
	k := e.Key()
	if err := s.Remove(studyUID(1)); err != nil {
		t.Fatal(err)
	}
	if !k.None() {
		t.Error("the key is still in memory")
	}
	if err := os.MkdirAll(folder, 0o700); err != nil { // blocks that came back without the key
		t.Fatal(err)
	}
	if err := os.WriteFile(e.Path, object, 0o600); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	if es := study(t, s, 1); len(es) != 0 || s.Recovered().Removed != 1 {
		t.Errorf("%d objects without a key, %+v", len(es), s.Recovered())
	}
	if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
		t.Error("what a removal left was not taken away")
	}
}

func TestForgottenKeysComeBackFromTheRing(t *testing.T) {
	dir, want := kept(t)
	s := open(t, dir)
	e := study(t, s, 1)[0]
	s.Forget()
	if _, err := s.Read(e); !e.Key().None() || !errors.Is(err, seal.ErrNoKey) {
		t.Errorf("an entry of before still reads: %v", err)
	}
	if err := s.Discard(e); err != nil { // by who took it for damaged
		t.Error(err)
	}
	if b, err := s.Read(study(t, s, 1)[0]); err != nil || !bytes.Equal(b, want[e.SOP]) {
		t.Error(err)
	}
}
