package jpeg2000

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/oracle"
)

func run(t testing.TB, name string, args ...string) error {
	t.Helper()
	out, err := exec.Command(oracle.Tool(t, name), args...).CombinedOutput()
	if err != nil || strings.Contains(string(out), "[ERROR]") {
		return fmt.Errorf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// picture is a frame with smooth parts, edges, noise and flat parts, that uses its
// whole range.
type picture struct {
	w, h, n, bits int
	signed        bool
}

func (p picture) cell() int { return Head{Precision: p.bits}.Cell() }

// samples are in cells of the smallest size, little endian.
func (p picture) samples() []byte {
	r := rand.New(rand.NewPCG(uint64(p.w), uint64(p.h*100+p.bits)))
	cell := p.cell()
	out := make([]byte, p.w*p.h*p.n*cell)
	full := 1 << p.bits
	for y := range p.h {
		for x := range p.w {
			for c := range p.n {
				v := (x*(c+1)*full/(p.w+1) + y*full/(2*p.h)) / 2
				switch {
				case (x/7+y/5)%4 == 0:
					v += r.IntN(full/8 + 1)
				case x > p.w/2 && y > p.h/2 && (x+y)%16 < 8:
					v = full - 1
				case x < p.w/4 && y > p.h/2:
					v = full / 3
				}
				v = min(max(v, 0), full-1)
				if p.signed {
					v -= full / 2
				}
				putCell(out[((y*p.w+x)*p.n+c)*cell:], v, cell)
			}
		}
	}
	return out
}

func putCell(b []byte, v, cell int) {
	switch cell {
	case 1:
		b[0] = byte(v)
	case 2:
		binary.LittleEndian.PutUint16(b, uint16(v))
	default:
		binary.LittleEndian.PutUint32(b, uint32(v))
	}
}

func cellAt(b []byte, i, cell int, signed bool) int {
	switch {
	case cell == 1 && signed:
		return int(int8(b[i]))
	case cell == 1:
		return int(b[i])
	case cell == 2 && signed:
		return int(int16(binary.LittleEndian.Uint16(b[2*i:])))
	case cell == 2:
		return int(binary.LittleEndian.Uint16(b[2*i:]))
	case signed:
		return int(int32(binary.LittleEndian.Uint32(b[4*i:])))
	}
	return int(binary.LittleEndian.Uint32(b[4*i:]))
}

// planar turns samples side by side into planes, as the programs' raw files are.
func planar(b []byte, n, cell int) []byte {
	out := make([]byte, 0, len(b))
	for c := range n {
		for i := c * cell; i < len(b); i += n * cell {
			out = append(out, b[i:i+cell]...)
		}
	}
	return out
}

func interleaved(b []byte, n, cell int) []byte {
	out := make([]byte, len(b))
	plane := len(b) / n
	for c := range n {
		for i := 0; i < plane/cell; i++ {
			copy(out[(i*n+c)*cell:][:cell], b[c*plane+i*cell:])
		}
	}
	return out
}

// compressed makes a codestream of a picture with opj_compress.
func compressed(t testing.TB, p picture, args ...string) []byte {
	t.Helper()
	b, err := tryCompress(t, p, args...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func tryCompress(t testing.TB, p picture, args ...string) ([]byte, error) {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.rawl"), filepath.Join(dir, "out.j2k")
	if err := os.WriteFile(in, planar(p.samples(), p.n, p.cell()), 0o600); err != nil {
		t.Fatal(err)
	}
	sign := "u"
	if p.signed {
		sign = "s"
	}
	all := []string{"-i", in, "-o", out, "-F", fmt.Sprintf("%d,%d,%d,%d,%s", p.w, p.h, p.n, p.bits, sign)}
	if err := run(t, "opj_compress", append(all, args...)...); err != nil {
		return nil, err
	}
	return os.ReadFile(out)
}

// decompressed is what opj_decompress makes of a codestream, samples side by side.
func decompressed(t testing.TB, src []byte, n, cell int, args ...string) ([]byte, error) {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.j2k"), filepath.Join(dir, "out.rawl")
	if err := os.WriteFile(in, src, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(t, "opj_decompress", append([]string{"-i", in, "-o", out}, args...)...); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(out)
	return interleaved(b, n, cell), err
}

// differ is the largest difference of two frames' samples, and how many differ.
func differ(a, b []byte, cell int, signed bool) (worst, count int) {
	if len(a) != len(b) {
		return 1 << 40, len(a)
	}
	for i := range len(a) / cell {
		d := cellAt(a, i, cell, signed) - cellAt(b, i, cell, signed)
		if d != 0 {
			count++
		}
		worst = max(worst, d, -d)
	}
	return worst, count
}
