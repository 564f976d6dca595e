package jpeg2000

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// highThroughput makes an HTJ2K codestream of a picture with ojph_compress.
func highThroughput(t testing.TB, p picture, args ...string) []byte {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.yuv"), filepath.Join(dir, "out.j2c")
	raw, all := p.samples(), []string(nil)
	if p.n == 3 { // from .yuv it does not transform colour
		in = filepath.Join(dir, "in.ppm")
		raw = append(fmt.Appendf(nil, "P6 %d %d 255\n", p.w, p.h), raw...)
	} else {
		all = []string{"-dims", fmt.Sprintf("{%d,%d}", p.w, p.h), "-num_comps", "1",
			"-signed", fmt.Sprint(p.signed), "-bit_depth", fmt.Sprint(p.bits), "-downsamp", "{1,1}"}
	}
	all = append(all, "-i", in, "-o", out)
	if err := os.WriteFile(in, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(t, "ojph_compress", append(all, args...)...); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var highThroughputStreams = []struct {
	name string
	p    picture
	args string
}{
	{"plain", grey8, ""},
	{"12 bits", grey12, ""},
	{"16 bits signed", signed16, ""},
	{"colour", rgb8, "-colour_trans true"},
	{"colour without", rgb8, "-colour_trans false"},
	{"LRCP", grey12, "-prog_order LRCP"},
	{"RLCP", grey12, "-prog_order RLCP"},
	{"PCRL precincts", rgb8, "-prog_order PCRL -precincts {64,64},{128,64} -colour_trans true"},
	{"CPRL", rgb8, "-prog_order CPRL -colour_trans true"},
	{"tiles", grey12, "-tile_size {100,64}"},
	{"offsets", grey12, "-image_offset {13,7} -tile_offset {5,3} -tile_size {64,48}"},
	{"small blocks", grey8, "-block_size {4,4}"},
	{"flat blocks", grey8, "-block_size {4,1024}"},
	{"one level", grey8, "-num_decomps 1"},
	{"no level", grey8, "-num_decomps 0"},
}

func TestHighThroughputStreamsOfOpenJPHDecodeToTheirPixels(t *testing.T) {
	for _, s := range highThroughputStreams {
		t.Run(s.name, func(t *testing.T) {
			src := highThroughput(t, s.p, append(strings.Fields(s.args), "-reversible", "true")...)
			got, h, err := Decode(nil, src, 0)
			if err != nil || !h.HighThroughput {
				t.Fatal(err, h)
			}
			if s.p.signed { // ojph_compress reads them as unsigned
				check(t, s.p, src)
				return
			}
			if want := s.p.samples(); !bytes.Equal(got, want) {
				worst, n := differ(got, want, s.p.cell(), s.p.signed)
				t.Errorf("%d samples differ by up to %d (%+v)", n, worst, h)
			}
		})
	}
}

// OpenJPH computes its 9/7 in another order; OpenJPEG's result is the one of PS3.5's
// other lossy codestreams.
func TestLossyHighThroughputStreamsDecodeAsOpenJPEGDecodesThem(t *testing.T) {
	for _, s := range highThroughputStreams {
		t.Run(s.name, func(t *testing.T) {
			for _, step := range []string{"0.0001", "0.01", "0.1"} {
				check(t, s.p, highThroughput(t, s.p, append(strings.Fields(s.args), "-qstep", step)...))
			}
		})
	}
}
