package htj2k

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
)

// fuzzed makes a block of bytes: ten of its head, then both segments.
func fuzzed(data []byte) *Block {
	if len(data) < 10 {
		return nil
	}
	b := &Block{
		Width:   1 + int(binary.LittleEndian.Uint16(data)&1023),
		Height:  1 + int(binary.LittleEndian.Uint16(data[2:])&1023),
		Planes:  int(int8(data[4])),
		Zero:    int(int8(data[5])),
		Passes:  int(data[6] & 3),
		VCausal: data[7]&1 != 0,
	}
	if b.Width*b.Height > maxSamples {
		b.Height = maxSamples / b.Width
	}
	n := min(int(binary.LittleEndian.Uint16(data[8:])), len(data)-10)
	b.Cleanup, b.Refinement = data[10:][:n], data[10+n:]
	return b
}

// unfuzzed is the reverse.
func unfuzzed(b *Block) []byte {
	data := binary.LittleEndian.AppendUint16(nil, uint16(b.Width-1))
	data = binary.LittleEndian.AppendUint16(data, uint16(b.Height-1))
	causal := byte(0)
	if b.VCausal {
		causal = 1
	}
	data = append(data, byte(b.Planes), byte(b.Zero), byte(b.Passes), causal)
	data = binary.LittleEndian.AppendUint16(data, uint16(len(b.Cleanup)))
	return append(append(data, b.Cleanup...), b.Refinement...)
}

// FuzzDecode holds that any bytes give samples or an error of ours, that what a
// Decoder did before leaves no trace, and that the three results are one.
func FuzzDecode(f *testing.F) {
	r := rand.New(rand.NewPCG(5, 5))
	f.Add(unfuzzed(block(grain(r, 8, 8, 20, 4000), 8, 8, 14, 0, 1, false)))
	f.Add(unfuzzed(block(grain(r, 16, 9, 20, 4000), 16, 9, 14, 2, 3, true)))
	f.Add(unfuzzed(block(grain(r, 7, 5, 1e8, 1<<28), 7, 5, 29, 1, 2, false)))
	used := new(Decoder)
	f.Fuzz(func(t *testing.T, data []byte) {
		b := fuzzed(data)
		if b == nil {
			return
		}
		fresh := new(Decoder)
		n := b.Width * b.Height
		one, two, half, scaled := make([]int32, n), make([]int32, n), make([]int32, n), make([]float32, n)
		err := used.Decode(one, b.Width, b)
		if err != nil {
			var invalid *dicom.InvalidError
			var unsupported *dicom.UnsupportedError
			if !errors.As(err, &invalid) && !errors.As(err, &unsupported) {
				t.Fatalf("an error of %T", err)
			}
		}
		again := fresh.Decode(two, b.Width, b)
		if (err == nil) != (again == nil) {
			t.Fatalf("%v, and of a fresh Decoder %v", err, again)
		}
		if err != nil {
			return
		}
		if !slices.Equal(one, two) {
			t.Fatal("a Decoder's past shows in its samples")
		}
		if used.DecodeReversible(half, b.Width, b) != nil || used.DecodeIrreversible(scaled, b.Width, 0.25, b) != nil {
			t.Fatal("an error of one kind of result only")
		}
		for i, v := range one {
			if half[i] != v/2 || scaled[i] != float32(v)*0.25 {
				t.Fatalf("sample %d is %d, halved %d, as float %v", i, v, half[i], scaled[i])
			}
		}
	})
}
