package spell

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func speller(t *testing.T, personal string) *Speller {
	t.Helper()
	s, err := Start(t.Context(), Options{Personal: personal})
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
