package htj2k

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// peer is the path of a program that is installed, or the test ends.
func peer(t testing.TB, name string) string {
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("NOCTURNE_PEERS") == "require" {
		t.Fatalf("%s is required and not installed", name)
	}
	t.Skipf("%s is not installed", name)
	return ""
}

// segmentBits is a packet header in the making (T.800 B.10): highest bit first, a
// 0 after FF.
type segmentBits struct {
	out []byte
	acc uint
	n   uint
}

func (s *segmentBits) put(v uint, n int) {
	for i := n - 1; i >= 0; i-- {
		s.acc = s.acc<<1 | v>>i&1
		full := uint(8)
		if len(s.out) > 0 && s.out[len(s.out)-1] == 0xFF {
			full = 7
		}
		if s.n++; s.n == full {
			s.out = append(s.out, byte(s.acc))
			s.acc, s.n = 0, 0
		}
	}
}

// codestream is an image of one component of 16 bits that is one code-block
// without a wavelet, so that its samples are the block's coefficients halved and
// moved up by 32768.
func codestream(b *Block) []byte {
	var s []byte
	marker := func(code uint16, body ...any) {
		var buf bytes.Buffer
		for _, x := range body {
			_ = binary.Write(&buf, binary.BigEndian, x)
		}
		s = binary.BigEndian.AppendUint16(s, code)
		s = binary.BigEndian.AppendUint16(s, uint16(buf.Len()+2))
		s = append(s, buf.Bytes()...)
	}
	w, h := uint32(b.Width), uint32(b.Height)
	s = append(s, 0xFF, 0x4F)
	marker(0xFF51, uint16(0x4000), w, h, uint32(0), uint32(0), w, h, uint32(0), uint32(0), uint16(1), byte(15), byte(1), byte(1))
	marker(0xFF50, uint32(0x00020000), uint16(0x0013))
	style := byte(0x40)
	if b.VCausal {
		style |= 8
	}
	marker(0xFF52, byte(0), byte(0), uint16(1), byte(0), byte(0), side(b.Width), side(b.Height), style, byte(1))
	marker(0xFF5C, byte(1<<5), byte((b.Planes+b.Zero)<<3))
	p := packet(b)
	marker(0xFF90, uint16(0), uint32(12+2+len(p)), byte(0), byte(1))
	s = append(append(s, 0xFF, 0x93), p...)
	return append(s, 0xFF, 0xD9)
}

// side is xcb−2 or ycb−2 of the smallest nominal block that holds n.
func side(n int) byte { return byte(max(bits.Len(uint(n-1)), 2) - 2) }

func packet(b *Block) []byte {
	var s segmentBits
	s.put(1, 1)        // not empty
	s.put(1, 1)        // the block is in it
	s.put(1, b.Zero+1) // as many 0 bits as planes are missing
	s.put([]uint{0, 2, 12}[b.Passes-1], []int{1, 2, 4}[b.Passes-1])
	more := max(b.Passes-2, 0)
	n := max(3, bits.Len(uint(len(b.Cleanup))))
	if b.Passes > 1 {
		n = max(n, bits.Len(uint(len(b.Refinement)))-more)
	}
	for range n - 3 {
		s.put(1, 1)
	}
	s.put(0, 1)
	s.put(uint(len(b.Cleanup)), n)
	if b.Passes > 1 {
		s.put(uint(len(b.Refinement)), n+more)
	}
	for s.n > 0 {
		s.put(0, 1)
	}
	if s.out[len(s.out)-1] == 0xFF {
		s.out = append(s.out, 0)
	}
	s.out = append(s.out, b.Cleanup...)
	if b.Passes > 1 {
		s.out = append(s.out, b.Refinement...)
	}
	return s.out
}

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
	program := peer(t, name)
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
				stream := codestream(b)
				theirs := samples16(t, program, stream)
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
