package htj2k

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/nocturne/nocturne/cache/oracle"
)

// samples16 are those a peer makes of the stream.
func samples16(t *testing.T, program string, stream []byte) []int32 {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "a.j2c"), filepath.Join(dir, "a.raw")
	if err := os.WriteFile(in, stream, 0o600); err != nil {
		t.Fatal(err)
	}
	if filepath.Base(program) == "opj_decompress" {
		out = filepath.Join(dir, "a.rawl")
	}
	if msg, err := exec.Command(program, "-i", in, "-o", out).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, msg)
	}
	raw, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	v := make([]int32, len(raw)/2)
	for i := range v {
		v[i] = int32(binary.LittleEndian.Uint16(raw[2*i:])) - 32768
	}
	return v
}

func TestOpenJPEGReadsTheSameOfAllPasses(t *testing.T) { testPeer(t, "opj_decompress") }

func TestOpenJPHReadsTheSameOfAllPasses(t *testing.T) { testPeer(t, "ojph_expand") }

func testPeer(t *testing.T, name string) {
	program := oracle.Tool(t, name)
	r := rand.New(rand.NewPCG(7, 7))
	d := new(Decoder)
	for _, size := range sizes {
		if side(size[0])+side(size[1]) > 8 {
			continue // no nominal size of a block
		}
		for _, scale := range []float64{0.3, 5, 400, 9000} {
			for passes := 1; passes <= 3; passes++ {
				plane := uint(r.IntN(5))
				if passes > 1 {
					plane++
				}
				w, h := size[0], size[1]
				b := block(grain(r, w, h, scale, 32000), w, h, 17, plane, passes, r.IntN(2) == 1)
				out := make([]int32, w*h)
				if err := d.Decode(out, w, b); err != nil {
					t.Fatal(err)
				}
				label := fmt.Sprintf("%d × %d, scale %v, %d passes, plane %d, causal %v", w, h, scale, passes, plane, b.VCausal)
				theirs := samples16(t, program, codestream(b, laid{layers: []int{passes}}))
				if len(theirs) != len(out) {
					t.Fatalf("%s: %d samples", label, len(theirs))
				}
				for i, v := range out {
					if half := v / 2; theirs[i] != min(max(half, -32768), 32767) {
						t.Fatalf("%s: sample %d is %d, %s has %d", label, i, half, name, theirs[i])
					}
				}
			}
		}
	}
}
