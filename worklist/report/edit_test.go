package report

import (
	"math/rand/v2"
	"testing"
)

// A section edited piece by piece is what it would be, cleaned and made whole at once.
func TestAnEditOfAPartIsAnEditOfTheWhole(t *testing.T) {
	pieces := []string{"a", " text", "\n", "\r\n", "\t", "\x1b[2J", "é", "表", "\U000F0000", "\U000F0001", "\U00100000", "\uE000", "\uE001", "\u202e", "\x80", "\U000F0055"}
	for seed := range uint64(400) {
		rng := rand.New(rand.NewPCG(seed, 3))
		d, _, _ := framed(t)
		d.Bind(Measurement{MarkID: "1"})
		for range 12 {
			text := []rune(d.Sections[Findings])
			at := rng.IntN(len(text) + 1)
			end := at + rng.IntN(len(text)-at+1)
			if rng.IntN(2) == 0 {
				end = min(end, at+2)
			}
			next := string(text[:at]) + pieces[rng.IntN(len(pieces))] + pieces[rng.IntN(len(pieces))] + string(text[end:])
			want := d.balanced(clean(next, d.own))
			d.Edit(Findings, next, someTime)
			if got := d.Sections[Findings]; got != want {
				t.Fatalf("seed %d: %+q became %+q, want %+q", seed, next, got, want)
			}
		}
	}
}
