package jpeg_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/cache/pixel/jpeg"
)

// need skips where a tool is absent, unless peers are required.
func need(t testing.TB, tools ...string) {
	t.Helper()
	for _, tool := range tools {
		oracle.Tool(t, tool)
	}
}

func piped(t testing.TB, in []byte, tool string, args ...string) []byte {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(tool, args...)
	cmd.Env = append(os.Environ(), "JSIMD_FORCENONE=1") // SIMD clips wild values otherwise than C
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(in), &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState.ExitCode() != warned {
		t.Fatalf("%s %v: %v %s", tool, args, err, errs.String())
	}
	return out.Bytes()
}

// warned is how djpeg exits that has decoded a damaged stream.
const warned = 2

// pnm is a picture of noise over a gradient.
func pnm(width, height, samples int) []byte {
	r := rand.New(rand.NewPCG(uint64(width), uint64(height)))
	out := fmt.Appendf(nil, "P%d %d %d 255\n", 5+samples/3, width, height)
	for i := range width * height * samples {
		p := i / samples
		out = append(out, byte(p%width*5+p/width*(i%samples+3)+r.IntN(50)))
	}
	return out
}

// samplesOf is what stands behind a PNM file's head.
func samplesOf(t testing.TB, pnm []byte) []byte {
	t.Helper()
	for range 3 {
		i := bytes.IndexByte(pnm, '\n')
		if i < 0 {
			t.Fatal("no PNM")
		}
		pnm = pnm[i+1:]
	}
	return pnm
}

// asRGB is a JFIF stream of YCbCr relabelled, so that djpeg gives its components
// as they are.
func asRGB(t testing.TB, b []byte) []byte {
	t.Helper()
	if len(b) < 20 || string(b[6:10]) != "JFIF" {
		t.Fatal("no JFIF stream")
	}
	return append([]byte("\xFF\xD8\xFF\xEE\x00\x0EAdobe\x00\x64\x00\x00\x00\x00\x00"), b[20:]...)
}

// samplings are factors of three components that every libjpeg decodes alike.
// halfLines have one of all columns and half the lines: libjpeg-turbo alone
// interpolates it; dcmtk, gdcm and we repeat lines.
var (
	samplings = []string{
		"1x1", "2x1", "2x2", "4x1", "4x2", "1x4", "2x4", "3x1", "3x2,1x1,1x1", "4x1,2x1,1x1", "2x1,1x1,2x1",
		"1x1,2x1,1x1", "1x1,2x2,1x1", "4x1,1x1,2x1", "2x2,1x1,2x2",
	}
	halfLines = []string{"1x2", "1x2,1x1,1x2", "2x2,2x1,2x2", "2x2,1x1,2x1", "1x1,1x2,1x1", "1x4,1x2,1x1"}
)

func TestColourIsThatOfLibjpegTurbo(t *testing.T) {
	need(t, "cjpeg", "djpeg")
	for i, s := range samplings {
		for n := 1; n <= 17; n++ {
			args := []string{"-sample", s, "-quality", fmt.Sprint(30 + 4*n)}
			switch (n + i) % 4 {
			case 1:
				args = append(args, "-progressive")
			case 2:
				args = append(args, "-restart", "1")
			case 3:
				args = append(args, "-optimize", "-restart", "3B")
			}
			if n > 12 && (n+i)%4 != 3 { // it knows no Huffman tables to optimise
				args = append(args, "-arithmetic")
			}
			for _, size := range [][2]int{{n, 18 - n}, {16 + n, 16 + (n*5)%17}} {
				b := asRGB(t, piped(t, pnm(size[0], size[1], 3), "cjpeg", args...))
				want := samplesOf(t, piped(t, b, "djpeg", "-dct", "int"))
				compare(t, fmt.Sprint(size, args), b, want)
			}
		}
	}
}

func compare(t testing.TB, name string, stream, want []byte) {
	t.Helper()
	got, h, err := jpeg.Decode(nil, stream, 0)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	for i := range want {
		if len(got) != len(want) || got[i] != want[i] {
			t.Errorf("%s: byte %d differs of %d and %d, %+v", name, i, len(got), len(want), h)
			return
		}
	}
}

