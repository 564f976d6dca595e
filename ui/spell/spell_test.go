package spell

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/seal"
)

var testKey = seal.Key{3}

func speller(t *testing.T, personal string) *Speller {
	t.Helper()
	s, err := Start(t.Context(), Options{Personal: Own{Path: personal, Key: testKey}})
	if errors.Is(err, ErrMissing) && os.Getenv("NOCTURNE_PEERS") != "require" {
		t.Skip("hunspell with an English dictionary is not installed")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func TestHunspellKnowsWordsAndWhatWasMeant(t *testing.T) {
	s := speller(t, "")
	got, err := s.Unknown([]string{"lung", "efusion", "pneumothorax", "don't", "CT", "*efusion", "12mm", "#", "hepatosplenomegaly", "liverr"})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []string{"efusion", "liverr"} {
		if _, ok := got[w]; !ok {
			t.Errorf("%s is taken for a word", w)
		}
	}
	if !slices.Contains(got["efusion"], "effusion") {
		t.Errorf("for efusion: %v", got["efusion"])
	}
	for _, w := range []string{"lung", "don't", "CT", "*efusion", "12mm", "#"} {
		if _, ok := got[w]; ok {
			t.Errorf("%s is not known", w)
		}
	}
}

func TestTheReadersOwnWordsAreKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "words")
	s := speller(t, file)
	if err := s.Learn("efusion"); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Unknown([]string{"efusion"}); err != nil || len(got) != 0 {
		t.Errorf("still unknown: %v, %v", got, err)
	}
	again := speller(t, file)
	if got, err := again.Unknown([]string{"efusion"}); err != nil || len(got) != 0 {
		t.Errorf("forgotten: %v, %v", got, err)
	}
}

func TestOwnWordsAreOnTheDiskForTheirKeyOnly(t *testing.T) {
	dir := t.TempDir()
	o := Own{Path: filepath.Join(dir, "words"), Key: testKey, Plain: filepath.Join(dir, "words.txt")}
	if err := os.WriteFile(o.Plain, []byte("Abendroth\nefusion\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{"abendroth": true, "efusion": true, "osteophyte": true}
	if _, err := o.words(); err != nil {
		t.Fatal(err)
	}
	if err := o.keep("osteophyte"); err != nil {
		t.Fatal(err)
	}
	if got, err := o.words(); err != nil || !maps.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := os.Stat(o.Plain); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the plain file stands:", err)
	}
	b, err := os.ReadFile(o.Path)
	if err != nil || strings.Contains(strings.ToLower(string(b)), "abendroth") {
		t.Errorf("%s, %v", b, err)
	}
	o.Key = seal.NewKey()
	if got, err := o.words(); err != nil || len(got) != 0 {
		t.Errorf("another key reads %v, %v", got, err)
	}
	b[len(b)/2] ^= 1 // one word goes; none becomes another
	if err := os.WriteFile(o.Path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	o.Key = testKey
	got, err := o.words()
	for w := range got {
		if !want[w] {
			t.Errorf("a word that nobody taught: %q", w)
		}
	}
	if err != nil || len(got) != 2 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestWithoutHunspellItIsSaidSo(t *testing.T) {
	if _, err := Start(t.Context(), Options{Program: "no-such-hunspell"}); !errors.Is(err, ErrMissing) {
		t.Errorf("%v", err)
	}
	if _, err := Start(t.Context(), Options{Program: "true"}); !errors.Is(err, ErrMissing) {
		t.Errorf("a program that is no hunspell: %v", err)
	}
}

func TestWordsAreOnlyWords(t *testing.T) {
	got := Words("The 12.5 mm nodule (RUL), ill-defined; patient's C5/6 and 'quoted' FLAIR T2 é4 nodule")
	want := []string{"The", "nodule", "ill-defined", "patient's", "and", "quoted"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}
