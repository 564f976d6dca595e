package jpeg_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/pixel/jpeg"
)

func TestRealLosslessFramesEqualThoseThatOtherDecodersAgreeOn(t *testing.T) {
	lossless := []dicom.UID{dicom.JPEGLossless, dicom.JPEGLosslessSV1, dicom.JPEGLossless15}
	for _, ts := range lossless {
		pixel.Decoders[ts] = jpeg.Decoder{}
	}
	seen := 0
	dir := oracle.Data(t)
	for _, r := range oracle.Rows(t) {
		if _, ok := pixel.Decoders[dicom.UID(r["transfer_syntax"])]; !ok || r["pixel_verdict"] != "agree" || dctSyntaxes[r["transfer_syntax"][20:]] {
			continue
		}
		f, err := dicom.ReadFile(filepath.Join(dir, r["file"]))
		if err != nil {
			t.Errorf("%s: %v", r["file"], err)
			continue
		}
		if sum, err := pixel.StoredSHA256(f); err != nil || sum != r["pixel_sha256"] {
			t.Errorf("%s: %s %v, want %s", r["file"], sum, err, r["pixel_sha256"])
			continue
		}
		seen++
	}
	if t.Logf("%d files equal", seen); seen == 0 {
		t.Error("the manifest lists no lossless frame")
	}
}

// native is a frame of noise over a gradient, in cells of 1 or 2 bytes.
func native(width, height, samples, bits int) []byte {
	r := rand.New(rand.NewPCG(uint64(width), uint64(bits)))
	var out []byte
	for i := range width * height * samples {
		v := uint16((i/samples%width*9 + i/samples/width*5 + r.IntN(1<<bits/4+2)) & (1<<bits - 1))
		if bits <= 8 {
			out = append(out, byte(v))
		} else {
			out = binary.LittleEndian.AppendUint16(out, v)
		}
	}
	return out
}

func allocated(bits int) int { return (bits + 7) / 8 * 8 }

// TestLosslessStreamsOfDcmtkAreExact: all selection values and point transforms.
func TestLosslessStreamsOfDcmtkAreExact(t *testing.T) {
	need(t, "dcmcjpeg", "dcmdjpeg")
	for _, bits := range []int{8, 12, 16} {
		for _, samples := range []int{1, 3} {
			if samples == 3 && bits != 8 {
				continue
			}
			for sv := 1; sv <= 7; sv++ {
				frame := native(36+sv, 24, samples, bits)
				file := part10(string(dicom.ExplicitVRLittleEndian), 24, 36+sv, samples, allocated(bits), bits, frame)
				f := converted(t, file, "dcmcjpeg", "+el", "+sv", fmt.Sprint(sv))
				stream, err := f.Frame(0)
				if err != nil {
					t.Fatal(err)
				}
				got, _, err := jpeg.Decode(nil, stream, allocated(bits)/8)
				if err != nil || !bytes.Equal(got, frame) {
					t.Errorf("%d bits, %d samples, selection value %d: %v", bits, samples, sv, err)
				}
			}
		}
		file := part10(string(dicom.ExplicitVRLittleEndian), 24, 36, 1, allocated(bits), bits, native(36, 24, 1, bits))
		for pt := 1; pt < bits; pt += 3 {
			stream, err := converted(t, file, "dcmcjpeg", "+el", "+sv", "4", "+pt", fmt.Sprint(pt)).Frame(0)
			if err != nil {
				t.Fatal(err)
			}
			compareCells(t, fmt.Sprintf("%d bits, point transform %d", bits, pt), stream, dcmtkLossless(t, stream))
		}
	}
}

// dcmtkLossless is what dcmdjpeg makes of a lossless stream, in cells of whole
// bytes.
func dcmtkLossless(t testing.TB, stream []byte) []byte {
	t.Helper()
	h, err := jpeg.ReadHead(stream)
	if err != nil {
		t.Fatal(err)
	}
	file := part10(string(dicom.JPEGLossless), h.Height, h.Width, h.Components, allocated(h.Precision), h.Precision, stream)
	b, err := converted(t, file, "dcmdjpeg", "+cn", "+px").Frame(0)
	if err != nil {
		t.Fatal(err)
	}
	return b[:h.Size()*int64(allocated(h.Precision)/8)]
}

func compareCells(t testing.TB, name string, stream, want []byte) {
	t.Helper()
	got, _, err := jpeg.Decode(nil, stream, 0)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s: not what dcmdjpeg gives, %v", name, err)
	}
}

// TestLosslessStreamsOfEveryKindAreWhatDcmtkGives holds the layouts of our own
// test encoder against one more decoder.
func TestLosslessStreamsOfEveryKindAreWhatDcmtkGives(t *testing.T) {
	need(t, "dcmdjpeg")
	for i, sampling := range [][][2]int{one, layouts[3], {{2, 1}, {1, 1}, {1, 1}}, {{2, 2}, {1, 1}, {1, 1}}, {{2, 2}, {2, 1}, {1, 2}}} {
		for predictor := 1; predictor <= 7; predictor++ {
			p := losslessPicture{width: 23, height: 14 + predictor, bits: []int{8, 12, 16}[predictor%3], sampling: sampling, predictor: predictor}
			p.restart, p.separate = predictor%4, predictor%2 == 0
			if len(sampling) > 1 {
				p.bits = 8
			}
			b := p.encode(p.noisy(uint64(i)))
			compareCells(t, p.String(), b, dcmtkLossless(t, b))
		}
	}
}

// TestEncodedLosslessFramesAreReadByOthers: dcmdjpeg and gdcmconv.
func TestEncodedLosslessFramesAreReadByOthers(t *testing.T) {
	need(t, "dcmdjpeg", "gdcmconv")
	for predictor := 1; predictor <= 7; predictor++ {
		for _, c := range []struct{ samples, bits int }{{1, 8}, {1, 10}, {1, 12}, {1, 16}, {3, 8}} {
			frame := native(41, 20+predictor, c.samples, c.bits)
			h := jpeg.Head{Width: 41, Height: 20 + predictor, Components: c.samples, Precision: c.bits}
			stream, err := jpeg.EncodeLossless(nil, frame, h, predictor)
			if err != nil {
				t.Fatal(err)
			}
			if got := dcmtkLossless(t, stream); !bytes.Equal(got, frame) {
				t.Errorf("dcmdjpeg reads another frame: %+v by %d", h, predictor)
			}
			file := part10(string(dicom.JPEGLossless), h.Height, h.Width, h.Components, allocated(c.bits), c.bits, stream)
			if got := gdcmRaw(t, file); !bytes.Equal(got[:len(frame)], frame) {
				t.Errorf("gdcmconv reads another frame: %+v by %d", h, predictor)
			}
		}
	}
}

// gdcmRaw is the frame that gdcmconv makes of a file.
func gdcmRaw(t testing.TB, file []byte) []byte {
	t.Helper()
	in, out := filepath.Join(t.TempDir(), "in.dcm"), filepath.Join(t.TempDir(), "out.dcm")
	if err := os.WriteFile(in, file, 0o600); err != nil {
		t.Fatal(err)
	}
	if b, err := exec.Command("gdcmconv", "--raw", in, out).CombinedOutput(); err != nil {
		t.Fatalf("gdcmconv: %v %s", err, b)
	}
	f, err := dicom.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	b, err := f.Frame(0)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