func TestGreyIsThatOfLibjpegTurbo(t *testing.T) {
	need(t, "cjpeg", "djpeg")
	for n := 1; n <= 34; n++ {
		for _, args := range [][]string{{"-quality", "100"}, {"-quality", "5", "-restart", "2B"}, {"-progressive"}, {"-arithmetic"},
			{"-arithmetic", "-progressive", "-restart", "3B", "-quality", "95"}} {
			b := piped(t, pnm(n, 35-n, 1), "cjpeg", args...)
			compare(t, fmt.Sprint(n, args), b, samplesOf(t, piped(t, b, "djpeg", "-dct", "int")))
		}
	}
}

// part10 wraps a frame into a file that dcmtk reads.
func part10(ts string, rows, cols, samples, allocated, stored int, frame []byte) []byte {
	var b []byte
	el := func(group, elem uint16, vr, v string) {
		b = binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(b, group), elem)
		if len(v)%2 != 0 {
			v += "\x00"
		}
		b = append(binary.LittleEndian.AppendUint16(append(b, vr...), uint16(len(v))), v...)
	}
	us := func(elem uint16, v int) {
		el(0x28, elem, "US", string(binary.LittleEndian.AppendUint16(nil, uint16(v))))
	}
	const class, instance = "1.2.840.10008.5.1.4.1.1.7", "1.2.3.4"
	el(2, 2, "UI", class)
	el(2, 3, "UI", instance)
	el(2, 0x10, "UI", ts)
	el(2, 0x12, "UI", "1.2.3")
	meta := b
	b = append(make([]byte, 128), "DICM"...)
	el(2, 0, "UL", string(binary.LittleEndian.AppendUint32(nil, uint32(len(meta)))))
	b = append(b, meta...)
	el(8, 0x16, "UI", class)
	el(8, 0x18, "UI", instance)
	us(2, samples)
	if samples == 3 {
		el(0x28, 4, "CS", "YBR_FULL")
		us(6, 0)
	} else {
		el(0x28, 4, "CS", "MONOCHROME2")
	}
	us(0x10, rows)
	us(0x11, cols)
	us(0x100, allocated)
	us(0x101, stored)
	us(0x102, stored-1)
	us(0x103, 0)
	if ts == string(dicom.ExplicitVRLittleEndian) {
		b = append(b, "\xE0\x7F\x10\x00OW\x00\x00"...)
		return append(binary.LittleEndian.AppendUint32(b, uint32(len(frame))), frame...)
	}
	if len(frame)%2 != 0 {
		frame = append(frame, 0)
	}
	b = append(b, "\xE0\x7F\x10\x00OB\x00\x00\xFF\xFF\xFF\xFF\xFE\xFF\x00\xE0\x00\x00\x00\x00\xFE\xFF\x00\xE0"...)
	b = append(binary.LittleEndian.AppendUint32(b, uint32(len(frame))), frame...)
	return append(b, "\xFE\xFF\xDD\xE0\x00\x00\x00\x00"...)
}

