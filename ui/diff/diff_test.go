package diff

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func rebuilt(ps []Piece, without Kind) string {
	var b strings.Builder
	for _, p := range ps {
		if p.Kind != without {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

func TestWordsThatDiffer(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want []Piece
	}{
		{"No effusion.", "No effusion.", []Piece{{Same, "No effusion."}}},
		{"", "x", []Piece{{Added, "x"}}}, {"x", "", []Piece{{Removed, "x"}}}, {"", "", nil},
		{"right lower lobe", "left lower lobe", []Piece{{Removed, "right"}, {Added, "left"}, {Same, " lower lobe"}}},
		{"Nodule of 5.5 mm.", "Nodule of 8.0 mm.", []Piece{{Same, "Nodule of "}, {Removed, "5.5"}, {Added, "8.0"}, {Same, " mm."}}},
		{"no acute finding", "acute finding", []Piece{{Removed, "no "}, {Same, "acute finding"}}},
		{"a b c", "a x y c", []Piece{{Same, "a "}, {Removed, "b"}, {Added, "x y"}, {Same, " c"}}},
	} {
		if got := Words(c.a, c.b); !slices.Equal(got, c.want) {
			t.Errorf("%q to %q: %+v", c.a, c.b, got)
		}
	}
}

// The fewest words change: what a table of all common subsequences says.
func TestBothTextsAreWholeAndTheFewestWordsChange(t *testing.T) {
	words := strings.Fields("no acute effusion left right 5 . , é")
	text := func(rng *rand.Rand) string {
		var out []string
		for range rng.IntN(25) {
			out = append(out, words[rng.IntN(len(words))])
		}
		return strings.Join(out, []string{" ", "\n", ""}[rng.IntN(3)])
	}
	for seed := range uint64(600) {
		rng := rand.New(rand.NewPCG(seed, 5))
		a, b := text(rng), text(rng)
		got := Words(a, b)
		if rebuilt(got, Added) != a || rebuilt(got, Removed) != b {
			t.Fatalf("seed %d: %q and %q became %+v", seed, a, b, got)
		}
		x, y := split(a), split(b)
		changes := 0
		for _, s := range script(x, y) {
			if s.Kind != Same {
				changes++
			}
		}
		if want := len(x) + len(y) - 2*common(x, y); changes != want {
			t.Fatalf("seed %d: %q to %q in %d changes, %d would do", seed, a, b, changes, want)
		}
	}
}

func common(x, y []string) int {
	t := make([][]int, len(x)+1)
	for i := range t {
		t[i] = make([]int, len(y)+1)
	}
	for i := range x {
		for j := range y {
			t[i+1][j+1] = max(t[i][j+1], t[i+1][j])
			if x[i] == y[j] {
				t[i+1][j+1] = t[i][j] + 1
			}
		}
	}
	return t[len(x)][len(y)]
}

func TestVeryDifferentTextsAreToldApartAsWholes(t *testing.T) {
	a, b := "same "+strings.Repeat("a ", 5000)+"end", "same "+strings.Repeat("b ", 5000)+"end"
	got := Words(a, b)
	if rebuilt(got, Added) != a || rebuilt(got, Removed) != b || got[0].Text != "same " {
		t.Errorf("%d pieces", len(got))
	}
}
