package htj2k

import (
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
)

func TestDamagedBlocksEndInSamplesOrAnInvalidError(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	d, out := new(Decoder), make([]int32, 4096)
	refused := 0
	const mutants = 2000
	for range mutants {
		size := sizes[r.IntN(len(sizes))]
		passes := 1 + r.IntN(3)
		b := block(grain(r, size[0], size[1], 30, 1<<15), size[0], size[1], 20, uint(passes/2), passes, false)
		for range 1 + r.IntN(4) {
			b.Cleanup[r.IntN(len(b.Cleanup))] = byte(r.UintN(256))
			if n := len(b.Refinement); n > 0 {
				b.Refinement[r.IntN(n)] = byte(r.UintN(256))
			}
		}
		if err := d.Decode(out, b.Width, b); err != nil {
			refused++
			var invalid *dicom.InvalidError
			if !errors.As(err, &invalid) {
				t.Fatalf("%T: %v", err, err)
			}
		}
	}
	if refused == 0 || refused == mutants {
		t.Errorf("%d of %d refused", refused, mutants)
	}
}

func TestWhatTheStandardRulesOutIsRefused(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	whole := func() *Block { return block(grain(r, 16, 16, 60, 5000), 16, 16, 14, 0, 1, false) }
	for name, broken := range map[string]func(*Block){
		"no bytes":                   func(b *Block) { b.Cleanup = nil },
		"one byte":                   func(b *Block) { b.Cleanup = b.Cleanup[:1] },
		"Scup of 0":                  func(b *Block) { n := len(b.Cleanup); b.Cleanup[n-1], b.Cleanup[n-2] = 0, b.Cleanup[n-2]&0xF0 },
		"Scup over Lcup":             func(b *Block) { b.Cleanup[len(b.Cleanup)-1] = 0xFE },
		"MagSgn cut off":             func(b *Block) { b.Cleanup = b.Cleanup[40:] },
		"more magnitude than planes": func(b *Block) { b.Planes, b.Zero = 12, 1 },
		"no width":                   func(b *Block) { b.Width = 0 },
		"more than 4096 samples":     func(b *Block) { b.Width, b.Height = 65, 64 },
		"samples beside the block":   func(b *Block) { b.Width = 15 },
		"samples below the block":    func(b *Block) { b.Height = 15 },
		"negative planes":            func(b *Block) { b.Planes = -1 },
	} {
		b := whole()
		broken(b)
		var invalid *dicom.InvalidError
		if err := new(Decoder).Decode(make([]int32, 65*64), 65, b); !errors.As(err, &invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, beyond := range map[string]func(*Block){
		"31 planes":   func(b *Block) { b.Zero = 30 },
		"four passes": func(b *Block) { b.Passes = 4 },
	} {
		b := whole()
		beyond(b)
		var unsupported *dicom.UnsupportedError
		if err := new(Decoder).Decode(make([]int32, 256), 16, b); !errors.As(err, &unsupported) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNoPassesAreZeros(t *testing.T) {
	out := []int32{1, 2, 3, 4, 5, 6}
	if err := new(Decoder).Decode(out, 3, &Block{Width: 2, Height: 2}); err != nil {
		t.Fatal(err)
	}
	for i, want := range []int32{0, 0, 3, 0, 0, 6} {
		if out[i] != want {
			t.Errorf("sample %d is %d", i, out[i])
		}
	}
}

func TestRefinementOfPlaneMinusOneIsLeftOut(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	v := grain(r, 8, 8, 60, 5000)
	b := block(v, 8, 8, 14, 0, 1, false)
	b.Passes, b.Refinement = 3, []byte{0x55, 0xAA, 0x33}
	check(t, new(Decoder), "plane −1", b, expected(v, 8, 8, 0, 1, false))
}

// Each codeword must be told from its beginning alone, and every window of seven
// bits of every context must be one: a slip in Annex C's tables shows here.
func TestCodewordsAreCompleteAndPrefixFree(t *testing.T) {
	for _, codes := range []*[8]string{&initialCodes, &otherCodes} {
		for c := range codes {
			var hits [128]int
			for _, e := range parseCodes(codes[c]) {
				for i := e.word; i < 128; i += 1 << e.n {
					hits[i]++
				}
				if e.e1&^e.ek != 0 || e.ek&^e.rho != 0 {
					t.Errorf("context %d: ε_1 %x of ε_k %x of ρ %x", c, e.e1, e.ek, e.rho)
				}
			}
			for i, n := range hits {
				if n != 1 {
					t.Errorf("context %d: %d codewords for %07b", c, n, i)
				}
			}
		}
	}
}

func TestDecodeAllocatesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 18))
	b := block(grain(r, 64, 64, 20, 5000), 64, 64, 16, 1, 3, false)
	one := block(grain(r, 63, 61, 20, 5000), 63, 61, 16, 0, 1, false)
	d, out, floats := new(Decoder), make([]int32, 4096), make([]float32, 4096)
	_ = d.DecodeIrreversible(floats, 64, 1, b)
	if n := testing.AllocsPerRun(20, func() {
		_ = d.DecodeReversible(out, 64, b)
		_ = d.DecodeReversible(out, 64, one)
		_ = d.DecodeIrreversible(floats, 64, 1, b)
		_ = d.DecodeIrreversible(floats, 64, 1, one)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