// converted is the file that a tool of dcmtk makes of one.
func converted(t testing.TB, file []byte, tool string, args ...string) *dicom.File {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.dcm"), filepath.Join(dir, "out.dcm")
	if err := os.WriteFile(in, file, 0o600); err != nil {
		t.Fatal(err)
	}
	if b, err := exec.Command(tool, append(args, in, out)...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v %s", tool, args, err, b)
	}
	f, err := dicom.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// dcmtk is what dcmdjpeg makes of a stream.
func dcmtk(t testing.TB, stream []byte) []byte {
	t.Helper()
	h, err := jpeg.ReadHead(stream)
	if err != nil {
		t.Fatal(err)
	}
	ts, allocated := "1.2.840.10008.1.2.4.51", 8
	if h.Precision > 8 {
		allocated = 16
	}
	if h.SOF == 0xC2 {
		ts = "1.2.840.10008.1.2.4.55"
	}
	f := converted(t, part10(ts, h.Height, h.Width, h.Components, allocated, h.Precision, stream), "dcmdjpeg", "+cn", "+px")
	b, err := f.Frame(0)
	if err != nil {
		t.Fatal(err)
	}
	return b[:h.Size()*int64(allocated/8)]
}

func TestColourIsThatOfDcmtk(t *testing.T) {
	need(t, "cjpeg", "dcmdjpeg")
	for i, s := range append(halfLines, samplings...) {
		args := []string{"-sample", s}
		if i%2 == 1 {
			args = append(args, "-progressive")
		}
		b := piped(t, pnm(35, 37, 3), "cjpeg", args...)
		compare(t, fmt.Sprint(args), b, dcmtk(t, b))
	}
}

func TestTwelveBitsAreThoseOfDcmtk(t *testing.T) {
	need(t, "dcmcjpeg", "dcmdjpeg")
	r := rand.New(rand.NewPCG(1, 2))
	for _, size := range [][2]int{{1, 1}, {33, 17}, {64, 50}} {
		native := make([]byte, 2*size[0]*size[1])
		for i := range size[0] * size[1] {
			v := i%size[0]*90 + i/size[0]*40 + r.IntN(300)
			binary.LittleEndian.PutUint16(native[2*i:], uint16(min(v, 4095)))
		}
		file := part10(string(dicom.ExplicitVRLittleEndian), size[1], size[0], 1, 16, 12, native)
		for _, process := range []string{"+ee", "+es", "+ep"} {
			for _, quality := range []string{"10", "100"} {
				f := converted(t, file, "dcmcjpeg", process, "+q", quality)
				stream, err := f.Frame(0)
				if err != nil {
					t.Fatal(err)
				}
				if h, _ := jpeg.ReadHead(stream); h.Precision != 12 {
					t.Fatalf("dcmcjpeg made %d bits", h.Precision)
				}
				compare(t, strings.Join([]string{process, quality}, " "), stream, dcmtk(t, stream))
			}
		}
	}
}

func TestAnyCoefficientsGiveWhatDcmtkGives(t *testing.T) {
	need(t, "dcmdjpeg")
	for n := range 48 {
		name, b := wild(n)
		compare(t, name, b, dcmtk(t, b))
	}
}

func TestCommittedStreamsAreThoseOfOthers(t *testing.T) {
	need(t, "djpeg", "dcmdjpeg")
	committed(t, func(name string, b []byte) {
		if !strings.HasPrefix(name, "arithmetic") { // dcmtk knows no arithmetic coding
			compare(t, name, b, dcmtk(t, b))
			return
		}
		if strings.HasSuffix(name, "444.jpg") {
			b = asRGB(t, b)
		}
		compare(t, name, b, samplesOf(t, piped(t, b, "djpeg", "-dct", "int")))
	})
}

// TestDamagedStreamsThatAreTakenAreThoseOfLibjpegTurbo changes a byte anywhere:
// whatever is not refused has the values of others, who warn of it.
func TestDamagedStreamsThatAreTakenAreThoseOfLibjpegTurbo(t *testing.T) {
	need(t, "djpeg")
	r := rand.New(rand.NewPCG(5, 8))
	taken := 0
	committed(t, func(name string, b []byte) {
		if name == "baseline-440.jpg" {
			return // the sampling that is decoded otherwise
		}
		if !strings.Contains(name, "grey") {
			b = asRGB(t, b)
		}
		for range 60 {
			m := bytes.Clone(b)
			m[20+r.IntN(len(m)-22)] = byte(r.IntN(256))
			if h, err := jpeg.ReadHead(m); err != nil || h.Size() > 1<<20 {
				continue
			}
			if _, _, err := jpeg.Decode(nil, m, 0); err == nil {
				taken++
				compare(t, name, m, samplesOf(t, piped(t, m, "djpeg", "-dct", "int")))
			}
		}
	})
	if taken < 50 {
		t.Errorf("only %d streams were taken", taken)
	}
}
